//! What single references lead to, as words. In the tests' texts `*` is a hole.

use std::{fs, path::Path, sync::Arc};

use monotrace::{HOLE, Host, Place, RealHost, Reason, Reference, ReferenceKind, TraceOptions, Tracer};

use crate::support::Tree;

/// References asked about one at a time.
pub struct Asking<'t> {
    tree: &'t Tree,
    pub options: TraceOptions,
    pub host: Arc<dyn Host>,
}

impl<'t> Asking<'t> {
    pub fn new(tree: &'t Tree) -> Self {
        Self { tree, options: TraceOptions::new(tree.root()), host: Arc::new(RealHost) }
    }

    /// What `text` leads to, a word for each file in order: `path` for a
    /// dependency, `path?` if it is not looked into, `@path` for an asset,
    /// `+path` for what is needed on the way. Findings come last.
    pub fn ask(&self, file: &str, kind: ReferenceKind, text: &str) -> Vec<String> {
        let root = self.tree.root();
        let mut specifier = text.replace('*', &HOLE.to_string());
        if specifier.starts_with('/') {
            specifier = format!("{}{specifier}", root.display());
        }
        let place = Place { line: 3, column: 7 };
        let reference = Reference { kind, specifier, place, guarded: false, from: None };
        let tracer = Tracer::with_host(Arc::clone(&self.host), self.options.clone());
        let followed = tracer.follow(&root.join(file), &[reference]).unwrap();
        assert_eq!(tracer.leased(), 0);
        let mut words: Vec<String> = followed
            .files
            .iter()
            .map(|(path, reason, follow)| {
                let path = String::from_utf8_lossy(path);
                match (reason, follow) {
                    (Reason::Dependency, true) => path.into_owned(),
                    (Reason::Dependency, false) => format!("{path}?"),
                    (Reason::Asset, false) => format!("@{path}"),
                    (Reason::Resolve, false) => format!("+{path}"),
                    other => panic!("{other:?}"),
                }
            })
            .collect();
        words.sort();
        words.dedup();
        let mut findings: Vec<String> = followed
            .findings
            .iter()
            .map(|finding| {
                assert!(!finding.problem.message(&root).contains(HOLE), "{finding:?}");
                assert!(!finding.problem.message(&root).contains(root.to_str().unwrap()), "{finding:?}");
                assert!(!finding.steps.iter().any(|step| step.contains(HOLE)), "{finding:?}");
                format!("{} {}: {}", finding.level, finding.problem.code(), finding.problem.message(&root))
            })
            .collect();
        findings.sort();
        findings.dedup();
        words.extend(findings);
        words
    }
}

/// What a reference leads to with the options of the command: see [`Asking::ask`].
pub fn ask(tree: &Tree, file: &str, kind: ReferenceKind, text: &str) -> Vec<String> {
    Asking::new(tree).ask(file, kind, text)
}

pub const NOTHING: [&str; 0] = [];

/// All files below a folder by what the file system says, links left out.
pub fn all_files(folder: &Path, relative: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{relative}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            all_files(&entry.path(), &format!("{name}/"), files);
        } else {
            files.push(name);
        }
    }
}
