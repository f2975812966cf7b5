//! File names as text: readable, on one line, and never mistaken for another.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// `path` as seen from `root`, `.` for the root itself: the names of the folders
/// that lead to the root, which are the machine's own affair, are not told.
pub fn relative(root: &Path, path: &Path) -> PathBuf {
    let shared = root.components().zip(path.components()).take_while(|(left, right)| left == right).count();
    let ups = root.components().count() - shared;
    let mut relative: PathBuf = std::iter::repeat_n("..", ups).collect();
    relative.extend(path.components().skip(shared));
    if relative.as_os_str().is_empty() { PathBuf::from(".") } else { relative }
}

/// Puts `path` under `folder` if it is relative, and takes `.` and `..` out of
/// it by name, as Node's `path.resolve` does.
pub fn absolute(folder: &Path, path: &Path) -> PathBuf {
    use std::path::Component;
    let mut whole = PathBuf::from("/");
    for component in folder.join(path).components() {
        match component {
            Component::Normal(name) => whole.push(name),
            Component::ParentDir => {
                whole.pop();
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    whole
}

/// Shows a file name so that it cannot disturb a terminal.
///
/// Most names stand as they are. One with control or formatting characters,
/// with bytes that are not UTF-8, or with a `"` at its start is put in
/// quotes, with escapes: `\n`, `\u{202e}`, `\xff`.
pub struct QuotedName<'n>(pub &'n [u8]);

impl fmt::Display for QuotedName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Ok(name) = std::str::from_utf8(self.0)
            && !name.starts_with('"')
            && !name.chars().any(disturbs)
        {
            return f.write_str(name);
        }
        f.write_str("\"")?;
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                match character {
                    '"' | '\\' => write!(f, "\\{character}")?,
                    _ => write_tame(f, character)?,
                }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        f.write_str("\"")
    }
}

/// Shows a sentence on one line: what would disturb a terminal is escaped, the
/// rest stands as it is.
pub struct TameSentence<'s>(pub &'s str);

impl fmt::Display for TameSentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| write_tame(f, character))
    }
}

fn write_tame(f: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    match character {
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        _ if disturbs(character) => write!(f, "\\u{{{:x}}}", u32::from(character)),
        _ => write!(f, "{character}"),
    }
}

/// Control characters, and those that change the order or the look of others.
pub fn disturbs(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_the_root() {
        let seen = |root, path| relative(Path::new(root), Path::new(path)).to_str().map(str::to_owned).unwrap();
        assert_eq!(seen("/w/r", "/w/r/a/b"), "a/b");
        assert_eq!(seen("/w/r", "/w/r"), ".");
        assert_eq!(seen("/w/r", "/w"), "..");
        assert_eq!(seen("/w/r", "/w/rr/a"), "../rr/a");
        assert_eq!(seen("/w/r", "/x"), "../../x");
        assert_eq!(seen("/", "/x"), "x");
    }

    #[test]
    fn only_names_that_disturb_are_quoted() {
        let quoted = |name: &[u8]| QuotedName(name).to_string();
        assert_eq!(quoted(b"a b/-rf/\xc3\xa9'$`\\.js"), "a b/-rf/é'$`\\.js");
        assert_eq!(quoted(b"n\nl\x1b[31m"), r#""n\nl\u{1b}[31m""#);
        assert_eq!(quoted("\u{202e}txt".as_bytes()), r#""\u{202e}txt""#);
        assert_eq!(quoted(b"a\xff\xfe\\"), r#""a\xff\xfe\\""#);
        assert_eq!(quoted(b"\"q\""), r#""\"q\"""#);
        assert_eq!(TameSentence("\"a\" of\n\x1b[1m").to_string(), r#""a" of\n\u{1b}[1m"#);
    }
}
