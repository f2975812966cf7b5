//! `require("nbind").init(folder)`: which file it loads.
//!
//! By the rules of nbind 0.3, its last version.

use std::path::Path;

use super::{Addon, Native, below};

impl Native<'_> {
    /// An addon, or else the JavaScript that Emscripten made of it.
    pub(super) fn nbind(&self, base: &Path) -> Addon {
        let mut paths = Vec::new();
        if base.extension().is_some_and(|extension| extension == "node" || extension == "js") {
            paths.push(base.to_path_buf());
        }
        let (os, arch) = (&self.target.platform.os, &self.target.platform.arch);
        let compiled = self.env("NODE_BINDINGS_COMPILED_DIR").unwrap_or("compiled");
        let versions = self.names(&below(base, compiled), |name| self.target.node.may_be(name));
        for name in ["nbind.node", "nbind.js"] {
            for folder in [
                "",
                "build/",
                "build/Debug/",
                "build/Release/",
                "out/Debug/",
                "Debug/",
                "out/Release/",
                "Release/",
                "build/default/",
            ] {
                paths.push(below(base, &format!("{folder}{name}")));
            }
            for version in &versions {
                paths.push(below(base, &format!("{compiled}/{version}/{os}/{arch}/{name}")));
            }
        }
        self.first_of(Addon::default(), paths)
    }
}
