//! What a version of Next needs in production, and what it does not.
//!
//! All of it is data: `table.toml`, and `references.toml` in the words of
//! recipes. Nothing here looks at a file.

use std::sync::LazyLock;

use nodejs_semver::{Range, Version};
use serde::Deserialize;

use crate::recipe::{self, Recipe};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    versions: String,
    /// For whoever reads the table.
    #[serde(rename = "why")]
    _why: String,
    #[serde(default)]
    leave_out: Vec<String>,
    #[serde(default)]
    folders: Vec<String>,
    #[serde(default)]
    beside: Vec<String>,
    #[serde(default)]
    configuration: Vec<String>,
    #[serde(default)]
    trace_next: bool,
    variable: Option<String>,
}

/// What one version needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs {
    /// Globs, relative to the tracing root, of what is neither listed nor followed.
    pub(super) leave_out: Vec<String>,
    /// Folders of the build that are needed whole.
    pub(super) folders: Vec<String>,
    /// Files and folders beside package.json.
    pub(super) beside: Vec<String>,
    /// Files of the app that the server loads as programs.
    pub(super) configuration: Vec<String>,
    /// Next's own files are traced even where Next has put them together.
    pub(super) trace_next: bool,
    /// The environment variable that takes the configuration.
    pub(super) variable: Option<String>,
}

/// That both files can be read is held by tests.
static TABLE: LazyLock<Vec<Row>> =
    LazyLock::new(|| toml::from_str::<Table>(include_str!("table.toml")).map(|table| table.row).unwrap_or_default());

impl Needs {
    /// Those of a version; what is no version counts as a new one.
    pub(super) fn of(version: &str) -> Self {
        let mut needs = Self::default();
        for row in TABLE.iter().filter(|row| has(&row.versions, version)) {
            needs.leave_out.extend_from_slice(&row.leave_out);
            needs.folders.extend_from_slice(&row.folders);
            needs.beside.extend_from_slice(&row.beside);
            needs.configuration.extend_from_slice(&row.configuration);
            needs.trace_next |= row.trace_next;
            needs.variable = row.variable.clone().or(needs.variable);
        }
        needs
    }
}

fn has(range: &str, version: &str) -> bool {
    let version = Version::parse(version).unwrap_or_else(|_| Version::from((9999, 0, 0)));
    Range::parse(range).is_ok_and(|range| range.satisfies_with_prerelease(&version, true))
}

/// References of Next's own files that lead nowhere in production.
pub(super) fn references() -> Vec<Recipe> {
    recipe::parse(include_str!("references.toml")).unwrap_or_default()
}

/// Of the server `entry`, a path inside `package`: that it names the folder
/// `app` asks for nothing.
pub(super) fn folder_is_no_asset(package: &str, entry: &str, app: &str) -> Vec<Recipe> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let (package, files) = (quoted(package), quoted(&globset::escape(entry)));
    let ignore = quoted(&format!("./{}", globset::escape(app)));
    let why = "The folder of an app is gathered by its build.";
    let text = format!("[[recipe]]\npackage = {package}\nfiles = {files}\nwhy = \"{why}\"\nignore = {ignore}\n");
    recipe::parse(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_can_be_read() {
        let table: Table = toml::from_str(include_str!("table.toml")).unwrap();
        assert!(table.row.iter().all(|row| Range::parse(&row.versions).is_ok()));
        assert!(!recipe::parse(include_str!("references.toml")).unwrap().is_empty());
    }

    #[test]
    fn a_server_may_name_its_apps_folder() {
        let recipes = folder_is_no_asset("@x/server", "src/[a].js", "apps/we\"b");
        assert!(recipes[0].ignores("/r/apps/we\"b", "/r"));
        assert!(!recipes[0].ignores("/r/apps/we\"b/x.js", "/r"));
    }

    #[test]
    fn the_version_decides_where_the_configuration_comes_from() {
        assert_eq!(Needs::of("13.3.4").variable, None);
        assert_eq!(Needs::of("13.3.4").configuration, ["next.config.js", "next.config.mjs"]);
        for version in ["13.4.0", "14.2.35", "15.0.0-canary.3", "16.4.6", "what?"] {
            let needs = Needs::of(version);
            assert_eq!(needs.variable.as_deref(), Some("__NEXT_PRIVATE_STANDALONE_CONFIG"), "{version}");
            assert!(needs.configuration.is_empty() && !needs.leave_out.is_empty());
        }
    }
}
