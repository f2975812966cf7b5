//! Trees written inline, and the command run on them.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

/// A folder with the files of a text.
///
/// Each file begins with a line `//- PATH`, and lasts to the next; a line
/// `//- PATH -> TARGET` is a link.
pub struct Tree {
    folder: TempDir,
}

impl Tree {
    pub fn new(text: &str) -> Self {
        let tree = Self { folder: tempfile::tempdir().unwrap() };
        for part in text.split("//- ").skip(1) {
            let (head, body) = part.split_once('\n').unwrap_or((part, ""));
            match head.split_once(" -> ") {
                Some((link, target)) => tree.link(link.trim(), target.trim()),
                None => tree.write(head.trim(), body),
            }
        }
        tree
    }

    /// The tree's real path.
    pub fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.root().join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn link(&self, path: &str, target: &str) {
        let path = self.root().join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    }

    /// Runs `monotrace print` with these arguments in the tree's folder.
    pub fn print(&self, arguments: &[&str]) -> Run {
        run(&self.root(), &[&["print"], arguments].concat(), &[])
    }
}

/// What a run of the command gave.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The listed files, a line each.
    pub fn files(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }
}

/// Runs the command in `folder`. `print` tells findings a line each, and nothing else, if no `--reporter` says otherwise.
pub fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let environment: BTreeMap<_, _> = environment.iter().copied().collect();
    let mut arguments = arguments.to_vec();
    if arguments.first() == Some(&"print") && !arguments.contains(&"--reporter") {
        arguments.splice(1..1, ["--reporter", "line"]);
    }
    finish(Command::new(COMMAND).args(arguments).current_dir(folder).envs(environment))
}

/// Runs a shell's lines in `folder`, where `$MT` is the command, with findings as [`run`] has them. What hangs
/// is killed, and fails the test.
pub fn shell(folder: &Path, script: &str) -> Run {
    let script = &script.replace("$MT print", "$MT print --reporter line");
    finish(
        Command::new("timeout").args(["-s", "KILL", "60", "sh", "-c", script]).current_dir(folder).env("MT", COMMAND),
    )
}

/// The command's path.
pub const COMMAND: &str = env!("CARGO_BIN_EXE_monotrace");

fn finish(command: &mut Command) -> Run {
    let output: Output = command.output().unwrap();
    Run {
        status: output.status.code().unwrap_or_else(|| panic!("ended by a signal: {output:?}")),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
