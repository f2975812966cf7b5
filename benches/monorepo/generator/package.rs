//! One package on the disk: its package.json, the links to what it depends on, and its halves.

use std::{fmt::Write, io};

use super::{
    dice::Dice,
    half::{Half, Need},
    plan::{Home, Kind, Package, Plan},
    script::Format,
    unit::{Fate, Unit},
};

pub fn write(plan: &Plan, index: usize, unit: &mut Unit<'_>) -> io::Result<()> {
    let package = &plan.packages[index];
    let mut dice = Dice::of(plan.seed, index as u64);
    let reached = Fate::listed_if(package.is_reached());
    let base = match package.home {
        Home::Store => format!("node_modules/{}/", package.name),
        Home::App | Home::Workspace => String::new(),
    };
    let style = Style::of(package, &mut dice);
    unit.file(&format!("{base}package.json"), style.package_json(plan, package), reached)?;
    for (needs, fate) in [(&package.needs, reached), (&package.idle, Fate::Dead)] {
        for &need in needs {
            write_link(package, &plan.packages[need], fate, unit)?;
        }
    }
    if package.kind == Kind::DualFolders {
        let fate = Fate::listed_if(package.runs(Format::EsModule));
        unit.file(&format!("{base}dist/esm/package.json"), "{ \"type\": \"module\" }\n", fate)?;
    }
    let formats = package.kind.formats();
    for (number, &format) in formats.iter().enumerate() {
        let left = package.files - unit.files();
        let (folder, extension) = match package.home {
            Home::App => ("", "js"),
            _ => style.folder(package.kind, format),
        };
        let half = Half {
            format,
            base: &base,
            folder,
            extension,
            index: if package.home == Home::App { "main" } else { "index" },
            files: left / (formats.len() - number) as u32,
            runs: package.runs(format),
            features: package.features,
            imports: style.imports,
            myself: (package.features > 0).then_some(&package.name),
            settings: (package.home == Home::App).then_some(&package.name),
            is_large: package.home == Home::App && index.is_multiple_of(4),
            needs: needs_of(plan, package, &package.needs, format, &style),
            idle: needs_of(plan, package, &package.idle, format, &style),
        };
        half.write(&mut dice, unit)?;
    }
    Ok(())
}

/// What code of this format asks for.
fn needs_of(plan: &Plan, package: &Package, needs: &[usize], format: Format, style: &Style) -> Vec<Need> {
    let mut asked = Vec::new();
    for &need in needs {
        let needed = &plan.packages[need];
        let by_import = needed.is_imported_from(format) && format == Format::CommonJs;
        for mut specifier in needed.specifiers() {
            if style.imports && package.needs.first() == Some(&need) && specifier == needed.name {
                "#dep".clone_into(&mut specifier);
            }
            asked.push(Need { specifier, by_import });
        }
    }
    asked
}

/// A link as pnpm makes it: beside the package in its store, else in a `node_modules` of its own.
fn write_link(from: &Package, to: &Package, fate: Fate, unit: &mut Unit<'_>) -> io::Result<()> {
    let up = "../".repeat(to.name.matches('/').count());
    let target = match (from.home, to.home) {
        (Home::Store, _) => format!("{up}../../{}/node_modules/{}", to.store_name(), to.name),
        (_, Home::Store) => format!("{up}../../../node_modules/.pnpm/{}/node_modules/{}", to.store_name(), to.name),
        _ => format!("{up}../../../packages/{}", to.name.trim_start_matches("@mono/")),
    };
    unit.link(&format!("node_modules/{}", to.name), &target, fate)
}

/// What a package's author likes.
struct Style {
    /// How the package of `Kind::Main` is found.
    main: u32,
    /// It has `imports` of its own.
    imports: bool,
    /// The conditions stand below `node`.
    nested: bool,
}

impl Style {
    fn of(package: &Package, dice: &mut Dice) -> Self {
        let is_alone = matches!(package.kind, Kind::CommonJs | Kind::EsModule);
        Self {
            main: dice.below(3),
            imports: is_alone && package.home != Home::App && package.files > 20 && dice.once_in(2),
            nested: dice.once_in(2),
        }
    }

    /// Where the code lies, and its extension.
    fn folder(&self, kind: Kind, format: Format) -> (&'static str, &'static str) {
        match (kind, format) {
            (Kind::Main, _) => (["", "lib/", "dist/lib/"][self.main as usize], "js"),
            (Kind::CommonJs, _) => ("lib/", "js"),
            (Kind::EsModule, _) => ("src/", "js"),
            (Kind::Dual, Format::EsModule) => ("esm/", "mjs"),
            (Kind::Dual, Format::CommonJs) => ("cjs/", "cjs"),
            (Kind::DualFolders, Format::EsModule) => ("dist/esm/", "js"),
            (Kind::DualFolders, Format::CommonJs) => ("dist/cjs/", "js"),
        }
    }

    fn package_json(&self, plan: &Plan, package: &Package) -> String {
        let mut fields =
            vec![format!("\"name\": \"{}\"", package.name), format!("\"version\": \"{}\"", package.version)];
        let place = |format| {
            let (folder, extension) = self.folder(package.kind, format);
            format!("./{folder}index.{extension}")
        };
        if package.kind == Kind::EsModule {
            fields.push("\"type\": \"module\"".to_owned());
        }
        if package.home != Home::App {
            match package.kind {
                Kind::Main if self.main == 1 => fields.push("\"main\": \"lib\"".to_owned()),
                Kind::Main if self.main == 2 => fields.push("\"main\": \"./dist/lib/index.js\"".to_owned()),
                Kind::Main => {}
                Kind::CommonJs | Kind::EsModule => fields.push(self.exports(package)),
                Kind::Dual | Kind::DualFolders => {
                    let (import, require) = (place(Format::EsModule), place(Format::CommonJs));
                    let pair = format!("{{ \"import\": \"{import}\", \"require\": \"{require}\" }}");
                    let target = if self.nested { format!("{{ \"browser\": null, \"node\": {pair} }}") } else { pair };
                    fields.push(format!("\"exports\": {{ \".\": {target}, \"./package.json\": \"./package.json\" }}"));
                }
            }
        }
        if self.imports {
            fields.push(self.imports(plan, package));
        }
        let mut dependencies = String::new();
        for &need in package.needs.iter().chain(&package.idle) {
            let needed = &plan.packages[need];
            let comma = if dependencies.is_empty() { "" } else { ", " };
            let version = if needed.home == Home::Store { &needed.version } else { "workspace:*" };
            let _ = write!(dependencies, "{comma}\"{}\": \"{version}\"", needed.name);
        }
        fields.push(format!("\"dependencies\": {{ {dependencies} }}"));
        format!("{{\n  {}\n}}\n", fields.join(",\n  "))
    }

    /// The browser would get a file that nothing else asks for.
    fn exports(&self, package: &Package) -> String {
        let (folder, _) = self.folder(package.kind, package.kind.formats()[0]);
        let main = format!("{{ \"browser\": \"./{folder}gone.js\", \"default\": \"./{folder}index.js\" }}");
        if package.features == 0 {
            return format!("\"exports\": {main}");
        }
        format!(
            "\"exports\": {{ \".\": {main}, \"./features/*\": \"./{folder}features/*.js\", \"./features/old\": null }}"
        )
    }

    fn imports(&self, plan: &Plan, package: &Package) -> String {
        let (folder, _) = self.folder(package.kind, package.kind.formats()[0]);
        let dep = match package.needs.first() {
            Some(&need) => format!(", \"#dep\": \"{}\"", plan.packages[need].name),
            None => String::new(),
        };
        format!(
            "\"imports\": {{ \"#parts/*\": \"./{folder}*.js\", \"#setup\": {{ \"node\": \"./{folder}setup.node.js\", \
             \"default\": \"./{folder}setup.default.js\" }}{dep} }}"
        )
    }
}
