//! Small programs, one pattern each, judged on the expected list that each carries.
//!
//! A program is a file `tests/patterns/GROUP/NAME.txt`: a tree in the form of
//! `support::Tree`, below a header of `# key: value` lines (a line that begins
//! with `#` and two spaces goes on with the value before it).
//!
//! | key | what it says |
//! |---|---|
//! | entry | the file that is traced and run (`a.js`) |
//! | cwd | where it runs, and what `process.cwd()` is (`.`) |
//! | args, env | given to the run: words, `NAME=VALUE`s |
//! | flags | given to `monotrace print` |
//! | executable | files with the executable bit |
//! | list | every file that the program needs, links and package.json included |
//! | not-opened | files of the list that another run opens, not this one |
//! | finding | what is found: `CODE [FILE] LINE:COLUMN`, comma-separated (FILE: the entry) |
//! | misses | files of the list that we are known not to find yet, with the reason in `gap` |
//! | nft | `same`, or `more: … \| less: …`: what nft lists besides, and lacks |
//! | why | the reason of that |
//! | run | `no (reason)` where node cannot run it here |
//!
//! Lists are of words. The judges: our list is the expected one; what the run
//! opens is the expected list; the program does the same from a copy of the
//! expected list; nft's list is as said. The last three hold the expected
//! lists to the truth, whatever we find.
//!
//! A program needs a row in `docs/patterns.md` (`patterns/page.rs`).
//!
//! `PATTERNS=GROUP/` in the environment judges only programs whose name begins so.

mod page;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, OnceLock},
};

use crate::{
    peers::corpus,
    support::{Run, Tree, run},
};

/// So many at once: most of a program's time is node's start.
const AT_ONCE: usize = 3;

/// Fewer would mean that the folder was not read.
const PROGRAMS_MIN: usize = 400;

const KEYS: [&str; 14] = [
    "entry",
    "cwd",
    "args",
    "env",
    "flags",
    "executable",
    "list",
    "not-opened",
    "finding",
    "nft",
    "why",
    "run",
    "misses",
    "gap",
];

struct Program {
    /// `GROUP/NAME`.
    name: String,
    header: BTreeMap<String, String>,
    text: String,
}

impl Program {
    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let name = file.strip_prefix(folder()).unwrap().with_extension("").to_str().unwrap().to_owned();
        let mut header: BTreeMap<String, String> = BTreeMap::new();
        let mut last = String::new();
        for line in text.lines().take_while(|line| line.starts_with('#')) {
            if let Some(more) = line.strip_prefix("#  ") {
                let value = header.get_mut(&last).unwrap_or_else(|| panic!("{name}: {line:?} goes on with nothing"));
                value.push(' ');
                value.push_str(more.trim());
                continue;
            }
            let (key, value) = line[1..].split_once(':').unwrap_or_else(|| panic!("{name}: no key in {line:?}"));
            last = key.trim().to_owned();
            assert!(KEYS.contains(&last.as_str()), "{name}: {last:?} is no key");
            let before = header.insert(last.clone(), value.trim().to_owned());
            assert!(before.is_none(), "{name}: {last:?} is there twice");
        }
        Self { name, header, text }
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.header.get(key).map(String::as_str)
    }

    fn words(&self, key: &str) -> Vec<&str> {
        self.get(key).unwrap_or_default().split_whitespace().collect()
    }

    fn set(&self, key: &str) -> BTreeSet<String> {
        self.words(key).into_iter().map(str::to_owned).collect()
    }

    fn entry(&self) -> &str {
        self.get("entry").unwrap_or("a.js")
    }

    fn cwd(&self) -> &str {
        self.get("cwd").unwrap_or(".")
    }

    /// A program for a target runs on that target alone.
    fn runs(&self) -> bool {
        let here = this_machine();
        let flags = self.words("flags");
        let target = flags.iter().skip_while(|flag| **flag != "--target").nth(1);
        let elsewhere = target.is_some_and(|target| !target.starts_with(&here));
        !elsewhere && self.get("run").is_none_or(|run| !run.starts_with("no"))
    }

    fn tree(&self) -> Tree {
        let tree = Tree::new(&self.text);
        for file in self.words("executable") {
            fs::set_permissions(tree.root().join(file), fs::Permissions::from_mode(0o755)).unwrap();
        }
        fs::create_dir_all(tree.root().join(self.cwd())).unwrap();
        tree
    }

    /// Whether the ES module loader can have a part in it.
    fn imports(&self) -> bool {
        [".mjs\n", ".mts\n", "import(", "\"module\""].iter().any(|word| self.text.contains(word))
    }

    /// Runs the program in a tree; `preload` are scripts of `tests/patterns`.
    fn run(&self, root: &Path, preload: &[&str], environment: &[(&str, &Path)]) -> Ran {
        let mut preload = preload.to_vec();
        if [".ts\n", ".tsx\n", ".mts\n"].iter().any(|word| self.text.contains(word)) {
            preload.insert(0, "typescript.cjs");
        }
        let options: Vec<_> =
            preload.iter().map(|script| format!("--require={}", folder().join(script).display())).collect();
        let mut command = Command::new("timeout");
        command
            .args(["-s", "KILL", "30", "node", "--no-warnings"])
            .arg(root.join(self.entry()))
            .args(self.words("args"))
            .current_dir(root.join(self.cwd()))
            .env("NODE_OPTIONS", options.join(" "))
            .env("PATTERNS_IMPORTS", if self.imports() { "yes" } else { "no" })
            .env("PATTERNS_CACHE", env!("CARGO_TARGET_TMPDIR"))
            .env("PATTERNS_TYPESCRIPT", corpus().join("node_modules/typescript"))
            .envs(environment.iter().copied())
            .envs(self.words("env").iter().filter_map(|pair| pair.split_once('=')));
        let output = command.output().unwrap();
        Ran {
            succeeded: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

struct Ran {
    succeeded: bool,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn complaint(&self) -> Option<String> {
        match (self.succeeded, self.stdout.trim().is_empty()) {
            (false, _) => Some(format!("fails: {}", self.stderr)),
            (true, true) => Some("prints nothing".to_owned()),
            (true, false) => None,
        }
    }
}

/// This machine as `--target` names it, such as `linux-x64`.
fn this_machine() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        os => os,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        arch => arch,
    };
    format!("{os}-{arch}")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/patterns")
}

fn programs() -> &'static [Program] {
    static PROGRAMS: OnceLock<Vec<Program>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let mut files = Vec::new();
        for group in fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
            files.extend(fs::read_dir(group).unwrap().map(|entry| entry.unwrap().path()));
        }
        files.sort();
        assert!(files.len() >= PROGRAMS_MIN, "only {} programs", files.len());
        let wanted = std::env::var("PATTERNS").unwrap_or_default();
        files.iter().map(|file| Program::read(file)).filter(|program| program.name.starts_with(&wanted)).collect()
    })
}

/// Calls `work` for each program, some at a time.
fn for_each(work: impl Fn(usize, &Program) + Sync) {
    let waiting = Mutex::new(programs().iter().enumerate());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((index, program)) = { waiting.lock().unwrap().next() } {
                    work(index, program);
                }
            });
        }
    });
}

/// Calls `judge` for each program; fails with all complaints.
fn judge_all(judge: impl Fn(usize, &Program) -> Vec<String> + Sync) {
    let complaints = Mutex::new(Vec::new());
    for_each(|index, program| {
        let found = judge(index, program);
        let named = found.into_iter().map(|complaint| format!("{}: {complaint}", program.name));
        complaints.lock().unwrap().extend(named);
    });
    let mut complaints = complaints.into_inner().unwrap();
    complaints.sort();
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

fn join<'w>(words: impl IntoIterator<Item = &'w String>) -> String {
    words.into_iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// "what: files" for each side that has any.
fn difference(only_left: &str, left: &BTreeSet<String>, only_right: &str, right: &BTreeSet<String>) -> Vec<String> {
    let sides = [(only_left, left, right), (only_right, right, left)];
    let told = sides.iter().map(|(word, these, those)| (word, join(these.difference(those))));
    told.filter(|(_, files)| !files.is_empty()).map(|(word, files)| format!("{word}: {files}")).collect()
}

/// What `monotrace print` says of a program.
struct Traced {
    run: Run,
    files: BTreeSet<String>,
    findings: Vec<String>,
}

/// Each program's trace, by its place in `programs()`.
fn traced(index: usize) -> &'static Traced {
    static TRACED: OnceLock<Vec<OnceLock<Traced>>> = OnceLock::new();
    let all = TRACED.get_or_init(|| programs().iter().map(|_| OnceLock::new()).collect());
    all[index].get_or_init(|| {
        let program = &programs()[index];
        let tree = program.tree();
        let root = tree.root();
        let cwd = root.join(program.cwd());
        let mut arguments = vec!["print", program.entry(), "--base", ".", "--format", "ndjson"];
        arguments.extend(["--process-cwd", cwd.to_str().unwrap()]);
        arguments.extend(program.words("flags"));
        let run = run(&root, &arguments, &[]);
        let lines: Vec<serde_json::Value> =
            run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let files = lines.iter().filter_map(|line| line["file"].as_str().map(str::to_owned)).collect();
        let findings = lines.iter().filter_map(|line| line.get("warning")).map(finding).collect();
        Traced { run, files, findings }
    })
}

#[test]
fn our_lists_are_the_expected_ones() {
    judge_all(|index, program| {
        let Traced { run, files, findings } = traced(index);
        let mut expected = program.set("list");
        let misses = program.set("misses");
        expected.retain(|file| !misses.contains(file));
        let mut complaints = difference("lacks", &expected, "lists besides", files);
        if misses.is_empty() != program.get("gap").is_none() {
            complaints.push("what is missed needs its reason, and only that".to_owned());
        }
        for expected in program.get("finding").into_iter().flat_map(|findings| findings.split(',')) {
            let words: Vec<_> = expected.split_whitespace().collect();
            let expected = match words[..] {
                [code, place] => format!("{code} {} {place}", program.entry()),
                _ => words.join(" "),
            };
            if !findings.contains(&expected) {
                complaints.push(format!("does not find {expected}, but {findings:?}"));
            }
        }
        if run.status != 0 {
            complaints.push(format!("ends with {}: {}", run.status, run.stderr));
        }
        complaints
    });
}

/// `CODE FILE LINE:COLUMN`.
fn finding(warning: &serde_json::Value) -> String {
    let word = |key: &str| warning[key].as_str().map_or_else(|| warning[key].to_string(), str::to_owned);
    format!("{} {} {}:{}", word("code"), word("file"), word("line"), word("column"))
}

/// What a program did in its whole tree, and the files that it opened there.
struct Witnessed {
    ran: Ran,
    opened: BTreeSet<String>,
}

/// Each program's run in its whole tree, by its place in `programs()`.
fn witness(index: usize) -> &'static Witnessed {
    static WITNESSED: OnceLock<Vec<OnceLock<Witnessed>>> = OnceLock::new();
    let all = WITNESSED.get_or_init(|| programs().iter().map(|_| OnceLock::new()).collect());
    all[index].get_or_init(|| {
        let tree = programs()[index].tree();
        let logs = tempfile::tempdir().unwrap();
        let log = logs.path().join("log");
        let root = tree.root();
        let ran = programs()[index].run(&root, &["hook.cjs"], &[("PATTERNS_TREE", &root), ("PATTERNS_LOG", &log)]);
        let lines = fs::read_to_string(&log).unwrap_or_default();
        let opened = lines.lines().map(|line| line[root.to_str().unwrap().len() + 1..].to_owned()).collect();
        Witnessed { ran, opened }
    })
}

#[test]
fn the_runs_open_the_expected_files() {
    judge_all(|index, program| {
        let listed = program.set("list");
        let not_opened = program.set("not-opened");
        let tree = program.tree();
        let mut complaints: Vec<_> = not_opened
            .difference(&listed)
            .map(|file| format!("{file} is not-opened but not on the list"))
            .chain(
                listed
                    .iter()
                    .filter(|file| fs::symlink_metadata(tree.root().join(file)).is_err())
                    .map(|file| format!("{file} is on the list but not in the tree")),
            )
            .collect();
        if !program.runs() {
            return complaints;
        }
        let witnessed = witness(index);
        complaints.extend(witnessed.ran.complaint());
        // Node's own reading of package.json and of links is not witnessed.
        let is_package_json = |file: &String| file.ends_with("package.json");
        let by_node = |file: &String| is_package_json(file) || tree.root().join(file).is_symlink();
        let expected: BTreeSet<_> = listed.difference(&not_opened).filter(|file| !by_node(file)).cloned().collect();
        let opened = &witnessed.opened;
        let opened: BTreeSet<_> =
            opened.iter().filter(|file| !(is_package_json(file) && listed.contains(*file))).cloned().collect();
        complaints.extend(difference("never opened", &expected, "opened besides", &opened));
        complaints
    });
}

#[test]
fn the_expected_files_are_enough_to_run() {
    judge_all(|index, program| {
        if !program.runs() {
            return vec![];
        }
        let tree = program.tree();
        let copy = tempfile::tempdir().unwrap();
        let root = copy.path().canonicalize().unwrap();
        for file in program.set("list") {
            let (from, to) = (tree.root().join(&file), root.join(&file));
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            if from.is_symlink() {
                symlink(fs::read_link(from).unwrap(), to).unwrap();
            } else if let Err(error) = fs::copy(from, to) {
                return vec![format!("{file}: {error}")];
            }
        }
        fs::create_dir_all(root.join(program.cwd())).unwrap();
        let ran = program.run(&root, &[], &[]);
        let mut complaints: Vec<_> = ran.complaint().into_iter().collect();
        let expected = &witness(index).ran.stdout;
        if complaints.is_empty() && ran.stdout != *expected {
            complaints.push(format!("prints {:?}, not {expected:?}", ran.stdout));
        }
        complaints
    });
}

/// nft's lists, by a program's place in `programs()`: one process makes them all.
fn nft() -> Vec<BTreeSet<String>> {
    let trees: Vec<_> = programs().iter().map(Program::tree).collect();
    let mut peer = Command::new("node")
        .arg("nft-many.mjs")
        .current_dir(corpus())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut questions = String::new();
    for (program, tree) in programs().iter().zip(&trees) {
        let (base, cwd, entry) = (tree.root(), tree.root().join(program.cwd()), tree.root().join(program.entry()));
        let cwd = cwd.canonicalize().unwrap();
        questions += &serde_json::json!({"base": base, "processCwd": cwd, "entry": entry}).to_string();
        questions.push('\n');
    }
    let mut input = peer.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(questions.as_bytes()));
    let output = peer.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn nft_lists_what_the_programs_say() {
    let theirs = nft();
    assert_eq!(theirs.len(), programs().len());
    judge_all(|index, program| {
        let told = difference("more", &theirs[index], "less", &program.set("list")).join(" | ");
        let told = if told.is_empty() { "same" } else { &told };
        let mut complaints = Vec::new();
        if program.get("nft") != Some(told) {
            complaints.push(format!("nft: {told}"));
        }
        if (told != "same") != program.header.contains_key("why") {
            complaints.push("a difference has a reason, and only a difference".to_owned());
        }
        complaints
    });
}
