//! Which app of Next a server belongs to, and what `next build` left there.
//!
//! An app is found by its finished build: a folder with `BUILD_ID` and
//! `required-server-files.json`, `.next` as a rule. It is looked for where the
//! server says (`dir`), at the server's own package, and in the working
//! directory. next.config is never run, so another `distDir` is found by what
//! is in it.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{
    entry::{self, Said},
    manifest::{Build, read_build},
    table::{self, Needs},
};
use crate::{
    host::{EntryKind, Host, read_small},
    recipe::Recipe,
    record::{Platform, QuotedName, absolute},
};

/// Where Next puts a build that was not told otherwise.
const DIST: &str = ".next";

/// What is left when a build is whole.
const BUILD_ID: &str = "BUILD_ID";
pub(super) const REQUIRED: &str = "required-server-files.json";

/// A longer file is a bundle: whether it loads Next shows in the trace.
const LONGEST_SERVER: usize = 256 << 10;

/// An app of Next whose build is finished, and the server that runs it.
#[derive(Clone, Debug)]
pub struct NextApp {
    /// The server's own file: a real path.
    pub(super) entry: PathBuf,
    /// The app's folder: a real path.
    pub(super) folder: PathBuf,
    /// The build's folder, inside the app's.
    pub(super) dist: PathBuf,
    /// The folder that Next's own lists are about (`outputFileTracingRoot`).
    pub(super) root: PathBuf,
    /// What `process.cwd()` is to be when the server runs.
    pub(super) cwd: PathBuf,
    /// The entry itself loads Next.
    is_certain: bool,
    /// Another server's launcher stands in the entry's folder.
    pub(super) is_another: bool,
    /// The folder that `output: 'standalone'` made, if it is of this build.
    pub(super) standalone: Option<PathBuf>,
    /// Files that the build says the server reads, relative to the app.
    pub(super) required: Vec<String>,
    /// Next's version.
    pub(super) version: String,
    pub(super) needs: Needs,
}

/// Why a server of Next cannot be put into a folder.
#[derive(Debug, PartialEq, Eq)]
pub enum NextError {
    /// It uses Next, and no finished build is there.
    NotBuilt {
        /// The app's folder.
        folder: PathBuf,
    },
    /// The user named a folder that is no finished build.
    NoBuild {
        /// The folder.
        dist: PathBuf,
    },
    /// What the build left cannot be used.
    Unusable {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl fmt::Display for NextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |path: &PathBuf| QuotedName(path.as_os_str().as_encoded_bytes()).to_string();
        match self {
            Self::NotBuilt { folder } => {
                let folder = quoted(folder);
                write!(
                    f,
                    "MT0020 the server uses next, but {folder} has no finished build; run `next build` there first \
                     (--next-dist names a build elsewhere, --no-next takes any program as it is)"
                )
            }
            Self::NoBuild { dist } => {
                let dist = quoted(dist);
                write!(f, "MT0020 --next-dist {dist}: no finished build is there ({BUILD_ID} and {REQUIRED})")
            }
            Self::Unusable { file, why } => {
                write!(f, "MT0021 {}: {why}; run `next build` again", quoted(file))
            }
        }
    }
}

impl std::error::Error for NextError {}

/// A folder that may be the app, and the working directory that goes with it.
struct Candidate {
    folder: PathBuf,
    cwd: Option<PathBuf>,
    /// The server itself names it.
    is_said: bool,
}

/// The app that `entry`, an absolute path, serves; none where it serves none.
/// `cwd` is the working directory of the traced code, `dist` the build's folder
/// if the user named one, an absolute path.
///
/// # Errors
/// [`NextError`].
pub fn find_app(
    host: &dyn Host,
    entry: &Path,
    root: &Path,
    cwd: &Path,
    platform: &Platform,
    dist: Option<&Path>,
) -> Result<Option<NextApp>, NextError> {
    let Ok(entry) = host.real_path(entry) else { return Ok(None) };
    let Some(text) = read_small(host, &entry) else { return Ok(None) };
    let is_read = text.len() <= LONGEST_SERVER && memchr::memmem::find(&text, b"next").is_some();
    let said = if is_read { entry::read(&text, &entry, root, cwd, platform) } else { Said::default() };
    drop(text);
    if let Some(dist) = dist {
        let (folder, dist) = named_build(host, dist)?;
        let app = app(host, entry, folder, dist, None)?;
        return Ok(Some(NextApp { is_certain: said.uses_next, ..app }));
    }
    let mut unbuilt = None;
    for candidate in candidates(host, &entry, cwd, &said) {
        let Ok(folder) = host.real_path(&candidate.folder) else { continue };
        let is_likely = said.uses_next || is_configured(host, &folder);
        if let Some(dist) = find_build(host, &folder, is_likely) {
            let app = app(host, entry, folder, dist, candidate.cwd)?;
            return Ok(Some(NextApp { is_certain: said.uses_next, ..app }));
        }
        let is_app = candidate.is_said || is_configured(host, &folder);
        if unbuilt.is_none() && is_app && is_folder(host, &folder) {
            unbuilt = Some(folder);
        }
    }
    if !said.uses_next {
        return Ok(None);
    }
    let folder = unbuilt.unwrap_or_else(|| package(host, &entry));
    Err(NextError::NotBuilt { folder })
}

/// Best first.
fn candidates(host: &dyn Host, entry: &Path, cwd: &Path, said: &Said) -> Vec<Candidate> {
    let package = package(host, entry);
    let beside = entry.parent().unwrap_or(Path::new("/"));
    let mut all = Vec::new();
    for written in &said.written {
        // Whoever wrote it had the program's working directory in mind: this one, or where the program is.
        for cwd in [cwd, beside, &package] {
            let folder = absolute(cwd, Path::new(written));
            let is_said = !matches!(written.as_str(), "." | "./" | "");
            all.push(Candidate { folder, cwd: Some(cwd.to_path_buf()), is_said });
        }
    }
    let named = |folder: &PathBuf, cwd: Option<&Path>| Candidate {
        folder: folder.clone(),
        cwd: cwd.map(Path::to_path_buf),
        is_said: false,
    };
    all.extend(said.fixed.iter().map(|folder| named(folder, None)));
    all.extend(said.from_cwd.iter().map(|folder| named(folder, Some(cwd))));
    for folder in [beside, &package, cwd] {
        all.push(named(&folder.to_path_buf(), None));
    }
    all
}

/// The nearest folder around a file that has a package.json.
fn package(host: &dyn Host, file: &Path) -> PathBuf {
    let beside = file.parent().unwrap_or(Path::new("/"));
    let package = beside.ancestors().find(|folder| is_file(host, &folder.join("package.json")));
    package.unwrap_or(beside).to_path_buf()
}

fn is_file(host: &dyn Host, path: &Path) -> bool {
    host.kind(path).is_ok_and(|kind| kind == EntryKind::File)
}

fn is_folder(host: &dyn Host, path: &Path) -> bool {
    host.kind(path).is_ok_and(|kind| kind == EntryKind::Directory)
}

fn is_configured(host: &dyn Host, folder: &Path) -> bool {
    ["js", "mjs", "ts", "cjs", "mts"]
        .iter()
        .any(|extension| is_file(host, &folder.join(format!("next.config.{extension}"))))
}

fn is_build(host: &dyn Host, folder: &Path) -> bool {
    [BUILD_ID, REQUIRED].iter().all(|file| is_file(host, &folder.join(file)))
}

/// The build in an app's folder: `.next`, else the first that is one. Deeper than
/// in the app's folder itself it must say that it is this app's (`distDir`), and
/// is looked for only where an app is likely.
fn find_build(host: &dyn Host, folder: &Path, is_likely: bool) -> Option<PathBuf> {
    if is_build(host, &folder.join(DIST)) {
        return Some(PathBuf::from(DIST));
    }
    let mut here = vec![PathBuf::new()];
    let mut left = FOLDERS_MAX;
    for depth in 1..=if is_likely { DEEPEST } else { 1 } {
        let mut below: Vec<PathBuf> = Vec::new();
        for around in &here {
            let listed = host.list(&folder.join(around), &mut |name, kind| {
                if kind == EntryKind::Directory && name != "node_modules" && name != ".git" && below.len() < left {
                    below.push(around.join(name));
                }
            });
            if listed.is_err() && depth == 1 {
                return None;
            }
        }
        left -= below.len();
        below.sort();
        let is_its_own = |dist: &PathBuf| {
            let told = || read_build(host, &folder.join(dist).join(REQUIRED)).ok()?.dist();
            depth == 1 || told().is_some_and(|told| told == *dist)
        };
        let found = below.iter().find(|dist| is_build(host, &folder.join(dist)) && is_its_own(dist));
        if found.is_some() {
            return found.cloned();
        }
        here = below;
    }
    None
}

/// The app's folder, and the build that the user named in it.
fn named_build(host: &dyn Host, dist: &Path) -> Result<(PathBuf, PathBuf), NextError> {
    let real = host.real_path(dist).ok().filter(|dist| is_build(host, dist));
    let real = real.ok_or_else(|| NextError::NoBuild { dist: dist.to_path_buf() })?;
    let told = read_build(host, &real.join(REQUIRED))?.dist().filter(|told| real.ends_with(told));
    let inside = told.or_else(|| real.file_name().map(PathBuf::from)).unwrap_or_default();
    let folder = real.ancestors().nth(inside.components().count()).unwrap_or(&real).to_path_buf();
    Ok((folder, inside))
}

/// Nobody's app has its build among more folders than these, or deeper.
const FOLDERS_MAX: usize = 4096;
const DEEPEST: usize = 3;

fn app(
    host: &dyn Host,
    entry: PathBuf,
    folder: PathBuf,
    dist: PathBuf,
    cwd: Option<PathBuf>,
) -> Result<NextApp, NextError> {
    let build = read_build(host, &folder.join(&dist).join(REQUIRED))?;
    let Build { required, relative_app_dir, .. } = build;
    let inside = absolute(Path::new("/"), Path::new(&relative_app_dir));
    let inside = inside.strip_prefix("/").unwrap_or(Path::new("")).to_path_buf();
    // The build may have been moved since; what it lists is relative all the same.
    let root = match folder.ends_with(&inside) {
        true => folder.ancestors().nth(inside.components().count()).unwrap_or(&folder).to_path_buf(),
        false => folder.clone(),
    };
    let standalone = folder.join(&dist).join("standalone");
    let id = |dist: PathBuf| read_small(host, &dist.join(BUILD_ID));
    let copied = folder.strip_prefix(&root).map_or_else(|_| standalone.clone(), |app| standalone.join(app));
    let is_current = is_folder(host, &standalone) && id(copied.join(&dist)) == id(folder.join(&dist));
    let version = version(host, &folder);
    Ok(NextApp {
        needs: Needs::of(&version),
        cwd: cwd.unwrap_or_else(|| folder.clone()),
        standalone: is_current.then_some(standalone),
        is_certain: false,
        is_another: false,
        entry,
        folder,
        dist,
        root,
        required,
        version,
    })
}

/// The version of the Next that an app has.
fn version(host: &dyn Host, folder: &Path) -> String {
    let manifests = folder.ancestors().map(|folder| folder.join("node_modules/next/package.json"));
    manifests.filter_map(|file| text_of(host, &file, "version")).next().unwrap_or_default()
}

/// What a package.json has under a key, if that is text.
fn text_of(host: &dyn Host, file: &Path, key: &str) -> Option<String> {
    let manifest: serde_json::Value = serde_json::from_slice(&read_small(host, file)?).ok()?;
    manifest.get(key)?.as_str().map(str::to_owned)
}

impl NextApp {
    /// The server's own file itself loads Next. Where it does not, the trace must
    /// show that it is a server of Next.
    pub fn is_certain(&self) -> bool {
        self.is_certain
    }

    /// Keeps of the apps that entries were found beside those that they may
    /// serve: where one server of an app is certain, programs beside it are none.
    pub fn settle(apps: &mut Vec<NextApp>) {
        let certain: Vec<PathBuf> = apps.iter().filter(|app| app.is_certain).map(|app| app.folder.clone()).collect();
        apps.retain(|app| app.is_certain || !certain.contains(&app.folder));
        let mut folders = Vec::new();
        for app in apps {
            let folder = app.entry.parent().unwrap_or(Path::new("/")).to_path_buf();
            app.is_another = folders.contains(&folder);
            folders.push(folder);
        }
    }

    /// Whether it is the app of this entry.
    pub fn serves(&self, host: &dyn Host, entry: &Path) -> bool {
        host.real_path(entry).is_ok_and(|entry| entry == self.entry)
    }

    /// What Next itself put together (`output: 'standalone'`) is taken.
    pub fn is_standalone(&self) -> bool {
        self.standalone.is_some()
    }

    /// What `process.cwd()` is to be.
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The server is TypeScript, which not every Node runs.
    pub fn is_typescript(&self) -> bool {
        self.entry.extension().is_some_and(|extension| ["ts", "mts", "cts"].iter().any(|known| extension == *known))
    }

    /// The folder that must be in the tracing root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Next's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Globs, relative to `root`, of what the trace of the server leaves out.
    /// What Next has put together holds all of Next, unless another app `needs_next`.
    pub fn leave_out(&self, root: &Path, needs_next: bool) -> Vec<String> {
        let mut globs = self.needs.leave_out.clone();
        if !needs_next && !self.needs.trace_next {
            globs.push("**/node_modules/next/dist/**".to_owned());
        }
        // The build is gathered by its own lists, whatever the server names.
        let dist = self.folder.join(&self.dist);
        if let Some(dist) = dist.strip_prefix(root).ok().and_then(Path::to_str) {
            globs.push(format!("{}/**", globset::escape(dist)));
        }
        globs
    }

    /// Recipes for Next's own files, which count here alone, and one for the
    /// server: the folder that it names as `dir` is gathered by its build, and
    /// does not stand for all that is in it.
    pub fn recipes(&self, host: &dyn Host) -> Vec<Recipe> {
        let mut recipes = table::references();
        for folder in self.entry.ancestors().skip(1) {
            let name = text_of(host, &folder.join("package.json"), "name");
            let (Some(name), Ok(entry)) = (name, self.entry.strip_prefix(folder)) else { continue };
            if let (Some(entry), Ok(Some(app))) =
                (entry.to_str(), self.folder.strip_prefix(folder).map(|app| app.to_str().filter(|app| !app.is_empty())))
            {
                recipes.extend(table::folder_is_no_asset(&name, entry, app));
            }
            break;
        }
        recipes
    }

    /// Programs that the server loads besides its own file.
    pub fn programs(&self, host: &dyn Host) -> Vec<PathBuf> {
        let files = self.needs.configuration.iter().map(|name| self.folder.join(name));
        files.filter(|file| is_file(host, file)).collect()
    }

    /// Whether a listed path shows that Next was found by the server.
    pub fn is_used_by(path: &[u8]) -> bool {
        path.ends_with(b"node_modules/next/package.json")
    }
}
