//! What one resolution gathers on its way: needs, troubles, and its story.
//!
//! A lookup decides nothing. The story is kept only while a failure is being
//! explained, so a resolution that succeeds pays for no sentence.

use std::path::PathBuf;

use super::{Trouble, path};
use crate::{finding::Problem, host::EntryKind, record::Loader};

/// A story is cut off after this many bytes: an array of targets may have millions,
/// and a tree a folder in a folder a thousand times. Thousands of failures fit in memory.
const STORY_MAX: usize = 4096;

/// What stands at the end of a path, all links passed.
pub(super) struct Spot {
    /// Its real path.
    pub(super) real: Vec<u8>,
    /// What it is; never a link.
    pub(super) kind: EntryKind,
    /// The links inside the root that were passed to get there, where they really are.
    pub(super) links: Vec<PathBuf>,
    /// How many links were passed, those outside the root too.
    pub(super) hops: usize,
}

/// The context of one resolution.
pub(super) struct Lookup<'r> {
    /// The tracing root: sentences show paths relative to it.
    root: &'r [u8],
    /// The directory of the file that asks, a real path.
    pub(super) directory: &'r [u8],
    /// Which loader answers.
    pub(super) loader: Loader,
    /// The file that asks is TypeScript.
    pub(super) typescript: bool,
    /// The `module-sync` condition holds in this pass.
    pub(super) module_sync: bool,
    /// Some object of conditions had a `module-sync`, so the other pass may differ.
    pub(super) met_module_sync: bool,
    /// The legacy main of the package whose `exports` decided, if it is wanted.
    pub(super) legacy_main: Option<Spot>,
    /// package.json files and links that decided, in the order they did.
    pub(super) needed: Vec<PathBuf>,
    /// What was met on the way and is wrong by itself.
    pub(super) troubles: Vec<Trouble>,
    /// The first thing the file system said that explains why a file was not found.
    pub(super) cause: Option<Trouble>,
    /// The steps so far, while a failure is being explained.
    pub(super) story: Option<Vec<String>>,
    story_len: usize,
}

impl<'r> Lookup<'r> {
    /// A lookup for a file in `directory`.
    pub(super) fn new(root: &'r [u8], directory: &'r [u8], loader: Loader) -> Self {
        Self {
            root,
            directory,
            loader,
            typescript: false,
            module_sync: false,
            met_module_sync: false,
            legacy_main: None,
            needed: Vec::new(),
            troubles: Vec::new(),
            cause: None,
            story: None,
            story_len: 0,
        }
    }

    /// Adds a sentence to the story, if one is told; it gets the root, to show paths from.
    pub(super) fn note(&mut self, sentence: impl FnOnce(&[u8]) -> String) {
        let Some(story) = &mut self.story else { return };
        if self.story_len > STORY_MAX {
            return;
        }
        let mut sentence = sentence(self.root);
        self.story_len += sentence.len();
        if self.story_len > STORY_MAX {
            sentence = "The rest is left out.".to_owned();
        }
        story.push(sentence);
    }

    /// `path` is needed at run time.
    pub(super) fn need(&mut self, path: &std::path::Path) {
        if !self.needed.iter().any(|known| known == path) {
            self.needed.push(path.to_path_buf());
        }
    }

    /// Something is wrong with a file, whether or not the resolution succeeds.
    pub(super) fn trouble(&mut self, trouble: &Trouble) {
        if !self.troubles.contains(trouble) {
            self.troubles.push(trouble.clone());
        }
    }

    /// The system says that `path` is absent, and its reason is not "no such file".
    pub(super) fn because(&mut self, path: &[u8], problem: Problem) {
        self.note(|root| format!("{}: {problem}.", path::show(root, path)));
        if self.cause.is_none() {
            self.cause = Some(Trouble { file: path::from_bytes(path.to_vec()), place: None, problem });
        }
    }

    /// The system refuses to say what stands at `path`.
    pub(super) fn refused(&mut self, path: &[u8], error: &std::io::Error) {
        let trouble = Trouble::unreadable(path, error);
        self.trouble(&trouble);
        self.because(path, trouble.problem);
    }
}
