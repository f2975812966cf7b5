//! `monotrace annotate`: a manifest beside each entry.
//!
//! One trace serves all entries. Only where it cannot tell what one of them
//! alone would need is that one traced once more: with `--depth`, which counts
//! from the nearest entry, and where a file asks which file the entry is.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::{exit::Exit, fail, plan::Annotate, traced};
use crate::{
    Digests, Manifest, ManifestForm, QuotedName, Reach, ReportError, SpillError, Trace, TraceError, TracedEntry, Tracer,
};

/// Traces and writes.
pub(super) fn run(plan: &Annotate) -> Exit {
    let traced = match traced::trace(&plan.tracing) {
        Ok(traced) => traced,
        Err(exit) => return exit,
    };
    let (trace, tracer) = (&traced.trace, &traced.tracer);
    let mut failed = None;
    let places = match places(plan, tracer, trace) {
        Ok(places) => places,
        Err(exit) => return exit,
    };
    match Annotation::new(plan, tracer, trace, &places) {
        Ok(shared) => {
            for (path, place) in &places {
                match shared.write(path, place) {
                    Ok(()) => {}
                    // Each is on its own: one that cannot be written keeps no other from being so.
                    Err(Failure::Report(ReportError::Io(error))) => failed = Some(not_written(path, &error)),
                    Err(failure) => return failure.ends(),
                }
            }
        }
        Err(failure) => return failure.ends(),
    }
    let told = traced.end(&plan.tracing, &plan.log);
    failed.unwrap_or(told)
}

/// Where a manifest goes, and for whom.
struct Place<'t> {
    entry: &'t TracedEntry,
    /// The entry's path relative to the root; of a link its own.
    own: Vec<u8>,
}

/// The manifests by their paths: an entry that was given twice has one.
fn places<'t>(plan: &Annotate, tracer: &Tracer, trace: &'t Trace) -> Result<BTreeMap<PathBuf, Place<'t>>, Exit> {
    let mut places = BTreeMap::new();
    for entry in &trace.entries {
        let (folder, own) =
            tracer.named_place(&trace.root, entry).map_err(|error| not_written(&entry.named, &error))?;
        let mut path = match &plan.directory {
            Some(directory) => directory.join(OsStr::from_bytes(&own)),
            None => folder.join(entry.named.file_name().unwrap_or_default()),
        }
        .into_os_string();
        path.push(".nft.json");
        places.entry(PathBuf::from(path)).or_insert(Place { entry, own });
    }
    Ok(places)
}

/// Why there is no manifest.
enum Failure {
    Report(ReportError),
    Trace(TraceError),
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        Self::Report(error)
    }
}

impl From<SpillError> for Failure {
    fn from(error: SpillError) -> Self {
        Self::Report(error.into())
    }
}

impl Failure {
    /// Ends the run: what failed here would fail for every other entry too.
    fn ends(&self) -> Exit {
        match self {
            Self::Report(ReportError::Spill(error)) => traced::ended_by(error),
            Self::Report(ReportError::Io(error)) => fail(Exit::from(error), &format!("MT6002 cannot read {error}")),
            Self::Trace(error) => fail(Exit::from(error), &format!("{} {error}", error.code())),
        }
    }
}

/// A trace, and what is needed to write manifests from it.
struct Annotation<'a> {
    plan: &'a Annotate,
    tracer: &'a Tracer,
    trace: &'a Trace,
    reach: Reach<'a>,
    digests: Option<Digests>,
    /// Manifests of this run that a program would read: a second run gives the same as the first.
    manifests: BTreeSet<Vec<u8>>,
}

impl<'a> Annotation<'a> {
    fn new(
        plan: &'a Annotate,
        tracer: &'a Tracer,
        trace: &'a Trace,
        places: &BTreeMap<PathBuf, Place<'_>>,
    ) -> Result<Self, Failure> {
        let reach = trace.listing.reach()?;
        let digests = plan.is_extended.then(|| tracer.digests(trace)).transpose()?;
        let mut manifests = BTreeSet::new();
        for path in places.keys() {
            if let Ok(path) = path.strip_prefix(&trace.root)
                && trace.listing.has(path.as_os_str().as_bytes())?
            {
                manifests.insert(path.as_os_str().as_bytes().to_vec());
            }
        }
        Ok(Self { plan, tracer, trace, reach, digests, manifests })
    }

    /// Writes one manifest, from this trace or from one of its entry alone.
    fn write(&self, path: &Path, place: &Place<'_>) -> Result<(), Failure> {
        let is_shared = self.trace.entries.len() > 1;
        let mut subset = self.reach.of(&place.entry.file, &place.entry.links)?;
        if is_shared && (subset.depends_on_entry || self.plan.tracing.options.depth.is_some()) {
            drop(subset);
            let alone = self.tracer.trace(std::slice::from_ref(&place.entry.named)).map_err(Failure::Trace)?;
            let only = BTreeMap::from([(path.to_path_buf(), Place { entry: place.entry, own: place.own.clone() })]);
            let mut alone = Annotation::new(self.plan, self.tracer, &alone, &only)?;
            alone.manifests.extend(self.manifests.iter().cloned());
            return alone.write(path, place);
        }
        subset.leave_out(&place.own)?;
        for manifest in &self.manifests {
            subset.leave_out(manifest)?;
        }
        let form = self.digests.as_ref().map_or(ManifestForm::Plain, ManifestForm::Extended);
        let manifest = Manifest {
            form,
            root: &self.trace.root,
            listing: &self.trace.listing,
            subset: &subset,
            entry: &place.entry.file,
        };
        Ok(self.tracer.publish_manifest(&manifest, path)?)
    }
}

fn not_written(path: &Path, error: &io::Error) -> Exit {
    let path = QuotedName(path.as_os_str().as_bytes());
    fail(Exit::Io, &format!("MT6002 cannot write {path}: {error}"))
}
