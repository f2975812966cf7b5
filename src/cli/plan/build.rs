//! `monotrace build`, decided.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::{Log, Next, Tracing, next::Typed};
use crate::{
    ArchiveOptions, FolderOptions, Layer, Links, absolute,
    cli::flags::{self, LinksFlag},
};

/// Files to put together.
#[derive(Debug)]
pub(in crate::cli) struct Build {
    pub(in crate::cli) tracing: Tracing,
    /// The apps of Next that the entries may serve.
    pub(in crate::cli) next: Option<Next>,
    pub(in crate::cli) log: Log,
    pub(in crate::cli) links: Links,
    pub(in crate::cli) to: Destination,
}

/// Where they go.
#[derive(Debug)]
pub(in crate::cli) enum Destination {
    /// A folder: its absolute path, and as it was typed.
    Folder { place: PathBuf, typed: PathBuf, options: FolderOptions },
    /// Archives: their absolute paths, and as they were typed.
    Archives(Vec<(ArchiveOptions, PathBuf, PathBuf)>),
    /// One archive, to stdout.
    Stdout(ArchiveOptions),
}

impl Build {
    pub(super) fn from_flags(cwd: &Path, flags: flags::Build) -> Result<Self, String> {
        let to = match (flags.output, flags.tar) {
            (Some(typed), _) if typed.as_os_str().is_empty() => {
                return Err("MT0008 -o \"\": expected the folder that is to be made".to_owned());
            }
            (Some(typed), _) => {
                let options = FolderOptions { clean: flags.clean, dry_run: flags.dry_run };
                Destination::Folder { place: absolute(cwd, &typed), typed, options }
            }
            (None, Some(file)) => archives(cwd, file, flags.layers)?,
            (None, None) => return Err("MT0008 expected -o DIR or --tar FILE".to_owned()),
        };
        let beside = match &to {
            Destination::Folder { place, .. } => Some(place.as_path()),
            Destination::Archives(archives) => archives.first().map(|(_, path, _)| path.as_path()),
            Destination::Stdout(_) => None,
        };
        let links = match flags.links {
            LinksFlag::Preserve => Links::Preserve,
            LinksFlag::Dereference => Links::Dereference,
        };
        let typed = Typed::of(&flags.tracing);
        // Who asks for a file tells whether a copy elsewhere would be found.
        let parents = links == Links::Dereference;
        let tracing = Tracing::from_flags(cwd, flags.tracing, beside, parents)?;
        let next = Next::find(cwd, &tracing, flags.next, typed)?;
        Ok(Self { tracing, next, log: Log::from_flags(cwd, &flags.log), links, to })
    }
}

/// The latest time that every reader of archives knows: eleven octal digits.
const LATEST: u64 = 0o777_7777_7777;

fn archives(cwd: &Path, file: PathBuf, layers: bool) -> Result<Destination, String> {
    let time = match env::var("SOURCE_DATE_EPOCH") {
        Ok(time) => {
            let time = time.parse().ok().filter(|time| *time <= LATEST);
            time.ok_or_else(|| "MT0014 SOURCE_DATE_EPOCH: expected seconds since 1970, before 2242".to_owned())?
        }
        Err(_) => 0,
    };
    let archive = |layer, typed: PathBuf| (ArchiveOptions { time, layer }, absolute(cwd, &typed), typed);
    if file == Path::new("-") {
        return match layers {
            true => Err("MT0008 --layers: two archives need a file's name, not -".to_owned()),
            false => Ok(Destination::Stdout(ArchiveOptions { time, layer: Layer::All })),
        };
    }
    if file.file_name().is_none() {
        return Err("MT0008 --tar: expected a file's name".to_owned());
    }
    let named = |part: &str| file.with_extension(format!("{part}.tar"));
    Ok(Destination::Archives(match layers {
        true => vec![archive(Layer::Dependencies, named("dependencies")), archive(Layer::App, named("app"))],
        false => vec![archive(Layer::All, file)],
    }))
}
