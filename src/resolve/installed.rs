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
        self.fields().is_some_and(|fields| fields.is_for(platform, name))
    }
}

impl Resolver {
    /// The package that a file belongs to, by its real path: the folder below the
    /// last `node_modules`, whether it has a package.json or not, or the nearest one above with a name in its package.json.
    pub fn package_of(&self, file: &Path) -> Option<Installed> {
        let file = path::bytes(file);
        let mut cx = Lookup::new(path::bytes(&self.options.root), b"/", Loader::Require);
        if let Some(directory) = below_node_modules(file) {
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

/// The folder of the package that the last `node_modules` of a path holds.
fn below_node_modules(file: &[u8]) -> Option<&[u8]> {
    const MARK: &[u8] = b"/node_modules/";
    let start = memchr::memmem::rfind(file, MARK)? + MARK.len();
    let segments = if file.get(start) == Some(&b'@') { 2 } else { 1 };
    let end = memchr::memchr_iter(b'/', &file[start..]).nth(segments - 1)?;
    Some(&file[..start + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_the_folder_below_the_last_node_modules() {
        let below =
            |file: &str| below_node_modules(file.as_bytes()).map(|path| String::from_utf8_lossy(path).into_owned());
        assert_eq!(below("/r/node_modules/a/b/c.js").as_deref(), Some("/r/node_modules/a"));
        assert_eq!(
            below("/r/node_modules/a/node_modules/@s/b/c.js").as_deref(),
            Some("/r/node_modules/a/node_modules/@s/b")
        );
        assert_eq!(below("/r/node_modules/a.js"), None);
        assert_eq!(below("/r/node_modules/@s/b.js"), None);
        assert_eq!(below("/r/my_node_modules/a/b.js"), None);
    }
}
