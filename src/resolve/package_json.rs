//! What resolution needs to know of a package.json.
//!
//! Keeps `name`, `version`, `main`, `type`, `exports`, `imports`, the names of optional
//! dependencies and the platforms it is for, and passes over everything else. What the fields mean is
//! decided elsewhere; no file is opened here.

use super::{
    json::{Reader, SyntaxError, Token},
    keys::Keys,
    tape::{Tape, TapeBuilder, Value},
};
use crate::record::Platform;

/// What `type` says about `.js` files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ModuleType {
    /// `"commonjs"`.
    CommonJs,
    /// `"module"`.
    Module,
    /// Absent, or a word that Node does not know.
    #[default]
    Unknown,
}

/// The fields of a package.json that decide where a specifier leads.
#[derive(Default)]
pub(super) struct Fields {
    /// `name`, if it is a string.
    pub(super) name: Option<Box<str>>,
    /// `version`, if it is a string.
    pub(super) version: Option<Box<str>>,
    /// `main`, if it is a string.
    pub(super) main: Option<Box<str>>,
    /// `type`.
    pub(super) module_type: ModuleType,
    /// `exports`, unless it is `null`.
    pub(super) exports: Option<Tape>,
    /// `imports`, unless it is `null`.
    pub(super) imports: Option<Tape>,
    /// Fields that call dependencies optional, and the names of these as keys.
    optional: Vec<(&'static str, Tape)>,
    /// Names of other dependencies as keys, a tape for each field that has some.
    dependencies: Vec<Tape>,
    /// `os`, `cpu` and `libc`, where one of them stands: few packages have any.
    platforms: Option<Box<Platforms>>,
}

/// The platforms that a package is for, in npm's words.
#[derive(Default)]
struct Platforms {
    os: Option<Vec<Box<str>>>,
    cpu: Option<Vec<Box<str>>>,
    libc: Option<Vec<Box<str>>>,
}

impl Platforms {
    fn heap_bytes(&self) -> usize {
        let words = [&self.os, &self.cpu, &self.libc].into_iter().flatten().flatten();
        size_of::<Self>() + words.map(|word| size_of::<Box<str>>() + word.len()).sum::<usize>()
    }
}

/// npm's rule (npm-install-checks): none of the words with `!`, and one of the
/// others if there are any.
fn names(words: &[Box<str>], value: &str) -> bool {
    if matches!(words, [only] if &**only == "any") {
        return true;
    }
    let mut others = words.iter().filter(|word| !word.starts_with('!')).peekable();
    let refused = words.iter().any(|word| word.strip_prefix('!') == Some(value));
    !refused && (others.peek().is_none() || others.any(|word| **word == *value))
}

impl Fields {
    /// Reads the text of a package.json. Of a key that stands twice, the last counts.
    pub(super) fn read(text: &[u8]) -> Result<Self, SyntaxError> {
        let mut reader = Reader::new(text);
        let mut fields = Self::default();
        match reader.next()? {
            Token::ObjectStart => fields.read_properties(&mut reader)?,
            // Node asks it for properties, which `null` alone refuses.
            Token::Null => return Err(SyntaxError { at: 0, expected: "an object" }),
            other => reader.skip(other)?,
        }
        // The end, or the complaint that there is more.
        reader.next()?;
        Ok(fields)
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let text = |field: &Option<Box<str>>| field.as_ref().map_or(0, |text| text.len());
        let tape = |field: &Option<Tape>| field.as_ref().map_or(0, Tape::heap_bytes);
        let optional: usize =
            self.optional.iter().map(|(_, names)| size_of::<(&str, Tape)>() + names.heap_bytes()).sum();
        let dependencies: usize = self.dependencies.iter().map(|names| size_of::<Tape>() + names.heap_bytes()).sum();
        let platforms = self.platforms.as_ref().map_or(0, |platforms| platforms.heap_bytes());
        text(&self.name)
            + text(&self.version)
            + text(&self.main)
            + tape(&self.exports)
            + tape(&self.imports)
            + optional
            + dependencies
            + platforms
    }

    /// npm would install the package on this platform.
    pub(super) fn is_for(&self, platform: &Platform) -> bool {
        let Some(platforms) = &self.platforms else { return true };
        let fits = |words: &Option<Vec<Box<str>>>, value: Option<&str>| {
            words.as_ref().is_none_or(|words| value.is_some_and(|value| names(words, value)))
        };
        fits(&platforms.os, Some(&platform.os))
            && fits(&platforms.cpu, Some(&platform.arch))
            && fits(&platforms.libc, platform.libc.as_deref())
    }

    /// Forgets an `exports` or `imports` that is a number or a boolean.
    pub(super) fn drop_scalars(&mut self) {
        self.exports.take_if(|exports| matches!(exports.value(), Value::Other));
        self.imports.take_if(|imports| matches!(imports.value(), Value::Other));
    }

    /// Why `package` may be missing, if this package.json names it as optional.
    pub(super) fn optional_reason(&self, package: &str) -> Option<String> {
        let names = |names: &Tape| Keys::of(names).is_some_and(|names| names.get(package).is_some());
        let (field, _) = self.optional.iter().find(|(_, tape)| names(tape))?;
        Some(format!("\"{field}\" of the package.json says that {package} is optional"))
    }

    /// The packages that it may ask for at run time, by what it says; some perhaps twice.
    pub(super) fn dependencies(&self) -> impl Iterator<Item = &str> {
        let optional = self.optional.iter().map(|(_, names)| names);
        optional
            .chain(&self.dependencies)
            .filter_map(|names| match names.value() {
                Value::Object(entries) => Some(entries.map(|(name, _)| name)),
                _ => None,
            })
            .flatten()
    }

    /// The names in `optionalDependencies`.
    pub(super) fn optional_dependencies(&self) -> impl Iterator<Item = &str> {
        let fields = self.optional.iter().filter(|(field, _)| *field == "optionalDependencies");
        fields.filter_map(|(_, names)| Keys::of(names)).flat_map(|names| names.names())
    }

    /// It is made for some platforms only, and `platform` is one of them.
    /// `name` is the package's: where `libc` is not told, the name often tells.
    pub(super) fn is_made_for(&self, platform: &Platform, name: &str) -> bool {
        let Some(platforms) = &self.platforms else { return false };
        let libc = if platforms.libc.is_none() { libc_of(name) } else { None };
        (platforms.os.is_some() || platforms.cpu.is_some())
            && self.is_for(platform)
            && platform.libc.as_deref().is_none_or(|own| libc.is_none_or(|libc| libc == own))
    }

    fn read_properties(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        while let Token::Key(key) = reader.next()? {
            let value = reader.next()?;
            match &*key.decode() {
                "name" => self.name = string(reader, value)?,
                "version" => self.version = string(reader, value)?,
                "main" => self.main = string(reader, value)?,
                "type" => self.module_type = module_type(string(reader, value)?.as_deref()),
                "exports" => self.exports = tape(reader, value)?,
                "imports" => self.imports = tape(reader, value)?,
                "dependencies" | "peerDependencies" if value == Token::ObjectStart => {
                    self.dependencies.push(dependency_names(reader, false)?);
                }
                "optionalDependencies" => self.add_optional("optionalDependencies", reader, value)?,
                "peerDependenciesMeta" => self.add_optional("peerDependenciesMeta", reader, value)?,
                "dependenciesMeta" => self.add_optional("dependenciesMeta", reader, value)?,
                "os" => self.platforms.get_or_insert_default().os = words(reader, value)?,
                "cpu" => self.platforms.get_or_insert_default().cpu = words(reader, value)?,
                "libc" => self.platforms.get_or_insert_default().libc = words(reader, value)?,
                _ => reader.skip(value)?,
            }
        }
        Ok(())
    }

    fn add_optional<'a>(
        &mut self,
        field: &'static str,
        reader: &mut Reader<'a>,
        value: Token<'a>,
    ) -> Result<(), SyntaxError> {
        if value != Token::ObjectStart {
            return reader.skip(value);
        }
        self.optional.push((field, dependency_names(reader, field.ends_with("Meta"))?));
        Ok(())
    }
}

/// The C library that a package's name speaks of, such as `@rollup/rollup-linux-x64-musl`.
fn libc_of(name: &str) -> Option<&'static str> {
    name.split(['-', '/', '_']).find_map(|word| match word {
        "musl" | "linuxmusl" | "musleabi" | "musleabihf" => Some("musl"),
        "gnu" | "glibc" | "gnueabi" | "gnueabihf" => Some("glibc"),
        _ => None,
    })
}

fn module_type(word: Option<&str>) -> ModuleType {
    match word {
        Some("commonjs") => ModuleType::CommonJs,
        Some("module") => ModuleType::Module,
        _ => ModuleType::Unknown,
    }
}

fn string<'a>(reader: &mut Reader<'a>, value: Token<'a>) -> Result<Option<Box<str>>, SyntaxError> {
    if let Token::String(text) = value {
        return Ok(Some(text.decode().into()));
    }
    reader.skip(value).map(|()| None)
}

fn tape<'a>(reader: &mut Reader<'a>, value: Token<'a>) -> Result<Option<Tape>, SyntaxError> {
    let tape = Tape::read(reader, value)?;
    Ok(if matches!(tape.value(), Value::Null) { None } else { Some(tape) })
}

/// A string, or the strings in an array; `None` for anything else.
fn words<'a>(reader: &mut Reader<'a>, value: Token<'a>) -> Result<Option<Vec<Box<str>>>, SyntaxError> {
    match value {
        Token::String(word) => return Ok(Some(vec![word.decode().into()])),
        Token::ArrayStart => {}
        other => return reader.skip(other).map(|()| None),
    }
    let mut words = Vec::new();
    loop {
        match reader.next()? {
            Token::ArrayEnd => return Ok(Some(words)),
            Token::String(word) => words.push(word.decode().into()),
            other => reader.skip(other)?,
        }
    }
}

/// The names in the open object; in one that tells more of each (`Meta`) only
/// those with `"optional": true`. Reads to its end.
fn dependency_names(reader: &mut Reader<'_>, is_meta: bool) -> Result<Tape, SyntaxError> {
    let mut names = TapeBuilder::default();
    names.add(Token::ObjectStart);
    while let Token::Key(name) = reader.next()? {
        let value = reader.next()?;
        let mut is_optional = !is_meta;
        if is_meta && value == Token::ObjectStart {
            while let Token::Key(key) = reader.next()? {
                let value = reader.next()?;
                is_optional |= key.is("optional") && value == Token::Bool(true);
                reader.skip(value)?;
            }
        } else {
            reader.skip(value)?;
        }
        if is_optional {
            names.add(Token::Key(name));
            names.add(Token::Null);
        }
    }
    names.add(Token::ObjectEnd);
    Ok(names.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_kept_if_they_are_what_node_wants() {
        let fields = Fields::read(br#"{"main":"a","name":"x","name":5,"type":"module","main":"b","exports":null}"#);
        let fields = fields.unwrap_or_else(|_| panic!("it is JSON"));
        assert_eq!(fields.main.as_deref(), Some("b"), "the last counts");
        assert_eq!(fields.name, None, "a number is no name, though a name stood before");
        assert_eq!(fields.module_type, ModuleType::Module);
        assert!(fields.exports.is_none());
        assert!(Fields::read(b"[1]").is_ok_and(|fields| fields.main.is_none()));
        assert!(Fields::read(b"null").is_err() && Fields::read(b"{} {}").is_err());
        assert!(Fields::read(br#"{"m\u0061in":"m.js"}"#).is_ok_and(|fields| fields.main.is_some()));
    }

    #[test]
    fn platforms_are_npms() {
        let is_for = |text: &str, name: &str, platform: &str| {
            let fields = Fields::read(text.as_bytes()).unwrap_or_else(|_| panic!("it is JSON"));
            fields.is_made_for(&platform.parse().unwrap_or_else(|error| panic!("{error}")), name)
        };
        let linux = r#"{"os":["linux"],"cpu":["x64","arm64"]}"#;
        assert!(is_for(linux, "p", "linux-x64") && is_for(linux, "p", "linux-arm64-musl"));
        assert!(!is_for(linux, "p", "darwin-x64") && !is_for(linux, "p", "linux-ia32"));
        assert!(
            !is_for(linux, "@p/linux-x64-musl", "linux-x64") && is_for(linux, "@p/linux-x64-musl", "linux-x64-musl")
        );
        assert!(!is_for(linux, "p-linux-x64-gnu", "linux-x64-musl") && is_for(linux, "p-linux-x64-gnu", "linux-x64"));
        let musl = r#"{"os":"linux","libc":["musl"]}"#;
        assert!(is_for(musl, "p-gnu", "linux-x64-musl") && !is_for(musl, "p", "linux-x64"), "what is told counts");
        assert!(is_for(r#"{"os":["!win32"]}"#, "p", "darwin-x64") && !is_for(r#"{"os":["!win32"]}"#, "p", "win32-x64"));
        assert!(
            is_for(r#"{"os":["any"]}"#, "p", "darwin-x64") && !is_for("{}", "p", "linux-x64"),
            "for all is for none"
        );
    }

    #[test]
    fn optional_dependencies_are_found_wherever_they_stand() {
        let text = br#"{"dependencies":{"a":"1"},"optionalDependencies":{"b":"1"},
            "peerDependenciesMeta":{"c":{"optional":true},"d":{"optional":false},"e":{}},
            "dependenciesMeta":{"f":{"x":1,"optional":true}}}"#;
        let fields = Fields::read(text).unwrap_or_else(|_| panic!("it is JSON"));
        let optional = |name: &str| fields.optional_reason(name).is_some();
        assert_eq!(fields.optional_dependencies().collect::<Vec<_>>(), ["b"]);
        assert!(optional("b") && optional("c") && optional("f"));
        let mut dependencies: Vec<_> = fields.dependencies().collect();
        dependencies.sort_unstable();
        assert_eq!(dependencies, ["a", "b", "c", "f"]);
        assert!(!optional("a") && !optional("d") && !optional("e") && !optional("optional"));
    }

    #[test]
    fn platforms_are_told_by_npms_rules() {
        let fits = |fields: &str, platform: &str| {
            let fields = Fields::read(fields.as_bytes()).unwrap_or_else(|_| panic!("it is JSON"));
            fields.is_for(&platform.parse().unwrap())
        };
        for (fields, platform) in [
            (r#"{}"#, "linux-x64"),
            (r#"{"os":"linux","cpu":["arm64","x64"],"libc":["glibc"]}"#, "linux-x64"),
            (r#"{"os":["!win32"]}"#, "darwin-arm64"),
            (r#"{"os":["!win32","!aix"],"cpu":[]}"#, "linux-x64"),
            (r#"{"os":["any"]}"#, "linux-x64"),
            (r#"{"os":null,"cpu":5,"libc":{"x":["musl"]}}"#, "win32-x64"),
        ] {
            assert!(fits(fields, platform), "{fields} {platform}");
        }
        for (fields, platform) in [
            (r#"{"os":["linux"],"cpu":["x64"],"libc":["glibc"]}"#, "linux-x64-musl"),
            (r#"{"libc":["glibc"]}"#, "darwin-arm64"),
            (r#"{"os":["!win32"]}"#, "win32-x64"),
            (r#"{"os":["!win32","linux"]}"#, "darwin-arm64"),
            (r#"{"os":["any","linux"]}"#, "darwin-arm64"),
            (r#"{"os":["linux"],"cpu":["arm64"]}"#, "linux-x64"),
        ] {
            assert!(!fits(fields, platform), "{fields} {platform}");
        }
    }
}
