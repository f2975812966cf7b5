//! Apps that are large in one way each: a barrel, a file with imports, a folder, a chain. They grow with the tree.

use std::{fmt::Write, io};

use super::{
    dice::Dice,
    script::{Format, Script, Way},
    unit::{Fate, Unit},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// A module that re-exports all others: 50,000 files of a million.
    Barrel,
    /// A module that asks for all others by itself: 100,000 of a million.
    Imports,
    /// One directory, most of whose files names with holes mean: 100,000 of a million.
    Folder,
    /// Each module asks for the next: 5,000 of a million.
    Chain,
}

/// The most files that one name with a hole means: less than what tracers cut.
const PER_HOLE: u32 = 8_000;

/// package.json and main.js.
const FIXED: u32 = 2;

impl Special {
    pub const ALL: [Self; 4] = [Self::Barrel, Self::Imports, Self::Folder, Self::Chain];

    /// Its files in a tree of so many.
    pub fn files(self, tree: u32) -> u32 {
        match self {
            Self::Barrel => tree / 20,
            Self::Imports | Self::Folder => tree / 10,
            Self::Chain => (tree / 200).max(10),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Barrel => "barrel",
            Self::Imports => "imports",
            Self::Folder => "folder",
            Self::Chain => "chain",
        }
    }

    pub fn prefix(self) -> String {
        format!("apps/{}/", self.name())
    }

    pub fn entry(&self) -> String {
        format!("apps/{}/main.js", self.name())
    }
}

pub fn write(special: Special, tree: u32, seed: u64, unit: &mut Unit<'_>) -> io::Result<()> {
    let mut dice = Dice::of(seed, u64::MAX - 1 - special as u64);
    // A chain of required modules would be too deep for Node's stack.
    let format = match special {
        Special::Chain => Format::EsModule,
        _ => dice.pick(&[Format::CommonJs, Format::EsModule]),
    };
    let kind = if format == Format::EsModule { "module" } else { "commonjs" };
    let package = format!("{{ \"name\": \"{}\", \"type\": \"{kind}\" }}\n", special.name());
    unit.file("package.json", package, Fate::Listed)?;
    let count = special.files(tree) - FIXED;
    match special {
        Special::Barrel => write_barrel(format, count, &mut dice, unit)?,
        Special::Imports => write_imports(format, count, &mut dice, unit)?,
        Special::Folder => write_folder(format, count, &mut dice, unit)?,
        Special::Chain => write_chain(format, count, &mut dice, unit)?,
    }
    assert_eq!(unit.files(), special.files(tree), "it has as many files as planned");
    Ok(())
}

fn write_barrel(format: Format, count: u32, dice: &mut Dice, unit: &mut Unit<'_>) -> io::Result<()> {
    let main = Script::new(format, vec![(Way::Load, "./lib/index.js".to_owned())]);
    unit.file("main.js", main.render(dice), Fate::Listed)?;
    let mut barrel = Script::new(format, Vec::new());
    for number in 0..count - 1 {
        let lives = number == 0 || !dice.once_in(5);
        if lives {
            barrel.wanted.push((Way::Reexport, format!("./part{number:06}.js")));
        }
        // One in a hundred asks for the barrel that it is part of.
        let other = if dice.once_in(100) { "./index.js".to_owned() } else { "./part000000.js".to_owned() };
        let mut part = Script::new(format, vec![(Way::Load, other)]);
        part.filler = dice.below(300) as usize;
        unit.file(&format!("lib/part{number:06}.js"), part.render(dice), Fate::listed_if(lives))?;
    }
    unit.file("lib/index.js", barrel.render(dice), Fate::Listed)
}

fn write_imports(format: Format, count: u32, dice: &mut Dice, unit: &mut Unit<'_>) -> io::Result<()> {
    let mut main = Script::new(format, Vec::new());
    for number in 0..count {
        let path = format!("rows/r{:03}/row{number:06}.js", number / 1_000);
        let lives = number == 0 || !dice.once_in(5);
        if lives {
            let way = if dice.once_in(20) { Way::Dynamic } else { Way::Load };
            main.wanted.push((way, format!("./{path}")));
        } else {
            main.trap = Some(format!("./{path}"));
        }
        let mut row = Script::new(format, Vec::new());
        row.filler = dice.below(300) as usize;
        unit.file(&path, row.render(dice), Fate::listed_if(lives))?;
    }
    unit.file("main.js", main.render(dice), Fate::Listed)
}

fn write_folder(format: Format, count: u32, dice: &mut Dice, unit: &mut Unit<'_>) -> io::Result<()> {
    let here = match format {
        Format::CommonJs => "__dirname",
        Format::EsModule => "path.dirname(fileURLToPath(import.meta.url))",
    };
    let holes = count.div_ceil(PER_HOLE).max(3);
    let mut main = Script::new(format, Vec::new());
    for hole in 0..holes {
        let _ = write!(
            main.reads,
            "const read{hole} = (name) => fs.readFileSync(path.join({here}, 'rows', 'p{hole:02}-' + name + '.txt'));\n\
             for (const name of fs.readFileSync(path.join({here}, 'rows', 'names{hole:02}.list'), 'utf8').split(' ')) \
             read{hole}(name);\n"
        );
    }
    unit.file("main.js", main.render(dice), Fate::Listed)?;
    let mut names = vec![Vec::new(); holes as usize];
    for number in 0..count - holes {
        let hole = number % holes;
        match dice.below(5) {
            0 => unit.file(&format!("rows/p{hole:02}-{number:06}.old"), "old\n", Fate::Dead)?,
            _ => {
                names[hole as usize].push(format!("{number:06}"));
                unit.file(&format!("rows/p{hole:02}-{number:06}.txt"), "text\n", Fate::Listed)?;
            }
        }
    }
    for (hole, names) in names.iter().enumerate() {
        unit.file(&format!("rows/names{hole:02}.list"), names.join(" "), Fate::Listed)?;
    }
    Ok(())
}

fn write_chain(format: Format, count: u32, dice: &mut Dice, unit: &mut Unit<'_>) -> io::Result<()> {
    // Every fifth is dead, and names one that lives.
    let living: Vec<u32> = (0..count).filter(|number| number % 5 != 4).collect();
    let step = |number: u32| format!("./step{number:06}.js");
    unit.file("main.js", Script::new(format, vec![(Way::Load, step(0))]).render(dice), Fate::Listed)?;
    for (place, &number) in living.iter().enumerate() {
        let next = living.get(place + 1).map(|&next| (Way::Load, step(next)));
        let mut script = Script::new(format, next.into_iter().collect());
        script.trap = Some(step(4));
        unit.file(&format!("step{number:06}.js"), script.render(dice), Fate::Listed)?;
    }
    for number in (0..count).filter(|number| number % 5 == 4) {
        let script = Script::new(format, vec![(Way::Load, step(0))]);
        unit.file(&format!("step{number:06}.js"), script.render(dice), Fate::Dead)?;
    }
    Ok(())
}
