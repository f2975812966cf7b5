//! `require("@mapbox/node-pre-gyp").find(file)`: which path it makes.
//!
//! By the rules of node-pre-gyp 2.0; those of 0.x and 1.x differ in no word of
//! the templates. Hosts, mirrors and tarballs are of no interest here.

use std::path::{Path, PathBuf};

use super::{Addon, Native, below};
use crate::resolve::Manifest;

/// PATH_MAX of Linux; other systems have less.
const LONGEST: usize = 4096;

impl Native<'_> {
    /// `json` is the path of the package.json whose "binary" tells.
    pub(super) fn pre_gyp(&self, json: &Path) -> Addon {
        let mut addon = Addon::default();
        if self.file(json).is_none() {
            addon.tried.push(json.to_path_buf());
            return addon;
        }
        let manifest = self.manifest(json, &mut addon);
        let root = json.parent().unwrap_or(Path::new("/"));
        let paths = manifest.and_then(|manifest| self.evaluate(root, &manifest)).unwrap_or_default();
        self.first_of(addon, paths)
    }

    /// `versioning.evaluate`: the path that `find` gives. Where releases of one
    /// line differ in their Node-API, those for older ones come after it.
    fn evaluate(&self, root: &Path, manifest: &Manifest) -> Option<Vec<PathBuf>> {
        let name = manifest.binary("module_name")?;
        let template = manifest.binary("module_path")?;
        let mut versions: Vec<u32> = manifest.napi_versions.clone();
        versions.retain(|version| (1..=self.target.node.node_api()).contains(version));
        versions.sort_unstable_by(|left, right| right.cmp(left));
        versions.dedup();
        let builds = if versions.is_empty() { vec![None] } else { versions.into_iter().map(Some).collect() };
        let path = |build| {
            let folder = self.expand(template, name, manifest, build)?;
            Some(below(root, &format!("{folder}/{name}.node")))
        };
        builds.into_iter().map(path).collect()
    }

    /// `eval_template` of module_path. A word that it does not know stays as it
    /// is; `None` for what is longer than any path.
    fn expand(&self, template: &str, module_name: &str, manifest: &Manifest, build: Option<u32>) -> Option<String> {
        let mut expanded = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            expanded.push_str(before);
            if expanded.len() > LONGEST {
                return None;
            }
            // No word has a bracket in it.
            let end = after.find(['{', '}']).filter(|end| after[*end..].starts_with('}'));
            let known = end.and_then(|end| {
                let value = self.value(&after[..end], module_name, manifest, build)?;
                Some((value, &after[end + 1..]))
            });
            match known {
                Some((value, after)) => {
                    expanded.push_str(&value);
                    rest = after;
                }
                None => {
                    expanded.push('{');
                    rest = after;
                }
            }
        }
        expanded.push_str(rest);
        (expanded.len() <= LONGEST).then_some(expanded)
    }

    fn value(&self, word: &str, module_name: &str, manifest: &Manifest, build: Option<u32>) -> Option<String> {
        let abi = || format!("node-v{}", self.abi());
        let (core, tail) =
            manifest.version.split_at(manifest.version.find(['-', '+']).unwrap_or(manifest.version.len()));
        let number = |at| core.split('.').nth(at).unwrap_or_default().to_owned();
        let (prerelease, metadata) = tail.split_once('+').unwrap_or((tail, ""));
        Some(match word {
            "name" => manifest.name.clone(),
            "module_name" => module_name.to_owned(),
            "module_main" => manifest.main.clone(),
            // What JavaScript makes of an option that nobody sets.
            "debug" => "undefined".to_owned(),
            "configuration" => "Release".to_owned(),
            "toolset" | "target" => String::new(),
            "runtime" => "node".to_owned(),
            "version" => format!("{core}{prerelease}"),
            "major" => number(0),
            "minor" => number(1),
            "patch" => number(2),
            "prerelease" => prerelease.trim_start_matches('-').to_owned(),
            "build" => metadata.to_owned(),
            "node_abi" => abi(),
            "node_abi_napi" => {
                if self.target.node.node_api() > 0 {
                    "napi".to_owned()
                } else {
                    abi()
                }
            }
            "napi_version" => self.target.node.node_api().to_string(),
            "napi_build_version" => build.map(|build| build.to_string()).unwrap_or_default(),
            "node_napi_label" => build.map_or_else(abi, |build| format!("napi-v{build}")),
            "platform" | "target_platform" => self.target.platform.os.clone(),
            "arch" | "target_arch" => self.target.platform.arch.clone(),
            "libc" => self.target.platform.libc.clone().unwrap_or_else(|| "unknown".to_owned()),
            "bucket" | "region" => manifest.binary(word)?.to_owned(),
            _ => return None,
        })
    }
}
