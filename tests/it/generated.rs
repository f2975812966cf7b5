//! Made-up monorepos, whose right lists their generator knows: ours is that list, node agrees with it, and nft too.

#[path = "../../benches/monorepo/generator/mod.rs"]
mod generator;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use globset::Glob;
use tempfile::TempDir;

use self::generator::{Summary, generate};
use crate::{
    peers::corpus,
    support::{Run, run},
};

const FILES: u32 = 2_000;

struct Monorepo {
    folder: TempDir,
    summary: Summary,
}

impl Monorepo {
    fn new(seed: u64) -> Self {
        Self::written_by(seed, 2)
    }

    fn written_by(seed: u64, threads: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let summary = generate(folder.path(), FILES, seed, threads).unwrap();
        Self { folder, summary }
    }

    fn tree(&self) -> PathBuf {
        self.folder.path().join("tree").canonicalize().unwrap()
    }

    fn lines(&self, name: &str) -> Vec<String> {
        fs::read_to_string(self.folder.path().join(name)).unwrap().lines().map(str::to_owned).collect()
    }

    fn expected(&self) -> BTreeSet<String> {
        self.lines("expected.txt").into_iter().collect()
    }

    fn print(&self, flags: &[&str]) -> Run {
        let entries = self.lines("entries.txt");
        let entries = entries.iter().map(String::as_str);
        run(&self.tree(), &["print"].into_iter().chain(flags.iter().copied()).chain(entries).collect::<Vec<_>>(), &[])
    }
}

/// Every file and link below a folder, with what it holds.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in next.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_path_buf();
            if let Ok(target) = path.read_link() {
                found.insert(name, target.into_os_string().into_encoded_bytes());
            } else if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// Runs an entry as its users would; it has to end well.
fn run_by_node(root: &Path, entry: &str, environment: &[(&str, &Path)]) {
    let mut command = Command::new("timeout");
    command.args(["-s", "KILL", "60", "node", "--no-warnings", entry]).current_dir(root);
    let output = command.envs(environment.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{entry}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn our_list_is_the_right_one() {
    for seed in [1, 2] {
        let monorepo = Monorepo::new(seed);
        let expected = fs::read_to_string(monorepo.folder.path().join("expected.txt")).unwrap();
        for threads in ["1", "4"] {
            let traced = monorepo.print(&["--threads", threads, "--log-level", "warning"]);
            assert!(traced.stdout == expected, "seed {seed}, {threads} threads: {:?}", differing(&traced, &monorepo));
            assert_eq!((traced.status, traced.stderr.as_str()), (0, ""), "seed {seed}, {threads} threads");
        }
    }
}

/// What is on one list alone.
fn differing(traced: &Run, monorepo: &Monorepo) -> Vec<String> {
    let listed: BTreeSet<_> = traced.files().into_iter().map(str::to_owned).collect();
    listed.symmetric_difference(&monorepo.expected()).cloned().collect()
}

#[test]
fn the_same_numbers_make_the_same_bytes() {
    let (one, same, other) = (Monorepo::written_by(5, 1), Monorepo::written_by(5, 3), Monorepo::new(6));
    let all = contents(one.folder.path());
    assert!(all == contents(same.folder.path()), "threads make a difference");
    assert!(all != contents(other.folder.path()), "the seed makes none");
}

#[test]
fn a_tree_has_what_was_asked_for() {
    let monorepo = Monorepo::new(7);
    let Summary { files, links, listed, dead, entries } = monorepo.summary;
    let all = contents(&monorepo.tree());
    let found: BTreeSet<_> = all.keys().map(|path| path.to_str().unwrap().to_owned()).collect();
    let expected = monorepo.lines("expected.txt");
    assert_eq!((files, files + links), (u64::from(FILES), found.len() as u64));
    assert_eq!((listed, entries), (expected.len() as u64, monorepo.lines("entries.txt").len()));
    assert!(expected.is_sorted() && found.is_superset(&monorepo.expected()));
    assert!((files / 8..files * 2 / 5).contains(&dead), "{dead} of {files} are dead");
    assert!(generate(monorepo.folder.path(), FILES, 1, 1).is_err(), "what is there is not written over");
    assert!(generate(&monorepo.folder.path().join("small"), 10, 1, 1).is_err(), "there is no room for the parts");
}

/// What nft lists besides, and why it is wrong there.
const ONLY_NFT: [(&str, &str); 1] =
    [("**/locale/notes.md", "`require('./locale/' + name)` finds no notes: the loader adds `.js`")];

#[test]
fn nft_lists_the_same() {
    let mut seen = BTreeSet::new();
    for seed in [1, 3] {
        let monorepo = Monorepo::new(seed);
        let output = Command::new("node")
            .arg(corpus().join("nft.mjs"))
            .args([".", ".", "{}"])
            .args(monorepo.lines("entries.txt"))
            .current_dir(monorepo.tree())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let theirs: BTreeSet<String> = serde_json::from_value(answer["fileList"].clone()).unwrap();
        let expected = monorepo.expected();
        let lacking: Vec<_> = expected.difference(&theirs).collect();
        assert!(lacking.is_empty(), "seed {seed}: nft lacks {lacking:?}");
        let known = ONLY_NFT.map(|(glob, _)| Glob::new(glob).unwrap().compile_matcher());
        let (explained, besides): (Vec<_>, Vec<_>) =
            theirs.difference(&expected).partition(|file| known.iter().any(|glob| glob.is_match(file)));
        assert_eq!(besides, Vec::<&String>::new(), "seed {seed}: nft lists these besides");
        for (index, glob) in known.iter().enumerate() {
            if explained.iter().any(|file| glob.is_match(file)) {
                seen.insert(index);
            }
        }
    }
    assert_eq!(seen.len(), ONLY_NFT.len(), "a reason that nothing needs any more");
}

#[test]
fn node_opens_what_is_listed() {
    let hook = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/patterns/hook.cjs");
    let preload = PathBuf::from(format!("--require={}", hook.display()));
    for seed in [1, 2] {
        let monorepo = Monorepo::new(seed);
        let (root, log) = (monorepo.tree(), monorepo.folder.path().join("log"));
        let watch: [(&str, &Path); 4] = [
            ("NODE_OPTIONS", &preload),
            ("PATTERNS_TREE", &root),
            ("PATTERNS_LOG", &log),
            ("PATTERNS_IMPORTS", Path::new("yes")),
        ];
        for entry in monorepo.lines("entries.txt") {
            run_by_node(&root, &entry, &watch);
        }
        let log = fs::read_to_string(log).unwrap();
        let opened: BTreeSet<_> =
            log.lines().map(|line| line.strip_prefix(root.to_str().unwrap()).unwrap()[1..].to_owned()).collect();
        let expected = monorepo.expected();
        let besides: Vec<_> = opened.difference(&expected).collect();
        assert!(besides.is_empty(), "seed {seed}: not listed, but opened: {besides:?}");
        // Node's own reading of package.json and of links is not witnessed.
        let by_node = |file: &String| file.ends_with("package.json") || root.join(file).is_symlink();
        let closed: Vec<_> = expected.difference(&opened).filter(|file| !by_node(file)).collect();
        assert!(closed.is_empty(), "seed {seed}: listed, but never opened: {closed:?}");
    }
}

#[test]
fn what_is_listed_is_enough_to_run() {
    let monorepo = Monorepo::new(4);
    let copy = tempfile::tempdir().unwrap();
    for file in monorepo.lines("expected.txt") {
        let (from, to) = (monorepo.tree().join(&file), copy.path().join(&file));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        match from.read_link() {
            Ok(target) => symlink(target, to).unwrap(),
            Err(_) => drop(fs::copy(from, to).unwrap()),
        }
    }
    for entry in monorepo.lines("entries.txt") {
        run_by_node(&copy.path().canonicalize().unwrap(), &entry, &[]);
    }
}
