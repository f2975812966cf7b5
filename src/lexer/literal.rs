//! Strings, templates and regular expressions: where they end.
//!
//! What they mean is read in `value`; what a pattern means, nowhere.

use memchr::memchr3;

use super::Lexer;
use super::context::slash_begins_regex;
use super::name::name_end;
use super::token::Kind;
use super::trivia::is_separator;

impl Lexer<'_> {
    /// A string. It ends before the line terminator when its quote is missing.
    pub(super) fn string(&mut self, quote: u8) -> Kind {
        let start = self.at;
        let mut at = start + 1;
        while let Some(&byte) = self.source.get(at) {
            match byte {
                b'\\' => at += escaped_len(&self.source[at..]),
                b'\n' | b'\r' => break,
                _ => {
                    at += 1;
                    if byte == quote {
                        self.at = at;
                        return Kind::String;
                    }
                }
            }
        }
        self.at = at.min(self.source.len());
        self.break_at(start, "string without end");
        Kind::String
    }

    /// A part of a template: `whole` if a back-quote ends it, `partial` if a hole does.
    pub(super) fn template(&mut self, whole: Kind, partial: Kind) -> Kind {
        let start = self.at;
        let mut at = start + 1;
        while let Some(found) = memchr3(b'`', b'$', b'\\', &self.source[at..]) {
            at += found;
            match &self.source[at..] {
                [b'`', ..] => {
                    self.at = at + 1;
                    return whole;
                }
                [b'$', b'{', ..] => {
                    self.at = at + 2;
                    return partial;
                }
                [b'\\', _, ..] => at += 2,
                _ => at += 1,
            }
        }
        self.at = self.source.len();
        self.break_at(start, "template without end");
        whole
    }

    /// A division or a regular expression; comments have been passed over.
    pub(super) fn slash(&mut self) -> Kind {
        if self.at >= self.no_regex_before
            && slash_begins_regex(self.context.expect())
            && let Some(end) = self.regex_end()
        {
            self.at = end;
            return Kind::Regex;
        }
        self.scan()
    }

    /// Where the regular expression that begins here ends. If its line ends
    /// first, the line is not searched again, and its slashes are divisions.
    fn regex_end(&mut self) -> Option<usize> {
        let mut in_class = false;
        let mut at = self.at + 1;
        while let Some(&byte) = self.source.get(at) {
            match byte {
                b'\n' | b'\r' => break,
                0xe2 if is_separator(&self.source[at..]) => break,
                b'/' if !in_class => return Some(name_end(self.source, at + 1)),
                b'[' => in_class = true,
                b']' => in_class = false,
                // What follows is skipped, unless it ends the line.
                b'\\' if !matches!(self.source.get(at + 1), None | Some(b'\n' | b'\r' | 0xe2)) => at += 1,
                _ => {}
            }
            at += 1;
        }
        self.no_regex_before = at;
        self.break_at(self.at, "regular expression without end");
        None
    }
}

/// Bytes of the escape at the start of `rest`, a line continuation's CR LF included.
fn escaped_len(rest: &[u8]) -> usize {
    if rest.starts_with(b"\\\r\n") { 3 } else { 2 }
}
