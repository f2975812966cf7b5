//! What a package.json says of native code, for those who ask.
//!
//! Read anew each time: few packages have native code, and each is asked once
//! or twice. Decides nothing, and finds no package.

use std::path::{Path, PathBuf};

use super::{
    Resolver,
    json::{Reader, SyntaxError, Token},
    lookup::Lookup,
    path,
};
use crate::record::Loader;

/// A package.json beyond what resolution asks of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `name`.
    pub name: String,
    /// `version`.
    pub version: String,
    /// `main`.
    pub main: String,
    /// The names in `dependencies`, `optionalDependencies` and `peerDependencies`.
    pub dependencies: Vec<String>,
    /// The properties of `binary` that are strings.
    pub binary: Vec<(String, String)>,
    /// `binary.napi_versions`, those that are whole numbers.
    pub napi_versions: Vec<u32>,
}

impl Manifest {
    /// A property of `binary`; the last one of that name.
    pub fn binary(&self, key: &str) -> Option<&str> {
        self.binary.iter().rfind(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn read(text: &[u8]) -> Result<Self, SyntaxError> {
        let mut manifest = Self::default();
        let mut reader = Reader::new(text);
        let first = reader.next()?;
        if first != Token::ObjectStart {
            reader.skip(first)?;
            return Ok(manifest);
        }
        while let Token::Key(key) = reader.next()? {
            let value = reader.next()?;
            match (&*key.decode(), value) {
                ("name", Token::String(text)) => manifest.name = text.decode().into(),
                ("version", Token::String(text)) => manifest.version = text.decode().into(),
                ("main", Token::String(text)) => manifest.main = text.decode().into(),
                ("dependencies" | "optionalDependencies" | "peerDependencies", Token::ObjectStart) => {
                    while let Token::Key(name) = reader.next()? {
                        manifest.dependencies.push(name.decode().into());
                        let version = reader.next()?;
                        reader.skip(version)?;
                    }
                }
                ("binary", Token::ObjectStart) => manifest.read_binary(&mut reader)?,
                _ => reader.skip(value)?,
            }
        }
        Ok(manifest)
    }

    fn read_binary(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        while let Token::Key(key) = reader.next()? {
            match reader.next()? {
                Token::String(text) => self.binary.push((key.decode().into(), text.decode().into())),
                Token::ArrayStart if key.is("napi_versions") => loop {
                    match reader.next()? {
                        Token::ArrayEnd => break,
                        Token::Number => self.napi_versions.extend(reader.whole_number()),
                        other => reader.skip(other)?,
                    }
                },
                other => reader.skip(other)?,
            }
        }
        Ok(())
    }
}

impl Resolver {
    /// What the package.json at a real path says; `None` if it cannot be read.
    pub fn manifest(&self, package_json: &Path) -> Option<Manifest> {
        let text = self.packages.text(package_json).ok()?;
        Manifest::read(&text).ok()
    }

    /// The directory of the package around a real path: the nearest with a
    /// package.json, and no farther than a `node_modules`.
    pub fn package_of(&self, file: &Path) -> Option<PathBuf> {
        // A package that was installed has its package.json where it was put; those below say less.
        if let Some(package) = path::package(path::bytes(file)) {
            return Some(path::from_bytes(package.to_vec()));
        }
        let directory = path::parent(path::bytes(file))?;
        let mut cx = Lookup::new(path::bytes(&self.options.root), directory, Loader::Require);
        let scope = self.packages.scope(&mut cx, &self.directories, directory)?;
        self.directories.is_inside(&scope.directory).then(|| path::from_bytes(scope.directory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_native_code_needs_is_kept() {
        let text =
            br#"{"name":"n","version":"1.2.3","dependencies":{"a":"1","b":{"x":[1]}},"optionalDependencies":{"c":""},
            "binary":{"module_name":"m","module_path":"./x","napi_versions":[3, 6,-1,1e3,2.5,"7",[8],12],"x":{"y":1}},
            "main":["z"]}"#;
        let manifest = Manifest::read(text).unwrap_or_else(|_| panic!("it is JSON"));
        assert_eq!((&*manifest.name, &*manifest.version, &*manifest.main), ("n", "1.2.3", ""));
        assert_eq!(manifest.dependencies, ["a", "b", "c"]);
        assert_eq!((manifest.binary("module_name"), manifest.binary("x")), (Some("m"), None));
        assert_eq!(manifest.napi_versions, [3, 6, 12]);
        assert!(Manifest::read(b"[1]").is_ok_and(|manifest| manifest == Manifest::default()));
        assert!(Manifest::read(b"{").is_err());
    }
}
