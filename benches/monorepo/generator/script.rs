//! The text of one module: what it asks for in one of many spellings, what only looks as if it asked, and filler.

use std::fmt::Write;

use super::dice::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    CommonJs,
    EsModule,
}

/// How a module asks for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Before it goes on.
    Load,
    /// To hand on what it exports.
    Reexport,
    /// In a function that runs later.
    Lazy,
    /// By `import()`, in either format.
    Dynamic,
}

/// What a module is made of.
pub struct Script {
    pub format: Format,
    pub wanted: Vec<(Way, String)>,
    /// Statements that read files; `fs` and `path` are there for them.
    pub reads: String,
    /// A file that is there, but that nothing asks for: what looks like an import names it.
    pub trap: Option<String>,
    /// Bytes of code that asks for nothing.
    pub filler: usize,
}

impl Script {
    pub fn new(format: Format, wanted: Vec<(Way, String)>) -> Self {
        Self { format, wanted, reads: String::new(), trap: None, filler: 0 }
    }

    pub fn render(&self, dice: &mut Dice) -> String {
        let mut text = String::with_capacity(self.filler + 1024);
        if self.format == Format::CommonJs && dice.once_in(2) {
            text.push_str("'use strict';\n");
        }
        if !self.reads.is_empty() {
            text.push_str(match self.format {
                Format::CommonJs => "const fs = require('fs');\nconst path = require('node:path');\n",
                Format::EsModule => {
                    "import fs from 'node:fs';\nimport path from 'path';\nimport { fileURLToPath } from 'url';\n"
                }
            });
        }
        if let Some(trap) = self.trap.as_deref().filter(|_| dice.once_in(2)) {
            push_trap(&mut text, trap, 0, dice);
        }
        let above = if dice.once_in(3) { self.wanted.len() / 2 } else { self.wanted.len() };
        for (index, (way, specifier)) in self.wanted.iter().enumerate() {
            if index == above {
                self.push_code(&mut text, dice);
            }
            self.push_request(&mut text, index, *way, specifier, dice);
        }
        if above == self.wanted.len() {
            self.push_code(&mut text, dice);
        }
        text.push_str(match self.format {
            Format::CommonJs => "exports.value = 1;\n",
            Format::EsModule => "export const value = 1;\nexport default value;\n",
        });
        text
    }

    fn push_code(&self, text: &mut String, dice: &mut Dice) {
        text.push_str(&self.reads);
        if let Some(trap) = &self.trap {
            for number in 1..=dice.between(1, 3) {
                push_trap(text, trap, number, dice);
            }
        }
        push_filler(text, self.filler, dice);
    }

    fn push_request(&self, text: &mut String, index: usize, way: Way, specifier: &str, dice: &mut Dice) {
        let quoted = quoted(specifier, dice);
        let name = format!("a{index}");
        // What formatting a string cannot fail at needs no answer.
        let _ = match (self.format, way) {
            (_, Way::Dynamic) => match dice.below(3) {
                0 => writeln!(text, "import({quoted});"),
                1 => writeln!(text, "const {name} = import(/* later */ {quoted}).then((it) => it.value);"),
                _ => writeln!(text, "(async () => {{ await import({quoted}); }})();"),
            },
            (Format::CommonJs, Way::Load) => match dice.below(8) {
                0 => writeln!(text, "require({quoted});"),
                1 => writeln!(text, "var {name} = require({quoted}), {name}b = {name};"),
                2 => writeln!(text, "const {{ value: {name} = 0 }} = require({quoted});"),
                3 => writeln!(text, "const {name} = module.require({quoted});"),
                4 => writeln!(text, "const {name} = require(\n  // why: {specifier}\n  {quoted},\n);"),
                5 => writeln!(text, "const {name} = [1, require({quoted})].pop();"),
                _ => writeln!(text, "const {name} = require({quoted});"),
            },
            (Format::CommonJs, Way::Reexport) => match dice.below(3) {
                0 => writeln!(
                    text,
                    "for (const [key, it] of Object.entries(require({quoted}))) if (!(key in exports)) exports[key] = it;"
                ),
                1 => writeln!(
                    text,
                    "Object.defineProperty(exports, '{name}', {{ enumerable: true, get: () => require({quoted}) }});\nexports.{name};"
                ),
                _ => writeln!(text, "exports.{name} = require({quoted});"),
            },
            (Format::CommonJs, Way::Lazy) => match dice.below(2) {
                0 => writeln!(text, "setImmediate(() => require({quoted}));"),
                _ => {
                    writeln!(text, "function {name}() {{\n  return require({quoted}).value;\n}}\nsetImmediate({name});")
                }
            },
            (Format::EsModule, Way::Lazy) => {
                writeln!(text, "const {name} = async () => (await import({quoted})).value;\nsetImmediate({name});")
            }
            (Format::EsModule, Way::Reexport) => match dice.below(3) {
                0 => writeln!(text, "export {{ default as {name} }} from {quoted};", quoted = plain(specifier, dice)),
                1 => writeln!(text, "export * as {name} from {};", plain(specifier, dice)),
                _ => writeln!(text, "export * from {};", plain(specifier, dice)),
            },
            (Format::EsModule, Way::Load) => {
                let quoted = plain(specifier, dice);
                match dice.below(6) {
                    0 => writeln!(text, "import {quoted};"),
                    1 => writeln!(text, "import * as {name} from {quoted};"),
                    // The modules of one's own package all export it; those of others may be CommonJS.
                    2 | 3 if specifier.starts_with('.') => writeln!(text, "import{{value as {name}}}from{quoted};"),
                    4 => writeln!(text, "import {name}\n  // the next one\n  from {quoted}"),
                    _ => writeln!(text, "import {name} from {quoted};"),
                }
            }
        };
    }
}

/// In one of the forms that a call takes.
fn quoted(specifier: &str, dice: &mut Dice) -> String {
    match (dice.below(10), specifier.split_once('/')) {
        (0, _) => format!("`{specifier}`"),
        (1, Some((start, end))) => format!("'{start}/' + '{end}'"),
        _ => plain(specifier, dice),
    }
}

fn plain(specifier: &str, dice: &mut Dice) -> String {
    if dice.once_in(3) { format!("\"{specifier}\"") } else { format!("'{specifier}'") }
}

/// What looks as if it asked for `dead`, and does not.
fn push_trap(text: &mut String, dead: &str, number: u32, dice: &mut Dice) {
    let _ = match dice.below(14) {
        0 => writeln!(text, "// import later from '{dead}'; require('{dead}')"),
        1 => writeln!(text, "/* require('{dead}');\n import '{dead}';\n * export * from \"{dead}\" */"),
        2 => writeln!(text, "const trap{number} = 'it\\'s only text: require(\"{dead}\")';"),
        3 => writeln!(text, "const trap{number} = \"import x from '{dead}'; \\\"; require('{dead}')\";"),
        4 => writeln!(text, "const trap{number} = `\nimport x from '{dead}';\n${{1 + 1}} require('{dead}')`;"),
        5 => writeln!(
            text,
            "const trap{number} = `${{`${{2}} import('{dead}')`}} /* \\` ${{'}}'}} export * from '{dead}'`;"
        ),
        6 => {
            let escaped = dead.replace('/', "\\/").replace('.', "\\.");
            writeln!(text, "const trap{number} = /require\\('{escaped}'\\)|[/'\"`]import '{escaped}'/g;")
        }
        7 => writeln!(text, "const trap{number} = (4 + 2) / 2; const slash{number} = \"/ require('{dead}') /\";"),
        8 => writeln!(
            text,
            "const trap{number} = {{ require(name) {{ return name; }}, import: (name) => name }};\ntrap{number}.require('{dead}');\ntrap{number}.import('{dead}');"
        ),
        9 => writeln!(text, "(function (require) {{ return require('{dead}'); }})(String);"),
        10 => writeln!(text, "const trap{number} = ((require) => require('{dead}'))((name) => name);"),
        11 => writeln!(text, "const trap{number} = '<script type=\"module\">import \"{dead}\"</script>';"),
        12 => writeln!(text, "if (/[/]'/.test('x')) {{ String(\"require('{dead}')\"); }} // ' import('{dead}')"),
        _ => writeln!(text, "const trap{number} = {{ from: '{dead}', import: '{dead}', require: \"{dead}\" }};"),
    };
}

/// So many bytes of code, or a few more, that ask for nothing.
fn push_filler(text: &mut String, bytes: usize, dice: &mut Dice) {
    let end = text.len() + bytes;
    let mut number = 0;
    while text.len() < end {
        number += 1;
        let salt = dice.below(10_000);
        let _ = match dice.below(6) {
            0 => writeln!(
                text,
                "function step{number}(a, b) {{\n  return a && a.x{salt} > {salt} ? b / 2 / a.y : [a, b].map((it) => it + {salt});\n}}"
            ),
            1 => writeln!(
                text,
                "const table{number} = {{ first: 'n{salt}', \"second-{salt}\": [{salt}, 0x1f, 1e3], third: {{ deep: null }} }};"
            ),
            2 => writeln!(
                text,
                "const form{number} = /^[a-z\\/]+{salt}$/i, text{number} = `row ${{{salt} / 3}} of \\`${{'it'}}\\``;"
            ),
            3 => writeln!(
                text,
                "/** Keeps what came before {salt}: @param {{string}} name */\nclass Kept{number} {{ #rows = []; get size() {{ return this.#rows.length; }} add(row) {{ this.#rows.push(row); return this; }} }}"
            ),
            4 => writeln!(
                text,
                "for (let i = 0, n = {}; i < n; i++) {{ if (i % 2) continue; else void (i ** 2); }}",
                salt % 7
            ),
            _ => writeln!(
                text,
                "const pick{number} = async (it, {{ depth = {salt}, ...rest }} = {{}}) => it?.[depth] ?? rest; // {salt} is enough"
            ),
        };
    }
}
