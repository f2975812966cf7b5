//! Recipes: what some packages need and no expression tells.
//!
//! A recipe is data: a package, its versions, one of its files, and what else
//! is needed once that file is. `table.toml` has those that everybody gets;
//! users add their own in the same words. Nothing here opens a file, resolves
//! a specifier or knows a package by name.
//!
//! - `read` from text to recipes, or to a place and a complaint
//! - `pattern` placeholders and globs

mod pattern;
mod read;

pub use pattern::{Facts, Pattern};
pub use read::{RecipeError, parse};
pub(crate) use {pattern::specifier, read::npm_asset};

use std::sync::LazyLock;

use ahash::{AHashMap, AHashSet};
use nodejs_semver::{Range, Version};

use pattern::is_literal;

/// What one file of a package needs.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The package's name.
    pub package: String,
    /// Its versions as npm writes ranges; every one if this is `*`.
    pub versions: String,
    range: Range,
    /// The files that bring the rest with them, as paths or globs inside the package.
    pub files: Vec<String>,
    /// Why there is a recipe.
    pub why: String,
    /// The values of `process.platform` that it is for; all if there are none.
    pub os: Vec<String>,
    /// Files to list, as patterns; after `npm:NAME/` inside the package NAME
    /// as the file would find it.
    pub assets: Vec<String>,
    /// Programs to follow: patterns if they begin with `./`, specifiers otherwise.
    pub dependencies: Vec<String>,
    /// What is needed of each optional dependency that is for the target, and
    /// of their own optional dependencies.
    pub platform_packages: Vec<String>,
    /// References of the file that lead nowhere useful: globs of specifiers, or of
    /// paths inside the package if they begin with `./` and the reference is a path.
    pub ignore: Vec<String>,
}

impl Recipe {
    /// The recipe is for this version. A pre-release counts as a version between
    /// others; what is no version at all is any.
    fn is_for(&self, version: Option<&str>) -> bool {
        if self.versions == "*" {
            return true;
        }
        match version.and_then(|version| Version::parse(version).ok()) {
            Some(version) => self.range.satisfies_with_prerelease(&version, true),
            None => true,
        }
    }

    /// The reference with this specifier is none. `directory` is the package's.
    pub fn ignores(&self, specifier: &str, directory: &str) -> bool {
        let inside = specifier.strip_prefix(directory).and_then(|rest| rest.strip_prefix('/'));
        self.ignore.iter().any(|ignored| match (inside, ignored.strip_prefix("./")) {
            (Some(path), Some(ignored)) => pattern::matches(ignored, path),
            _ => pattern::matches(ignored, specifier),
        })
    }
}

/// Those that everybody gets. That the table can be read is held by a test.
static BUILT_IN: LazyLock<Vec<Recipe>> = LazyLock::new(|| parse(include_str!("table.toml")).unwrap_or_default());

/// All recipes of a trace, by package.
///
/// Most files have none. They are told apart by their own name alone, without
/// a look at the package that they belong to.
pub struct Recipes {
    by_package: AHashMap<Box<str>, Vec<Recipe>>,
    /// The last names of the files that recipes are for.
    names: AHashSet<Box<str>>,
    /// Some recipe is for files of any name.
    any_name: bool,
}

impl Recipes {
    /// The built-in ones and `more`.
    pub fn with(more: &[Recipe]) -> Self {
        let mut recipes = Self { by_package: AHashMap::new(), names: AHashSet::new(), any_name: false };
        for recipe in BUILT_IN.iter().chain(more) {
            for file in &recipe.files {
                match file.rsplit_once('/').map_or(file.as_str(), |(_, name)| name) {
                    name if is_literal(name) => {
                        recipes.names.insert(name.into());
                    }
                    _ => recipes.any_name = true,
                }
            }
            recipes.by_package.entry(recipe.package.as_str().into()).or_default().push(recipe.clone());
        }
        recipes
    }

    /// Some package has a recipe for a file of this last name.
    pub fn know_file(&self, name: &str) -> bool {
        self.any_name || self.names.contains(name)
    }

    /// The recipes for the file at `path` inside a package, where `facts` hold.
    pub fn of<'r, 'f>(&'r self, package: &str, facts: Facts<'f>, path: &'f str) -> impl Iterator<Item = &'r Recipe> {
        let all = self.by_package.get(package).map_or([].as_slice(), Vec::as_slice);
        all.iter()
            .filter(move |recipe| recipe.files.iter().any(|file| pattern::matches(file, path)))
            .filter(move |recipe| recipe.is_for(facts.version))
            .filter(move |recipe| recipe.os.is_empty() || recipe.os.contains(&facts.platform.os))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(versions: &str) -> Recipe {
        let text = format!("[[recipe]]\npackage='p'\nversions='{versions}'\nfiles='a.js'\nwhy='-'\nassets='x'\n");
        parse(&text).unwrap_or_else(|error| panic!("{error}")).remove(0)
    }

    #[test]
    fn versions_are_npms_ranges() {
        for (range, inside, outside) in [
            (">=2 <5", "4.9.9", "5.0.0"),
            ("^1.2 || 3.x", "3.7.0", "2.0.0"),
            ("<=0.33", "0.33.5", "0.34.0"),
            ("1 - 2", "2.9.0", "3.0.0"),
            ("~1.2.3", "1.2.9", "1.3.0"),
        ] {
            assert!(recipe(range).is_for(Some(inside)), "{range} {inside}");
            assert!(!recipe(range).is_for(Some(outside)), "{range} {outside}");
        }
        assert!(recipe(">=2").is_for(Some("3.0.0-rc.1")), "a pre-release is a version too");
        assert!(recipe("*").is_for(Some("what?")) && recipe("*").is_for(None));
        assert!(
            recipe(">=2").is_for(None) && recipe(">=2").is_for(Some("workspace")),
            "rather too much than too little"
        );
    }

    #[test]
    fn what_is_ignored_is_a_specifier_or_a_path() {
        let text = "[[recipe]]\npackage='p'\nfiles='a.js'\nwhy='-'\nignore=['./lib/*', 'x-*', './y']\n";
        let recipe = parse(text).unwrap_or_else(|error| panic!("{error}")).remove(0);
        let ignores = |specifier| recipe.ignores(specifier, "/r/node_modules/p");
        assert!(ignores("/r/node_modules/p/lib/a.js") && ignores("x-y") && ignores("./y"));
        assert!(!ignores("/r/node_modules/pp/lib/a.js") && !ignores("y") && !ignores("/r/node_modules/p/lib/a/b.js"));
    }

    #[test]
    fn the_built_in_table_can_be_read() {
        let table = parse(include_str!("table.toml")).unwrap_or_else(|error| panic!("{error}"));
        assert!(table.len() > 30);
        assert!(!Recipes::with(&[]).any_name, "a file's name should tell at once that it has no recipe");
    }
}
