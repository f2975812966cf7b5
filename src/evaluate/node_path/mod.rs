//! What Node's `path` and `url`, and the methods of strings, would answer.
//!
//! Pure functions over text: nothing here asks the file system, knows a token
//! or runs anything. They are what Node 20 to 24 compute on Linux; every one
//! ends, none panics, and none gives more than [`LONGEST`] bytes that were not
//! its input.
//!
//! A text may hold [`HOLE`]s: parts that are not known. An answer with holes is
//! a pattern that holds the true answer, whatever the holes are; where no such
//! pattern can be given, the answer is `None`. To the functions of paths and
//! URLs a hole is part of one segment: it is taken to have no `/`, and not to be
//! a `..` or a root. (nft takes it so too. A hole that is more than that can name
//! any file of the disk, and no answer would help.)
//!
//! - `path` is Node's `path.posix`
//! - `url` is what `url` and `URL` do with `file:`
//! - `string` is `String.prototype`

pub mod path;
pub mod string;
pub mod url;

use crate::record::HOLE;

/// No function makes a text of more bytes than this.
pub const LONGEST: usize = 64 * 1024;

/// `text`, if it is not too long.
fn bounded(text: String) -> Option<String> {
    (text.len() <= LONGEST).then_some(text)
}

fn has_hole(text: &str) -> bool {
    text.contains(HOLE)
}

/// It may be empty: there is nothing in it that is known.
fn may_be_empty(text: &str) -> bool {
    text.chars().all(|character| character == HOLE)
}

/// How many UTF-16 units are known: its length, or the least that it may be.
fn known_length(text: &str) -> usize {
    text.chars().filter(|character| *character != HOLE).map(char::len_utf16).sum()
}

/// Whether `text` begins with `search`, read in one direction.
fn begins(mut text: impl Iterator<Item = char>, search: impl Iterator<Item = char>) -> Option<bool> {
    for wanted in search {
        let found = text.next();
        if wanted == HOLE || found == Some(HOLE) {
            return None;
        }
        if found != Some(wanted) {
            return Some(false);
        }
    }
    Some(true)
}

/// Whether two texts are the same.
fn same(left: &str, right: &str) -> Option<bool> {
    if !has_hole(left) && !has_hole(right) {
        return Some(left == right);
    }
    // What is known at both ends may tell them apart. It must be asked both
    // ways, because a text that has ended differs from one that goes on.
    let ends = [
        begins(left.chars(), right.chars()),
        begins(right.chars(), left.chars()),
        begins(left.chars().rev(), right.chars().rev()),
        begins(right.chars().rev(), left.chars().rev()),
    ];
    if ends.contains(&Some(false)) { Some(false) } else { None }
}
