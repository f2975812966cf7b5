//! `require("require-addon")(".", __filename)`: which file it loads.
//!
//! By the rules of require-addon 1.3 in Node, and of bare-addon-resolve 1 below it.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{Addon, Native, below};

impl Native<'_> {
    /// `path` is that of a package, or of an addon, perhaps without its extension.
    pub(super) fn require_addon(&self, path: &Path) -> Addon {
        let mut addon = Addon::default();
        let is_file = path.extension().is_some_and(|extension| extension == "node");
        let mut paths = vec![if is_file { path.to_path_buf() } else { extended(path) }];
        if let Some(manifest) = self.manifest(&below(path, "package.json"), &mut addon) {
            let name = manifest.name.replace('/', "__");
            let name = name.strip_prefix('@').unwrap_or(&name);
            // Its own prebuilds, then those of whatever it is bundled with.
            for folder in path.ancestors().take_while(|folder| folder.starts_with(self.root)) {
                for host in self.hosts() {
                    for file in [format!("{name}@{}", manifest.version), name.to_owned()] {
                        paths.push(below(folder, &format!("prebuilds/{host}/{file}.node")));
                    }
                }
            }
        }
        self.first_of(addon, paths)
    }

    /// What the folders for the target are called.
    fn hosts(&self) -> Vec<String> {
        let platform = self.target.platform;
        let musl = if platform.libc.as_deref() == Some("musl") { "-musl" } else { "" };
        let mut hosts = vec![format!("{}-{}{musl}", platform.os, platform.arch)];
        if platform.os == "darwin" {
            hosts.push("darwin-universal".to_owned());
        }
        hosts
    }
}

fn extended(path: &Path) -> PathBuf {
    let mut path = OsString::from(path);
    path.push(".node");
    PathBuf::from(path)
}
