//! TypeScript's part: sources that stand in for JavaScript that is not built.
//!
//! It applies to the user's own source alone: inside the root, in no
//! `node_modules`. A file that asks in TypeScript means TypeScript first; one
//! that asks in JavaScript gets Node's answer, and a source only where Node has
//! none. No tsconfig.json is read.

use super::{
    Resolver,
    directories::Place,
    lookup::{Lookup, Spot},
    path,
    url::UrlPath,
};
use crate::{finding::ResolutionError, record::Loader};

/// What TypeScript tries for a name without extension, in order.
const SOURCES: &[&str] = &[".ts", ".tsx", ".mts", ".cts"];

/// What a source is called once it is built, and before that.
const BUILT: &[(&str, &[&str])] =
    &[(".js", &[".ts", ".tsx"]), (".mjs", &[".mts"]), (".cjs", &[".cts"]), (".jsx", &[".tsx"])];

/// The file is TypeScript, by its extension.
pub(super) fn is_typescript(file: &[u8]) -> bool {
    SOURCES.iter().any(|extension| file.ends_with(extension.as_bytes()))
}

impl Resolver {
    /// The source that `name` means when a TypeScript file asks.
    pub(super) fn typescript_first(&self, cx: &mut Lookup<'_>, place: &Place, name: &[u8]) -> Option<Spot> {
        if !cx.typescript || !place.directory.own_source {
            return None;
        }
        let spot = self.with_extension(cx, place, name, SOURCES);
        spot.or_else(|| self.typescript_source(cx, place, name))
    }

    /// The source that `name` may mean when Node finds nothing for a JavaScript file.
    pub(super) fn typescript_last(&self, cx: &mut Lookup<'_>, place: &Place, name: &[u8]) -> Option<Spot> {
        if cx.typescript || !place.directory.own_source {
            return None;
        }
        let spot = match cx.loader {
            Loader::Require => self.with_extension(cx, place, name, &SOURCES[..2]),
            Loader::Import => None,
        };
        spot.or_else(|| self.typescript_source(cx, place, name))
    }

    /// The source that will be built to `name`, such as `a.ts` for `a.js`.
    pub(super) fn typescript_source(&self, cx: &mut Lookup<'_>, place: &Place, name: &[u8]) -> Option<Spot> {
        if !place.directory.own_source {
            return None;
        }
        let (stem, sources) =
            BUILT.iter().find_map(|(built, sources)| Some((name.strip_suffix(built.as_bytes())?, *sources)))?;
        self.with_extension(cx, place, stem, sources)
    }

    /// The source for an `import` that Node would refuse.
    pub(super) fn typescript_import(
        &self,
        cx: &mut Lookup<'_>,
        url: &UrlPath,
    ) -> Result<Option<Spot>, ResolutionError> {
        let Some((directory, name)) = path::split(&url.path) else { return Ok(None) };
        let Some(place) = self.directories.open(cx, directory) else { return Ok(None) };
        if !place.directory.own_source {
            return Ok(None);
        }
        if cx.typescript {
            return self.load(cx, &url.path, url.slash);
        }
        Ok(if url.slash { None } else { self.typescript_source(cx, &place, name) })
    }
}
