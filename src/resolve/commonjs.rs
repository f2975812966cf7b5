//! `require(X) from module at path Y`: "All together" in Node's modules.html.
//!
//! The steps have the names they have there. Global folders (`NODE_PATH`,
//! `$HOME/.node_modules`) are not searched: they are not part of a program.

use super::{
    Found, Resolver, builtins,
    directories::Place,
    lookup::{Lookup, Spot},
    packages::Scope,
    path,
    specifier::split_package,
    targets::Location,
    url::{UrlPath, names_directory},
};
use crate::finding::ResolutionError::{self, ImportNotFound, ModuleNotFound};

/// Extensions that LOAD_AS_FILE and LOAD_INDEX try, in order.
pub(super) const EXTENSIONS: &[&str] = &[".js", ".json", ".node"];

impl Resolver {
    /// `require(x)`
    pub(super) fn require(&self, cx: &mut Lookup<'_>, x: &str) -> Result<Found, ResolutionError> {
        // 1. If X is a core module, return the core module.
        if let Some(name) = builtins::canonical(self.options.node, x) {
            return Ok(Found::Builtin(name));
        }
        if x.starts_with("node:") {
            cx.note(|_| format!("This version of Node has no module {x:?}."));
            return Err(ResolutionError::UnknownBuiltin);
        }
        // 2. If X begins with '/', set Y to the file system root.
        // 3. If X is equal to '.', or X begins with './', '/' or '../'
        if is_path(x) {
            let path = path::join(cx.directory, x.as_bytes());
            return self.load(cx, &path, names_directory(x.as_bytes()))?.map(Found::Spot).ok_or(ModuleNotFound);
        }
        let scope = self.packages.scope(cx, &self.directories, cx.directory);
        // 4. If X begins with '#', LOAD_PACKAGE_IMPORTS(X, dirname(Y))
        if x.starts_with('#')
            && let Some(scope) = &scope
            && scope.fields(cx)?.imports.is_some()
        {
            let location = self.package_imports(cx, Some(scope), x).map_err(as_required)?;
            return self.finish_require(cx, location);
        }
        // 5. LOAD_PACKAGE_SELF(X, dirname(Y))
        if let Some(scope) = &scope
            && let Some(found) = self.load_package_self(cx, scope, x)?
        {
            return Ok(found);
        }
        // 6. LOAD_NODE_MODULES(X, dirname(Y))
        // 7. THROW "not found"
        self.load_node_modules(cx, x)?.ok_or(ModuleNotFound)
    }

    /// LOAD_AS_FILE(X), then LOAD_AS_DIRECTORY(X); a path that names a directory is no file
    pub(super) fn load(
        &self,
        cx: &mut Lookup<'_>,
        x: &[u8],
        names_directory: bool,
    ) -> Result<Option<Spot>, ResolutionError> {
        if !names_directory
            && let Some((directory, name)) = path::split(x)
            && let Some(place) = self.directories.open(cx, directory)
            && let Some(spot) = self.load_as_file(cx, &place, name)
        {
            return Ok(Some(spot));
        }
        self.load_as_directory(cx, x)
    }

    /// LOAD_AS_FILE(X), where X is `name` in a directory
    pub(super) fn load_as_file(&self, cx: &mut Lookup<'_>, place: &Place, name: &[u8]) -> Option<Spot> {
        // 1. If X is a file, load X as its file extension format.
        if let Some(spot) = self.directories.file(cx, place, name) {
            return Some(spot);
        }
        cx.note(|root| format!("There is no file {}.", path::show(root, &path::child(&place.directory.real, name))));
        if let Some(spot) = self.typescript_first(cx, place, name) {
            return Some(spot);
        }
        // 2–4. If X.js, X.json, X.node is a file, load it.
        if let Some(spot) = self.with_extension(cx, place, name, EXTENSIONS) {
            return Some(spot);
        }
        self.typescript_last(cx, place, name)
    }

    /// LOAD_INDEX(X), where X is a directory
    fn load_index(&self, cx: &mut Lookup<'_>, place: &Place) -> Option<Spot> {
        // 1–3. If X/index.js, X/index.json, X/index.node is a file, load it.
        if let Some(spot) = self.typescript_first(cx, place, b"index") {
            return Some(spot);
        }
        if let Some(spot) = self.with_extension(cx, place, b"index", EXTENSIONS) {
            return Some(spot);
        }
        self.typescript_last(cx, place, b"index")
    }

    /// LOAD_AS_DIRECTORY(X)
    pub(super) fn load_as_directory(&self, cx: &mut Lookup<'_>, x: &[u8]) -> Result<Option<Spot>, ResolutionError> {
        let Some(place) = self.directories.open(cx, x) else {
            cx.note(|root| format!("{} is no directory.", path::show(root, x)));
            return Ok(None);
        };
        // 1. If X/package.json is a file
        if let Some(package) = self.packages.read(cx, &self.directories, &place) {
            // 1.a. Parse X/package.json, and look for "main" field.
            let scope = Scope::new(x, &place, package);
            // 1.b. If "main" is a falsy value, GOTO 2.
            if let Some(main) = scope.fields(cx)?.main.as_deref().filter(|main| !main.is_empty()) {
                return self.load_main(cx, &scope, &place, main).map(Some);
            }
        }
        // 2. LOAD_INDEX(X)
        Ok(self.load_index(cx, &place))
    }

    /// LOAD_AS_DIRECTORY(X), steps 1.c to 1.g
    fn load_main(
        &self,
        cx: &mut Lookup<'_>,
        scope: &Scope,
        place: &Place,
        main: &str,
    ) -> Result<Spot, ResolutionError> {
        // 1.c. let M = X + (json main field)
        let m = path::join(&scope.directory, main.as_bytes());
        cx.note(|root| format!("\"main\" of {} says {main:?}.", scope.show(root)));
        // 1.d. LOAD_AS_FILE(M)
        let mut spot = None;
        if let Some((directory, name)) = path::split(&m)
            && let Some(place) = self.directories.open(cx, directory)
        {
            spot = self.load_as_file(cx, &place, name);
        }
        // 1.e. LOAD_INDEX(M)
        if spot.is_none()
            && let Some(place) = self.directories.open(cx, &m)
        {
            spot = self.load_index(cx, &place);
        }
        if let Some(spot) = spot {
            scope.need(cx);
            return Ok(spot);
        }
        // 1.f. LOAD_INDEX(X) DEPRECATED. The package.json is not needed: the
        // index is found without it.
        // 1.g. THROW "not found"
        self.load_index(cx, place).ok_or_else(|| {
            cx.note(|root| {
                format!("Nothing stands where \"main\" of {} points, and there is no index.", scope.show(root))
            });
            scope.need(cx);
            ModuleNotFound
        })
    }

    /// LOAD_NODE_MODULES(X, START)
    fn load_node_modules(&self, cx: &mut Lookup<'_>, x: &str) -> Result<Option<Found>, ResolutionError> {
        // 1. let DIRS = NODE_MODULES_PATHS(START): a directory that is a
        //    node_modules itself has none.
        for above in path::ancestors(cx.directory).filter(|above| !path::is_node_modules(above)) {
            // 2. for each DIR in DIRS:
            let Some(dir) = self.directories.below(cx, above, b"node_modules") else {
                cx.note(|root| format!("{} has no node_modules.", path::show(root, above)));
                continue;
            };
            if self.directories.open(cx, &dir).is_none() {
                cx.note(|root| format!("{} is no directory.", path::show(root, &dir)));
                continue;
            }
            // 2.a. LOAD_PACKAGE_EXPORTS(X, DIR)
            if let Some(found) = self.load_package_exports(cx, x, &dir)? {
                return Ok(Some(found));
            }
            // 2.b. LOAD_AS_FILE(DIR/X)
            // 2.c. LOAD_AS_DIRECTORY(DIR/X)
            if let Some(spot) = self.load(cx, &path::join(&dir, x.as_bytes()), names_directory(x.as_bytes()))? {
                return Ok(Some(Found::Spot(spot)));
            }
        }
        Ok(None)
    }

    /// LOAD_PACKAGE_EXPORTS(X, DIR)
    fn load_package_exports(&self, cx: &mut Lookup<'_>, x: &str, dir: &[u8]) -> Result<Option<Found>, ResolutionError> {
        // 1. Try to interpret X as a combination of NAME and SUBPATH. If X does
        //    not match this pattern, return.
        let Some((name, subpath)) = split_package(x) else { return Ok(None) };
        // 2. If DIR/NAME/package.json is not a file, return.
        let directory = path::child(dir, name.as_bytes());
        let Some(place) = self.directories.open(cx, &directory) else { return Ok(None) };
        let Some(package) = self.packages.read(cx, &self.directories, &place) else { return Ok(None) };
        // 3. Parse DIR/NAME/package.json, and look for "exports" field.
        let scope = Scope::new(&directory, &place, package);
        // 4. If "exports" is null or undefined, return.
        if scope.fields(cx)?.exports.is_none() {
            return Ok(None);
        }
        // 5. let MATCH = PACKAGE_EXPORTS_RESOLVE(pathToFileURL(DIR/NAME), "." + SUBPATH, …)
        // 6. RESOLVE_ESM_MATCH(MATCH)
        let subpath = format!(".{subpath}");
        let location = self.package_exports(cx, &scope, &subpath).map_err(as_required)?;
        let found = self.finish_require(cx, location)?;
        self.add_legacy_main(cx, &directory, &subpath);
        Ok(Some(found))
    }

    /// LOAD_PACKAGE_SELF(X, DIR), where SCOPE is the closest package scope to DIR
    fn load_package_self(&self, cx: &mut Lookup<'_>, scope: &Scope, x: &str) -> Result<Option<Found>, ResolutionError> {
        // 3. If the SCOPE/package.json "exports" is null or undefined, return.
        // 4. If the SCOPE/package.json "name" is not the first segment of X, return.
        let fields = scope.fields(cx)?;
        let (Some(_), Some(name)) = (&fields.exports, &fields.name) else { return Ok(None) };
        let Some(subpath) = x.strip_prefix(&**name).filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
            return Ok(None);
        };
        // 5. let MATCH = PACKAGE_EXPORTS_RESOLVE(pathToFileURL(SCOPE), "." + X.slice("name".length), …)
        // 6. RESOLVE_ESM_MATCH(MATCH)
        let location = self.package_exports(cx, scope, &format!(".{subpath}")).map_err(as_required)?;
        self.finish_require(cx, location).map(Some)
    }

    /// RESOLVE_ESM_MATCH(MATCH)
    fn finish_require(&self, cx: &mut Lookup<'_>, location: Location) -> Result<Found, ResolutionError> {
        let UrlPath { path, slash } = match location {
            Location::Path(url) => url,
            Location::Found(spot) => return Ok(Found::Spot(spot)),
            Location::Builtin(name) => return Ok(Found::Builtin(name)),
        };
        // 1. let RESOLVED_PATH = fileURLToPath(MATCH)
        // 2. If the file at RESOLVED_PATH exists, load it. (With a slash at its
        //    end it would have to be a directory.)
        if !slash
            && let Some((directory, name)) = path::split(&path)
            && let Some(place) = self.directories.open(cx, directory)
        {
            let spot = self.directories.file(cx, &place, name);
            if let Some(spot) = spot.or_else(|| self.typescript_source(cx, &place, name)) {
                return Ok(Found::Spot(spot));
            }
        }
        // 3. THROW "not found"
        cx.note(|root| format!("There is no file {}.", path::show(root, &path)));
        Err(ModuleNotFound)
    }

    /// Not Node's: where `exports` decided for ".", what "main" would have given
    /// is a target too, for tools that know no `exports` (nft lists both).
    pub(super) fn add_legacy_main(&self, cx: &mut Lookup<'_>, package: &[u8], subpath: &str) {
        if subpath == "." && !self.options.exports_only {
            cx.legacy_main = self.load_as_directory(cx, package).unwrap_or(None);
        }
    }

    /// The first file `name` + extension, in the order of `extensions`.
    pub(super) fn with_extension(
        &self,
        cx: &mut Lookup<'_>,
        place: &Place,
        name: &[u8],
        extensions: &[&str],
    ) -> Option<Spot> {
        let mut full = Vec::with_capacity(name.len() + 5);
        full.extend_from_slice(name);
        for extension in extensions {
            full.truncate(name.len());
            full.extend_from_slice(extension.as_bytes());
            if full.len() > path::NAME_MAX {
                // Absent, and no reason: it is the extension that is too much.
                continue;
            }
            if let Some(spot) = self.directories.file(cx, place, &full) {
                return Some(spot);
            }
        }
        cx.note(|root| {
            let path = path::child(&place.directory.real, name);
            match extensions {
                [one] => format!("There is no file {}{one}.", path::show(root, &path)),
                _ => format!("There is no file {}{{{}}}.", path::show(root, &path), extensions.join(",")),
            }
        });
        None
    }
}

/// `require` takes a path where `import` takes a relative reference; they
/// differ on `..x`, which is a path here.
fn is_path(x: &str) -> bool {
    matches!(x.as_bytes(), [b'/', ..] | [b'.'] | [b'.', b'.' | b'/', ..])
}

/// What the ES module loader does not find, `require` does not find either.
fn as_required(error: ResolutionError) -> ResolutionError {
    if error == ImportNotFound { ModuleNotFound } else { error }
}
