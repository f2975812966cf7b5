//! Globs that libraries and `fs.glob` get, as patterns of ours.
//!
//! Choices in braces are patterns of their own, as long as there are few. No
//! disk is looked at here.

use crate::record::{HOLE, STAR};

/// The patterns that a glob stands for: what it leaves open is a hole.
pub(super) fn patterns(glob: &str) -> Vec<String> {
    without_choices(glob).iter().map(|glob| as_holes(glob)).collect()
}

/// The globs that one with choices such as `{js,ts}` stands for.
fn without_choices(glob: &str) -> Vec<String> {
    /// More than a person writes stay as they are.
    const MOST: usize = 16;
    let mut open = vec![glob.to_owned()];
    let mut globs = Vec::new();
    while let Some(glob) = open.pop() {
        let has_room = open.len() + globs.len() < MOST;
        match choice(&glob).filter(|(_, ways, _)| has_room && ways.split(',').count() <= MOST) {
            Some((before, ways, after)) => open.extend(ways.split(',').map(|way| format!("{before}{way}{after}"))),
            None => globs.push(glob),
        }
    }
    globs
}

/// The first choice of a glob: what stands before, in and behind its braces.
fn choice(glob: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = glob.split_once('{')?;
    let (ways, after) = rest.split_once('}')?;
    (ways.contains(',') && !ways.contains('{')).then_some((before, ways, after))
}
/// A glob as a pattern of ours: what it leaves open is a hole.
fn as_holes(glob: &str) -> String {
    let mut holes = String::with_capacity(glob.len());
    let mut rest = glob;
    while let Some(first) = rest.chars().next() {
        let closing = match first {
            '{' => '}',
            '[' => ']',
            _ => first,
        };
        let (hole, len) = match first {
            '*' if rest.starts_with("**/") => (Some(HOLE), 3),
            '*' if rest.starts_with("**") => (Some(HOLE), 2),
            '*' | '?' => (Some(STAR), 1),
            '{' | '[' => match rest.find(closing) {
                Some(end) => (Some(if rest[..end].contains('/') { HOLE } else { STAR }), end + 1),
                None => (None, 1),
            },
            first => (None, first.len_utf8()),
        };
        match hole {
            Some(hole) => holes.push(hole),
            None => holes.push(first),
        }
        rest = &rest[len..];
    }
    holes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_glob_leaves_open_is_a_hole() {
        for (glob, pattern) in [
            ("conf/*.json", "conf/S.json"),
            ("**/*.[jt]s", "HS.Ss"),
            ("a/**", "a/H"),
            ("{a/b}/[xy]?.txt", "H/SS.txt"),
            ("a{b", "a{b"),
        ] {
            let expected = pattern.replace('S', &STAR.to_string()).replace('H', &HOLE.to_string());
            assert_eq!(patterns(glob), [expected], "{glob}");
        }
    }

    #[test]
    fn each_choice_of_a_glob_is_a_pattern() {
        let mut found = patterns("/a/*.{js,cjs}");
        found.sort();
        assert_eq!(found, [format!("/a/{STAR}.cjs"), format!("/a/{STAR}.js")]);
        let many = format!("/a/{{{}}}", ["x"; 40].join(","));
        assert_eq!(patterns(&many), [format!("/a/{STAR}")]);
    }
}
