//! The judges of a trace, over programs that use real packages.
//!
//! 1. It runs: exactly the listed files are copied to an empty folder, and the
//!    program does its work there.
//! 2. Against @vercel/nft: every difference has its reason in `differences`.
//! 3. Nothing needless: the bytes of both lists stand in the table that the
//!    second test prints (`cargo test judges -- --nocapture`).

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

use monotrace::{Level, TraceOptions, Tracer};

use crate::{
    differences::{DIFFERENCES, Difference, Side},
    peers::{App, apps, corpus, node_version},
};

fn trace(app: &App) -> (Vec<String>, Vec<monotrace::Diagnostic>) {
    let mut options = TraceOptions::new(corpus().to_path_buf());
    options.node = node_version().parse().unwrap();
    let trace = Tracer::new(options).trace(&[corpus().join(&app.entry)]).unwrap();
    let files = trace.listing.listed().map(|file| String::from_utf8(file.unwrap().path).unwrap()).collect();
    (files, trace.findings.iter().collect::<Result<_, _>>().unwrap())
}

/// Copies the listed files, links as links.
fn copy(files: &[String], to: &Path) {
    for file in files {
        let (from, to) = (corpus().join(file), to.join(file));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        if from.is_symlink() {
            symlink(fs::read_link(from).unwrap(), to).unwrap();
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// Runs a program in a folder that holds only the listed files.
fn run_from_copy(app: &App, files: &[String]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    copy(files, folder.path());
    let output = Command::new("node").arg(&app.entry).current_dir(folder.path()).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && stdout.trim_end().ends_with(&format!("ok {}", app.name)) {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let words: Vec<_> =
        stderr.lines().filter(|line| line.contains("Error") || line.contains("Cannot")).take(4).collect();
    Err(format!("{}: {words:?} {stdout}", app.name))
}

/// Calls `judge` for every app, two at a time, and collects what it complains of.
fn judge_all(judge: impl Fn(&App) -> Vec<String> + Sync) -> Vec<String> {
    let waiting = Mutex::new(apps());
    let complaints = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(app) = { waiting.lock().unwrap().pop() } {
                    let found = judge(&app);
                    complaints.lock().unwrap().extend(found);
                }
            });
        }
    });
    complaints.into_inner().unwrap()
}

#[test]
fn every_program_runs_from_exactly_the_listed_files() {
    let complaints = judge_all(|app| {
        let (files, _) = trace(app);
        run_from_copy(app, &files).err().into_iter().collect()
    });
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// nft's list for a program, with nft's own defaults.
fn nft(app: &App) -> BTreeSet<String> {
    let base = corpus().to_str().unwrap();
    let output = Command::new("node")
        .args(["--max-old-space-size=6000", "nft.mjs", base, base, "{}", &app.entry])
        .current_dir(corpus())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    result["fileList"].as_array().unwrap().iter().map(|file| file.as_str().unwrap().to_owned()).collect()
}

fn explanation<'d>(
    app: &App,
    side: Side,
    file: &str,
    globs: &'d [(globset::GlobMatcher, &Difference)],
) -> Option<&'d Difference> {
    let explains =
        |difference: &Difference| difference.side == side && (difference.app == "*" || difference.app == app.name);
    globs
        .iter()
        .find(|(glob, difference)| explains(difference) && glob.is_match(file))
        .map(|(_, difference)| *difference)
}

fn bytes<'f>(files: impl Iterator<Item = &'f String>) -> u64 {
    files.map(|file| fs::symlink_metadata(corpus().join(file)).map_or(0, |metadata| metadata.len())).sum()
}

#[test]
fn every_difference_from_nft_has_its_reason() {
    let globs: Vec<_> = DIFFERENCES
        .iter()
        .map(|difference| (globset::Glob::new(difference.files).unwrap().compile_matcher(), difference))
        .collect();
    let table = Mutex::new(Vec::new());
    let totals = Mutex::new([0; 4]);
    let used = Mutex::new(BTreeMap::new());
    let complaints = judge_all(|app| {
        let ours: BTreeSet<_> = trace(app).0.into_iter().collect();
        let theirs = nft(app);
        let mut complaints = Vec::new();
        for (side, files) in [(Side::OnlyOurs, ours.difference(&theirs)), (Side::OnlyNft, theirs.difference(&ours))] {
            for file in files {
                match explanation(app, side, file, &globs) {
                    Some(difference) => {
                        *used.lock().unwrap().entry((difference.app, difference.files)).or_insert(0) += 1;
                    }
                    None => complaints.push(format!("{}: {side:?} {file}", app.name)),
                }
            }
        }
        let only_ours = ours.difference(&theirs).count();
        let only_nft = theirs.difference(&ours).count();
        let (our_bytes, their_bytes) = (bytes(ours.iter()), bytes(theirs.iter()));
        let sizes = [ours.len() as u64, theirs.len() as u64, our_bytes, their_bytes];
        totals.lock().unwrap().iter_mut().zip(sizes).for_each(|(total, size)| *total += size);
        table.lock().unwrap().push(format!(
            "{:20} {:6} files {:6} nft {only_ours:5} only ours {only_nft:5} only nft {:8.3} MB {:8.3} MB nft",
            app.name,
            ours.len(),
            theirs.len(),
            our_bytes as f64 / 1e6,
            their_bytes as f64 / 1e6,
        ));
        complaints
    });
    let mut table = table.into_inner().unwrap();
    table.sort();
    println!("{}", table.join("\n"));
    let [our_files, their_files, our_bytes, their_bytes] = totals.into_inner().unwrap();
    println!("all: {our_files} files, {their_files} nft, {our_bytes} bytes, {their_bytes} nft");
    let used = used.into_inner().unwrap();
    for each in DIFFERENCES {
        let files = used.get(&(each.app, each.files)).unwrap_or(&0);
        println!("{files:4} {:?} {} {}: {}", each.side, each.app, each.files, each.why);
    }
    assert!(complaints.is_empty(), "{} without a reason: {complaints:#?}", complaints.len());
    let idle: Vec<_> = DIFFERENCES.iter().filter(|each| !used.contains_key(&(each.app, each.files))).collect();
    assert!(idle.is_empty(), "these explain nothing any more: {idle:#?}");
}

/// What a program cannot do without is never reported as an error when it is there.
#[test]
fn the_listed_files_are_files_or_links_of_the_corpus() {
    let complaints = judge_all(|app| {
        let (files, findings) = trace(app);
        let missing = files.iter().filter(|file| fs::symlink_metadata(corpus().join(file)).is_err());
        let folders = files.iter().filter(|file| {
            let path: PathBuf = corpus().join(OsStr::from_bytes(file.as_bytes()));
            path.is_dir() && !path.is_symlink()
        });
        let bugs = findings.iter().filter(|finding| finding.level <= Level::Fatal);
        missing
            .chain(folders)
            .map(|file| format!("{}: {file}", app.name))
            .chain(bugs.map(|finding| format!("{}: {finding:?}", app.name)))
            .collect()
    });
    assert!(complaints.is_empty(), "{complaints:#?}");
}
