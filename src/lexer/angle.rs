//! `<` in TypeScript: type arguments and parameters, or a comparison.
//!
//! The one place that looks ahead: whether `f<T>(x)` calls or compares is told
//! by what follows its `>`. A file has a budget of such bytes, in proportion to
//! its length; when it is spent, every `<` compares.

use memchr::{memchr, memmem};

use super::context::frame::{Expect, FrameKind};
use super::token::{Kind, Role, Token};
use super::{Lexer, name::name_end};

/// Type arguments among expressions are not longer than this.
const WINDOW: usize = 16 << 10;

/// Bytes that a file of `len` bytes may look ahead, all in all. Real files use
/// less than their length.
pub(super) fn look_ahead_budget(len: usize) -> usize {
    len.saturating_mul(4).saturating_add(WINDOW)
}

impl Lexer<'_> {
    /// What is expected after the `>` that closes the `<` here; `None` if it
    /// compares or opens an element.
    pub(super) fn after_angle(&mut self) -> Option<Expect> {
        if !self.dialect.typescript {
            return None;
        }
        let expect = self.context.expect();
        match expect {
            Expect::TypeOperand | Expect::TypeOperator | Expect::AfterKey | Expect::Name | Expect::Decorator => {
                Some(expect)
            }
            Expect::Operator if self.context.in_head() || self.type_arguments_follow() => Some(expect),
            Expect::Operator | Expect::Body | Expect::Key | Expect::JsxTag | Expect::JsxChildren => None,
            _ if self.dialect.jsx && !self.type_parameters_follow() => None,
            _ => Some(Expect::Operand),
        }
    }

    /// Opens the `<` of types that stands here.
    pub(super) fn angle(&mut self, after: Expect, newline_before: bool) -> Token {
        self.context.pass(Kind::Less);
        self.context.push(FrameKind::Angle, after);
        Token { in_type: true, ..self.bare_token(1, Kind::Less, Role::None, newline_before) }
    }

    /// In a file with elements, `<T,`, `<T extends` and `<const T` open type parameters.
    fn type_parameters_follow(&self) -> bool {
        let rest = skip_blanks(&self.source[self.at + 1..]);
        let (name, rest) = split_name(rest);
        let (next, after) = split_name(skip_blanks(rest));
        match next {
            b"extends" => !matches!(skip_blanks(after).first(), Some(b'=' | b'>' | b'/')),
            b"" => !name.is_empty() && matches!(skip_blanks(rest).first(), Some(b',' | b'=')),
            _ => name == b"const" && matches!(skip_blanks(after).first(), Some(b',' | b'=' | b'e')),
        }
    }

    /// "canFollowTypeArgumentsInExpression" of TypeScript's parser.
    fn type_arguments_follow(&mut self) -> bool {
        let rest = &self.source[self.at + 1..];
        let window = rest.len().min(WINDOW).min(self.look_ahead_left);
        let (read, closed) = angle_end(&rest[..window]);
        self.look_ahead_left -= read.min(window);
        if !closed {
            return false;
        }
        let after = &rest[read..];
        let blank = after.len() - skip_blanks(after).len();
        let newline = after[..blank].contains(&b'\n');
        match skip_blanks(after) {
            [b'(' | b'`', ..] | [] => true,
            [b'<' | b'>' | b'+' | b'-', ..] => false,
            [b'=', b'>', ..] => false,
            [b')' | b']' | b'}' | b',' | b';' | b':' | b'.' | b'?' | b'=' | b'!' | b'&' | b'|' | b'^' | b'%', ..] => {
                true
            }
            rest => newline || matches!(split_name(rest).0, b"as" | b"satisfies" | b"in" | b"instanceof"),
        }
    }
}

/// How far `text` was read, and whether that is behind the `>` that closes a
/// `<` before `text`, with nothing but types between them.
fn angle_end(text: &[u8]) -> (usize, bool) {
    let mut angles = 1_usize;
    let mut brackets = 0_usize;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let next = text.get(at + 1).copied().unwrap_or(0);
        at += 1;
        match byte {
            b'<' => angles += 1,
            b'>' if angles == 1 && brackets == 0 => return (at, true),
            b'>' => angles = angles.saturating_sub(1).max(1),
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' if brackets > 0 => brackets -= 1,
            b'=' if next == b'>' => at += 1,
            b'"' | b'\'' | b'`' | b'/' => match quoted_len(byte, &text[at..]) {
                Some(len) => at += len,
                None => return (text.len(), false),
            },
            b';' | b':' | b'?' | b'=' if brackets > 0 => {}
            b'&' | b'|' if next != byte => {}
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b'.' | b'_' | b'$' | 0x80.. => {}
            _ if byte.is_ascii_alphanumeric() => {}
            _ => return (at, false),
        }
    }
    (at, false)
}

/// Bytes of the string or comment behind its first byte; `None` if it does not end or is neither.
fn quoted_len(first: u8, rest: &[u8]) -> Option<usize> {
    match (first, rest) {
        (b'/', [b'/', ..]) => memchr(b'\n', rest),
        (b'/', [b'*', body @ ..]) => memmem::find(body, b"*/").map(|len| len + 3),
        (b'/', _) => None,
        _ => memchr(first, rest).map(|len| len + 1),
    }
}

fn skip_blanks(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

/// The name at the start of `text`, perhaps empty, and what follows it.
fn split_name(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(name_end(text, 0))
}
