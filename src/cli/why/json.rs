//! The answer as one object, written piece by piece. Names lose nothing: they are written as `print` writes them.

use std::io::Write;

use serde_json::json;

use super::{
    Failure,
    absent::Absent,
    answer::{Chain, Subject, chain, each_manifest, each_parent, is_in, subject},
    text::words,
};
use crate::{
    How, Reach, ReportError, Site, Sites,
    cli::{
        plan::{InPackage, Why},
        traced::Traced,
    },
    write_json_finding, write_json_name,
};

/// Whether something is listed.
pub(super) fn write(plan: &Why, traced: &Traced, sink: &mut dyn Write) -> Result<bool, Failure> {
    let subject = subject(plan, traced)?;
    let is_listed = !matches!(subject, Subject::Absent);
    sink.write_all(b"{\"asked\":")?;
    write_json_name(plan.asked.as_encoded_bytes(), sink)?;
    write!(sink, ",\"listed\":{is_listed}")?;
    match &subject {
        Subject::Absent => absent(plan, traced, sink)?,
        Subject::File(file) => {
            let (reach, mut sites) = (traced.trace.listing.reach()?, traced.tracer.sites(&traced.trace)?);
            sink.write_all(b",\"file\":")?;
            write_json_name(file, sink)?;
            sink.write_all(b",\"chains\":[")?;
            one(&reach, traced, &mut sites, file, sink)?;
            sink.write_all(b"]")?;
            manifests(plan, traced, &|path| path == file, sink)?;
            if plan.all {
                parents(traced, &mut sites, file, sink)?;
            }
        }
        Subject::Package(within) => {
            let (reach, mut sites) = (traced.trace.listing.reach()?, traced.tracer.sites(&traced.trace)?);
            if let Some(InPackage { name, subpath }) = &plan.package {
                write!(sink, ",\"package\":{}", json!(name))?;
                if let Some(subpath) = subpath {
                    write!(sink, ",\"subpath\":{}", json!(subpath))?;
                }
            }
            sink.write_all(b",\"chains\":[")?;
            for (index, target) in within.targets.iter().enumerate() {
                separate(index, sink)?;
                one(&reach, traced, &mut sites, target, sink)?;
            }
            write!(sink, "],\"more\":{}", within.has_more)?;
            manifests(plan, traced, &|path| within.targets.iter().any(|target| is_in(target, path)), sink)?;
        }
    }
    sink.write_all(b"}\n")?;
    Ok(is_listed)
}

fn absent(plan: &Why, traced: &Traced, sink: &mut dyn Write) -> Result<(), Failure> {
    let Absent { reasons, findings, more } = Absent::of(plan, traced)?;
    write!(sink, ",\"reasons\":{},\"findings\":[", json!(reasons))?;
    for (index, finding) in findings.iter().enumerate() {
        separate(index, sink)?;
        write_json_finding(finding, &traced.trace.root, sink).map_err(|error| match error {
            ReportError::Io(error) => Failure::Io(error),
            ReportError::Spill(error) => error.into(),
        })?;
    }
    Ok(write!(sink, "],\"moreFindings\":{more}")?)
}

/// The way to one file; without steps where there is none.
fn one(
    reach: &Reach<'_>,
    traced: &Traced,
    sites: &mut Sites<'_>,
    target: &[u8],
    sink: &mut dyn Write,
) -> Result<(), Failure> {
    sink.write_all(b"{")?;
    let files = chain(reach, traced, &|path| is_in(target, path))?.map_or_else(Vec::new, |Chain { files }| files);
    if let (Some(first), Some(last)) = (files.first(), files.last()) {
        sink.write_all(b"\"entry\":")?;
        write_json_name(first, sink)?;
        sink.write_all(b",\"file\":")?;
        write_json_name(last, sink)?;
        sink.write_all(b",")?;
    }
    sink.write_all(b"\"steps\":[")?;
    for (index, pair) in files.windows(2).enumerate() {
        if let [parent, child] = pair {
            separate(index, sink)?;
            step(&sites.site(parent, child), parent, child, sink)?;
        }
    }
    Ok(sink.write_all(b"]}")?)
}

/// The manifests that list what is wanted, where manifests were named.
fn manifests(plan: &Why, traced: &Traced, wanted: &dyn Fn(&[u8]) -> bool, sink: &mut dyn Write) -> Result<(), Failure> {
    if plan.tracing.options.manifests.is_empty() {
        return Ok(());
    }
    sink.write_all(b",\"manifests\":[")?;
    let mut index = 0;
    each_manifest(plan, traced, wanted, &mut |manifest, file| {
        separate(index, sink)?;
        index += 1;
        sink.write_all(b"{\"manifest\":")?;
        write_json_name(manifest, sink)?;
        sink.write_all(b",\"file\":")?;
        write_json_name(file, sink)?;
        Ok(sink.write_all(b"}")?)
    })?;
    Ok(sink.write_all(b"]")?)
}

fn parents(traced: &Traced, sites: &mut Sites<'_>, file: &[u8], sink: &mut dyn Write) -> Result<(), Failure> {
    sink.write_all(b",\"parents\":[")?;
    let mut index = 0;
    each_parent(traced, file, &mut |parent| {
        separate(index, sink)?;
        index += 1;
        step(&sites.site(parent, file), parent, file, sink)
    })?;
    Ok(sink.write_all(b"]")?)
}

fn step(site: &Site, parent: &[u8], child: &[u8], sink: &mut dyn Write) -> Result<(), Failure> {
    let how = match site.how {
        How::Reference => "reference",
        How::Resolution => "resolution",
        How::Format => "format",
        How::Recipe(_) => "recipe",
        How::Library => "library",
        How::Unknown => "unknown",
    };
    sink.write_all(b"{\"from\":")?;
    write_json_name(parent, sink)?;
    sink.write_all(b",\"to\":")?;
    write_json_name(child, sink)?;
    let (line, column) = (site.place.map(|place| place.line), site.place.map(|place| place.column));
    let (kind, specifier) = site.reference.as_ref().map(|(kind, specifier)| (kind, specifier)).unzip();
    let source = site.excerpt.as_ref().map(|excerpt| &excerpt.text);
    write!(sink, ",\"how\":\"{how}\",\"line\":{},\"column\":{}", json!(line), json!(column))?;
    write!(sink, ",\"kind\":{},\"specifier\":{}", json!(kind), json!(specifier))?;
    Ok(write!(sink, ",\"source\":{},\"words\":{}}}", json!(source), json!(words(site)))?)
}

fn separate(index: usize, sink: &mut dyn Write) -> Result<(), Failure> {
    if index > 0 {
        sink.write_all(b",")?;
    }
    Ok(())
}
