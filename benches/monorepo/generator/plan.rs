//! What a tree will have: which units there are, how large, who depends on whom, and what is reached from the apps.

use std::{collections::BTreeSet, io};

use super::{
    dice::Dice,
    package,
    script::Format,
    special::{self, Special},
    unit::{Fate, Unit},
};

/// A package with fewer files has no room for its parts.
pub const PACKAGE_MIN: u32 = 12;

/// Where a package lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// `apps/NAME`: its index is an entry.
    App,
    /// `packages/NAME`, linked where it is needed.
    Workspace,
    /// In pnpm's store.
    Store,
}

/// What a package is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// CommonJS, found by `main` or as `index.js`.
    Main,
    /// CommonJS with `exports`.
    CommonJs,
    /// ES modules with `exports`.
    EsModule,
    /// Both, as `.mjs` and `.cjs`.
    Dual,
    /// Both, as `.js`, with a package.json for the ES modules.
    DualFolders,
}

impl Kind {
    /// The formats of its halves.
    pub fn formats(self) -> &'static [Format] {
        match self {
            Self::Main | Self::CommonJs => &[Format::CommonJs],
            Self::EsModule => &[Format::EsModule],
            Self::Dual | Self::DualFolders => &[Format::EsModule, Format::CommonJs],
        }
    }
}

pub struct Package {
    pub home: Home,
    pub kind: Kind,
    /// With its scope.
    pub name: String,
    pub version: String,
    pub files: u32,
    /// Subpaths `NAME/features/fN` that all who depend on it ask for besides the package itself.
    pub features: u32,
    /// Packages that its code asks for.
    pub needs: Vec<usize>,
    /// Packages that only its dead code asks for.
    pub idle: Vec<usize>,
    /// Something that runs imports it.
    pub imported: bool,
    /// Something that runs requires it.
    pub required: bool,
}

impl Package {
    pub fn is_reached(&self) -> bool {
        self.imported || self.required
    }

    /// Whether its half in this format runs.
    pub fn runs(&self, half: Format) -> bool {
        match (self.kind, half) {
            (Kind::Dual | Kind::DualFolders, Format::EsModule) => self.imported,
            (Kind::Dual | Kind::DualFolders, Format::CommonJs) => self.required,
            _ => self.is_reached(),
        }
    }

    /// Whether code of this format asks for it by `import`: CommonJS cannot require an ES module.
    pub fn is_imported_from(&self, format: Format) -> bool {
        format == Format::EsModule || self.kind == Kind::EsModule
    }

    /// What all who depend on it ask for.
    pub fn specifiers(&self) -> impl Iterator<Item = String> {
        let features = (0..self.features).map(|feature| format!("{}/features/f{feature}", self.name));
        std::iter::once(self.name.clone()).chain(features)
    }

    /// `NAME@VERSION` as pnpm names folders of its store.
    pub fn store_name(&self) -> String {
        format!("{}@{}", self.name.replace('/', "+"), self.version)
    }

    fn prefix(&self) -> String {
        match self.home {
            Home::App => format!("apps/{}/", self.name),
            Home::Workspace => format!("packages/{}/", self.name.trim_start_matches("@mono/")),
            Home::Store => format!("node_modules/.pnpm/{}/", self.store_name()),
        }
    }
}

/// A unit and the paths it owns: no prefix begins another.
pub struct Place {
    pub prefix: String,
    pub what: What,
}

#[derive(Clone, Copy, Debug)]
pub enum What {
    Package(usize),
    Special(Special),
    /// Settings that apps read from the working directory.
    Settings,
    /// Pages that nothing reads, which fill the tree up.
    Pages,
    /// A file at the root.
    Root(&'static str),
}

pub struct Plan {
    pub seed: u64,
    /// The apps come first.
    pub packages: Vec<Package>,
    files: u32,
    apps: usize,
    pages: u32,
}

const ROOT_FILES: [&str; 2] = ["package.json", "pnpm-workspace.yaml"];

/// Templates among the settings, all read.
const TEMPLATES: u32 = 5;

impl Plan {
    pub fn new(files: u32, seed: u64) -> Self {
        let mut dice = Dice::of(seed, u64::MAX);
        let apps = (files / 2_500).clamp(4, 64) as usize;
        let mut plan = Self { seed, packages: Vec::new(), files, apps, pages: 0 };
        let besides = ROOT_FILES.len() as u32
            + plan.settings_files()
            + Special::ALL.map(|it| it.files(files)).iter().sum::<u32>();
        let mut left = files - besides;
        while left >= PACKAGE_MIN || plan.packages.len() < apps {
            let package = plan.next_package(&mut left, &mut dice);
            plan.packages.push(package);
        }
        plan.pages = left;
        plan.depend(&mut dice);
        plan.reach();
        plan
    }

    /// Each app has settings, and there are as many that nobody reads.
    fn settings_files(&self) -> u32 {
        2 * self.apps as u32 + TEMPLATES
    }

    fn next_package(&self, left: &mut u32, dice: &mut Dice) -> Package {
        let number = self.packages.len();
        let home = match number {
            _ if number < self.apps => Home::App,
            _ if dice.below(20) < 9 => Home::Workspace,
            _ => Home::Store,
        };
        let size = match dice.below(20) {
            _ if number < self.apps => dice.between(PACKAGE_MIN, 40),
            0..11 => dice.between(PACKAGE_MIN, 30),
            11..18 => dice.between(30, 80),
            _ => dice.between(80, 300),
        };
        let files = size.min(*left);
        *left -= files;
        let kind = match home {
            Home::App => [Kind::Main, Kind::EsModule][number % 2],
            _ if files < 2 * PACKAGE_MIN => dice.pick(&[Kind::Main, Kind::CommonJs, Kind::EsModule]),
            _ => {
                dice.pick(&[Kind::Main, Kind::CommonJs, Kind::EsModule, Kind::EsModule, Kind::Dual, Kind::DualFolders])
            }
        };
        let before = self.packages.last().filter(|before| before.home == Home::Store && home == Home::Store);
        let (name, version) = match (home, before) {
            (Home::App, _) => (format!("app-{number:03}"), "0.0.0".to_owned()),
            (Home::Workspace, _) => (format!("@mono/pkg-{number:06}"), "0.0.0".to_owned()),
            // Some packages are there in two versions.
            (_, Some(before)) if before.version.starts_with('1') && dice.once_in(8) => {
                (before.name.clone(), "2.0.0".to_owned())
            }
            _ => {
                let scope = if dice.once_in(4) { "@lib/" } else { "" };
                (format!("{scope}ext-{number:06}"), format!("1.{}.{}", dice.below(30), dice.below(10)))
            }
        };
        let features = match kind {
            Kind::CommonJs | Kind::EsModule if home != Home::App && files > 20 => dice.below(4),
            _ => 0,
        };
        Package {
            home,
            kind,
            name,
            version,
            files,
            features,
            needs: Vec::new(),
            idle: Vec::new(),
            imported: false,
            required: false,
        }
    }

    /// Decides who depends on whom.
    ///
    /// A package that shall run is needed by one before it that shall; the
    /// others are needed by nothing that runs. Besides, there are needs in all
    /// directions, so that packages go in circles.
    fn depend(&mut self, dice: &mut Dice) {
        // What may depend on a package of the store, and on one of the workspace.
        let mut parents: Vec<usize> = (0..self.apps).collect();
        let mut workspace = parents.clone();
        let mut dead = Vec::new();
        for index in self.apps..self.packages.len() {
            let home = self.packages[index].home;
            let allowed = if home == Home::Store { &parents } else { &workspace };
            if dice.once_in(10) {
                dead.push(index);
                continue;
            }
            // Now and then a chain, which gets deep.
            let recent = allowed[allowed.len().saturating_sub(3)..].to_vec();
            let parent = if dice.once_in(2) { dice.pick(&recent) } else { dice.pick(allowed) };
            self.need(parent, index);
            parents.push(index);
            if home == Home::Workspace {
                workspace.push(index);
            }
        }
        let living = parents.split_off(self.apps);
        for index in 0..self.packages.len() {
            for _ in 0..dice.below(5) {
                if !living.is_empty() {
                    self.need(index, dice.pick(&living));
                }
            }
            if dice.once_in(3) && !dead.is_empty() {
                let other = dice.pick(&dead);
                if self.may_need(index, other) {
                    self.packages[index].idle.push(other);
                }
            }
        }
    }

    fn need(&mut self, from: usize, to: usize) {
        if self.may_need(from, to) {
            self.packages[from].needs.push(to);
        }
    }

    /// The store knows nothing of the workspace, and a name means one package.
    fn may_need(&self, from: usize, to: usize) -> bool {
        let (one, other) = (&self.packages[from], &self.packages[to]);
        let reaches = one.home != Home::Store || other.home == Home::Store;
        let known = one.needs.iter().chain(&one.idle).any(|&need| self.packages[need].name == other.name);
        reaches && !known && one.name != other.name
    }

    /// Follows what the apps need.
    fn reach(&mut self) {
        let mut waiting: Vec<usize> = (0..self.apps).collect();
        for &app in &waiting {
            self.packages[app].imported = true;
        }
        while let Some(index) = waiting.pop() {
            let package = &self.packages[index];
            let formats: Vec<Format> =
                package.kind.formats().iter().copied().filter(|format| package.runs(*format)).collect();
            for need in package.needs.clone() {
                for &format in &formats {
                    let needed = &mut self.packages[need];
                    let asked =
                        if needed.is_imported_from(format) { &mut needed.imported } else { &mut needed.required };
                    if !std::mem::replace(asked, true) {
                        waiting.push(need);
                    }
                }
            }
        }
    }

    /// What the list is for.
    pub fn entries(&self) -> Vec<String> {
        let apps = self.packages[..self.apps].iter().map(|app| format!("apps/{}/main.js", app.name));
        let entries: BTreeSet<String> = apps.chain(Special::ALL.iter().map(Special::entry)).collect();
        entries.into_iter().collect()
    }

    /// All units, in the order of their paths.
    pub fn units(&self) -> Vec<Place> {
        let mut units: Vec<Place> = self
            .packages
            .iter()
            .enumerate()
            .map(|(index, package)| Place { prefix: package.prefix(), what: What::Package(index) })
            .collect();
        units.extend(Special::ALL.map(|special| Place { prefix: special.prefix(), what: What::Special(special) }));
        units.extend(ROOT_FILES.map(|name| Place { prefix: name.to_owned(), what: What::Root(name) }));
        units.push(Place { prefix: "config/".to_owned(), what: What::Settings });
        units.push(Place { prefix: "docs/".to_owned(), what: What::Pages });
        units.sort_unstable_by(|one, other| one.prefix.cmp(&other.prefix));
        let apart = units.windows(2).all(|pair| !pair[1].prefix.starts_with(&pair[0].prefix));
        assert!(apart, "a unit lies within another");
        units
    }

    pub fn write(&self, what: What, unit: &mut Unit<'_>) -> io::Result<()> {
        match what {
            What::Package(index) => package::write(self, index, unit),
            What::Special(special) => special::write(special, self.files, self.seed, unit),
            What::Settings => self.write_settings(unit),
            What::Pages => {
                (0..self.pages).try_for_each(|page| unit.file(&format!("page-{page}.md"), "# A page\n", Fate::Dead))
            }
            What::Root("package.json") => unit.file(
                "",
                "{ \"name\": \"mono\", \"private\": true, \"workspaces\": [\"apps/*\", \"packages/*\"] }\n",
                Fate::Dead,
            ),
            What::Root(_) => unit.file("", "packages:\n  - apps/*\n  - packages/*\n", Fate::Dead),
        }
    }

    fn write_settings(&self, unit: &mut Unit<'_>) -> io::Result<()> {
        for app in &self.packages[..self.apps] {
            unit.file(&format!("{}.json", app.name), "{ \"port\": 3000 }\n", Fate::Listed)?;
            unit.file(&format!("{}.old.json", app.name), "{ \"port\": 80 }\n", Fate::Dead)?;
        }
        for template in 0..TEMPLATES {
            unit.file(&format!("templates/t{template}.txt"), "Dear {name}\n", Fate::Listed)?;
        }
        Ok(())
    }
}
