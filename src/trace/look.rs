//! How a file's bytes become what it asks for.
//!
//! A file may take its paths from files beside it (`exports.ROOT = …`). Then
//! those are read for what they export, and the file itself is read once more:
//! one step, however far they have it from. Nothing is kept for other files.

use std::{cell::Cell, path::Path};

use super::options::TraceOptions;
use crate::{
    evaluate::{Evaluation, Exports, Neighbours, Settings, Surroundings, Wanted, evaluate, evaluate_among, exports},
    finding::Problem,
    host::{Host, OpenError},
    lexer::Dialect,
    native,
    record::{Format, Loader},
    resolve::{Request, Resolver, Target},
    source::{SourceError, SourceReader},
};

/// A longer file than this has its paths for itself: no person wrote it.
const LONGEST_SIBLING: usize = 64 * 1024;

/// Looks at one file.
pub(super) struct Looker<'a> {
    pub(super) host: &'a dyn Host,
    pub(super) resolver: &'a Resolver,
    pub(super) options: &'a TraceOptions,
    /// Where it runs, if values are to be followed.
    pub(super) surroundings: Option<&'a Surroundings<'a>>,
    /// Becomes true where it matters which file is the entry.
    pub(super) depends_on_entry: &'a Cell<bool>,
}

impl Looker<'_> {
    /// Evaluates the file. Its bytes are gone before those of files beside it
    /// are read, so that one buffer and one descriptor are enough.
    ///
    /// # Errors
    /// [`SourceError`], if the file itself cannot be read, and where memory
    /// does not suffice for another.
    pub(super) fn look_at(
        &self,
        reader: &mut SourceReader,
        path: &Path,
        format: Format,
    ) -> Result<Evaluation, SourceError> {
        let settings = settings(path, format, self.options, self.surroundings);
        let evaluation = reader.with_bytes(self.host, path, |bytes| evaluate(bytes, &settings))?;
        let mut siblings = Vec::new();
        for wanted in &evaluation.wanted {
            if let Some(exports) = self.exports(reader, path, wanted)?.filter(|exports| wanted.is_met_by(exports)) {
                siblings.push((wanted.clone(), exports));
            }
        }
        if siblings.is_empty() {
            return Ok(evaluation);
        }
        reader.with_bytes(self.host, path, |bytes| evaluate_among(bytes, &settings, &siblings))
    }

    /// What the file that `parent` loads so exports. Whatever is wrong with it
    /// is told when it is looked at itself.
    fn exports(
        &self,
        reader: &mut SourceReader,
        parent: &Path,
        wanted: &Wanted,
    ) -> Result<Option<Exports>, SourceError> {
        let request = Request { specifier: &wanted.specifier, parent, loader: wanted.loader };
        let Ok(targets) = self.resolver.resolve(&request).outcome else { return Ok(None) };
        let [Target::File(path)] = targets.as_slice() else { return Ok(None) };
        let (Some(surroundings), Some(file)) = (self.surroundings, path.to_str()) else { return Ok(None) };
        let format = self.resolver.format(path).format;
        if matches!(format, Format::Addon | Format::Wasm) || native::is_library(path) {
            return Ok(None);
        }
        let nearby = Nearby { resolver: self.resolver, path, depends_on_entry: self.depends_on_entry };
        let surroundings = Surroundings { neighbours: Some(&nearby), file, ..*surroundings };
        let settings = settings(path, format, self.options, Some(&surroundings));
        let look = |bytes: &[u8]| (bytes.len() <= LONGEST_SIBLING).then(|| exports(bytes, &settings)).flatten();
        match reader.with_bytes(self.host, path, look) {
            // The run ends with these, whoever meets them.
            Err(error @ SourceError::Memory(_)) => Err(error),
            Err(SourceError::Open(OpenError::Io(error))) if is_out_of_descriptors(&error) => {
                Err(SourceError::Open(OpenError::Io(error)))
            }
            found => Ok(found.ok().flatten()),
        }
    }
}

/// What a file's evaluation may ask of the disk.
pub(super) struct Nearby<'a> {
    pub(super) resolver: &'a Resolver,
    pub(super) path: &'a Path,
    pub(super) depends_on_entry: &'a Cell<bool>,
}

impl Neighbours for Nearby<'_> {
    fn resolve(&self, specifier: &str, from: Option<&str>) -> Option<String> {
        let other = from.map(|folder| Path::new(folder).join("_"));
        let parent = other.as_deref().unwrap_or(self.path);
        let answer = self.resolver.resolve(&Request { specifier, parent, loader: Loader::Require });
        answer.outcome.ok()?.into_iter().find_map(|target| match target {
            Target::File(path) => path.to_str().map(str::to_owned),
            _ => None,
        })
    }

    fn depends_on_entry(&self) {
        self.depends_on_entry.set(true);
    }
}

fn is_out_of_descriptors(error: &std::io::Error) -> bool {
    Problem::unreadable(error) == Problem::OutOfDescriptors
}

fn settings<'s>(
    path: &Path,
    format: Format,
    options: &TraceOptions,
    location: Option<&'s Surroundings<'s>>,
) -> Settings<'s> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let dialect = Dialect {
        typescript: matches!(extension, "ts" | "tsx" | "mts" | "cts"),
        jsx: matches!(extension, "js" | "jsx" | "tsx"),
        module: format == Format::Module,
    };
    Settings {
        dialect,
        format,
        mixed_modules: options.mixed_modules,
        folds_strings: options.analysis.evaluate_pure_expressions,
        finds_files: options.analysis.compute_file_references,
        location: location.filter(|_| options.analysis.evaluate_pure_expressions),
    }
}
