//! From the text of a recipe file to recipes, or to a place and a complaint.
//!
//! Everything is checked here, so that a recipe that was read can be used
//! without a second thought. No file is opened.

use std::{fmt, ops::Range as Bytes};

use nodejs_semver::Range;
use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor},
};
use toml::Spanned;

use super::{Recipe, pattern};
use crate::record::{Place, Platform};

/// Why a text is no list of recipes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeError {
    /// Where.
    pub place: Place,
    /// What is wrong there, in one line.
    pub what: String,
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl std::error::Error for RecipeError {}

/// A file of recipes, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    recipe: Vec<Spanned<WrittenRecipe>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenRecipe {
    package: Spanned<String>,
    versions: Option<Spanned<String>>,
    files: Spanned<Words>,
    why: Spanned<String>,
    os: Option<Spanned<Words>>,
    assets: Option<Spanned<Words>>,
    dependencies: Option<Spanned<Words>>,
    platform_packages: Option<Spanned<Words>>,
    ignore: Option<Spanned<Words>>,
}

/// One word or a list of them.
enum Words {
    One(String),
    Many(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for Words {
    // By hand: an untagged enum of serde's would lose the places.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E>(self, word: &str) -> Result<Words, E> {
                Ok(Words::One(word.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut words: A) -> Result<Words, A::Error> {
                let mut many = Vec::new();
                while let Some(word) = words.next_element()? {
                    many.push(word);
                }
                Ok(Words::Many(many))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A complaint and the bytes that it is about.
type Complaint = (Bytes<usize>, String);

/// Reads a TOML text of `[[recipe]]` tables.
///
/// # Errors
/// [`RecipeError`]: the text is not TOML, a field is missing or unknown, or a
/// value means nothing.
pub fn parse(text: &str) -> Result<Vec<Recipe>, RecipeError> {
    let error = |(at, what): Complaint| RecipeError { place: Place::of(text.as_bytes(), at.start as u32), what };
    let written: Written = toml::from_str(text).map_err(|wrong| {
        let what = wrong.message().lines().collect::<Vec<_>>().join(" ");
        error((wrong.span().unwrap_or_default(), what))
    })?;
    written.recipe.into_iter().map(|recipe| recipe_of(recipe).map_err(error)).collect()
}

fn recipe_of(written: Spanned<WrittenRecipe>) -> Result<Recipe, Complaint> {
    let whole = written.span();
    let WrittenRecipe { package, versions, files, why, os, assets, dependencies, platform_packages, ignore } =
        written.into_inner();
    if !is_package_name(package.get_ref()) {
        return Err((package.span(), format!("{:?} is no package's name", package.get_ref())));
    }
    if why.get_ref().trim().is_empty() {
        return Err((why.span(), "a recipe must say why it is there".to_owned()));
    }
    let (versions, range) = match versions {
        None => ("*".to_owned(), Range::any()),
        Some(versions) => match Range::parse(versions.get_ref()) {
            Ok(range) => (versions.into_inner(), range),
            Err(_) => return Err((versions.span(), format!("{:?} is no range of versions", versions.get_ref()))),
        },
    };
    let recipe = Recipe {
        package: package.into_inner(),
        versions,
        range,
        files: checked(Some(files), without_placeholder)?,
        why: why.into_inner(),
        os: checked(os, os_complaint)?,
        assets: checked(assets, asset_complaint)?,
        dependencies: checked(dependencies, |text| pattern::complaint(text.strip_prefix("./").unwrap_or(text)))?,
        platform_packages: checked(platform_packages, pattern::complaint)?,
        ignore: checked(ignore, |text| globset::Glob::new(text).err().map(|error| error.kind().to_string()))?,
    };
    if recipe.files.is_empty() {
        return Err((whole, "\"files\" must name a file of the package".to_owned()));
    }
    let says = [&recipe.assets, &recipe.dependencies, &recipe.platform_packages, &recipe.ignore];
    if says.iter().all(|words| words.is_empty()) {
        let what = "a recipe must have assets, dependencies, platform-packages or ignore";
        return Err((whole, what.to_owned()));
    }
    Ok(recipe)
}

/// The words, if nothing is wrong with any of them.
fn checked(
    words: Option<Spanned<Words>>,
    complaint: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, Complaint> {
    let Some(words) = words else { return Ok(Vec::new()) };
    let at = words.span();
    let words = match words.into_inner() {
        Words::One(word) => vec![(at, word)],
        Words::Many(words) => words.into_iter().map(|word| (word.span(), word.into_inner())).collect(),
    };
    let check = |(at, word): (Bytes<usize>, String)| match complaint(&word) {
        Some(what) => Err((at, what)),
        None => Ok(word),
    };
    words.into_iter().map(check).collect()
}

fn os_complaint(text: &str) -> Option<String> {
    let known = Platform::OSES;
    (!known.contains(&text)).then(|| format!("{text:?} is no process.platform; there are {}", known.join(", ")))
}

fn asset_complaint(text: &str) -> Option<String> {
    match (text.starts_with("npm:"), npm_asset(text)) {
        (false, _) => pattern::complaint(text),
        (true, Some((name, path))) if is_package_name(name) => pattern::complaint(path),
        _ => Some(format!("{text:?}: expected npm:NAME/PATH")),
    }
}

/// Which files have a recipe must not depend on the target.
fn without_placeholder(text: &str) -> Option<String> {
    let has_one = pattern::PLACEHOLDERS.iter().any(|word| text.contains(&format!("{{{word}}}")));
    let refusal = || "\"files\" takes no placeholder".to_owned();
    pattern::complaint(text).or_else(|| has_one.then(refusal))
}

/// `npm:NAME/PATH`, cut in two.
pub(crate) fn npm_asset(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("npm:")?;
    let slashes = if rest.starts_with('@') { 2 } else { 1 };
    let (at, _) = rest.match_indices('/').nth(slashes - 1)?;
    Some((&rest[..at], &rest[at + 1..]))
}

/// Names as npm has them now or had them once.
fn is_package_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
        !part.is_empty() && part != "." && part != ".." && part.bytes().all(is_plain)
    };
    match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| is_part(scope) && is_part(name)),
        None => is_part(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_recipe_is_told_by_its_place() {
        let recipe = |rest: &str| format!("# mine\n[[recipe]]\npackage = \"p\"\nfiles = \"a.js\"\nwhy = \"w\"\n{rest}");
        let told = |text: &str| parse(text).map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(told(&recipe("assets = 'x'\n")), Ok(()));
        for (text, place, word) in [
            (recipe(""), "2:1", "must have assets"),
            (recipe("asset = 'x'\n"), "6:1", "unknown field `asset`"),
            (recipe("assets = 5\n"), "6:10", "a string or a list"),
            (recipe("assets = ['x', '../y']\n"), "6:16", "leads out of the package"),
            (recipe("assets = '{os}'\n"), "6:10", "{os} is no placeholder"),
            (recipe("versions = 'one'\nassets = 'x'\n"), "6:12", "no range"),
            (recipe("assets = 'npm:q/../../x'\n"), "6:10", "leads out"),
            (recipe("assets = ['npm:@q/x']\n"), "6:11", "npm:NAME/PATH"),
            (recipe("assets = 'x\n"), "6:12", ""),
            (recipe("os = 'windows'\nassets = 'x'\n"), "6:6", "no process.platform"),
            (recipe("ignore = '['\n"), "6:10", ""),
            (recipe("assets = 'x'\nassets = 'y'\n"), "7:1", "duplicate"),
            ("[[recipe]]\npackage = 'a b'\nfiles = 'a'\nwhy = 'w'\nassets = 'x'".into(), "2:11", "no package's name"),
            ("[[recipe]]\npackage = 'a'\nfiles = 'a'\nwhy = ''\nassets = 'x'".into(), "4:7", "say why"),
            ("[[recipe]]\npackage = 'a'\nfiles = []\nwhy = 'w'\nassets = 'x'".into(), "1:1", "must name a file"),
            ("[[recipe]]\npackage = 'a'\nfiles = '{arch}'\nwhy = 'w'\nassets = 'x'".into(), "3:9", "no placeholder"),
            ("[[recipe]]\npackage = 'a'\nwhy = 'w'\nassets = 'x'".into(), "1:1", "missing field `files`"),
            ("recipe = 1".into(), "1:10", ""),
            ("[recipes]".into(), "1:2", "unknown field `recipes`"),
        ] {
            let error = told(&text).unwrap_err();
            assert!(error.starts_with(&format!("{place}: ")) && error.contains(word), "{text}\n{error}");
        }
    }

    #[test]
    fn an_asset_may_stand_in_another_package() {
        assert_eq!(npm_asset("npm:a/b/*.js"), Some(("a", "b/*.js")));
        assert_eq!(npm_asset("npm:@s/a/b"), Some(("@s/a", "b")));
        assert_eq!(npm_asset("npm:@s/a"), None);
        assert_eq!(npm_asset("a/b"), None);
    }
}
