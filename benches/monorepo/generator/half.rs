//! The modules of a package in one format: how they hang together, what they read, and which of them are dead.

use std::io;

use super::{
    dice::Dice,
    script::{Format, Script, Way},
    unit::{Fate, Unit},
};

/// What another package is asked for.
pub struct Need {
    pub specifier: String,
    /// By `import()`, though this is CommonJS.
    pub by_import: bool,
}

pub struct Half<'p> {
    pub format: Format,
    /// The package's folder in its unit; it ends with `/` unless it is empty.
    pub base: &'p str,
    /// The folder of the modules in the package, likewise.
    pub folder: &'static str,
    pub extension: &'static str,
    /// The name of the first module.
    pub index: &'static str,
    /// How many files it has, exactly.
    pub files: u32,
    /// It is reached: what is not dead is listed.
    pub runs: bool,
    /// So many modules that others ask for by `features/fN`.
    pub features: u32,
    /// The package.json has `imports`.
    pub imports: bool,
    /// The name by which the package can ask for its own features.
    pub myself: Option<&'p String>,
    /// Settings of this name are read from the working directory.
    pub settings: Option<&'p String>,
    /// One module is large enough to be mapped.
    pub is_large: bool,
    pub needs: Vec<Need>,
    /// What only dead code asks for.
    pub idle: Vec<Need>,
}

/// A module before it is written.
struct Module {
    /// Below the half's folder, without the extension.
    name: String,
    lives: bool,
    script: Script,
}

/// Each half has its index, a dead module that traps name, and one that lives.
const MODULES_MIN: u32 = 3;

/// Bytes of a file that is mapped rather than read.
const LARGE: usize = 300_000;

impl Half<'_> {
    pub fn write(&self, dice: &mut Dice, unit: &mut Unit<'_>) -> io::Result<()> {
        let before = unit.files();
        let mut modules = vec![self.module(self.index, true), self.module("gone", false)];
        let mut left = self.files - MODULES_MIN;
        if self.imports {
            left -= 2;
            modules.push(self.module("setup.node", true));
            modules.push(self.module("setup.default", false));
            modules[0].script.wanted.push((Way::Load, "#setup".to_owned()));
        }
        if self.features > 0 {
            left -= self.features + 1;
            modules.push(self.module("features/old", false));
        }
        self.add_parts(&mut left, &mut modules, dice, unit)?;
        let features = modules.len();
        modules.extend((0..self.features).map(|feature| self.module(&format!("features/f{feature}"), true)));
        let first = modules.len();
        let count = left + 1;
        for number in 0..count {
            let lives = number == 0 || !dice.once_in(9);
            modules.push(self.module(&module_name(number), lives));
        }
        if self.is_large {
            modules[first].script.filler = LARGE;
        }
        let living: Vec<usize> = (first..modules.len()).filter(|&index| modules[index].lives).collect();
        self.hang_together(&mut modules, &living, dice);
        for feature in features..first {
            let target = dice.pick(&living);
            self.ask(&mut modules, feature, target, Way::Load, dice);
        }
        self.ask_others(&mut modules, &living, dice);
        self.ask_in_vain(&mut modules, dice);
        if let Some(name) = self.settings {
            modules[0].script.reads += &settings(name, dice);
        }
        for module in &mut modules {
            if module.script.filler == 0 {
                module.script.filler = match dice.below(40) {
                    0..24 => dice.below(700),
                    24..39 => dice.between(700, 4_000),
                    _ => dice.between(4_000, 20_000),
                } as usize;
            }
            if module.name != "gone" && dice.once_in(2) {
                module.script.trap = Some(self.path_between(&module.name, "gone"));
            }
            let path = format!("{}{}{}.{}", self.base, self.folder, module.name, self.extension);
            let mut text = module.script.render(dice);
            if self.settings.is_some() && module.name == self.index {
                text.insert_str(0, "#!/usr/bin/env node\n");
            }
            unit.file(&path, text, self.fate(module.lives))?;
        }
        assert_eq!(unit.files() - before, self.files, "a half has as many files as it was given");
        Ok(())
    }

    fn fate(&self, lives: bool) -> Fate {
        Fate::listed_if(self.runs && lives)
    }

    fn module(&self, name: &str, lives: bool) -> Module {
        Module { name: name.to_owned(), lives, script: Script::new(self.format, Vec::new()) }
    }

    /// How the module `from` asks for the module `to`: `./core/m1.js`.
    fn path_between(&self, from: &str, to: &str) -> String {
        let file = format!("{to}.{}", self.extension);
        let depth = from.matches('/').count();
        let up = if depth == 0 { "./".to_owned() } else { "../".repeat(depth) };
        format!("{up}{file}")
    }

    fn ask(&self, modules: &mut [Module], from: usize, to: usize, way: Way, dice: &mut Dice) {
        let target = &modules[to].name;
        let mut specifier = self.path_between(&modules[from].name, target);
        if self.imports && dice.once_in(4) {
            specifier = format!("#parts/{target}");
        } else if self.format == Format::CommonJs && way != Way::Dynamic && dice.once_in(2) {
            // require() finds the extension, and the index of a folder.
            if let Some(short) = specifier.strip_suffix(".js") {
                specifier = short.strip_suffix("/index").unwrap_or(short).to_owned();
            }
        }
        modules[from].script.wanted.push((way, specifier));
    }

    /// The living are a heap below the index: each asks for `fan` others. So one is a chain, and many a barrel.
    fn hang_together(&self, modules: &mut [Module], living: &[usize], dice: &mut Dice) {
        let fan = dice.pick(&[1, 2, 2, 3, 4, 4, usize::MAX, usize::MAX]);
        for (rank, &child) in living.iter().enumerate() {
            let parent = if rank < fan { 0 } else { living[rank / fan - 1] };
            let way = match dice.below(8) {
                _ if fan == usize::MAX => Way::Reexport,
                0 => Way::Lazy,
                1 => Way::Dynamic,
                2 => Way::Reexport,
                _ => Way::Load,
            };
            self.ask(modules, parent, child, way, dice);
        }
        // Some ask for any other, which makes circles.
        for &from in living {
            if dice.once_in(3) {
                self.ask(modules, from, dice.pick(living), Way::Load, dice);
            }
        }
    }

    /// The living ask for other packages and, by name, for their own.
    fn ask_others(&self, modules: &mut [Module], living: &[usize], dice: &mut Dice) {
        for need in &self.needs {
            let from = if dice.once_in(3) { 0 } else { dice.pick(living) };
            let way = if need.by_import {
                Way::Dynamic
            } else if self.format == Format::EsModule && dice.once_in(8) || dice.once_in(8) {
                Way::Lazy
            } else {
                Way::Load
            };
            modules[from].script.wanted.push((way, need.specifier.clone()));
        }
        if let Some(name) = self.myself {
            let feature = dice.below(self.features);
            modules[dice.pick(living)].script.wanted.push((Way::Load, format!("{name}/features/f{feature}")));
        }
    }

    /// The dead ask for each other, for the living and for packages.
    fn ask_in_vain(&self, modules: &mut [Module], dice: &mut Dice) {
        let dead: Vec<usize> = (0..modules.len()).filter(|&index| !modules[index].lives).collect();
        for &from in &dead {
            let to = if dice.once_in(2) { dice.pick(&dead) } else { dice.below(modules.len() as u32) as usize };
            self.ask(modules, from, to, Way::Load, dice);
        }
        for need in &self.idle {
            let way = if need.by_import { Way::Dynamic } else { Way::Load };
            modules[dice.pick(&dead)].script.wanted.push((way, need.specifier.clone()));
        }
    }

    /// Modules that read files, or load others by a name that is not known, each with what it finds.
    fn add_parts(
        &self,
        left: &mut u32,
        modules: &mut Vec<Module>,
        dice: &mut Dice,
        unit: &mut Unit<'_>,
    ) -> io::Result<()> {
        let parts: [(&str, u32, Part); 4] = [
            ("text", dice.between(2, 5), Part::Locale),
            ("pages", dice.between(2, 5), Part::Views),
            ("facts", 1, Part::Data),
            ("letters", dice.between(2, 4), Part::Templates),
        ];
        for (name, count, part) in parts {
            let files = 1 + part.files(count);
            if *left < files + 4 || !dice.once_in(3) {
                continue;
            }
            *left -= files;
            let mut module = self.module(name, true);
            self.fill(part, count, &mut module, dice, unit)?;
            modules.push(module);
            let last = modules.len() - 1;
            self.ask(modules, 0, last, Way::Load, dice);
        }
        Ok(())
    }

    fn fill(
        &self,
        part: Part,
        count: u32,
        module: &mut Module,
        dice: &mut Dice,
        unit: &mut Unit<'_>,
    ) -> io::Result<()> {
        let folder = format!("{}{}", self.base, self.folder);
        let (live, dead) = (self.fate(true), Fate::Dead);
        match part {
            Part::Locale => {
                let names: Vec<String> = (0..count).map(|number| format!("l{number}")).collect();
                for name in &names {
                    let text = Script::new(self.format, Vec::new()).render(dice);
                    unit.file(&format!("{folder}locale/{name}.{}", self.extension), text, live)?;
                }
                unit.file(&format!("{folder}locale/names.txt"), names.join(" "), live)?;
                unit.file(&format!("{folder}locale/notes.md"), "# Notes\n", dead)?;
                let list = self.path("locale/names.txt", dice);
                let request = self.request(dice);
                module.script.reads = format!(
                    "const load = (name) => {request};\n\
                     for (const name of fs.readFileSync({list}, 'utf8').split(' ')) load(name);\n"
                );
            }
            Part::Views => {
                for number in 0..count {
                    unit.file(&format!("{folder}views/v{number}.html"), "<p>require('../gone')</p>\n", live)?;
                }
                unit.file(&format!("{folder}views/v0.html.bak"), "<p></p>\n", dead)?;
                let here = self.here();
                module.script.reads = format!(
                    "function view(name) {{\n  return fs.readFileSync(path.join({here}, 'views', name + '.html'), \
                     'utf8');\n}}\nfor (let number = 0; number < {count}; number++) view('v' + number);\n"
                );
            }
            Part::Data => {
                unit.file(
                    &format!("{folder}data/table.json"),
                    "{ \"rows\": [1, 2, { \"import\": \"../gone\" }] }\n",
                    live,
                )?;
                unit.file(&format!("{folder}data/facts.txt"), "require('../gone')\n", live)?;
                unit.file(&format!("{folder}data/old.json"), "{}\n", dead)?;
                let facts = self.path("data/facts.txt", dice);
                module.script.reads = format!("const facts = fs.readFileSync({facts}, 'utf8');\n");
                match self.format {
                    Format::CommonJs => module.script.wanted.push((Way::Load, "./data/table.json".to_owned())),
                    Format::EsModule => {
                        let table = self.path("data/table.json", dice);
                        module.script.reads += &format!("const table = JSON.parse(fs.readFileSync({table}));\n");
                    }
                }
            }
            Part::Templates => {
                for number in 0..count {
                    unit.file(&format!("{folder}templates/t{number}.txt"), "Dear {name}\n", live)?;
                }
                let here = self.here();
                module.script.reads = format!("const letters = fs.readdirSync(path.join({here}, 'templates'));\n");
            }
        }
        Ok(())
    }

    /// A module of `locale`, by a name that is not known.
    fn request(&self, dice: &mut Dice) -> String {
        let extension = self.extension;
        match (self.format, dice.below(3)) {
            (Format::EsModule, 0) => format!("import('./locale/' + name + '.{extension}')"),
            (Format::EsModule, _) => format!("import(`./locale/${{name}}.{extension}`)"),
            // Without the extension require() knows `.js` alone.
            (Format::CommonJs, 0) if extension == "js" => "require('./locale/' + name)".to_owned(),
            (Format::CommonJs, 1) => format!("require('./locale/' + name + '.{extension}')"),
            (Format::CommonJs, _) => format!("require(`./locale/${{name}}.{extension}`)"),
        }
    }

    fn here(&self) -> &'static str {
        match self.format {
            Format::CommonJs => "__dirname",
            Format::EsModule => "path.dirname(fileURLToPath(import.meta.url))",
        }
    }

    /// An expression for a file below the own folder.
    fn path(&self, file: &str, dice: &mut Dice) -> String {
        let parts = file.replace('/', "', '");
        match (self.format, dice.below(4)) {
            (Format::EsModule, 0) => format!("new URL('./{file}', import.meta.url)"),
            (Format::EsModule, 1) => format!("fileURLToPath(new URL('{file}', import.meta.url))"),
            (Format::CommonJs, 0) => format!("__dirname + '/{file}'"),
            (Format::CommonJs, 1) => format!("`${{__dirname}}/{file}`"),
            (_, 2) => format!("path.resolve({}, './{file}')", self.here()),
            _ => format!("path.join({}, '{parts}')", self.here()),
        }
    }
}

#[derive(Clone, Copy)]
enum Part {
    /// Modules whose names are in a text.
    Locale,
    /// Texts of one extension.
    Views,
    /// One text and one JSON.
    Data,
    /// A folder that is listed.
    Templates,
}

impl Part {
    fn files(self, count: u32) -> u32 {
        match self {
            Self::Locale => count + 2,
            Self::Views => count + 1,
            Self::Data => 3,
            Self::Templates => count,
        }
    }
}

fn module_name(number: u32) -> String {
    match number % 49 {
        17 => format!("größe/naïve m{number:04}"),
        38 => format!("{}m{number:04}", "core/deep/".repeat(10)),
        rest => match rest % 7 {
            2 | 4 => format!("core/m{number:04}"),
            5 => format!("core/deep/m{number:04}"),
            6 => format!("m{number:04}/index"),
            _ => format!("m{number:04}"),
        },
    }
}

/// Reads of an app, from the working directory.
fn settings(app: &str, dice: &mut Dice) -> String {
    let file = match dice.below(3) {
        0 => format!("path.join(process.cwd(), 'config', '{app}.json')"),
        1 => format!("path.resolve(process.cwd(), 'config/{app}.json')"),
        _ => format!("`${{process.cwd()}}/config/{app}.json`"),
    };
    format!(
        "const settings = JSON.parse(fs.readFileSync({file}, 'utf8'));\n\
         const letters = fs.readdirSync(path.join(process.cwd(), 'config', 'templates'));\n"
    )
}
