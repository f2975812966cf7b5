//! What is told of a file that is not listed: what was tried, and where the chain ends.

use std::path::Path;

use super::{
    Failure,
    answer::{below, folders_of},
};
use crate::{
    Diagnostic, EntryKind,
    cli::{
        plan::{InPackage, Why},
        traced::Traced,
    },
    is_builtin,
};

/// No more findings are told.
const FINDINGS_MAX: usize = 10;

/// Why something is not listed.
pub(super) struct Absent {
    /// Sentences, the most telling first.
    pub(super) reasons: Vec<String>,
    /// Findings that speak of it, with their steps.
    pub(super) findings: Vec<Diagnostic>,
    /// There are more of those.
    pub(super) more: usize,
}

impl Absent {
    pub(super) fn of(plan: &Why, traced: &Traced) -> Result<Self, Failure> {
        let mut reasons = Vec::new();
        let mut is_ignored = false;
        let is_there = traced.tracer.look_at(&plan.path).is_ok();
        match &plan.package {
            Some(_)
                if !is_there
                    && plan.asked.to_str().is_some_and(|asked| is_builtin(plan.tracing.options.node, asked)) =>
            {
                reasons.push("it is a module of Node itself, which no program has to bring along".to_owned());
                return Ok(Self { reasons, findings: Vec::new(), more: 0 });
            }
            Some(InPackage { subpath: None, .. }) if !is_there => {
                reasons.push("there is no such file, and of no such package a file is listed".to_owned());
            }
            Some(InPackage { name, subpath: Some(subpath) })
                if !is_there && !folders_of(name, traced)?.targets.is_empty() =>
            {
                reasons.push(format!("of the package {name} files are listed, but none that {subpath:?} leads to"));
            }
            _ => is_ignored = file(plan, traced, &mut reasons)?,
        }
        let (findings, more) = findings(plan, traced)?;
        if findings.is_empty() && !is_ignored {
            reasons.push("no file that was looked into asks for it, as far as can be told".to_owned());
        }
        Ok(Self { reasons, findings, more })
    }
}

/// What the disk and the list tell of a file; whether a glob leaves it out.
fn file(plan: &Why, traced: &Traced, reasons: &mut Vec<String>) -> Result<bool, Failure> {
    let trace = &traced.trace;
    let Ok((kind, real)) = traced.tracer.look_at(&plan.path) else {
        reasons.push("there is no such file".to_owned());
        return Ok(false);
    };
    match kind {
        EntryKind::Directory => reasons.push("it is a directory; only files and links are listed".to_owned()),
        EntryKind::Special => reasons.push("it is not a regular file".to_owned()),
        EntryKind::Link => reasons.push("it is a link, and no file that was looked into is loaded by it".to_owned()),
        EntryKind::File => {}
    }
    let Some(path) = below(&trace.root, &real) else {
        reasons.push(format!(
            "it is outside the tracing root {}; --context-directory names a larger one",
            trace.root.display()
        ));
        return Ok(false);
    };
    for file in trace.listing.files() {
        let file = file?;
        if file.path == path && file.is_ignored {
            reasons.push("it is needed, but a glob of --ignore leaves it out".to_owned());
            return Ok(true);
        }
    }
    if kind == EntryKind::File && reasons.is_empty() {
        reasons.push("the file is there, within the tracing root".to_owned());
    }
    Ok(false)
}

/// The findings that speak of it, in their words or in the steps behind them.
fn findings(plan: &Why, traced: &Traced) -> Result<(Vec<Diagnostic>, usize), Failure> {
    let words = words(plan, traced);
    let speaks = |text: &str| words.iter().any(|word| names(text, word));
    let (mut told, mut more) = (Vec::new(), 0);
    for finding in &traced.trace.findings {
        let finding = finding?;
        let is_about =
            finding.file == plan.path || speaks(&finding.message) || finding.steps.iter().any(|step| speaks(step));
        match is_about {
            true if told.len() < FINDINGS_MAX => told.push(finding),
            true => more += 1,
            false => {}
        }
    }
    Ok((told, more))
}

/// Whether a text names this, and not something of which it is a part.
fn names(text: &str, word: &str) -> bool {
    let is_part = |next: char| next.is_alphanumeric() || matches!(next, '_' | '-');
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        // What ends with a slash goes on as it likes.
        !before.is_some_and(is_part) && (word.ends_with('/') || !after.is_some_and(is_part))
    })
}

/// What a finding about it would have in it.
fn words(plan: &Why, traced: &Traced) -> Vec<String> {
    let mut words = Vec::new();
    match &plan.package {
        Some(InPackage { name, subpath: None }) => {
            words.extend([format!("\"{name}\""), format!("\"{name}/"), format!("node_modules/{name}")]);
        }
        Some(InPackage { name, subpath: Some(subpath) }) => {
            words.extend([format!("\"{name}/{subpath}"), format!("node_modules/{name}/{subpath}")]);
        }
        None => {}
    }
    let path = plan.path.strip_prefix(&traced.trace.root).unwrap_or(&plan.path);
    let is_name = path.file_name().is_some();
    if is_name && (path.components().count() > 1 || plan.package.is_none()) {
        // Steps tell what was looked for, perhaps before an extension was put to it.
        let stem = Path::new(path).with_extension("");
        words.extend([path, stem.as_path()].map(|path| path.to_string_lossy().into_owned()));
    }
    words
}
