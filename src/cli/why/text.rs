//! The answer for people, in 80 columns where names allow it.

use std::{io::Write, ops::Range};

use unicode_width::UnicodeWidthChar;

use super::{
    Failure,
    absent::Absent,
    answer::{Chain, Subject, below, chain, each_manifest, each_parent, is_in, subject},
};
use crate::{
    How, Level, LogStyle, QuotedName, Reach, Site, Sites, TameSentence,
    cli::{plan::Why, traced::Traced},
    write_finding,
};

/// No more manifests are told of one file, unless all are asked for.
const MANIFESTS_MAX: u64 = 16;

/// Whether something is listed.
pub(super) fn write(plan: &Why, traced: &Traced, sink: &mut dyn Write) -> Result<bool, Failure> {
    let subject = subject(plan, traced)?;
    if let Subject::Absent = subject {
        let told = Absent::of(plan, traced)?;
        absent(plan, &told, traced, sink)?;
        way_to_the_end(&told, traced, sink)?;
        return Ok(false);
    }
    let reach = traced.trace.listing.reach()?;
    let mut sites = traced.tracer.sites(&traced.trace)?;
    match &subject {
        Subject::File(file) => {
            one(plan, &reach, traced, &mut sites, file, sink)?;
            if plan.all {
                parents(traced, &mut sites, file, sink)?;
            }
        }
        Subject::Package(within) => {
            for (index, target) in within.targets.iter().enumerate() {
                if index > 0 {
                    writeln!(sink)?;
                }
                one(plan, &reach, traced, &mut sites, target, sink)?;
            }
            if within.has_more {
                writeln!(sink, "\n… and more of the package; a path within it says which")?;
            }
        }
        Subject::Absent => {}
    }
    Ok(true)
}

/// What leads to a file, or to a folder: the way from an entry, and the manifests that list it.
fn one(
    plan: &Why,
    reach: &Reach<'_>,
    traced: &Traced,
    sites: &mut Sites<'_>,
    target: &[u8],
    sink: &mut dyn Write,
) -> Result<(), Failure> {
    let has_way = way(reach, traced, sites, &|path| is_in(target, path), sink)?;
    if !has_way {
        writeln!(sink, "{}", QuotedName(target))?;
    }
    let has_manifest = manifests(plan, traced, target, sink)?;
    match (has_way, has_manifest) {
        (true, _) => {}
        (false, true) => writeln!(sink, "  a manifest tells that a file is needed, not why: there is no chain")?,
        (false, false) => writeln!(sink, "  it is a link on the way to an entry")?,
    }
    Ok(())
}

/// The manifests that list it; whether there is one.
fn manifests(plan: &Why, traced: &Traced, target: &[u8], sink: &mut dyn Write) -> Result<bool, Failure> {
    let mut count = 0_u64;
    each_manifest(plan, traced, &|path| is_in(target, path), &mut |manifest, file| {
        count += 1;
        if count > MANIFESTS_MAX && !plan.all {
            return Ok(());
        }
        write!(sink, "  listed by {}", QuotedName(manifest))?;
        if file != target {
            write!(sink, ": {}", QuotedName(file))?;
        }
        Ok(writeln!(sink)?)
    })?;
    if count > MANIFESTS_MAX && !plan.all {
        writeln!(sink, "  … and {} more; --all shows them", count - MANIFESTS_MAX)?;
    }
    Ok(count > 0)
}

/// One way, step by step; whether there is one.
fn way(
    reach: &Reach<'_>,
    traced: &Traced,
    sites: &mut Sites<'_>,
    wanted: &dyn Fn(&[u8]) -> bool,
    sink: &mut dyn Write,
) -> Result<bool, Failure> {
    let Some(Chain { files }) = chain(reach, traced, wanted)? else { return Ok(false) };
    for pair in files.windows(2) {
        if let [parent, child] = pair {
            let is_first = files.first() == Some(parent);
            writeln!(sink, "{}{}", QuotedName(parent), if is_first { "  (entry)" } else { "" })?;
            step(&sites.site(parent, child), parent, sink)?;
        }
    }
    if let Some(last) = files.last() {
        writeln!(sink, "{}{}", QuotedName(last), if files.len() == 1 { "  (entry)" } else { "" })?;
    }
    Ok(true)
}

/// Everybody who needs a file.
fn parents(traced: &Traced, sites: &mut Sites<'_>, file: &[u8], sink: &mut dyn Write) -> Result<(), Failure> {
    writeln!(sink, "\nneeded by:")?;
    each_parent(traced, file, &mut |parent| {
        writeln!(sink, "{}", QuotedName(parent))?;
        step(&sites.site(parent, file), parent, sink)
    })
}

/// What a file says where it asks for the next.
fn step(site: &Site, parent: &[u8], sink: &mut dyn Write) -> Result<(), Failure> {
    let way = words(site);
    match site.place {
        Some(place) => writeln!(sink, "  {}:{place}  {way}", QuotedName(parent))?,
        None => writeln!(sink, "  {way}")?,
    }
    if let (Some(place), Some(excerpt)) = (site.place, &site.excerpt) {
        writeln!(sink, "  {:>6} | {}", place.line, excerpt.text)?;
        let columns = |range: Range<usize>| {
            excerpt
                .text
                .chars()
                .skip(range.start)
                .take(range.len())
                .map(|next| next.width().unwrap_or(0))
                .sum::<usize>()
        };
        let (indent, carets) = (columns(0..excerpt.marked.start), columns(excerpt.marked.clone()).max(1));
        writeln!(sink, "         | {:indent$}{:^>carets$}", "", "")?;
    }
    Ok(())
}

/// How a file comes to need the next, in words.
pub(super) fn words(site: &Site) -> String {
    let reference = site.reference.as_ref().map(|(kind, specifier)| format!("{kind} of {specifier:?}"));
    match (&site.how, reference) {
        (How::Reference, Some(reference)) => reference,
        (How::Resolution, Some(reference)) => format!("on the way of {reference}"),
        (How::Reference | How::Resolution | How::Unknown, _) => "the place cannot be told any more".to_owned(),
        (How::Format, _) => "tells how the file is to be read (\"type\")".to_owned(),
        (How::Recipe(package), _) => format!("a recipe for {package} adds it: no expression tells"),
        (How::Library, _) => "the system's loader loads it with this library".to_owned(),
    }
}

/// The way to the file that asks in vain, if it is not an entry itself.
fn way_to_the_end(absent: &Absent, traced: &Traced, sink: &mut dyn Write) -> Result<(), Failure> {
    let file = absent.findings.first().and_then(|finding| below(&traced.trace.root, &finding.file));
    let is_entry = traced.trace.entries.iter().any(|entry| Some(entry.file.as_slice()) == file);
    let Some(file) = file.filter(|_| !is_entry) else { return Ok(()) };
    if traced.trace.listing.has(file)? {
        let mut sites = traced.tracer.sites(&traced.trace)?;
        writeln!(sink, "\nwhere the way ends:")?;
        way(&traced.trace.listing.reach()?, traced, &mut sites, &|path| path == file, sink)?;
    }
    Ok(())
}

fn absent(plan: &Why, absent: &Absent, traced: &Traced, sink: &mut dyn Write) -> Result<(), Failure> {
    writeln!(sink, "{} is not listed", QuotedName(plan.asked.as_encoded_bytes()))?;
    for reason in &absent.reasons {
        writeln!(sink, "  {}", TameSentence(reason))?;
    }
    if !absent.findings.is_empty() {
        writeln!(sink, "\nwhat was tried:")?;
    }
    for finding in &absent.findings {
        let style = LogStyle { level: Level::Info, deny: Level::Fatal, steps: true, all: true, color: false };
        write_finding(finding, &traced.trace.root, style, sink)?;
    }
    if absent.more > 0 {
        writeln!(sink, "… and {} more findings", absent.more)?;
    }
    Ok(())
}
