//! The form for people: level and category, then files, then findings with
//! the code around each.
//!
//! A pass over the findings for each level and category that is shown, which
//! ends as soon as no more of it is.

use std::{
    fmt,
    io::{self, Write},
    os::unix::ffi::OsStrExt,
    path::PathBuf,
};

use super::{
    Log,
    frame::{Frame, Frames},
    tally::{CAP, is_candidate},
};
use crate::{
    finding::{Category, Diagnostic, Level},
    output::ReportError,
    record::{QuotedName, TameSentence, relative},
};

/// Characters of a message or step that are shown: a specifier may be a page long.
const SENTENCE_MAX: usize = 600;

pub(super) fn write(log: &Log<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    let paint = Paint(log.style.color);
    let mut page = Page { sink, ends_blank: true };
    let mut frames = Frames::new(log.host, log.root, log.began);
    for level in Level::ALL.into_iter().filter(|level| *level <= log.style.level) {
        for category in log.tally.shown(level, log.style) {
            page.blank()?;
            page.line(format_args!("{} - [{category}]", paint.level(level)))?;
            Section { log, paint, level, category }.write(&mut frames, &mut page)?;
        }
        hidden_of_level(log, level, paint, &mut page)?;
    }
    Ok(())
}

/// What of a level is hidden, beside what its categories tell themselves.
fn hidden_of_level(log: &Log<'_>, level: Level, paint: Paint, page: &mut Page<'_>) -> io::Result<()> {
    let installed: u64 = Category::ALL.iter().map(|category| log.tally.count(level, *category).installed).sum();
    let beyond: Vec<_> = log.tally.beyond_caps(level, log.style).collect();
    if installed == 0 && beyond.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let shows = |many| if many { "--log-all shows them" } else { "--log-all shows it" };
    if !beyond.is_empty() {
        let names: Vec<_> = beyond
            .iter()
            .map(|category| format!("{category}: {}", log.tally.count(level, *category).findings))
            .collect();
        let (names, count) = (names.join(", "), if beyond.len() == 1 { "category" } else { "categories" });
        let shows = shows(beyond.len() > 1);
        page.line(format_args!("{} - … {} more {count} hidden ({names}); {shows}", paint.level(level), beyond.len()))?;
    }
    if installed > 0 {
        let (count, shows) = (Plural(installed, "finding"), shows(installed > 1));
        page.line(format_args!("{} - … {count} in node_modules hidden; {shows}", paint.level(level)))?;
    }
    Ok(())
}

/// The findings of one level and category.
struct Section<'l> {
    log: &'l Log<'l>,
    paint: Paint,
    level: Level,
    category: Category,
}

impl Section<'_> {
    fn write(&self, frames: &mut Frames<'_>, page: &mut Page<'_>) -> Result<(), ReportError> {
        let cap = if self.log.style.all { usize::MAX } else { CAP };
        let mut file: Option<PathBuf> = None;
        let mut paths = 0;
        let mut here = 0;
        for finding in self.log.findings {
            let finding = finding?;
            if !self.has(&finding) {
                continue;
            }
            if file.as_ref() != Some(&finding.file) {
                self.hidden_of_path(here, cap, page)?;
                if paths == cap {
                    here = 0;
                    break;
                }
                (paths, here) = (paths + 1, 0);
                page.line(format_args!("  {}", self.name(&finding)))?;
                file = Some(finding.file.clone());
            }
            here += 1;
            if here <= cap {
                self.finding(&finding, frames, page)?;
            }
        }
        self.hidden_of_path(here, cap, page)?;
        let more = self.log.tally.count(self.level, self.category).paths.saturating_sub(paths as u64);
        if more > 0 {
            let (paths, them) = (Plural(more, "more path"), if more == 1 { "it" } else { "them" });
            page.line(format_args!("  … {paths} hidden; --log-all shows {them}"))?;
        }
        Ok(())
    }

    fn has(&self, finding: &Diagnostic) -> bool {
        finding.level == self.level
            && finding.code.category() == self.category
            && is_candidate(finding, self.log.root, self.log.style)
    }

    fn name(&self, finding: &Diagnostic) -> String {
        QuotedName(relative(self.log.root, &finding.file).as_os_str().as_bytes()).to_string()
    }

    /// Of a path `found` findings were met, and `cap` of them told.
    fn hidden_of_path(&self, found: usize, cap: usize, page: &mut Page<'_>) -> io::Result<()> {
        match found.saturating_sub(cap) as u64 {
            0 => Ok(()),
            1 => page.line(format_args!("    … 1 more finding hidden; --log-all shows it")),
            more => page.line(format_args!("    … {more} more findings hidden; --log-all shows them")),
        }
    }

    fn finding(&self, finding: &Diagnostic, frames: &mut Frames<'_>, page: &mut Page<'_>) -> io::Result<()> {
        let (name, code) = (self.name(finding), self.paint.strong(finding.code));
        let message = Sentence(&finding.message);
        match finding.place {
            Some(place) => page.line(format_args!("    {name}:{place}  {code}  {message}"))?,
            None => page.line(format_args!("    {name}  {code}  {message}"))?,
        }
        if self.log.style.steps {
            for step in &finding.steps {
                page.line(format_args!("        {}", Sentence(step)))?;
            }
        }
        match finding.place.and_then(|place| frames.around(&finding.file, place)) {
            Some(frame) => self.frame(&frame, page),
            None => Ok(()),
        }
    }

    fn frame(&self, frame: &Frame, page: &mut Page<'_>) -> io::Result<()> {
        let width = frame.lines.iter().map(|(number, _)| number.to_string().len()).max().unwrap_or(1);
        page.blank()?;
        for (number, text) in &frame.lines {
            let gutter = self.paint.faint(format!("{number:>width$} |"));
            page.line(format_args!("        {gutter}{}{text}", if text.is_empty() { "" } else { " " }))?;
            if *number == frame.marked {
                let gutter = self.paint.faint(format!("{:>width$} |", ""));
                let carets = self.paint.of_level(self.level, "^".repeat(frame.carets));
                page.line(format_args!("        {gutter} {:>1$}{carets}", "", frame.indent))?;
            }
        }
        page.blank()
    }
}

/// Lines, with never two blank ones in a row.
struct Page<'s> {
    sink: &'s mut dyn Write,
    ends_blank: bool,
}

impl Page<'_> {
    fn line(&mut self, line: fmt::Arguments<'_>) -> io::Result<()> {
        self.ends_blank = false;
        writeln!(self.sink, "{line}")
    }

    fn blank(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.ends_blank, true) { Ok(()) } else { writeln!(self.sink) }
    }
}

/// A sentence on one line, cut where it is longer than anybody reads.
struct Sentence<'s>(&'s str);

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(SENTENCE_MAX) {
            Some((end, _)) => write!(f, "{} …", TameSentence(&self.0[..end])),
            None => TameSentence(self.0).fmt(f),
        }
    }
}

/// A number with its noun.
struct Plural(u64, &'static str);

impl fmt::Display for Plural {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

/// Colours, or none.
#[derive(Clone, Copy)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    pub(super) fn level(self, level: Level) -> impl fmt::Display {
        Painted { on: self.0.then(|| color(level)), what: level }
    }

    fn of_level(self, level: Level, what: impl fmt::Display) -> impl fmt::Display {
        Painted { on: self.0.then(|| color(level)), what }
    }

    fn strong(self, what: impl fmt::Display) -> impl fmt::Display {
        Painted { on: self.0.then_some("\x1b[1m"), what }
    }

    fn faint(self, what: impl fmt::Display) -> impl fmt::Display {
        Painted { on: self.0.then_some("\x1b[2m"), what }
    }
}

struct Painted<T> {
    on: Option<&'static str>,
    what: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.on {
            Some(on) => write!(f, "{on}{}\x1b[0m", self.what),
            None => self.what.fmt(f),
        }
    }
}

fn color(level: Level) -> &'static str {
    match level {
        Level::Bug | Level::Fatal | Level::Error => "\x1b[1;31m",
        Level::Warning => "\x1b[1;33m",
        Level::Hint | Level::Note | Level::Suggestion | Level::Info => "\x1b[1;36m",
    }
}
