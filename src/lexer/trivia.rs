//! What stands between tokens: white space, line terminators, comments.
//!
//! Comments are passed over, never read; the last one's place is kept.

use memchr::{memchr_iter, memchr3};

use super::Lexer;
use super::byte::{BEGINS, Begins};
use crate::record::Span;

impl Lexer<'_> {
    /// Moves to the first byte of the next token, or to the end.
    pub(super) fn skip_trivia(&mut self) {
        self.comment = None;
        let mut at = self.at;
        while let Some(&byte) = self.source.get(at) {
            let begins = BEGINS[byte as usize];
            if begins <= Begins::Other {
                break;
            } else if begins == Begins::Blank {
                at += 1;
            } else if begins == Begins::LineTerminator {
                self.line_start = true;
                at += 1;
            } else {
                self.at = at;
                let Some(len) = self.rare_trivia(begins) else { return };
                at += len;
            }
        }
        self.at = at;
    }

    /// Bytes of the comment or of the blank beyond ASCII that begins here, if one does.
    fn rare_trivia(&mut self, begins: Begins) -> Option<usize> {
        if begins == Begins::MaybeBlank {
            let blank = wide_blank(&self.source[self.at..])?;
            self.line_start |= blank.ends_line;
            return Some(blank.len);
        }
        let end = self.comment_end()?;
        self.comment = Some(Span { start: self.at as u32, end: end as u32 });
        Some(end - self.at)
    }

    /// Where the comment that begins here ends, if one does.
    fn comment_end(&mut self) -> Option<usize> {
        let rest = &self.source[self.at..];
        match rest {
            [b'/', b'/', ..] => Some(line_end(self.source, self.at)),
            [b'/', b'*', ..] => Some(self.block_comment_end()),
            // "HTML-like Comments" in annex B: in scripts only.
            [b'<', b'!', b'-', b'-', ..] if self.allows_html_comments() => Some(line_end(self.source, self.at)),
            [b'-', b'-', b'>', ..] if self.line_start && self.allows_html_comments() => {
                Some(line_end(self.source, self.at))
            }
            _ => None,
        }
    }

    fn allows_html_comments(&self) -> bool {
        !self.dialect.module && !self.dialect.typescript
    }

    fn block_comment_end(&mut self) -> usize {
        let body = self.at + 2;
        let text = &self.source[body..];
        let close = memchr_iter(b'/', text).find(|&slash| slash > 0 && text[slash - 1] == b'*');
        let len = close.unwrap_or(text.len());
        if close.is_none() {
            self.break_at(self.at, "comment without end");
        }
        self.line_start |= holds_line_terminator(&text[..len]);
        (body + len + 1).min(self.source.len())
    }
}

/// Offset of the line terminator that ends the line of `at`, or of the end of the text.
pub(super) fn line_end(source: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr3(b'\n', b'\r', 0xe2, &source[at..]) {
        at += found;
        if source[at] != 0xe2 || is_separator(&source[at..]) {
            return at;
        }
        at += 1;
    }
    source.len()
}

fn holds_line_terminator(text: &[u8]) -> bool {
    line_end(text, 0) < text.len()
}

/// U+2028 or U+2029.
pub(super) fn is_separator(rest: &[u8]) -> bool {
    matches!(rest, [0xe2, 0x80, 0xa8 | 0xa9, ..])
}

/// White space or a line terminator that is not ASCII.
pub(super) struct WideBlank {
    pub(super) len: usize,
    ends_line: bool,
}

/// The blank at the start of `rest`: U+FEFF, U+2028, U+2029 and the category "Space_Separator".
pub(super) fn wide_blank(rest: &[u8]) -> Option<WideBlank> {
    let len = match rest {
        [0xc2, 0xa0, ..] => 2,
        [0xe1, 0x9a, 0x80, ..] => 3,
        [0xe2, 0x80, 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf, ..] | [0xe2, 0x81, 0x9f, ..] => 3,
        [0xe3, 0x80, 0x80, ..] | [0xef, 0xbb, 0xbf, ..] => 3,
        _ => return None,
    };
    Some(WideBlank { len, ends_line: is_separator(rest) })
}
