//! `monotrace size`: how large what was traced is, and whether that is too much.

use std::{io, path::Path};

use super::{
    exit::Exit,
    fail, next,
    plan::{Limit, Size},
    traced::{self, Traced},
};
use crate::{
    Budget, BuildError, Bytes, GatherError, NextApp, RealHost, ReportError, SizeOptions, Sizes, SpillError, Stage,
    weigh,
};

/// So many packages are told with a budget that is exceeded.
const TOLD: usize = 3;

/// Traces and weighs.
pub(super) fn run(plan: &Size) -> Exit {
    let traced = traced::tracer(&plan.tracing)
        .and_then(|tracer| next::trace(tracer, &plan.tracing, plan.next.as_ref(), &plan.log));
    let (traced, apps) = match traced {
        Ok(traced) => traced,
        Err(exit) => return exit,
    };
    let timer = traced.tracer.counters().time(Stage::Output);
    let gathered = next::gather(&traced.tracer, &traced.trace, apps);
    let weighed = gathered.and_then(|(contents, _)| Ok(weigh(contents, &plan.options)?));
    let sizes = match weighed {
        Ok(sizes) => sizes,
        Err(error) => return not_gathered(&traced, plan, error),
    };
    let mut budgets = Vec::new();
    let mut exceeded = Vec::new();
    for limit in &plan.limits {
        match of_limit((&traced, apps), plan, &sizes, limit) {
            Ok((budget, told)) => {
                budgets.push(budget);
                exceeded.extend(told);
            }
            Err(exit) => return exit,
        }
    }
    let written = sizes.write(plan.format, &plan.options, &budgets, &mut io::stdout().lock());
    drop(timer);
    if let Err(error) = written {
        return not_written(&error);
    }
    let exit = traced.end(&plan.tracing, &plan.log);
    let more = traced.tell_more(&sizes.findings, &plan.log);
    for message in &exceeded {
        fail(Exit::Denied, message);
    }
    match (exit, more) {
        (Exit::Done, Exit::Done) if exceeded.is_empty() => Exit::Done,
        (Exit::Done, Exit::Done) => Exit::Denied,
        (Exit::Done, more) => more,
        (exit, _) => exit,
    }
}

/// What one budget is for, and what to say if it is exceeded.
fn of_limit(
    (traced, apps): (&Traced, &[NextApp]),
    plan: &Size,
    all: &Sizes,
    limit: &Limit,
) -> Result<(Budget, Option<String>), Exit> {
    let alone = match &limit.entry {
        Some(entry) if plan.tracing.entries.len() > 1 => Some(of_entry(traced, apps, plan, entry)?),
        _ => None,
    };
    let sizes = alone.as_ref().unwrap_or(all);
    let budget = Budget { name: limit.name.clone(), limit: limit.bytes, bytes: sizes.total.bytes };
    if !budget.is_exceeded() {
        return Ok((budget, None));
    }
    let largest = largest(sizes).map_err(|error| traced::ended_by(&error))?;
    let (has, over) = (Bytes(budget.bytes), Bytes(budget.bytes - budget.limit));
    let told = format!(
        "MT6014 the budget {} is exceeded: {has} are {over} more than {}; the largest are {largest}",
        budget.name,
        Bytes(budget.limit)
    );
    Ok((budget, Some(told)))
}

/// What one entry needs by itself.
fn of_entry(traced: &Traced, apps: &[NextApp], plan: &Size, entry: &Path) -> Result<Sizes, Exit> {
    let apps: Vec<&NextApp> = apps.iter().filter(|app| app.serves(&RealHost, entry)).collect();
    let mut entries = vec![entry.to_path_buf()];
    entries.extend(apps.iter().flat_map(|app| app.programs(&RealHost)));
    let trace = traced.tracer.trace(&entries).map_err(traced::told)?;
    let options = SizeOptions { top: 0, against: None };
    next::gather(&traced.tracer, &trace, apps)
        .and_then(|(contents, _)| Ok(weigh(contents, &options)?))
        .map_err(|error| not_gathered(traced, plan, error))
}

/// The largest packages in words.
fn largest(sizes: &Sizes) -> Result<String, SpillError> {
    let mut told = Vec::new();
    sizes.packages(|package| {
        let name = match (package.name.as_str(), package.version.as_str()) {
            ("", _) => "files in no package".to_owned(),
            (name, "") => name.to_owned(),
            (name, version) => format!("{name}@{version}"),
        };
        told.push(format!("{name} ({})", Bytes(package.weight.bytes)));
        Ok::<_, SpillError>(told.len() < TOLD)
    })?;
    Ok(told.join(", "))
}

fn not_gathered(traced: &Traced, plan: &Size, error: GatherError) -> Exit {
    let error = match error {
        GatherError::App(error) => return fail(Exit::Usage, &error.to_string()),
        GatherError::Build(error) => error,
    };
    if let BuildError::Incomplete { findings, .. } = &error {
        traced.tell_more(findings, &plan.log);
    }
    fail(Exit::from(&error), &format!("{} {error}", error.code()))
}

fn not_written(error: &ReportError) -> Exit {
    match (Exit::from(error), error) {
        (Exit::BrokenPipe, _) => Exit::BrokenPipe,
        (exit, ReportError::Io(error)) => fail(exit, &format!("MT6002 cannot write to stdout: {error}")),
        (_, ReportError::Spill(error)) => traced::ended_by(error),
    }
}
