//! Where something stands in a text: as offsets, and as line and column.

use std::fmt;

/// A half-open range of byte offsets into one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// A line and a column, as editors count them: both start at 1.
///
/// Columns count characters (Unicode code points); a byte order mark is not
/// one, and each byte that is not UTF-8 counts as one. Lines end at the line
/// terminators of ECMAScript: LF, CR, CR LF, U+2028, U+2029.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// 1 for the first line.
    pub line: u32,
    /// 1 for the first character of the line.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Place {
    /// Where byte `offset` of `text` stands. An offset past the end is the end.
    pub fn of(text: &[u8], offset: u32) -> Place {
        Places::new(text).at(offset)
    }
}

/// Turns rising offsets into places in one pass over a text.
pub struct Places<'t> {
    text: &'t [u8],
    offset: usize,
    place: Place,
}

impl<'t> Places<'t> {
    /// Stands at the first character of `text`, after a byte order mark.
    pub fn new(text: &'t [u8]) -> Self {
        let offset = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { text, offset, place: Place { line: 1, column: 1 } }
    }

    /// Goes on to `offset`. An offset that was passed already gives the place
    /// reached, one past the end gives the end.
    pub fn at(&mut self, offset: u32) -> Place {
        let offset = (offset as usize).min(self.text.len());
        while self.offset < offset {
            let rest = &self.text[self.offset..offset];
            match memchr::memchr3(b'\n', b'\r', 0xe2, rest) {
                Some(stop) => {
                    self.pass_characters(stop);
                    self.pass_possible_line_end();
                }
                None => self.pass_characters(rest.len()),
            }
        }
        self.place
    }

    /// Passes `len` bytes in which no line ends.
    fn pass_characters(&mut self, len: usize) {
        let end = self.offset + len;
        while self.offset < end {
            let ascii = self.text[self.offset..end].iter().take_while(|byte| byte.is_ascii()).count();
            self.offset += ascii;
            self.place.column += ascii as u32;
            if self.offset < end {
                self.offset += character_width(&self.text[self.offset..]);
                self.place.column += 1;
            }
        }
    }

    fn pass_possible_line_end(&mut self) {
        let Some(width) = line_end_width(&self.text[self.offset..]) else { return self.pass_characters(1) };
        self.offset += width;
        self.place = Place { line: self.place.line + 1, column: 1 };
    }
}

/// Bytes of the line terminator at the start of `text`, if one is there.
pub fn line_end_width(text: &[u8]) -> Option<usize> {
    match text {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r' | b'\n', ..] => Some(1),
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => Some(3),
        _ => None,
    }
}

/// Bytes of the UTF-8 character at the start of `text`, which is not empty; 1
/// where the bytes are not UTF-8.
pub fn character_width(text: &[u8]) -> usize {
    let width = match text[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return 1,
    };
    match text.get(..width) {
        Some(bytes) if std::str::from_utf8(bytes).is_ok() => width,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_every_line_terminator() {
        let place = |text: &[u8], offset| Place::of(text, offset).to_string();
        assert_eq!(place(b"ab\ncd", 4), "2:2");
        assert_eq!(place(b"a\r\nb\rc", 5), "3:1");
        assert_eq!(place("\u{feff}é\u{2028}x".as_bytes(), 8), "2:1");
        assert_eq!(place("\u{feff}é".as_bytes(), 5), "1:2", "the mark is no column");
        assert_eq!(place(b"\xff\xffx", 2), "1:3", "a broken byte is one column");
        assert_eq!(place(b"x", 9), "1:2");
    }
}
