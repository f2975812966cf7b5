//! One unit of the tree on its way to the disk: its files and links, and which of them are on the right list.

use std::{
    collections::HashSet,
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

/// Whether a right trace lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Listed,
    Dead,
}

impl Fate {
    pub fn listed_if(listed: bool) -> Self {
        if listed { Self::Listed } else { Self::Dead }
    }
}

/// A unit while it is written. Its paths are relative to its prefix.
pub struct Unit<'t> {
    tree: &'t Path,
    prefix: &'t str,
    folders: HashSet<PathBuf>,
    written: Written,
}

/// What a unit has.
#[derive(Default)]
pub struct Written {
    pub files: u64,
    pub links: u64,
    pub dead: u64,
    /// Sorted, relative to the tree.
    pub listed: Vec<String>,
}

impl<'t> Unit<'t> {
    pub fn new(tree: &'t Path, prefix: &'t str) -> Self {
        Self { tree, prefix, folders: HashSet::new(), written: Written::default() }
    }

    pub fn file(&mut self, path: &str, content: impl AsRef<[u8]>, fate: Fate) -> io::Result<()> {
        let place = self.place(path)?;
        fs::write(place, content)?;
        self.written.files += 1;
        self.written.dead += u64::from(fate == Fate::Dead);
        self.list(path, fate);
        Ok(())
    }

    pub fn link(&mut self, path: &str, target: &str, fate: Fate) -> io::Result<()> {
        let place = self.place(path)?;
        symlink(target, place)?;
        self.written.links += 1;
        self.list(path, fate);
        Ok(())
    }

    /// How many files it has so far.
    pub fn files(&self) -> u32 {
        self.written.files as u32
    }

    pub fn finish(mut self) -> Written {
        self.written.listed.sort_unstable();
        self.written
    }

    fn list(&mut self, path: &str, fate: Fate) {
        if fate == Fate::Listed {
            self.written.listed.push(format!("{}{path}", self.prefix));
        }
    }

    /// Where it comes, in a folder that is there.
    fn place(&mut self, path: &str) -> io::Result<PathBuf> {
        let place = self.tree.join(format!("{}{path}", self.prefix));
        let folder = place.parent().unwrap_or(self.tree);
        if !self.folders.contains(folder) {
            fs::create_dir_all(folder)?;
            self.folders.insert(folder.to_path_buf());
        }
        Ok(place)
    }
}
