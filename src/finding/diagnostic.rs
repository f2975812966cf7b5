//! A finding in words, as outputs tell it; and its form as a record.
//!
//! Records sort byte by byte as findings do, so that any number of them can be
//! sorted on disk. Nothing here decides what is told.

use std::path::{Path, PathBuf};

use super::{Code, Finding, Level};
use crate::record::Place;

/// One thing that the user should know, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file it is about, as an absolute path.
    pub file: PathBuf,
    /// The place in that file, where there is one.
    pub place: Option<Place>,
    /// The problem's stable code.
    pub code: Code,
    /// How bad it is here.
    pub level: Level,
    /// Node's own error code, where Node would fail with one.
    pub node_code: Option<String>,
    /// What it is, in one line; paths are told relative to the tracing root.
    pub message: String,
    /// What was tried, in order, as full sentences.
    pub steps: Vec<String>,
}

/// Ends a text. Within a text a zero is followed by [`ZERO`].
const END: u8 = 1;
const ZERO: u8 = 0xff;

/// The record of a finding: file, place, code and text, as findings sort, and then all else.
pub(crate) fn record(finding: &Finding, root: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    for name in finding.file.components() {
        push_text(&mut out, name.as_os_str().as_encoded_bytes());
    }
    // Before any name that could follow.
    out.extend([0, 0]);
    match finding.place {
        None => out.push(0),
        Some(Place { line, column }) => {
            out.push(1);
            out.extend(line.to_be_bytes());
            out.extend(column.to_be_bytes());
        }
    }
    out.extend(finding.problem.code().0.to_be_bytes());
    let (text, message) = (finding.problem.to_string(), finding.problem.message(root));
    push_text(&mut out, text.as_bytes());
    out.push(finding.level as u8);
    push_text(&mut out, finding.problem.node_code().unwrap_or_default().as_bytes());
    // Most messages tell no path, and stand there already.
    let differs = message != text;
    out.push(u8::from(differs));
    if differs {
        push_text(&mut out, message.as_bytes());
    }
    finding.steps.iter().for_each(|step| push_text(&mut out, step.as_bytes()));
    out
}

fn push_text(out: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        out.push(*byte);
        if *byte == 0 {
            out.push(ZERO);
        }
    }
    out.extend([0, END]);
}

impl Diagnostic {
    /// What [`record`] wrote; what is missing at its end is empty.
    pub(crate) fn from_record(record: &[u8]) -> Self {
        let mut rest = Fields(record);
        let mut file = PathBuf::new();
        while !rest.0.is_empty() && !rest.0.starts_with(&[0, 0]) {
            use std::os::unix::ffi::OsStringExt;
            file.push(std::ffi::OsString::from_vec(rest.bytes()));
        }
        rest.take::<2>();
        let place = match rest.take::<1>() {
            [0] => None,
            _ => {
                let line = u32::from_be_bytes(rest.take());
                Some(Place { line, column: u32::from_be_bytes(rest.take()) })
            }
        };
        let code = Code(u16::from_be_bytes(rest.take()));
        let text = rest.text();
        let [level] = rest.take();
        let node_code = Some(rest.text()).filter(|code| !code.is_empty());
        let message = if rest.take() == [0] { text } else { rest.text() };
        let mut steps = Vec::new();
        while !rest.0.is_empty() {
            steps.push(rest.text());
        }
        let level = Level::ALL.get(usize::from(level)).copied().unwrap_or(Level::Bug);
        Self { file, place, code, level, node_code, message, steps }
    }
}

/// What of a record is still to be read.
struct Fields<'r>(&'r [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        if let Some((first, rest)) = self.0.split_first_chunk() {
            (bytes, self.0) = (*first, rest);
        } else {
            self.0 = &[];
        }
        bytes
    }

    fn bytes(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some((byte, rest)) = self.0.split_first() {
            self.0 = rest;
            if *byte == 0 {
                let [mark] = self.take();
                if mark != ZERO {
                    break;
                }
            }
            bytes.push(*byte);
        }
        bytes
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Problem, ResolutionError};

    #[test]
    fn records_sort_as_findings_do_and_lose_nothing() {
        let place = |line, column| Some(Place { line, column });
        let unresolved = |specifier: &str| Problem::Unresolved {
            kind: "require()",
            specifier: specifier.to_owned(),
            error: ResolutionError::ModuleNotFound,
        };
        let mut findings = Vec::new();
        // A folder sorts before a file whose name goes on with a byte below `/`.
        for file in ["/r/a/b", "/r/a-b", "/r/a", "/r", "/r/a/b/c", "/r/\u{1}", "/r/é"] {
            for place in [None, place(1, 2), place(1, 300), place(256, 1)] {
                for problem in
                    [unresolved("a"), unresolved("a\0"), unresolved("/r/x"), unresolved(""), Problem::Missing]
                {
                    findings.push(Finding::new(file, place, problem.clone()));
                    findings.push(Finding::new(file, place, problem).with_steps(vec![String::new(), "a step".into()]));
                }
            }
        }
        findings.sort();
        let root = Path::new("/r");
        let records: Vec<_> = findings.iter().map(|finding| record(finding, root)).collect();
        assert!(records.is_sorted());
        for (finding, record) in findings.iter().zip(&records) {
            let told = Diagnostic::from_record(record);
            let expected = Diagnostic {
                file: finding.file.clone(),
                place: finding.place,
                code: finding.problem.code(),
                level: finding.level,
                node_code: finding.problem.node_code().map(str::to_owned),
                message: finding.problem.message(root),
                steps: finding.steps.clone(),
            };
            assert_eq!(told, expected);
        }
        assert_eq!(Diagnostic::from_record(b"").file, Path::new(""));
    }
}
