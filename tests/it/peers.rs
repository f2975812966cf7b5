//! The corpus of real packages in `tests/peers`, installed where it is missing.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

/// The folder of the corpus, with its `node_modules`.
///
/// The first test that asks installs it by `npm ci`, which takes a minute
/// or more and 1.7 GB; later runs see by the stamp that it is there.
pub fn corpus() -> &'static Path {
    static CORPUS: OnceLock<PathBuf> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").canonicalize().unwrap();
        let lock = fs::read_to_string(folder.join("package-lock.json")).unwrap();
        let stamp = folder.join("node_modules/.installed-lock");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
            return folder;
        }
        eprintln!("installing the corpus in tests/peers by `npm ci` (a minute or more, 1.7 GB)");
        let status = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .status()
            .expect("npm is needed to install the corpus");
        assert!(status.success(), "npm ci failed in tests/peers");
        fs::write(&stamp, &lock).unwrap();
        folder
    })
}

/// The version of the `node` that tests run, as `--node` takes it.
pub fn node_version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let output = Command::new("node").arg("--version").output().expect("node is needed for these tests");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    })
}

/// A program of the corpus.
#[derive(Clone, Debug)]
pub struct App {
    pub name: String,
    /// Relative to the corpus.
    pub entry: String,
}

pub fn apps() -> Vec<App> {
    let text = fs::read_to_string(corpus().join("apps/apps.json")).unwrap();
    let apps: serde_json::Value = serde_json::from_str(&text).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    apps.as_array().unwrap().iter().map(|app| App { name: text(&app["name"]), entry: text(&app["entry"]) }).collect()
}

/// Every script of the corpus, sorted; links are not followed.
pub fn scripts() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["node_modules", "apps"] {
        list_scripts(&corpus().join(folder), &mut files);
    }
    files.sort();
    files
}

fn list_scripts(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in directory.read_dir().unwrap().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => list_scripts(&path, files),
            Ok(kind) if kind.is_file() && is_script(&path) => files.push(path),
            _ => {}
        }
    }
}

fn is_script(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    // A judge is asked for one path a line.
    let is_a_line = path.to_str().is_some_and(|path| !path.contains('\n'));
    is_a_line && matches!(extension, Some("js" | "mjs" | "cjs"))
}

/// Has a judge of `tests/peers` answer for all these files, and takes each answer.
///
/// A judge reads paths, one a line, and writes two lines for each: `F PATH` and its answer.
pub fn ask<'f>(judge: &str, files: impl Iterator<Item = &'f PathBuf>, mut take: impl FnMut(&str, &str)) {
    let mut child = Command::new("node")
        .arg(corpus().join(judge))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is needed for these tests");
    let mut stdin = child.stdin.take().unwrap();
    let list: String = files.map(|file| format!("{}\n", file.display())).collect();
    let writer = std::thread::spawn(move || stdin.write_all(list.as_bytes()));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while let (Some(head), Some(answer)) = (lines.next(), lines.next()) {
        take(head.unwrap().strip_prefix("F ").expect("a path comes first"), &answer.unwrap());
    }
    writer.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success(), "{judge} failed");
}
