//! `import`: "Resolution Algorithm Specification" in Node's esm.html.
//!
//! ESM_RESOLVE stands here with PACKAGE_RESOLVE; `targets` has what a
//! package.json says. Formats are another file's.

use super::{
    Found, Resolver, builtins,
    commonjs::EXTENSIONS,
    lookup::{Lookup, Spot},
    packages::Scope,
    path,
    specifier::package_name,
    targets::Location,
    url::{self, UrlPath},
};
use crate::{
    finding::ResolutionError::{self, ImportNotFound, UnsupportedDirectoryImport},
    host::EntryKind,
};

impl Resolver {
    /// ESM_RESOLVE(specifier, parentURL)
    pub(super) fn import(&self, cx: &mut Lookup<'_>, specifier: &str) -> Result<Found, ResolutionError> {
        // 2. If specifier is a valid URL. (3 comes first: a relative reference is none.)
        // 3. Otherwise, if specifier starts with "/", "./", or "../"
        let location = if is_reference(specifier) {
            url::to_path(cx.directory, specifier).map(Location::Path)?
        } else if specifier.starts_with('#') {
            // 4. Otherwise, if specifier starts with "#", PACKAGE_IMPORTS_RESOLVE(…)
            let scope = self.packages.scope(cx, &self.directories, cx.directory);
            self.package_imports(cx, scope.as_ref(), specifier)?
        } else {
            match url::scheme(specifier) {
                Some("file") => url::to_path(b"/", &specifier["file:".len()..]).map(Location::Path)?,
                Some("data") => return Ok(Found::Nothing),
                Some("node") => {
                    let known = builtins::canonical(self.options.node, specifier);
                    return known.map(Found::Builtin).ok_or(ResolutionError::UnknownBuiltin);
                }
                Some(scheme) => {
                    cx.note(|_| format!("Node loads from file:, data: and node: URLs, not from {scheme}: ones."));
                    return Err(ResolutionError::UnsupportedUrlScheme);
                }
                // 5. Otherwise, specifier is a bare specifier: PACKAGE_RESOLVE(specifier, parentURL)
                None => self.package_resolve(cx, specifier, cx.directory)?,
            }
        };
        self.finish_import(cx, location)
    }

    /// PACKAGE_RESOLVE(packageSpecifier, parentURL), where `from` is the directory of parentURL
    pub(super) fn package_resolve(
        &self,
        cx: &mut Lookup<'_>,
        specifier: &str,
        from: &[u8],
    ) -> Result<Location, ResolutionError> {
        // 3. If packageSpecifier is a Node.js builtin module name, return "node:" + packageSpecifier.
        if let Some(name) = builtins::canonical(self.options.node, specifier) {
            return Ok(Location::Builtin(name));
        }
        let (name, subpath) = package_name(specifier).inspect_err(|_| {
            cx.note(|_| format!("{specifier:?} does not begin with the name of a package."));
        })?;
        // 8. Let packageSubpath be "." concatenated with the rest.
        let subpath = format!(".{subpath}");
        // 9–10. PACKAGE_SELF_RESOLVE(packageName, packageSubpath, parentURL)
        if let Some(scope) = self.packages.scope(cx, &self.directories, from) {
            let fields = scope.fields(cx)?;
            if fields.exports.is_some() && fields.name.as_deref() == Some(name) {
                return self.package_exports(cx, &scope, &subpath);
            }
        }
        // A query or hash ends the URL before the package's path does.
        let findable = !name.contains(['?', '#']);
        // 11. While parentURL is not the file system root
        for above in path::ancestors(from).filter(|_| findable) {
            // 11.i. Let packageURL be "node_modules/" + packageName, relative to parentURL.
            let Some(folder) = self.directories.below(cx, above, b"node_modules") else { continue };
            let directory = path::join(&folder, name.as_bytes());
            // 11.iii. If the folder at packageURL does not exist, continue the next loop iteration.
            let Some(place) = self.directories.open(cx, &directory) else { continue };
            // 11.iv. Let pjson be READ_PACKAGE_JSON(packageURL).
            let Some(package) = self.packages.read(cx, &self.directories, &place) else {
                return self.without_exports(cx, &directory, &subpath, None);
            };
            let scope = Scope::new(&directory, &place, package);
            // 11.v. If pjson.exports is not null or undefined, PACKAGE_EXPORTS_RESOLVE(…)
            if scope.fields(cx)?.exports.is_some() {
                let location = self.package_exports(cx, &scope, &subpath)?;
                self.add_legacy_main(cx, &directory, &subpath);
                return Ok(location);
            }
            return self.without_exports(cx, &directory, &subpath, Some(&scope));
        }
        // 12. Throw a Module Not Found error.
        cx.note(|root| format!("No node_modules above {} has a directory {name}.", path::show(root, from)));
        Err(ImportNotFound)
    }

    /// PACKAGE_RESOLVE, steps 11.vi and 11.vii
    fn without_exports(
        &self,
        cx: &mut Lookup<'_>,
        directory: &[u8],
        subpath: &str,
        scope: Option<&Scope>,
    ) -> Result<Location, ResolutionError> {
        // 11.vi. Otherwise, if packageSubpath is equal to ".": the main. Node
        //        does more than the specification: legacyMainResolve.
        if subpath == "." {
            return self.legacy_main(cx, directory, scope).map(Location::Found);
        }
        // 11.vii. Otherwise, return the URL resolution of packageSubpath in packageURL.
        url::to_path(directory, subpath).map(Location::Path)
    }

    /// Node's legacyMainResolve(packageJSONUrl, packageConfig, base)
    fn legacy_main(
        &self,
        cx: &mut Lookup<'_>,
        directory: &[u8],
        scope: Option<&Scope>,
    ) -> Result<Spot, ResolutionError> {
        // 1. let M = pkg_url + (json main field)
        if let Some(scope) = scope
            && let Some(main) = scope.fields(cx)?.main.as_deref()
        {
            cx.note(|root| format!("\"main\" of {} says {main:?}.", scope.show(root)));
            let m = self.main_location(directory, main)?;
            // 2. TRY(M, M.js, M.json, M.node)
            // 3. TRY(M/index.js, M/index.json, M/index.node)
            let spot = self.main_file(cx, &m);
            if let Some(spot) = spot.or_else(|| self.index_file(cx, &m.path)) {
                scope.need(cx);
                return Ok(spot);
            }
        }
        // 4. TRY(pkg_url/index.js, pkg_url/index.json, pkg_url/index.node)
        // 5. NOT_FOUND
        self.index_file(cx, directory).ok_or(ImportNotFound)
    }

    /// pkg_url + (json main field): a URL, or a path in newer releases.
    fn main_location(&self, directory: &[u8], main: &str) -> Result<UrlPath, ResolutionError> {
        if self.options.node.takes_main_as_path() {
            let slash = url::names_directory(main.as_bytes());
            return Ok(UrlPath { path: path::join(directory, main.as_bytes()), slash });
        }
        url::to_path(directory, &format!("./{main}"))
    }

    /// The file that M is, or that it is with an extension.
    fn main_file(&self, cx: &mut Lookup<'_>, m: &UrlPath) -> Option<Spot> {
        let (directory, name) = path::split(&m.path)?;
        let place = self.directories.open(cx, directory)?;
        if m.slash {
            // An extension would come after the slash. A path loses the slash, a URL keeps it.
            let is_path = self.options.node.takes_main_as_path();
            return if is_path { self.directories.file(cx, &place, name) } else { None };
        }
        self.load_as_file(cx, &place, name)
    }

    fn index_file(&self, cx: &mut Lookup<'_>, directory: &[u8]) -> Option<Spot> {
        let place = self.directories.open(cx, directory)?;
        let spot = self.with_extension(cx, &place, b"index", EXTENSIONS);
        spot.or_else(|| self.typescript_source(cx, &place, b"index.js"))
    }

    /// ESM_RESOLVE, steps 6 to 8
    pub(super) fn finish_import(&self, cx: &mut Lookup<'_>, location: Location) -> Result<Found, ResolutionError> {
        let url = match location {
            Location::Path(url) => url,
            Location::Found(spot) => return Ok(Found::Spot(spot)),
            Location::Builtin(name) => return Ok(Found::Builtin(name)),
        };
        // 6.i. If resolved contains any percent encodings of "/" or "\", throw.
        //      (Where the URL became a path.)
        let spot = if url.slash { None } else { self.directories.find(cx, &url.path) };
        let is_directory = url.slash || spot.as_ref().is_some_and(|spot| spot.kind == EntryKind::Directory);
        if let Some(spot) = spot.filter(|_| !is_directory) {
            // 6.iv. Set resolved to the real path of resolved.
            return Ok(Found::Spot(spot));
        }
        if let Some(spot) = self.typescript_import(cx, &url)? {
            return Ok(Found::Spot(spot));
        }
        // 6.ii. If the file at resolved is a directory, throw an Unsupported
        //       Directory Import error. (A slash at the end is enough for Node.)
        // 6.iii. If the file at resolved does not exist, throw a Module Not Found error.
        Err(self.refuse_import(cx, &url, is_directory))
    }

    fn refuse_import(&self, cx: &mut Lookup<'_>, url: &UrlPath, is_directory: bool) -> ResolutionError {
        if is_directory {
            cx.note(|root| format!("{} is a directory, and import takes none.", path::show(root, &url.path)));
            return UnsupportedDirectoryImport;
        }
        cx.note(|root| format!("There is no file {}; import adds no extension.", path::show(root, &url.path)));
        ImportNotFound
    }
}

/// A relative or absolute reference, as Node tells them from bare specifiers.
fn is_reference(specifier: &str) -> bool {
    matches!(specifier.as_bytes(), [b'/', ..] | [b'.'] | [b'.', b'/', ..] | [b'.', b'.'] | [b'.', b'.', b'/', ..])
}
