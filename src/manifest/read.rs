//! What one manifest lists.
//!
//! Paths are relative to the manifest's folder, as nft and Next.js write them;
//! those of an additional root (Turbopack's `additionalRoots`) to that root. What
//! else a manifest says (`version`, `fileHashes`, `symlinks`) is not needed: the
//! disk tells what is a link, and where to.

use std::{
    ffi::OsString,
    fmt,
    io::{self, BufReader, Read},
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::{
    host::{Host, OpenError, OpenFile},
    memory::{Governor, OutOfMemory},
    record::absolute,
};

/// Bytes that are read at a time.
const BUFFER: usize = 64 << 10;

/// In a manifest no `"` is farther from the next: what is longer is no path.
const LONGEST: usize = 1 << 20;

/// A manifest has no more additional roots than this.
const ROOTS_MAX: usize = 1024;

/// Why a manifest gives nothing.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It cannot be opened or read.
    Open(OpenError),
    /// It is no manifest: what the parser says.
    Broken(String),
    /// The limit has no room for a buffer.
    Memory(OutOfMemory),
}

/// Hands each path that `manifest` lists to `each`, absolute, without `.` and
/// `..`. Its folder is a real path.
///
/// # Errors
/// [`Refused`], before `each` was called; what `each` met is its own affair.
pub(crate) fn read(
    host: &dyn Host,
    governor: &Governor,
    manifest: &Path,
    each: &mut dyn FnMut(&Path),
) -> Result<(), Refused> {
    let _lease = governor.lease(BUFFER).map_err(Refused::Memory)?;
    let mut walk = Walk { folder: manifest.parent().unwrap_or(manifest), roots: Vec::new(), each: None };
    pass(host, manifest, &mut walk)?;
    walk.each = Some(each);
    pass(host, manifest, &mut walk)
}

fn pass(host: &dyn Host, manifest: &Path, walk: &mut Walk<'_>) -> Result<(), Refused> {
    let file = host.open(manifest).map_err(Refused::Open)?;
    let bytes = BufReader::with_capacity(BUFFER, Bytes { file, at: 0, since_quote: 0 });
    let mut json = serde_json::Deserializer::from_reader(bytes);
    let read = Object { walk, root: None }.deserialize(&mut json).and_then(|()| json.end());
    read.map_err(|error| match error.is_io() {
        true => Refused::Open(OpenError::Io(error.into())),
        false => Refused::Broken(error.to_string()),
    })
}

/// A file's bytes in order.
struct Bytes {
    file: Box<dyn OpenFile>,
    at: u64,
    since_quote: usize,
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        self.since_quote = match memchr::memrchr(b'"', &buffer[..read]) {
            Some(quote) => read - quote,
            None => self.since_quote + read,
        };
        if self.since_quote > LONGEST {
            let what = format!("no file name ends within {LONGEST} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        Ok(read)
    }
}

/// Where a pass through a manifest stands.
struct Walk<'w> {
    folder: &'w Path,
    /// The additional roots in their order, once they were met.
    roots: Vec<PathBuf>,
    /// Gets the paths; none in the first pass.
    each: Option<&'w mut dyn FnMut(&Path)>,
}

/// The manifest itself, or one of its additional roots, by number.
struct Object<'a, 'w> {
    walk: &'a mut Walk<'w>,
    root: Option<usize>,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with \"files\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { walk, root } = self;
        let (mut has_files, mut has_path) = (false, root.is_none());
        while let Some(Text(key)) = map.next_key_seed(AsText)? {
            match (key.as_slice(), root) {
                (b"files", _) => {
                    map.next_value_seed(Files { walk, root })?;
                    has_files = true;
                }
                (b"path", Some(root)) => {
                    let Text(path) = map.next_value_seed(AsText)?;
                    if let Some(place) = walk.roots.get_mut(root) {
                        *place = absolute(walk.folder, &path_of(path));
                    }
                    has_path = true;
                }
                (b"additionalRoots", None) => map.next_value_seed(Roots { walk })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match (has_files, has_path) {
            (true, true) => Ok(()),
            (false, _) => Err(A::Error::custom("it has no \"files\"")),
            (_, false) => Err(A::Error::custom("an additional root has no \"path\"")),
        }
    }
}

/// The array of additional roots.
struct Roots<'a, 'w> {
    walk: &'a mut Walk<'w>,
}

impl<'de> DeserializeSeed<'de> for Roots<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Roots<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of additional roots")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut roots: A) -> Result<(), A::Error> {
        let Self { walk } = self;
        for root in 0.. {
            if walk.each.is_none() {
                walk.roots.push(PathBuf::new());
            }
            if roots.next_element_seed(Object { walk, root: Some(root) })?.is_none() {
                break;
            }
            if root == ROOTS_MAX {
                return Err(A::Error::custom(format!("more than {ROOTS_MAX} additional roots")));
            }
        }
        Ok(())
    }
}

/// An array of paths.
struct Files<'a, 'w> {
    walk: &'a mut Walk<'w>,
    root: Option<usize>,
}

impl<'de> DeserializeSeed<'de> for Files<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Files<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"files\" to be an array of paths")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut files: A) -> Result<(), A::Error> {
        let Self { walk: Walk { folder, roots, each }, root } = self;
        let base = root.and_then(|root| roots.get(root)).map_or(*folder, PathBuf::as_path);
        while let Some(Text(path)) = files.next_element_seed(AsText)? {
            if let Some(each) = each {
                each(&absolute(base, &path_of(path)));
            }
        }
        Ok(())
    }
}

/// A string, as the bytes of a name.
struct Text(Vec<u8>);

struct AsText;

impl<'de> DeserializeSeed<'de> for AsText {
    type Value = Text;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Text, D::Error> {
        // Not as a `str`: a lone surrogate may stand in it.
        json.deserialize_bytes(self)
    }
}

impl Visitor<'_> for AsText {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Text, E> {
        Ok(Text(name_of(bytes)))
    }
}

/// The lone surrogate U+DCNN (here as ED B2 or ED B3 and one byte more) stands
/// for the byte 0xNN, which is not UTF-8: so names are written to JSON.
fn name_of(mut text: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(text.len());
    while let Some(at) = memchr::memchr(0xed, text) {
        let (before, rest) = text.split_at(at);
        name.extend_from_slice(before);
        text = match *rest {
            [0xed, high @ (0xb2 | 0xb3), low @ 0x80..=0xbf, ref rest @ ..] => {
                name.push((high & 3) << 6 | (low & 0x3f));
                rest
            }
            _ => {
                name.push(0xed);
                &rest[1..]
            }
        };
    }
    name.extend_from_slice(text);
    name
}

fn path_of(name: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from_vec(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::RealHost;

    #[allow(clippy::disallowed_methods, reason = "a test writes its own file")]
    fn listed(json: &str) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("a.nft.json");
        std::fs::write(&manifest, json).unwrap();
        let mut paths = Vec::new();
        let governor = Governor::new(1 << 20);
        let read = read(&RealHost, &governor, &manifest, &mut |path| {
            paths.push(path.to_str().unwrap().replace(folder.path().to_str().unwrap(), "F"));
        });
        match read {
            Ok(()) => Ok(paths),
            Err(Refused::Broken(what)) => {
                assert!(paths.is_empty());
                Err(what)
            }
            Err(other) => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn paths_are_relative_to_the_manifest_or_to_an_additional_root() {
        assert_eq!(
            listed(r#"{"version":1,"files":["a","./b","c/../d","\u00e9"]}"#).unwrap(),
            ["F/a", "F/b", "F/d", "F/é"]
        );
        assert_eq!(listed(r#"{"files":["/abs"],"symlinks":[[0,"x",1]],"fileHashes":["h"]}"#).unwrap(), ["/abs"]);
        let roots =
            r#"{"additionalRoots":[{"files":["x"],"path":"r","name":"n"},{"path":"s/t","files":["../y"]}],"files":[]}"#;
        assert_eq!(listed(roots).unwrap(), ["F/r/x", "F/s/y"]);
        assert_eq!(listed(r#"{"files":[],"additionalRoots":null}"#).unwrap(), [""; 0]);
    }

    #[test]
    fn what_is_no_manifest_gives_nothing() {
        for (json, word) in [
            ("", "EOF"),
            ("[]", "an object"),
            ("{}", "no \"files\""),
            (r#"{"files":{}}"#, "array of paths"),
            (r#"{"files":["a",5]}"#, "a path"),
            (r#"{"files":["a"]"#, "EOF"),
            (r#"{"files":["a"]} x"#, "trailing"),
            (r#"{"files":["a"],"additionalRoots":[{"files":[]}]}"#, "\"path\""),
            (r#"{"files":["a"],"additionalRoots":[{"path":"r"}]}"#, "no \"files\""),
        ] {
            let told = listed(json).unwrap_err();
            assert!(told.contains(word), "{json}: {told}");
        }
        let endless = format!("{{\"files\":[\"{}\"]}}", "a".repeat(3 << 20));
        assert!(listed(&endless).unwrap_err().contains("no file name ends"));
    }

    #[test]
    fn a_byte_that_is_not_utf8_comes_back() {
        // U+DCFF, and U+D800, which stands for nothing.
        assert_eq!(name_of(b"a\xed\xb3\xbf\xed\xb2\x80b\xed\xa0\x80"), b"a\xff\x80b\xed\xa0\x80");
        assert_eq!(name_of("é\u{d7ff}".as_bytes()), "é\u{d7ff}".as_bytes());
    }
}
