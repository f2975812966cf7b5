//! The answer as one object.

use std::io::Write;

use serde_json::{Value, json};

use super::{
    Failure,
    absent::Absent,
    answer::{Chain, Subject, chain, each_parent, subject},
    text::words,
};
use crate::{
    How, Reach, Site, Sites,
    cli::{plan::Why, traced::Traced},
};

/// Whether something is listed.
pub(super) fn write(plan: &Why, traced: &Traced, sink: &mut dyn Write) -> Result<bool, Failure> {
    let subject = subject(plan, traced)?;
    let answer = match &subject {
        Subject::Absent => {
            let Absent { reasons, findings, .. } = Absent::of(plan, traced)?;
            let findings: Vec<Value> = findings
                .iter()
                .map(|finding| {
                    json!({
                        "code": finding.code.to_string(),
                        "level": finding.level.name(),
                        "file": crate::relative(&traced.trace.root, &finding.file).to_string_lossy(),
                        "line": finding.place.map(|place| place.line),
                        "column": finding.place.map(|place| place.column),
                        "message": finding.message,
                        "steps": finding.steps,
                    })
                })
                .collect();
            json!({ "asked": plan.asked, "listed": false, "reasons": reasons, "findings": findings })
        }
        Subject::File(file) => {
            let (reach, mut sites) = (traced.trace.listing.reach()?, traced.tracer.sites(&traced.trace)?);
            let way = one(&reach, traced, &mut sites, &|path| path == file.as_slice())?;
            let mut answer = json!({ "asked": plan.asked, "listed": true, "file": text(file), "chains": [way] });
            if plan.all {
                answer["parents"] = parents(traced, &mut sites, file)?;
            }
            answer
        }
        Subject::Package(folders) => {
            let (reach, mut sites) = (traced.trace.listing.reach()?, traced.tracer.sites(&traced.trace)?);
            let chains = folders.iter().map(|folder| one(&reach, traced, &mut sites, &|path| path.starts_with(folder)));
            let chains: Vec<Value> = chains.collect::<Result<_, _>>()?;
            json!({ "asked": plan.asked, "listed": true, "package": plan.asked, "chains": chains })
        }
    };
    writeln!(sink, "{answer}")?;
    Ok(!matches!(subject, Subject::Absent))
}

fn one(
    reach: &Reach<'_>,
    traced: &Traced,
    sites: &mut Sites<'_>,
    wanted: &dyn Fn(&[u8]) -> bool,
) -> Result<Value, Failure> {
    let Some(Chain { files }) = chain(reach, traced, wanted)? else { return Ok(json!({ "steps": [] })) };
    let steps: Vec<Value> = files
        .windows(2)
        .filter_map(|pair| match pair {
            [parent, child] => Some(step(&sites.site(parent, child), parent, child)),
            _ => None,
        })
        .collect();
    Ok(
        json!({ "entry": files.first().map(|file| text(file)), "file": files.last().map(|file| text(file)), "steps": steps }),
    )
}

fn parents(traced: &Traced, sites: &mut Sites<'_>, file: &[u8]) -> Result<Value, Failure> {
    let mut all = Vec::new();
    each_parent(traced, file, &mut |parent| {
        all.push(step(&sites.site(parent, file), parent, file));
        Ok(())
    })?;
    Ok(Value::Array(all))
}

fn step(site: &Site, parent: &[u8], child: &[u8]) -> Value {
    let how = match site.how {
        How::Reference => "reference",
        How::Resolution => "resolution",
        How::Format => "format",
        How::Recipe(_) => "recipe",
        How::Library => "library",
        How::Unknown => "unknown",
    };
    json!({
        "from": text(parent),
        "to": text(child),
        "how": how,
        "line": site.place.map(|place| place.line),
        "column": site.place.map(|place| place.column),
        "kind": site.reference.as_ref().map(|(kind, _)| kind),
        "specifier": site.reference.as_ref().map(|(_, specifier)| specifier),
        "source": site.excerpt.as_ref().map(|excerpt| &excerpt.text),
        "words": words(site),
    })
}

fn text(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
