//! Recipes at work: the files that a recipe asks for, on this disk, for this target.
//!
//! What is not there is not told: recipes are for many versions and platforms.
//! Links inside a package's folders are not gone through. What a recipe is for,
//! and what its words mean, is the recipe room's affair.

use std::{
    cell::RefCell,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

use super::options::TraceOptions;
use crate::{
    finding::{Finding, Problem},
    host::{EntryKind, Host},
    recipe::{Facts, Pattern, Recipe, Recipes, npm_asset, specifier},
    record::{Loader, Reason},
    resolve::{Installed, Request, Resolver, Target},
};

/// The most entries of folders that one pattern may meet.
const WALK_MAX: usize = 20_000;

/// The most packages that one recipe may add.
const PACKAGES_MAX: usize = 256;

/// Takes each file that is needed: its path, why, and whether its own references count.
pub(super) type Sink<'s> = &'s mut dyn FnMut(&Path, Reason, bool);

/// What recipes need to look around.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) host: &'a dyn Host,
    pub(super) resolver: &'a Resolver,
    pub(super) recipes: &'a Recipes,
    pub(super) options: &'a TraceOptions,
}

/// The recipes for one file; most files have none.
pub(super) struct Applied<'a> {
    context: Context<'a>,
    file: &'a Path,
    /// The package and its recipes for this file.
    found: Option<(Installed, Vec<&'a Recipe>)>,
    /// Folders that could not be looked into.
    troubles: RefCell<Vec<Finding>>,
}

impl<'a> Context<'a> {
    /// The recipes for a file, by its real path.
    pub(super) fn recipes_for(self, file: &'a Path) -> Applied<'a> {
        Applied { context: self, file, found: self.find(file), troubles: RefCell::default() }
    }

    fn facts<'f>(&self, file: &'f Path, package: &'f Installed) -> Facts<'f>
    where
        'a: 'f,
    {
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        Facts { platform: &self.options.platform, node: self.options.node, version: package.version(), stem }
    }

    fn find(&self, file: &Path) -> Option<(Installed, Vec<&'a Recipe>)> {
        if !self.recipes.know_file(file.file_name()?.to_str()?) {
            return None;
        }
        let package = self.resolver.installed_package(file)?;
        let path = file.strip_prefix(&package.directory).ok()?.to_str()?;
        let name = package.name().or_else(|| name_of(&package.directory))?;
        let recipes: Vec<_> = self.recipes.of(name, self.facts(file, &package), path).collect();
        (!recipes.is_empty()).then_some((package, recipes))
    }
}

impl Applied<'_> {
    /// A reference with this specifier is none.
    pub(super) fn ignores(&self, specifier: &str) -> bool {
        let Some((package, recipes)) = &self.found else { return false };
        let Some(directory) = package.directory.to_str() else { return false };
        recipes.iter().any(|recipe| recipe.ignores(specifier, directory))
    }

    /// The package that they are for.
    pub(super) fn package(&self) -> Option<&str> {
        let (_, recipes) = self.found.as_ref()?;
        recipes.first().map(|recipe| recipe.package.as_str())
    }

    /// Hands over all files that the recipes add, and says what could not be found out.
    pub(super) fn add(&self, sink: Sink<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let Some((package, recipes)) = &self.found else { return findings };
        let facts = self.context.facts(self.file, package);
        for recipe in recipes {
            let mut is_whole = true;
            for asset in &recipe.assets {
                is_whole &= self.asset(package, asset, &facts, sink);
            }
            for dependency in &recipe.dependencies {
                is_whole &= match dependency.strip_prefix("./") {
                    Some(path) => self.files(package, path, &facts, true, sink),
                    None => specifier(dependency, &facts).is_none_or(|specifier| self.follow(&specifier, sink)),
                };
            }
            if !recipe.platform_packages.is_empty() {
                is_whole &= self.platform_packages(package, recipe, sink);
            }
            if !is_whole {
                let problem = Problem::RecipeCutShort { package: recipe.package.clone() };
                findings.push(Finding::new(self.file, None, problem));
            }
        }
        findings.append(&mut self.troubles.borrow_mut());
        findings
    }

    /// The files of an asset's pattern. `false` if there may be more.
    fn asset(&self, package: &Installed, asset: &str, facts: &Facts<'_>, sink: Sink<'_>) -> bool {
        let Some((name, path)) = npm_asset(asset) else { return self.files(package, asset, facts, false, sink) };
        let Some(other) = self.context.resolver.package_named(folder_of(self.file), name) else { return true };
        self.files(&other, path, &self.context.facts(self.file, &other), false, sink)
    }

    /// The files of a package that a pattern means. `false` if there may be more.
    fn files(&self, package: &Installed, text: &str, facts: &Facts<'_>, follow: bool, sink: Sink<'_>) -> bool {
        let Some(pattern) = Pattern::new(text, facts) else { return true };
        self.walk(&package.directory, &pattern, &mut |path| self.file(path, follow, sink))
    }

    /// Hands over what stands at a path, if it is a file.
    fn file(&self, path: &Path, follow: bool, sink: Sink<'_>) {
        let Ok(located) = self.context.resolver.locate(path) else { return };
        if located.kind != EntryKind::File || !located.inside {
            return;
        }
        for link in &located.links {
            sink(link, Reason::Resolve, false);
        }
        // An addon is loaded, not read: whoever looks at addons looks at this one too.
        let is_addon = located.path.extension().is_some_and(|extension| extension == "node");
        match follow || is_addon {
            true => sink(&located.path, Reason::Dependency, true),
            false => sink(&located.path, Reason::Asset, false),
        }
    }

    /// Follows a specifier as the file would write it.
    fn follow(&self, specifier: &str, sink: Sink<'_>) -> bool {
        let ask = |loader| self.context.resolver.resolve(&Request { specifier, parent: self.file, loader });
        let mut answer = ask(Loader::Require);
        if answer.outcome.is_err() {
            answer = ask(Loader::Import);
        }
        let Ok(targets) = answer.outcome else { return true };
        for needed in &answer.needed {
            sink(needed, Reason::Resolve, false);
        }
        for target in targets {
            if let Target::File(path) = target {
                sink(&path, Reason::Dependency, true);
            }
        }
        true
    }

    /// The optional dependencies for the target, theirs, and so on: a binary
    /// comes in one package, and its libraries in another.
    fn platform_packages(&self, package: &Installed, recipe: &Recipe, sink: Sink<'_>) -> bool {
        let Context { resolver, options, .. } = self.context;
        let names = |package: &Installed| package.optional_dependencies().map(str::to_owned).collect::<Vec<_>>();
        let mut asked = vec![(package.directory.clone(), names(package))];
        let mut seen: Vec<PathBuf> = Vec::new();
        let mut is_whole = true;
        while let Some((directory, names)) = asked.pop() {
            for name in names {
                let Some(other) = resolver.package_named(&directory, &name) else { continue };
                let Ok(located) = resolver.locate(&other.directory) else { continue };
                if !other.is_for(&options.platform, &name) || seen.contains(&located.path) {
                    continue;
                }
                if seen.len() == PACKAGES_MAX {
                    return false;
                }
                let facts = self.context.facts(self.file, &other);
                for pattern in recipe.platform_packages.iter().map(String::as_str).chain(["package.json"]) {
                    is_whole &= self.files(&other, pattern, &facts, false, sink);
                }
                asked.push((located.path.clone(), other.optional_dependencies().map(str::to_owned).collect()));
                seen.push(located.path);
            }
        }
        is_whole
    }

    /// Calls `each` for every path below `base` that a pattern means, sorted by
    /// folder. `false` if it gave up.
    fn walk(&self, base: &Path, pattern: &Pattern, each: &mut dyn FnMut(&Path)) -> bool {
        if let Some(path) = &pattern.literal {
            each(&base.join(path));
            return true;
        }
        let mut folders = vec![(PathBuf::from(&pattern.folder), 0)];
        let mut met = 0;
        while let Some((folder, depth)) = folders.pop() {
            let mut entries: Vec<(OsString, EntryKind)> = Vec::new();
            let listed = self.context.host.list(&base.join(&folder), &mut |name, kind| {
                if entries.len() < WALK_MAX {
                    entries.push((name.to_owned(), kind));
                }
            });
            match listed {
                Ok(()) => {}
                // There is no such folder in this version.
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                    continue;
                }
                Err(error) => {
                    let problem = Problem::unreadable(&error);
                    self.troubles.borrow_mut().push(Finding::new(base.join(&folder), None, problem));
                    continue;
                }
            }
            met += entries.len();
            if met >= WALK_MAX {
                return false;
            }
            entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
            for (name, kind) in entries {
                let path = folder.join(&name);
                match kind {
                    EntryKind::Directory if name == "node_modules" => {}
                    EntryKind::Directory if pattern.depth.is_none_or(|most| depth < most) => {
                        folders.push((path, depth + 1));
                    }
                    EntryKind::File | EntryKind::Link if path.to_str().is_some_and(|path| pattern.matches(path)) => {
                        each(&base.join(path));
                    }
                    _ => {}
                }
            }
        }
        true
    }
}

/// `a` or `@s/a`, of a folder below `node_modules`.
fn name_of(directory: &Path) -> Option<&str> {
    Some(directory.to_str()?.rsplit_once("/node_modules/")?.1)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(file)
}
