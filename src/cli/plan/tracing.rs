//! What is traced and how, decided.

use std::{
    env,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use crate::{
    Analysis, Faults, Finding, Floor, GlobsByEntry, Host, ManifestGlob, MemoryLimit, OpenError, Platform, QuotedName,
    RealHost, Recipe, TraceOptions, Workspace, absolute, cli::flags, memory_limit, parse_recipes, process_limits,
    workspace, workspace_around,
};

/// The largest file that the user wrote, in bytes.
const TEXT_MAX: usize = 4 << 20;

/// A trace to make.
#[derive(Debug)]
pub(in crate::cli) struct Tracing {
    pub(in crate::cli) options: TraceOptions,
    /// Absolute paths.
    pub(in crate::cli) entries: Vec<PathBuf>,
    /// What was found wrong while the root was looked for.
    pub(in crate::cli) finding: Option<Finding>,
    /// The memory limit, and who set it.
    pub(in crate::cli) limit: MemoryLimit,
    /// Nobody named the root: it is that of a workspace.
    pub(in crate::cli) is_workspace: bool,
}

impl Tracing {
    /// `output` is where the result goes, `parents` whether the command asks who needs whom.
    ///
    /// # Errors
    /// What cannot be done, in one line.
    pub(super) fn from_flags(
        cwd: &Path,
        flags: flags::Tracing,
        output: Option<&Path>,
        parents: bool,
    ) -> Result<Self, String> {
        let entries: Vec<PathBuf> = flags.entries.iter().map(|entry| absolute(cwd, entry)).collect();
        let manifests: Vec<ManifestGlob> = flags
            .from_nft_json
            .iter()
            .map(|glob| ManifestGlob { folder: cwd.to_path_buf(), glob: glob.clone() })
            .collect();
        let around = around(&flags, &entries, &manifests);
        let is_workspace = around.is_some();
        let (root, finding) = root(cwd, &flags, around);
        let limit = memory_limit(&RealHost, flags.memory_limit, process_limits());
        let mut options = options(cwd, root, flags, limit.bytes)?;
        options.temp_defaults = TraceOptions::temp_folders(output);
        options.parents = parents;
        options.manifests = manifests;
        Ok(Self { options, entries, finding, limit, is_workspace })
    }
}

/// The workspace that the first entry belongs to, where the root is not named.
fn around(flags: &flags::Tracing, entries: &[PathBuf], manifests: &[ManifestGlob]) -> Option<Workspace> {
    match (&flags.context_directory, entries.first(), manifests.first()) {
        (None, Some(entry), _) => workspace(&RealHost, entry),
        (None, None, Some(manifest)) => workspace_around(&RealHost, &manifest.base()),
        _ => None,
    }
}

/// The tracing root, and what was found wrong on the way to it.
fn root(cwd: &Path, flags: &flags::Tracing, around: Option<Workspace>) -> (PathBuf, Option<Finding>) {
    match (&flags.context_directory, around) {
        (Some(root), _) => (absolute(cwd, root), None),
        (None, Some(Workspace { root, finding })) => (root, finding),
        (None, None) => (cwd.to_path_buf(), None),
    }
}

fn options(cwd: &Path, root: PathBuf, flags: flags::Tracing, memory_limit: u64) -> Result<TraceOptions, String> {
    let analysis = if flags.no_analysis { Analysis::NONE } else { Analysis::ALL };
    let mut options = TraceOptions::new(root);
    options.process_cwd = flags.process_cwd.map_or_else(|| cwd.to_path_buf(), |path| absolute(cwd, &path));
    options.memory_limit = memory_limit;
    // Nobody asked for as many as there are cores: under a small limit fewer do.
    options.threads = flags.threads.unwrap_or_else(|| options.threads.min(Floor::threads_that_fit(memory_limit)));
    options.temp_dir = flags.temp_dir.map(|path| absolute(cwd, &path));
    options.max_temp_size = flags.max_temp_size.map_or(u64::MAX, |megabytes| megabytes.saturating_mul(1 << 20));
    options.node = flags.node;
    options.platform = flags.target.unwrap_or_else(|| this_machine(&|path| RealHost.kind(Path::new(path)).is_ok()));
    options.env = environment(&flags.env)?;
    options.conditions.extend(flags.conditions.into_iter().filter(|condition| !condition.is_empty()));
    options.exports_only = flags.exports_only;
    options.module_sync_catchall = flags.module_sync_catchall;
    options.mixed_modules = flags.mixed_modules;
    options.paths = paths(&options.root, &flags.paths)?;
    options.depth = flags.depth;
    options.ignore = flags.ignore;
    options.includes = by_entry(flags.include, flags.include_for);
    options.excludes = by_entry(flags.exclude, flags.exclude_for);
    options.trace_includes = flags.trace_includes;
    options.recipes = recipes(cwd, &flags.recipes)?;
    options.analysis = Analysis {
        emit_globs: analysis.emit_globs && !flags.no_emit_globs,
        compute_file_references: analysis.compute_file_references && !flags.no_compute_file_references,
        evaluate_pure_expressions: analysis.evaluate_pure_expressions && !flags.no_evaluate_pure_expressions,
    };
    options.channel_capacity = match env::var("MONOTRACE_CHANNEL_CAP") {
        Ok(capacity) => {
            capacity.parse().map_err(|_| "MT0005 MONOTRACE_CHANNEL_CAP: expected a number above 0".to_owned())?
        }
        Err(_) => options.threads.saturating_mul(const { NonZeroUsize::new(16).expect("16 is not 0") }),
    };
    options.faults = faults();
    Ok(options)
}

/// This machine. Which C library programs on linux use is told by their loaders,
/// not by the one that this command was built with: that may be a static one.
fn this_machine(exists: &dyn Fn(&str) -> bool) -> Platform {
    let mut platform = Platform::default();
    // (process.arch, glibc's loader, musl's)
    const LOADERS: [(&str, &str, &str); 5] = [
        ("x64", "/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"),
        ("arm64", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-aarch64.so.1"),
        ("arm", "/lib/ld-linux-armhf.so.3", "/lib/ld-musl-armhf.so.1"),
        ("s390x", "/lib/ld64.so.1", "/lib/ld-musl-s390x.so.1"),
        ("riscv64", "/lib/ld-linux-riscv64-lp64d.so.1", "/lib/ld-musl-riscv64.so.1"),
    ];
    let loaders = LOADERS.iter().find(|(arch, ..)| platform.os == "linux" && *arch == platform.arch);
    if let Some((_, glibc, musl)) = loaders {
        match (exists(glibc), exists(musl)) {
            (true, false) => platform.libc = Some("glibc".to_owned()),
            (false, true) => platform.libc = Some("musl".to_owned()),
            // Both, or a system with places of its own.
            _ => {}
        }
    }
    platform
}

/// Globs for all entries, and pairs of a glob of entries and one that is for those.
fn by_entry(for_all: Vec<String>, pairs: Vec<String>) -> GlobsByEntry {
    let mut globs = GlobsByEntry::new();
    for glob in for_all {
        globs.entry(TraceOptions::ALL_ENTRIES.to_owned()).or_default().push(glob);
    }
    let mut pairs = pairs.into_iter();
    while let (Some(entries), Some(glob)) = (pairs.next(), pairs.next()) {
        globs.entry(entries).or_default().push(glob);
    }
    globs
}

/// `KEY=TARGET`; a target is relative to the root, as nft's is to its base.
fn paths(root: &Path, typed: &[String]) -> Result<Vec<(String, PathBuf)>, String> {
    typed
        .iter()
        .map(|pair| match pair.split_once('=') {
            Some((key, target)) if !key.is_empty() && !target.is_empty() => {
                Ok((key.to_owned(), absolute(root, Path::new(target))))
            }
            _ => Err(format!("MT0004 --paths {pair:?}: expected KEY=TARGET")),
        })
        .collect()
}

/// The recipes of the files that were typed.
fn recipes(cwd: &Path, files: &[PathBuf]) -> Result<Vec<Recipe>, String> {
    let mut recipes = Vec::new();
    for file in files {
        let shown = QuotedName(file.as_os_str().as_encoded_bytes());
        let text = text(&absolute(cwd, file)).map_err(|why| format!("MT0007 {shown}: {why}"))?;
        recipes.extend(parse_recipes(&text).map_err(|error| format!("MT0007 {shown}:{error}"))?);
    }
    Ok(recipes)
}

/// The text of a file that the user wrote.
pub(in crate::cli) fn text(path: &Path) -> Result<String, String> {
    String::from_utf8(small_file(path, TEXT_MAX)?).map_err(|_| "not UTF-8".to_owned())
}

/// All bytes of a file that has no more than `most`.
pub(super) fn small_file(path: &Path, most: usize) -> Result<Vec<u8>, String> {
    let file = RealHost.open(path).map_err(|error| match error {
        OpenError::NotRegular(_) => "this is no regular file".to_owned(),
        OpenError::Io(error) => error.to_string(),
    })?;
    let len = file.stamp().map_err(|error| error.to_string())?.len;
    if len > most as u64 {
        return Err(format!("more than {most} bytes"));
    }
    let mut text = vec![0; len as usize];
    let mut read = 0;
    while read < text.len() {
        match file.read_at(&mut text[read..], read as u64).map_err(|error| error.to_string())? {
            0 => break,
            more => read += more,
        }
    }
    text.truncate(read);
    Ok(text)
}

/// `NAME=VALUE`, of the traced code.
fn environment(typed: &[String]) -> Result<Vec<(String, String)>, String> {
    typed
        .iter()
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
            _ => Err(format!("MT0006 --env {pair:?}: expected NAME=VALUE")),
        })
        .collect()
}

/// `MONOTRACE_FAULT`, for tests of the command: `panic=NAME`, `spill_flip=N`, `spill_batch=BYTES`, by commas.
fn faults() -> Faults {
    let typed = env::var("MONOTRACE_FAULT").unwrap_or_default();
    let mut faults = Faults::default();
    for (name, value) in typed.split(',').filter_map(|fault| fault.split_once('=')) {
        match name {
            "panic" => faults.panic_at = Some(value.to_owned()),
            "spill_flip" => faults.spill_flip = value.parse().ok(),
            "spill_batch" => faults.spill_batch = value.parse().ok(),
            _ => {}
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_library_is_the_one_whose_loader_is_there() {
        let libc = |names: &[&str]| {
            this_machine(&|path| names.iter().any(|name| path.contains(name))).libc.unwrap_or_default()
        };
        let built = Platform::default();
        if built.os == "linux" && ["x64", "arm64"].contains(&built.arch.as_str()) {
            assert_eq!((libc(&["/ld-musl-"]), libc(&["/ld-linux-"])), ("musl".to_owned(), "glibc".to_owned()));
        }
        assert_eq!(
            (libc(&[]), libc(&["/ld-"])),
            (built.libc.clone().unwrap_or_default(), built.libc.unwrap_or_default())
        );
    }
}
