//! A folder with files to resolve in, and answers as one line of text.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::Arc,
};

use monotrace::{
    Governor, Loader, RealHost,
    resolve::{Failure, Request, ResolveOptions, Resolver, Target},
};
use tempfile::TempDir;

/// A folder with files, resolved in.
pub(crate) struct Fixture {
    folder: TempDir,
    /// The folder's real path, and the tracing root.
    pub(crate) root: PathBuf,
}

impl Fixture {
    /// Files by relative path.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let fixture = Self { folder, root };
        for (path, text) in files {
            fixture.write(path, text);
        }
        fixture
    }

    pub(crate) fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn link(&self, target: &str, link: &str) {
        let link = self.root.join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(target, link).unwrap();
    }

    pub(crate) fn options(&self) -> ResolveOptions {
        ResolveOptions {
            root: self.root.clone(),
            node: "20.20.2".parse().unwrap(),
            platform: "linux-x64".parse().unwrap(),
            conditions: vec!["node".to_owned()],
            exports_only: true,
            module_sync_catchall: false,
            paths: Vec::new(),
            cache_bytes: 1 << 20,
        }
    }

    pub(crate) fn with(&self, change: impl FnOnce(&mut ResolveOptions)) -> Resolver {
        let mut options = self.options();
        change(&mut options);
        Resolver::new(Arc::new(RealHost), &Governor::new(128 << 20), options).unwrap()
    }

    pub(crate) fn resolver(&self) -> Resolver {
        self.with(|_| {})
    }

    /// `require(specifier)` in `parent`: what is found and what is needed, relative to the root.
    pub(crate) fn require(&self, parent: &str, specifier: &str) -> String {
        self.ask(&self.resolver(), parent, specifier, Loader::Require)
    }

    pub(crate) fn import(&self, parent: &str, specifier: &str) -> String {
        self.ask(&self.resolver(), parent, specifier, Loader::Import)
    }

    pub(crate) fn ask(&self, resolver: &Resolver, parent: &str, specifier: &str, loader: Loader) -> String {
        let answer = resolver.resolve(&Request { specifier, parent: &self.root.join(parent), loader });
        let mut words: Vec<String> = match &answer.outcome {
            Ok(targets) => targets.iter().map(|target| self.show(target)).collect(),
            Err(failure) => vec![failure.error.node_code().to_owned()],
        };
        words.extend(answer.needed.iter().map(|path| format!("+{}", self.relative(path))));
        words.extend(answer.troubles.iter().map(|trouble| {
            let place = trouble.place.map(|place| format!(":{place}")).unwrap_or_default();
            format!("!{}{place} {}", self.relative(&trouble.file), trouble.problem.code())
        }));
        words.join(" ")
    }

    pub(crate) fn fail(&self, parent: &str, specifier: &str, loader: Loader) -> Failure {
        let answer = self.resolver().resolve(&Request { specifier, parent: &self.root.join(parent), loader });
        answer.outcome.unwrap_err()
    }

    fn show(&self, target: &Target) -> String {
        match target {
            Target::File(path) => self.relative(path),
            Target::Outside(path) => format!("outside:{}", path.file_name().unwrap().to_string_lossy()),
            Target::Builtin(name) => name.clone(),
        }
    }

    pub(crate) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().into_owned()
    }
}
