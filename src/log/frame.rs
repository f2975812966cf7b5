//! The lines of code around a place, as a terminal can show them.
//!
//! Reads forward through one file at a time with a buffer of fixed size, and
//! shows nothing where the file is gone, was changed since it was traced, or
//! has no such place. Never shows a character that a terminal would obey.

use std::{
    io,
    ops::Range,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use unicode_width::UnicodeWidthChar;

use crate::{
    host::{Host, OpenFile},
    record::{Place, character_width, disturbs, extent, line_end_width},
};

/// Columns of code that are shown: with margin and number a line fits into 80.
const COLUMNS: usize = 64;

/// Bytes that are looked at on each side of a place, and of a neighbouring line.
const BESIDE: usize = 4 << 10;

/// Bytes that are read on the way to a place: further away nothing is shown.
const ON_THE_WAY: u64 = 8 << 20;

const BUFFER: usize = 16 << 10;
const TAB: usize = 4;

/// Lines around a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Numbers and texts: the line itself, and one before and after where they are.
    pub(super) lines: Vec<(u32, String)>,
    /// The number of the line itself.
    pub(super) marked: u32,
    /// Columns before the mark.
    pub(super) indent: usize,
    /// Columns of what asks for something at the place.
    pub(super) carets: usize,
}

/// Frames of places that mostly come in order.
pub(super) struct Frames<'h> {
    host: &'h dyn Host,
    root: &'h Path,
    /// In nanoseconds since the epoch, as stamps are.
    began: i128,
    open: Option<(PathBuf, Option<Scan>)>,
}

impl<'h> Frames<'h> {
    pub(super) fn new(host: &'h dyn Host, root: &'h Path, began: SystemTime) -> Self {
        let began = began.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        Self { host, root, began: i128::try_from(began).unwrap_or(i128::MAX), open: None }
    }

    /// The frame around `place` of `file`, where there is one.
    pub(super) fn around(&mut self, file: &Path, place: Place) -> Option<Frame> {
        if self.open.as_ref().is_none_or(|(path, _)| path != file) {
            self.open = Some((file.to_path_buf(), self.scan(file)));
        }
        self.open.as_mut()?.1.as_mut()?.frame(place).ok()?
    }

    fn scan(&self, path: &Path) -> Option<Scan> {
        let file = self.host.open(path).ok().filter(|_| path.starts_with(self.root))?;
        let unchanged = file.stamp().is_ok_and(|stamp| stamp.changed <= self.began);
        unchanged.then(|| Scan::new(file))
    }
}

/// A place that moves forward through a file.
struct Scan {
    file: Box<dyn OpenFile>,
    buffer: Vec<u8>,
    /// What of the file is in the buffer.
    held: Range<u64>,
    offset: u64,
    place: Place,
    line_start: u64,
    line_before: Option<u64>,
}

impl Scan {
    fn new(file: Box<dyn OpenFile>) -> Self {
        let place = Place { line: 1, column: 1 };
        Self { file, buffer: Vec::new(), held: 0..0, offset: 0, place, line_start: 0, line_before: None }
    }

    fn frame(&mut self, place: Place) -> io::Result<Option<Frame>> {
        if !self.go(place)? {
            return Ok(None);
        }
        let mut lines = Vec::new();
        if let Some(start) = self.line_before {
            lines.push((place.line - 1, beginning(&first_line(&read(&*self.file, start..self.line_start)?))));
        }
        let rest = read(&*self.file, self.offset..u64::MAX)?;
        let (text, indent, carets) = self.marked(&rest)?;
        lines.push((place.line, text));
        if let Some(next) = line_after(&rest)
            && let next = read(&*self.file, self.offset + next as u64..u64::MAX)?
            && !next.is_empty()
        {
            lines.push((place.line + 1, beginning(&first_line(&next))));
        }
        Ok(Some(Frame { lines, marked: place.line, indent, carets }))
    }

    /// Goes to `place`, and says whether there is such a place.
    fn go(&mut self, place: Place) -> io::Result<bool> {
        if place < self.place || self.offset == 0 {
            self.restart()?;
        }
        let began = self.offset;
        while self.place < place {
            if self.offset - began > ON_THE_WAY {
                return Ok(false);
            }
            let is_here = self.place.line == place.line;
            match step(self.rest()?, is_here) {
                Step::End => return Ok(false),
                Step::LineEnd(_) if is_here => return Ok(false),
                Step::LineEnd(width) => {
                    self.offset += width as u64;
                    self.line_before = Some(self.line_start);
                    self.line_start = self.offset;
                    self.place = Place { line: self.place.line + 1, column: 1 };
                }
                Step::Over(width) => {
                    self.offset += width as u64;
                    // Elsewhere columns are not counted: no place of that line is ahead any more.
                    self.place.column = if is_here { self.place.column + 1 } else { u32::MAX };
                }
            }
        }
        Ok(self.place == place)
    }

    /// Stands before the first character, behind a byte order mark.
    fn restart(&mut self) -> io::Result<()> {
        (self.offset, self.place, self.line_before) = (0, Place { line: 1, column: 1 }, None);
        self.offset = if self.rest()?.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        self.line_start = self.offset;
        Ok(())
    }

    /// What follows: at least one character and a line's end, unless the file ends.
    fn rest(&mut self) -> io::Result<&[u8]> {
        let offset = self.offset;
        if !self.held.contains(&offset) || self.held.end - offset < 4 {
            self.buffer.resize(BUFFER, 0);
            let len = fill(&*self.file, &mut self.buffer, offset)?;
            self.held = offset..offset + len as u64;
        }
        Ok(&self.buffer[(offset - self.held.start) as usize..(self.held.end - self.held.start) as usize])
    }

    /// The line of the place, whose end `rest` has, cut to what can be shown; and columns before and under the mark.
    fn marked(&self, rest: &[u8]) -> io::Result<(String, usize, usize)> {
        let start = self.line_start.max(self.offset.saturating_sub(BESIDE as u64));
        let mut before = &read(&*self.file, start..self.offset)?[..];
        let is_cut = start > self.line_start;
        while is_cut && before.first().is_some_and(|byte| byte & 0xc0 == 0x80) {
            before = &before[1..];
        }
        let mut line = cells(before);
        let mark = line.len();
        line.extend(cells_from(&first_line(rest), columns(&line)));
        let characters: Vec<char> = line.iter().map(|cell| cell.character).collect();
        let marked = extent(&characters, mark);
        let (start, end) = visible(&line, mark, is_cut);
        // A part of it may be cut off.
        let first = marked.start.clamp(start, mark);
        let mut text = String::new();
        if is_cut || start > 0 {
            text.push('…');
        }
        let indent = columns(&line[start..first]) + text.chars().count();
        line[start..end].iter().for_each(|cell| cell.show(&mut text));
        let text = if end < line.len() { text + "…" } else { text.trim_end().to_owned() };
        let carets = columns(&line[first..end.min(marked.end)]).max(1);
        Ok((text, indent, carets))
    }
}

/// What comes next on the way to a place.
enum Step {
    /// Nothing.
    End,
    /// A line's end of so many bytes.
    LineEnd(usize),
    /// So many bytes in which no line ends: one character on the line that is looked for.
    Over(usize),
}

fn step(rest: &[u8], is_one_character: bool) -> Step {
    if rest.is_empty() {
        return Step::End;
    }
    if let Some(width) = line_end_width(rest) {
        return Step::LineEnd(width);
    }
    if is_one_character {
        return Step::Over(character_width(rest));
    }
    let next = memchr::memchr3(b'\n', b'\r', 0xe2, &rest[1..]);
    Step::Over(next.map_or(rest.len(), |next| next + 1))
}

/// Cells that are shown of a line that may be too long: those around the mark.
fn visible(line: &[Cell], mark: usize, is_cut: bool) -> (usize, usize) {
    if !is_cut && columns(line) <= COLUMNS {
        return (0, line.len());
    }
    let mut start = mark;
    while start > 0 && columns(&line[start - 1..mark]) <= COLUMNS / 3 {
        start -= 1;
    }
    let mut end = start;
    let mut shown = 0;
    while end < line.len() && shown + line[end].width <= COLUMNS - 2 {
        shown += line[end].width;
        end += 1;
    }
    (start, end.max(mark))
}

/// A character and the columns that it takes.
struct Cell {
    character: char,
    width: usize,
}

impl Cell {
    fn show(&self, out: &mut String) {
        match self.character {
            '\t' => out.extend(std::iter::repeat_n(' ', self.width)),
            character => out.push(character),
        }
    }
}

fn columns(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.width).sum()
}

fn cells(bytes: &[u8]) -> Vec<Cell> {
    cells_from(bytes, 0)
}

/// The characters of a line's bytes that begin at `column`; one for each byte that is none.
fn cells_from(bytes: &[u8], mut column: usize) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut push = |character: char| {
        let (character, width) = match character {
            '\t' => ('\t', TAB - column % TAB),
            character if disturbs(character) => (char::REPLACEMENT_CHARACTER, 1),
            character => (character, character.width().unwrap_or(0)),
        };
        column += width;
        cells.push(Cell { character, width });
    };
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(&mut push);
        chunk.invalid().iter().for_each(|_| push(char::REPLACEMENT_CHARACTER));
    }
    cells
}

/// A neighbouring line, from its beginning.
fn beginning(line: &[u8]) -> String {
    let cells = cells(line);
    let mut text = String::new();
    let is_long = columns(&cells) > COLUMNS;
    let mut left = if is_long { COLUMNS - 1 } else { COLUMNS };
    for cell in &cells {
        if cell.width > left {
            break;
        }
        left -= cell.width;
        cell.show(&mut text);
    }
    if is_long { text + "…" } else { text.trim_end().to_owned() }
}

/// The bytes up to the end of the line that they begin.
fn first_line(bytes: &[u8]) -> Vec<u8> {
    let end = line_end(bytes).map_or(bytes.len(), |(at, _)| at);
    bytes[..end].to_vec()
}

/// Where the next line begins, if the end of this one is in sight.
fn line_after(bytes: &[u8]) -> Option<usize> {
    line_end(bytes).map(|(at, width)| at + width)
}

/// Where a line ends, and with how many bytes.
fn line_end(bytes: &[u8]) -> Option<(usize, usize)> {
    let candidates = memchr::memchr3_iter(b'\n', b'\r', 0xe2, bytes);
    candidates.into_iter().find_map(|at| Some((at, line_end_width(&bytes[at..])?)))
}

/// What stands in `range`, at most [`BESIDE`] bytes of it.
fn read(file: &dyn OpenFile, range: Range<u64>) -> io::Result<Vec<u8>> {
    let len = usize::try_from(range.end - range.start).unwrap_or(usize::MAX).min(BESIDE);
    let mut bytes = vec![0; len];
    let filled = fill(file, &mut bytes, range.start)?;
    bytes.truncate(filled);
    Ok(bytes)
}

fn fill(file: &dyn OpenFile, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match file.read_at(&mut buffer[len..], offset + len as u64)? {
            0 => break,
            read => len += read,
        }
    }
    Ok(len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::RealHost;

    /// The frame around a place of a text, as lines.
    fn frame(text: impl AsRef<[u8]>, line: u32, column: u32) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.js");
        std::fs::write(&file, text).unwrap();
        let mut frames = Frames::new(&RealHost, folder.path(), SystemTime::now());
        // Once more after a later place, and after one that is not there.
        let frame = frames.around(&file, Place { line, column });
        let _ = frames.around(&file, Place { line: 1000, column: 1 });
        assert_eq!(frames.around(&file, Place { line, column }), frame);
        let Some(frame) = frame else { return Vec::new() };
        let mut out = Vec::new();
        for (number, text) in &frame.lines {
            out.push(format!("{number} {text}"));
            if *number == frame.marked {
                out.push(format!("{:1$}{2:^>3$}", "", frame.indent + 2, "", frame.carets));
            }
        }
        out
    }

    #[test]
    fn a_line_before_and_after_and_the_call_is_marked() {
        assert_eq!(frame("a\nb('x')\nc\nd\n", 2, 3), ["1 a", "2 b('x')", "  ^^^^^^", "3 c"]);
        assert_eq!(frame("b(x)", 1, 3), ["1 b(x)", "  ^^^^"]);
        assert_eq!(frame("b(x)\n", 1, 1), ["1 b(x)", "  ^^^^"]);
        assert_eq!(frame("b('x\\'y\\\\') + 'z'", 1, 3), ["1 b('x\\'y\\\\') + 'z'", "  ^^^^^^^^^^^"]);
        assert_eq!(frame("b('x", 1, 3), ["1 b('x", "  ^^^^"], "no end of it");
        assert_eq!(frame("\n\nx\n\n", 3, 1), ["2 ", "3 x", "  ^", "4 "]);
    }

    #[test]
    fn a_place_that_is_not_there_has_no_frame() {
        for (line, column) in [(1, 9), (3, 2), (4, 1), (400, 1), (2, 2), (0, 0)] {
            assert_eq!(frame("ab\n\nc", line, column + 1), [""; 0], "{line}:{column}");
        }
        assert_eq!(frame("", 1, 2), [""; 0]);
    }

    #[test]
    fn every_line_end_counts_and_none_is_shown() {
        for end in ["\n", "\r\n", "\r", "\u{2028}", "\u{2029}"] {
            let text = ["a", "x y", "b"].join(end);
            assert_eq!(frame(&text, 2, 3), ["1 a", "2 x y", "    ^", "3 b"], "{end:?}");
            let long = format!("{}{end}x y{end}b", "\u{e9}".repeat(BUFFER - 1));
            assert_eq!(frame(&long, 2, 3)[1..], ["2 x y", "    ^", "3 b"], "{end:?}");
        }
        assert_eq!(frame("\u{feff}ab", 1, 2), ["1 ab", "   ^"], "the mark is no column");
    }

    #[test]
    fn what_a_terminal_would_obey_is_not_shown() {
        assert_eq!(
            frame(b"\x1b[31m('x')\xff\x07\xe2\x80\xae", 1, 7),
            ["1 \u{fffd}[31m('x')\u{fffd}\u{fffd}\u{fffd}", "    ^^^^^^^^"]
        );
        assert_eq!(frame("\tif\t'x'", 1, 5), ["1     if  'x'", "          ^^^"]);
        assert_eq!(frame("'語' + '🎉e\u{301}'", 1, 7), ["1 '語' + '🎉e\u{301}'", "         ^^^^^"]);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let long = format!("{}f('x'){}", "é;".repeat(5_000), ";z".repeat(5_000));
        let shown = frame(&long, 1, 10_003);
        let [text, carets] = &shown[..] else { panic!("{shown:?}") };
        assert!(text.starts_with("1 …") && text.ends_with('…'), "{text}");
        assert!(text.chars().count() <= COLUMNS + 2, "{text}");
        let at = carets.find('^').unwrap();
        assert_eq!(text.chars().skip(at).take(6).collect::<String>(), "f('x')");
        assert_eq!(carets.trim(), "^^^^^^");
        let beside = frame(format!("{long}\nx\n{long}"), 2, 1);
        assert!(beside[0].ends_with('…') && beside[3].ends_with('…'), "{beside:?}");
        let giant = format!("'{}' ;\nb", "y".repeat(100));
        assert_eq!(frame(&giant, 1, 1)[1].trim().len(), COLUMNS - 2);
    }

    #[test]
    fn a_file_that_changed_or_went_has_no_frame() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.js");
        let place = Place { line: 1, column: 1 };
        let around = |began| Frames::new(&RealHost, folder.path(), began).around(&file, place);
        assert_eq!(around(SystemTime::now()), None);
        let before = SystemTime::now() - std::time::Duration::from_secs(60);
        std::fs::write(&file, "x").unwrap();
        assert!(around(SystemTime::now()).is_some());
        assert_eq!(around(before), None);
        let elsewhere = folder.path().join("b");
        assert_eq!(Frames::new(&RealHost, &elsewhere, SystemTime::now()).around(&file, place), None);
    }
}
