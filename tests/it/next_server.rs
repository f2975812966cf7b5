//! A real app of Next.js, built by Next itself: its custom server runs from a
//! folder that monotrace made, elsewhere, when the app is gone.
//!
//! `tests/next/matrix.mjs` does the same for every version and bundler.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::support::run;

/// Its parts in `tests/next`.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/next")
}

fn call(program: &str, arguments: &[&str], folder: &Path) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .envs([("NEXT_TELEMETRY_DISABLED", "1"), ("NEXT_OUTPUT", "standalone"), ("CI", "1")])
        .env_remove("NODE_ENV")
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{program} {arguments:?}:\n{stdout}{stderr}");
}

/// The app with its finished build. It is made anew only when its sources or
/// versions changed: that takes a minute or two.
fn built_app() -> PathBuf {
    let app = Path::new(env!("CARGO_TARGET_TMPDIR")).join("next-app");
    let mut stamp = String::new();
    read_all(&sources().join("app"), &mut stamp);
    stamp += &fs::read_to_string(sources().join("package-lock.json")).unwrap();
    let stamp_file = app.join("node_modules/.built-from");
    if fs::read_to_string(&stamp_file).is_ok_and(|built| built == stamp) && app.join(".next/standalone").exists() {
        return app;
    }
    eprintln!("installing and building the app of tests/next (a minute or two, 400 MB)");
    let _ = fs::remove_dir_all(&app);
    fs::create_dir_all(&app).unwrap();
    call("cp", &["-R", &format!("{}/.", sources().join("app").display()), "."], &app);
    for file in ["package.json", "package-lock.json"] {
        fs::copy(sources().join(file), app.join(file)).unwrap();
    }
    call("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], &app);
    call("node", &["node_modules/next/dist/bin/next", "build"], &app);
    fs::write(stamp_file, stamp).unwrap();
    app
}

fn read_all(folder: &Path, text: &mut String) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        text.push_str(&format!("{}\n", path.display()));
        match path.is_dir() {
            true => read_all(&path, text),
            false => text.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap())),
        }
    }
}

/// A folder that is elsewhere while this lives.
struct Away(PathBuf, PathBuf);

impl Away {
    fn new(folder: &Path) -> Self {
        let away = folder.with_extension("away");
        fs::rename(folder, &away).unwrap();
        Self(folder.to_path_buf(), away)
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        let _ = fs::rename(&self.1, &self.0);
    }
}

/// Builds a folder, takes it elsewhere and the app away, and asks the server for all it has.
fn every_request_is_answered(app: &Path, says: &str) {
    let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let out = place.path().join("out");
    let built = run(app, &["build", "server.js", "-o", out.to_str().unwrap()], &[]);
    assert_eq!(built.status, 0, "{}", built.stderr);
    assert!(built.stderr.contains(says) && !built.stderr.contains("MT2"), "{}", built.stderr);
    let elsewhere = place.path().join("elsewhere");
    fs::rename(&out, &elsewhere).unwrap();
    let _away = Away::new(app);
    let output = Command::new("node")
        .arg(sources().join("requests.mjs"))
        .args([elsewhere.join("start.cjs"), elsewhere.join(".next/static")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{says}:\n{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_custom_server_runs_from_the_folder_alone() {
    let app = built_app();
    every_request_is_answered(&app, "with its standalone folder");
    let standalone = app.join(".next/standalone");
    let _away = Away::new(&standalone);
    every_request_is_answered(&app, "without a standalone folder");
}
