//! Made-up monorepos of 1,000 to 1,000,000 files whose right trace is known.
//!
//! The list comes from the plan that the tree is written by; nothing here ever traces. A unit (a package, an app, a
//! folder of settings) is written and listed by itself, so that memory does not grow with the tree, and units come
//! out in the order of their paths, so that the list is sorted without a sort.
//!
//! | what | where |
//! |---|---|
//! | apps, workspace packages, packages of pnpm's store: all linked as pnpm does | `plan`, `package` |
//! | CommonJS, ES modules, both in one package; `exports`, `imports`, conditions, patterns | `package` |
//! | trees, chains, barrels and cycles of modules; code that looks like imports | `half`, `script` |
//! | files read by `__dirname`, `import.meta.url`, `process.cwd()`; names that are not known | `half` |
//! | one huge barrel, file with imports, folder, chain | `special` |

mod dice;
mod half;
mod package;
mod plan;
mod script;
mod special;
mod unit;

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
};

use plan::Plan;
use unit::{Unit, Written};

/// Below this the special apps leave no room for packages.
const FILES_MIN: u32 = 1_000;

/// Names have digits for so many.
const FILES_MAX: u32 = 2_000_000;

/// What a tree has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub files: u64,
    pub links: u64,
    /// Files and links of the right list.
    pub listed: u64,
    /// Files that are not on it.
    pub dead: u64,
    pub entries: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, links, listed, dead, entries } = self;
        write!(out, "{files} files ({dead} dead), {links} links, {entries} entries; {listed} are to be listed")
    }
}

/// Writes `tree/`, `entries.txt` and `expected.txt` into `out`, which must be
/// empty or missing.
///
/// The apps are meant to run, and to be traced, with `tree/` as working
/// directory and tracing root. Both texts have a path a line, relative to it.
pub fn generate(out: &Path, files: u32, seed: u64, threads: usize) -> io::Result<Summary> {
    if !(FILES_MIN..=FILES_MAX).contains(&files) {
        let told = format!("a tree has {FILES_MIN} to {FILES_MAX} files");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, told));
    }
    fs::create_dir_all(out)?;
    if out.read_dir()?.next().is_some() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the folder is not empty"));
    }
    let tree = out.join("tree");
    fs::create_dir(&tree)?;
    let plan = Plan::new(files, seed);
    fs::write(out.join("entries.txt"), lines(&plan.entries()))?;
    let mut summary = Summary { entries: plan.entries().len(), ..Summary::default() };
    let mut list = BufWriter::new(File::create(out.join("expected.txt"))?);
    write_units(&plan, &tree, threads, |written| {
        summary.files += written.files;
        summary.links += written.links;
        summary.dead += written.dead;
        summary.listed += written.listed.len() as u64;
        list.write_all(lines(&written.listed).as_bytes())
    })?;
    list.flush()?;
    assert_eq!(summary.files, u64::from(files), "each unit writes as many files as planned");
    Ok(summary)
}

fn lines(paths: &[String]) -> String {
    paths.iter().flat_map(|path| [path.as_str(), "\n"]).collect()
}

/// Writes all units, some at a time, and takes what was written in the order of the plan.
fn write_units(
    plan: &Plan,
    tree: &Path,
    threads: usize,
    mut take: impl FnMut(Written) -> io::Result<()>,
) -> io::Result<()> {
    let units = plan.units();
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::sync_channel(64);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            let (sender, next, units) = (sender.clone(), &next, &units);
            scope.spawn(move || {
                while let Some(place) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut unit = Unit::new(tree, &place.prefix);
                    let written = plan.write(place.what, &mut unit).map(|()| unit.finish());
                    // The receiver is gone after an error: then there is nothing left to do.
                    if sender.send((&place.prefix, written)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut due = units.iter().map(|place| &place.prefix).peekable();
        for (prefix, written) in receiver {
            early.insert(prefix, written?);
            while let Some(written) = due.peek().and_then(|prefix| early.remove(*prefix)) {
                take(written)?;
                due.next();
            }
        }
        Ok(())
    })
}
