//! `require("bindings")(name)`: which file it loads.
//!
//! By the rules of bindings 1.5, whose list has only ever grown. What an
//! object of options may change beside the name is not known here.

use std::path::{Path, PathBuf};

use super::{Addon, Native, below};

impl Native<'_> {
    /// `asker` is the file whose call it is: its package is looked into.
    pub(super) fn bindings(&self, asker: &Path, name: &str) -> Addon {
        let mut addon = Addon::default();
        let Some(root) = self.module_root(asker, &mut addon) else { return addon };
        let name = if has_extension_node(name) { name.to_owned() } else { format!("{name}.node") };
        let paths = self.folders(&root).into_iter().map(|folder| below(&root, &format!("{folder}/{name}")));
        self.first_of(addon, paths)
    }

    /// getRoot: the nearest directory that has a package.json or a node_modules.
    fn module_root(&self, asker: &Path, addon: &mut Addon) -> Option<PathBuf> {
        asker.ancestors().skip(1).find_map(|directory| {
            if let Some(json) = self.locate(&directory.join("package.json")) {
                // Without it the root would be another.
                if json.inside {
                    addon.needed.extend(json.links);
                    addon.needed.push(json.path);
                }
                return Some(directory.to_path_buf());
            }
            self.locate(&directory.join("node_modules")).map(|_| directory.to_path_buf())
        })
    }

    /// Where it looks below the module root, in order.
    fn folders(&self, root: &Path) -> Vec<String> {
        let (os, arch) = (&self.target.platform.os, &self.target.platform.arch);
        let mut folders: Vec<String> =
            ["build", "build/Debug", "build/Release", "out/Debug", "Debug", "out/Release", "Release", "build/default"]
                .map(str::to_owned)
                .into();
        let compiled = self.env("NODE_BINDINGS_COMPILED_DIR").unwrap_or("compiled");
        let versions = self.names(&below(root, compiled), |name| self.target.node.may_be(name));
        folders.extend(versions.iter().map(|version| format!("{compiled}/{version}/{os}/{arch}")));
        folders.extend(["release", "debug", "default"].map(|kind| format!("addon-build/{kind}/install-root")));
        folders.push(format!("lib/binding/node-v{}-{os}-{arch}", self.abi()));
        folders
    }
}

/// `path.extname(name) == ".node"`: a name that is nothing else has no extension.
fn has_extension_node(name: &str) -> bool {
    name.strip_suffix(".node").is_some_and(|stem| !stem.is_empty() && !stem.ends_with('/'))
}
