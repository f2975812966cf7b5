//! Where the configuration is, and what stands in it, with places.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, ObjectProp, Value},
    common::Ranged,
    parse_to_ast,
};

use crate::{Host, Place, QuotedName, RealHost, cli::plan::text, workspace};

const PACKAGE: &str = "package.json";

/// The option's name in a package.json.
const KEY: &str = "monotrace";

/// Files that are looked for in a folder, best first.
const NAMES: [&str; 3] = ["monotrace.json", "monotrace.jsonc", PACKAGE];

/// Comments and commas at the end are what people write; all else is JSON.
const JSONC: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_loose_object_property_names: false,
    allow_trailing_commas: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// A configuration file.
pub(super) struct File {
    pub(super) path: PathBuf,
    text: String,
}

/// An option and its value.
pub(super) struct Setting<'f> {
    pub(super) key: String,
    pub(super) value: Value<'f>,
    pub(super) place: Place,
}

/// The file that was named.
///
/// # Errors
/// It cannot be read.
pub(super) fn named(path: &Path) -> Result<File, String> {
    let name = QuotedName(path.as_os_str().as_encoded_bytes());
    let text = text(path).map_err(|why| format!("MT0010 cannot use the configuration {name}: {why}"))?;
    Ok(File { path: path.to_path_buf(), text })
}

/// The nearest file above `entry`, up to the repository's root.
///
/// # Errors
/// It is there and cannot be read.
pub(super) fn found(cwd: &Path, entry: Option<&Path>) -> Result<Option<File>, String> {
    let start = entry.and_then(Path::parent).unwrap_or(cwd);
    let top = top(cwd, start, entry);
    for folder in start.ancestors().take_while(|folder| folder.starts_with(&top)) {
        for path in NAMES.map(|name| folder.join(name)) {
            if RealHost.kind(&path).is_err() {
                continue;
            }
            let is_package = path.ends_with(PACKAGE);
            match named(&path) {
                Ok(file) if !is_package || file.is_configured() => return Ok(Some(file)),
                // Others find out what is wrong with a package.json.
                Ok(_) => {}
                Err(_) if is_package => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(None)
}

/// Nothing above this folder is looked at: the repository's root, else the
/// workspace's, else the current directory if it is above, else where it begins.
fn top(cwd: &Path, start: &Path, entry: Option<&Path>) -> PathBuf {
    if let Some(root) = start.ancestors().find(|folder| RealHost.kind(&folder.join(".git")).is_ok()) {
        return root.to_path_buf();
    }
    let workspace = entry.and_then(|entry| workspace(&RealHost, entry)).map(|workspace| workspace.root);
    let above = workspace.into_iter().chain([cwd.to_path_buf()]).find(|root| start.starts_with(root));
    above.unwrap_or_else(|| start.to_path_buf())
}

impl File {
    /// What its relative paths are relative to.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    /// The file's options, in order.
    ///
    /// # Errors
    /// It is no JSON, or no object.
    pub(super) fn settings(&self) -> Result<Vec<Setting<'_>>, String> {
        let whole = self.parse()?;
        let start = Place { line: 1, column: 1 };
        let Some(Value::Object(object)) = whole else {
            return Err(self.error(start, format_args!("expected an object of options")));
        };
        let object = if self.path.ends_with(PACKAGE) { self.within(object)? } else { object };
        let settings = object.properties.into_iter().map(|property| {
            let place = self.place(&property);
            let ObjectProp { name, value, .. } = property;
            Setting { key: name.into_string(), value, place }
        });
        Ok(settings.filter(|setting| setting.key != "$schema").collect())
    }

    /// The options that a package.json has.
    fn within<'f>(&'f self, package: Object<'f>) -> Result<Object<'f>, String> {
        let missing = Place { line: 1, column: 1 };
        let property = package.properties.into_iter().find(|property| property.name.as_str() == KEY);
        let property = property.ok_or_else(|| self.error(missing, format_args!("it has no {KEY:?}")))?;
        let place = self.place(&property);
        match property.value {
            Value::Object(object) => Ok(object),
            _ => Err(self.error(place, format_args!("{KEY:?}: expected an object of options"))),
        }
    }

    fn is_configured(&self) -> bool {
        // Most have no such word at all.
        let has = |whole| matches!(whole, Some(Value::Object(object)) if object.get(KEY).is_some());
        self.text.contains(KEY) && self.parse().is_ok_and(has)
    }

    fn parse(&self) -> Result<Option<Value<'_>>, String> {
        let text = self.text.trim_start_matches('\u{feff}');
        let mark = self.text.len() - text.len();
        let parsed = parse_to_ast(text, &CollectOptions::default(), &JSONC);
        match parsed {
            Ok(parsed) => Ok(parsed.value),
            Err(error) => {
                let place = self.place_of(error.range().start + mark);
                Err(self.error(place, format_args!("{}", error.kind())))
            }
        }
    }

    fn place(&self, property: &ObjectProp<'_>) -> Place {
        let mark = self.text.len() - self.text.trim_start_matches('\u{feff}').len();
        self.place_of(property.range().start + mark)
    }

    fn place_of(&self, offset: usize) -> Place {
        Place::of(self.text.as_bytes(), u32::try_from(offset).unwrap_or(u32::MAX))
    }

    /// One line that says what is wrong, and where.
    pub(super) fn error(&self, place: Place, why: fmt::Arguments<'_>) -> String {
        format!("MT0010 {}:{place}: {why}", QuotedName(self.path.as_os_str().as_encoded_bytes()))
    }
}
