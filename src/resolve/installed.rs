//! Packages as they are installed: whose a file is, and where one of a name stands.
//!
//! For what is known of packages by name. Where specifiers lead is decided elsewhere.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Resolver,
    lookup::Lookup,
    package_json::Fields,
    packages::{Package, Scope},
    path,
};
use crate::record::{Loader, Platform};

/// A package in a folder of its own.
pub struct Installed {
    /// Its folder, as it was met: links may be passed on the way.
    pub directory: PathBuf,
    /// Absent if there is no package.json.
    package: Option<Arc<Package>>,
}

impl Installed {
    fn new(scope: Scope) -> Self {
        Self { directory: path::from_bytes(scope.directory), package: Some(scope.package) }
    }

    fn fields(&self) -> Option<&Fields> {
        self.package.as_ref().map(|package| &package.fields)
    }

    /// The name that it has in its package.json.
    pub fn name(&self) -> Option<&str> {
        self.fields()?.name.as_deref()
    }

    /// Its version.
    pub fn version(&self) -> Option<&str> {
        self.fields()?.version.as_deref()
    }

    /// The names of its optional dependencies.
    pub fn optional_dependencies(&self) -> impl Iterator<Item = &str> {
        self.fields().into_iter().flat_map(Fields::optional_dependencies)
    }

    /// npm installs it on some platforms only, and on this one. `name` is what it was asked for by.
    pub fn is_for(&self, platform: &Platform, name: &str) -> bool {
        self.fields().is_some_and(|fields| fields.is_made_for(platform, name))
    }
}

impl Resolver {
    /// The package that a file belongs to, by its real path: the folder below the
    /// last `node_modules`, whether it has a package.json or not, or the nearest one above with a name in its package.json.
    pub fn installed_package(&self, file: &Path) -> Option<Installed> {
        let file = path::bytes(file);
        let mut cx = Lookup::new(path::bytes(&self.options.root), b"/", Loader::Require);
        if let Some(directory) = path::package(file) {
            let bare = || Installed { directory: path::from_bytes(directory.to_vec()), package: None };
            return Some(self.installed(&mut cx, directory).unwrap_or_else(bare));
        }
        let mut directory = path::parent(file)?;
        loop {
            let scope = self.packages.scope(&mut cx, &self.directories, directory)?;
            if scope.package.fields.name.is_some() {
                return Some(Installed::new(scope));
            }
            directory = &directory[..path::parent(&scope.directory)?.len()];
        }
    }

    /// The package of a name that a file in `directory` would find.
    pub fn package_named(&self, directory: &Path, name: &str) -> Option<Installed> {
        let directory = path::bytes(directory);
        let mut cx = Lookup::new(path::bytes(&self.options.root), directory, Loader::Require);
        path::ancestors(directory).filter(|above| !path::is_node_modules(above)).find_map(|above| {
            let modules = self.directories.below(&mut cx, above, b"node_modules")?;
            self.installed(&mut cx, &path::join(&modules, name.as_bytes()))
        })
    }

    fn installed(&self, cx: &mut Lookup<'_>, directory: &[u8]) -> Option<Installed> {
        let place = self.directories.open(cx, directory)?;
        let package = self.packages.read(cx, &self.directories, &place)?;
        Some(Installed::new(Scope::new(directory, &place, package)))
    }
}
