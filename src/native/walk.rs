//! All shared libraries of a package, by a walk through its folder.
//!
//! For libraries that no header leads to. Enters no `node_modules` and follows
//! no link to a folder; ends after a fixed number of entries.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
};

use super::{Native, is_shared_object};
use crate::host::EntryKind;

/// No package has more files; a repository that is its own package may.
const ENTRIES_MAX: usize = 1 << 16;

/// Folders deeper than this hold no package's libraries.
const DEPTH_MAX: usize = 32;

impl Native<'_> {
    /// The shared libraries below the folder at `path`, as paths below it,
    /// folder by folder, those of each in order.
    pub(super) fn shared_objects(&self, path: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let Some(real) = self.directory(path) else { return found };
        let mut folders = VecDeque::from([(PathBuf::new(), 0)]);
        let mut entries = 0;
        while let Some((folder, depth)) = folders.pop_front() {
            let (mut files, mut more) = (Vec::new(), Vec::new());
            self.list(&real.join(&folder), &mut |name, kind| {
                entries += 1;
                match kind {
                    EntryKind::Directory if name != "node_modules" && depth < DEPTH_MAX => more.push(folder.join(name)),
                    EntryKind::File | EntryKind::Link if is_shared_object(Path::new(name)) => {
                        files.push(path.join(&folder).join(name));
                    }
                    _ => {}
                }
            });
            files.sort_unstable();
            found.append(&mut files);
            if entries > ENTRIES_MAX {
                break;
            }
            more.sort_unstable();
            folders.extend(more.into_iter().map(|folder| (folder, depth + 1)));
        }
        found
    }

    /// The folders of packages that the one at `package` names as dependencies,
    /// as they are found from there: by links, if links lead to them.
    pub(super) fn dependencies(&self, package: &Path) -> Vec<PathBuf> {
        let Some(json) = self.file(&package.join("package.json")) else { return Vec::new() };
        let names = self.resolver.manifest(&json.path).map(|manifest| manifest.dependencies).unwrap_or_default();
        let find = |name: &String| {
            let places = package.ancestors().filter(|folder| !folder.ends_with("node_modules"));
            let mut places = places.map(|folder| folder.join("node_modules").join(name));
            places.find(|place| self.directory(place).is_some())
        };
        names.iter().filter(|name| !name.is_empty() && !name.contains("..")).filter_map(find).collect()
    }
}
