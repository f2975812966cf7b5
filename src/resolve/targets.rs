//! `exports` and `imports`: from a subpath or `#name` to a location.
//!
//! The steps are those of "Resolution Algorithm Specification" in Node's
//! esm.html; where Node's code differs from it, the code is followed and a
//! comment says so. Nothing here asks whether a location exists.

use std::borrow::Cow;

use super::{
    Resolver,
    keys::Keys,
    lookup::{Lookup, Spot},
    packages::Scope,
    path,
    tape::{Entries, Tape, Value},
    url::{self, UrlPath},
};
use crate::{
    finding::{
        Problem,
        ResolutionError::{self, ImportNotFound, InvalidModuleSpecifier, InvalidPackageConfig, InvalidPackageTarget},
    },
    record::Loader,
};

/// The longest target that may name a file: a byte of a path takes three in a URL.
const URL_MAX: usize = 3 * path::PATH_MAX;

/// What a specifier means, before the file system is asked whether it is there.
pub(super) enum Location {
    /// A path that may not exist.
    Path(UrlPath),
    /// A file that is known to exist.
    Found(Spot),
    /// A module of Node's own, by its name with prefix.
    Builtin(String),
}

/// What a target leads to.
enum Outcome {
    /// No condition matched.
    Undefined,
    /// It is `null`: not for anyone.
    Null,
    /// There.
    At(Location),
}

/// The key that a subpath or `#name` matched.
#[derive(Clone, Copy)]
struct Match<'m> {
    key: &'m str,
    /// What `*` stands for, if the key is a pattern.
    star: Option<&'m str>,
    /// The key is one of `imports`.
    internal: bool,
}

impl Resolver {
    /// PACKAGE_EXPORTS_RESOLVE(packageURL, subpath, exports, conditions)
    pub(super) fn package_exports(
        &self,
        cx: &mut Lookup<'_>,
        scope: &Scope,
        subpath: &str,
    ) -> Result<Location, ResolutionError> {
        scope.need(cx);
        let exports = scope.fields(cx)?.exports.as_ref();
        // 1. If exports is an Object with both a key starting with "." and a
        //    key not starting with ".", throw an Invalid Package Configuration error.
        // 2. If subpath is equal to ".": mainExport is exports itself if it is a
        //    String, an Array, or an Object with no key starting with ".".
        let found = match exports {
            Some(tape) if is_main_sugar(cx, scope, tape)? => {
                (subpath == ".").then(|| (tape.value(), Match { key: ".", star: None, internal: false }))
            }
            // 2–3. else: PACKAGE_IMPORTS_EXPORTS_RESOLVE(subpath, exports, …)
            Some(tape) => Keys::of(tape).and_then(|keys| matching(&keys, subpath, false)),
            None => None,
        };
        if let Some((target, matched)) = found
            && let Outcome::At(location) = self.package_target(cx, scope, target, matched)?
        {
            return Ok(location);
        }
        // 4. Throw a Package Path Not Exported error.
        let conditions = Conditions::of(cx);
        cx.note(|root| {
            format!("\"exports\" of {} has nothing for {subpath:?} under {}.", scope.show(root), self.list(conditions))
        });
        Err(ResolutionError::PackagePathNotExported)
    }

    /// PACKAGE_IMPORTS_RESOLVE(specifier, parentURL, conditions), where `scope`
    /// is LOOKUP_PACKAGE_SCOPE(parentURL)
    pub(super) fn package_imports(
        &self,
        cx: &mut Lookup<'_>,
        scope: Option<&Scope>,
        specifier: &str,
    ) -> Result<Location, ResolutionError> {
        // 2. If specifier is exactly equal to "#" or starts with "#/", throw an
        //    Invalid Module Specifier error. (Newer releases allow "#/"; all
        //    refuse a slash at the end.)
        let hash_slash = specifier.starts_with("#/") && !self.options.node.allows_hash_slash();
        if specifier == "#" || hash_slash || specifier.ends_with('/') {
            cx.note(|_| format!("{specifier:?} cannot be a key of \"imports\"."));
            return Err(InvalidModuleSpecifier);
        }
        // 4.i–ii. If packageURL is not null and pjson.imports is a non-null Object
        if let Some(scope) = scope
            && let Some(keys) = scope.fields(cx)?.imports.as_ref().and_then(Keys::of)
        {
            scope.need(cx);
            // 4.ii.a. PACKAGE_IMPORTS_EXPORTS_RESOLVE(specifier, pjson.imports, …)
            if let Some((target, matched)) = matching(&keys, specifier, true)
                && let Outcome::At(location) = self.package_target(cx, scope, target, matched)?
            {
                return Ok(location);
            }
            let conditions = Conditions::of(cx);
            cx.note(|root| {
                format!(
                    "\"imports\" of {} has nothing for {specifier:?} under {}.",
                    scope.show(root),
                    self.list(conditions)
                )
            });
        }
        // 5. Throw a Package Import Not Defined error.
        Err(ResolutionError::PackageImportNotDefined)
    }

    /// PACKAGE_TARGET_RESOLVE(packageURL, target, patternMatch, isImports, conditions)
    fn package_target(
        &self,
        cx: &mut Lookup<'_>,
        scope: &Scope,
        target: Value<'_>,
        matched: Match<'_>,
    ) -> Result<Outcome, ResolutionError> {
        match target {
            // 1. If target is a String
            Value::String(target) => self.string_target(cx, scope, target, matched).map(Outcome::At),
            // 2. Otherwise, if target is a non-null Object
            Value::Object(entries) => self.conditional_target(cx, scope, entries, matched),
            // 3. Otherwise, if target is an Array
            Value::Array(items) => {
                // 3.i. If target.length is zero, return null.
                let mut last = if items.clone().next().is_none() { Ok(Outcome::Null) } else { Ok(Outcome::Undefined) };
                for item in items {
                    // 3.ii. continuing the loop on any Invalid Package Target error
                    match self.package_target(cx, scope, item, matched) {
                        Ok(Outcome::Undefined) => {}
                        Ok(Outcome::Null) => last = Ok(Outcome::Null),
                        Err(InvalidPackageTarget) => last = Err(InvalidPackageTarget),
                        decided => return decided,
                    }
                }
                // 3.iii. Return or throw the last fallback resolution null return or error.
                last
            }
            // 4. Otherwise, if target is null, return null.
            Value::Null => Ok(Outcome::Null),
            // 5. Otherwise throw an Invalid Package Target error.
            Value::Other => {
                cx.note(|root| format!("The target of {:?} in {} is no path.", matched.key, scope.show(root)));
                Err(InvalidPackageTarget)
            }
        }
    }

    /// PACKAGE_TARGET_RESOLVE, step 2
    fn conditional_target(
        &self,
        cx: &mut Lookup<'_>,
        scope: &Scope,
        entries: Entries<'_>,
        matched: Match<'_>,
    ) -> Result<Outcome, ResolutionError> {
        // 2.i. If target contains any index property keys, throw an Invalid
        //      Package Configuration error.
        if entries.clone().any(|(key, _)| is_array_index(key)) {
            cx.note(|root| format!("{:?} in {} has a key that is a number.", matched.key, scope.show(root)));
            return Err(InvalidPackageConfig);
        }
        // 2.ii. For each property p of target, in object insertion order
        let mut tried: Vec<&str> = Vec::new();
        for (key, _) in entries.clone() {
            // 2.ii.a. If p equals "default" or conditions contains p
            if !self.holds(cx, key) || tried.contains(&key) {
                continue;
            }
            tried.push(key);
            // A name that stands twice has its first place and its last value.
            let Some(value) = entries.get(key) else { continue };
            // 2.ii.a.c. If resolved is undefined, continue the loop.
            match self.package_target(cx, scope, value, matched)? {
                Outcome::Undefined => {}
                decided => return Ok(decided),
            }
        }
        // 2.iii. Return undefined.
        Ok(Outcome::Undefined)
    }

    /// PACKAGE_TARGET_RESOLVE, step 1
    fn string_target(
        &self,
        cx: &mut Lookup<'_>,
        scope: &Scope,
        target: &str,
        matched: Match<'_>,
    ) -> Result<Location, ResolutionError> {
        let replaced = |cx: &mut Lookup<'_>| {
            let replaced = replace_star(target, matched.star);
            replaced.ok_or_else(|| {
                cx.because(path::bytes(&scope.package.json), Problem::NameTooLong);
                ImportNotFound
            })
        };
        let invalid = |cx: &mut Lookup<'_>| {
            cx.note(|root| {
                format!("{} maps {:?} to {target:?}, which no package may do.", scope.show(root), matched.key)
            });
            InvalidPackageTarget
        };
        // 1.i. If target does not start with "./"
        let Some(below) = target.strip_prefix("./") else {
            // 1.i.a. If isImports is false, or target starts with "../" or "/",
            //        or is a valid URL, throw an Invalid Package Target error.
            let outside = target.starts_with("../") || target.starts_with('/') || url::scheme(target).is_some();
            if !matched.internal || outside {
                return Err(invalid(cx));
            }
            // 1.i.b–c. Return PACKAGE_RESOLVE(target with * replaced, packageURL + "/").
            let replaced = replaced(cx)?;
            cx.note(|root| format!("{} maps {:?} to {replaced:?}.", scope.show(root), matched.key));
            return self.package_resolve(cx, &replaced, &scope.directory);
        };
        // 1.ii. If target split on "/" or "\" contains any "", ".", "..", or
        //       "node_modules" segments after the first, throw. (Node only warns of "".)
        if has_invalid_segment(below) {
            return Err(invalid(cx));
        }
        // 1.vi. If patternMatch split on "/" or "\" contains any of these, throw
        //       an Invalid Module Specifier error.
        if matched.star.is_some_and(has_invalid_segment) {
            cx.note(|_| format!("{:?} must not stand for the * of {:?}.", matched.star.unwrap_or(""), matched.key));
            return Err(InvalidModuleSpecifier);
        }
        // 1.vii. Return the URL resolution of resolvedTarget with * replaced.
        let replaced = replaced(cx)?;
        cx.note(|root| format!("{} maps {:?} to {replaced:?}.", scope.show(root), matched.key));
        url::to_path(&scope.directory, &replaced).map(Location::Path)
    }

    /// `default`, or a condition that holds for this lookup.
    fn holds(&self, cx: &mut Lookup<'_>, key: &str) -> bool {
        match key {
            "default" | "node-addons" => true,
            "module-sync" => {
                cx.met_module_sync = true;
                cx.module_sync
            }
            "require" if cx.loader == Loader::Require => true,
            "import" if cx.loader == Loader::Import => true,
            _ => self.options.conditions.iter().any(|condition| condition == key),
        }
    }

    /// Conditions in a sentence.
    fn list(&self, Conditions { loader, module_sync }: Conditions) -> String {
        let loader = if loader == Loader::Require { "require" } else { "import" };
        let sync = if module_sync { ", module-sync" } else { "" };
        let own: String = self.options.conditions.iter().map(|condition| format!(", {condition}")).collect();
        format!("the conditions {loader}{own}{sync}, node-addons, default")
    }
}

/// What a lookup adds to the conditions of the options.
#[derive(Clone, Copy)]
struct Conditions {
    loader: Loader,
    module_sync: bool,
}

impl Conditions {
    fn of(cx: &Lookup<'_>) -> Self {
        Self { loader: cx.loader, module_sync: cx.module_sync }
    }
}

/// PACKAGE_EXPORTS_RESOLVE, steps 1 and 2: `exports` is the target of "." itself.
fn is_main_sugar(cx: &mut Lookup<'_>, scope: &Scope, exports: &Tape) -> Result<bool, ResolutionError> {
    let Some(keys) = Keys::of(exports) else {
        return Ok(matches!(exports.value(), Value::String(_) | Value::Array(_)));
    };
    let dots = keys.dots();
    if dots > 0 && dots < keys.len() {
        cx.note(|root| {
            format!("\"exports\" of {} has some keys that begin with \".\" and some that do not.", scope.show(root))
        });
        return Err(InvalidPackageConfig);
    }
    Ok(dots < keys.len())
}

/// PACKAGE_IMPORTS_EXPORTS_RESOLVE(matchKey, matchObj, …): the target, and what matched.
fn matching<'m>(keys: &Keys<'m>, name: &'m str, internal: bool) -> Option<(Value<'m>, Match<'m>)> {
    // 2. If matchKey is a key of matchObj and does not contain "*": its target.
    //    (1. A key that ends in "/" has none in `exports`; no such name gets here from `imports`.)
    if !name.contains('*')
        && !name.ends_with('/')
        && let Some(target) = keys.get(name)
    {
        return Some((target, Match { key: name, star: None, internal }));
    }
    // 3–4. For each key of matchObj with a single "*", in the order of PATTERN_KEY_COMPARE
    let pattern = keys.pattern(name)?;
    Some((pattern.value, Match { key: pattern.key, star: Some(pattern.star), internal }))
}

/// `target` with each `*` replaced; `None`, before anything is put together,
/// where that is longer than the URL of any path: it names no file.
fn replace_star<'t>(target: &'t str, star: Option<&str>) -> Option<Cow<'t, str>> {
    let Some(star) = star else { return Some(Cow::Borrowed(target)) };
    let stars = memchr::memchr_iter(b'*', target.as_bytes()).count();
    if stars == 0 {
        return Some(Cow::Borrowed(target));
    }
    let len = target.len() - stars + stars.saturating_mul(star.len());
    (len <= URL_MAX).then(|| Cow::Owned(target.replace('*', star)))
}

/// The key is what an array's index would be.
fn is_array_index(key: &str) -> bool {
    let canonical = key == "0" || (!key.starts_with('0') && key.bytes().all(|byte| byte.is_ascii_digit()));
    canonical && key.parse::<u32>().is_ok_and(|index| index < u32::MAX)
}

/// Some segment is `.`, `..` or `node_modules`, in any case and encoding.
fn has_invalid_segment(text: &str) -> bool {
    text.as_bytes()
        .split(|byte| matches!(byte, b'/' | b'\\'))
        .any(|segment| url::is_dot(segment) || url::is_dot_dot(segment) || url::is_word(segment, b"node_modules"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn array_indices() {
        assert!(is_array_index("0") && is_array_index("17") && is_array_index("4294967294"));
        assert!(!is_array_index("4294967295") && !is_array_index("01") && !is_array_index("") && !is_array_index("1a"));
    }

    #[test]
    fn segments_that_no_target_may_have() {
        for bad in ["a/../b", ".", "a\\..", "%2e%2E/x", "NODE_MODULES/q", "x/n%6Fde_m%4fdules", "%2e"] {
            assert!(has_invalid_segment(bad), "{bad}");
        }
        for good in ["a//b", "a/", "...", "a.b/.c", "node_modules2", "%zz", "x%2"] {
            assert!(!has_invalid_segment(good), "{good}");
        }
    }
}
