//! The library: leases, limits, and a file system that fails.

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use monotrace::{EntryKind, Host, Level, OpenError, OpenFile, RealHost, Replacement, TraceError, TraceOptions, Tracer};

use crate::support::Tree;

const CHAIN: &str = "//- a.js
require('./b'); require('./d')
//- b.js
require('./c')
//- c.js
//- d.js
";

fn listed(tracer: &Tracer, tree: &Tree) -> Result<Vec<String>, TraceError> {
    let trace = tracer.trace(&[tree.root().join("a.js")])?;
    Ok(trace.listing.listed().map(|file| String::from_utf8(file.path.clone()).unwrap()).collect())
}

#[test]
fn all_that_was_leased_comes_back() {
    let tree = Tree::new(CHAIN);
    let tracer = Tracer::new(TraceOptions::new(tree.root()));
    for _ in 0..2 {
        assert_eq!(listed(&tracer, &tree).unwrap(), ["a.js", "b.js", "c.js", "d.js"]);
        assert_eq!(tracer.leased(), 0);
    }
}

#[test]
fn a_limit_that_does_not_suffice_is_an_error_not_a_crash() {
    let tree = Tree::new(CHAIN);
    let mut refused = 0;
    for limit in (0..4 << 20).step_by(64 << 10) {
        let mut options = TraceOptions::new(tree.root());
        options.memory_limit = limit;
        let tracer = Tracer::new(options);
        match listed(&tracer, &tree) {
            Ok(files) => assert_eq!(files.len(), 4),
            Err(TraceError::Memory(_)) => refused += 1,
            Err(error) => panic!("{error}"),
        }
        assert_eq!(tracer.leased(), 0);
    }
    assert!(refused > 0);
}

/// The real host, but one folder cannot be listed, or not even asked about.
struct SickFolder {
    name: &'static str,
    also_kind: bool,
    errno: i32,
}

impl SickFolder {
    fn check(&self, path: &Path) -> io::Result<()> {
        if path.components().any(|part| part.as_os_str() == self.name) {
            return Err(io::Error::from_raw_os_error(self.errno));
        }
        Ok(())
    }
}

impl Host for SickFolder {
    fn list(&self, directory: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
        self.check(directory)?;
        RealHost.list(directory, each)
    }

    fn kind(&self, path: &Path) -> io::Result<EntryKind> {
        if self.also_kind {
            self.check(path)?;
        }
        RealHost.kind(path)
    }

    fn link_target(&self, link: &Path) -> io::Result<PathBuf> {
        RealHost.link_target(link)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        RealHost.real_path(path)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError> {
        if path.is_file() && path.ends_with(self.name) {
            self.check(path)?;
        }
        RealHost.open(path)
    }

    fn replace(&self, path: &Path) -> io::Result<Box<dyn Replacement>> {
        RealHost.replace(path)
    }
}

#[test]
fn a_folder_that_cannot_be_listed_tells_everybody_the_same() {
    let tree = Tree::new(
        "//- a.js\nrequire('./b'); require('./sick/x'); require('./sick/no'); require('./sick/m/no')\n\
         //- b.js\nrequire('./sick/x'); require('./sick/no'); require('./sick/m/no')\n//- sick/x.js\n",
    );
    let trace = |also_kind, threads, entry: &str| {
        let mut options = TraceOptions::new(tree.root());
        options.threads = std::num::NonZeroUsize::new(threads).unwrap();
        let host = SickFolder { name: "sick", also_kind, errno: libc::EIO };
        let trace = Tracer::with_host(Arc::new(host), options).trace(&[tree.root().join(entry)]).unwrap();
        let told = trace.findings.iter().map(|finding| {
            let place = finding.place.map(|place| format!(":{place}")).unwrap_or_default();
            format!("{} {}{place}", finding.problem.code(), finding.file.strip_prefix(tree.root()).unwrap().display())
        });
        told.collect::<Vec<_>>()
    };
    for threads in [1, 4] {
        let listed = ["MT2001 a.js:1:46", "MT2001 a.js:1:68", "MT2001 b.js:1:30", "MT2001 b.js:1:52", "MT3003 sick"];
        assert_eq!(trace(false, threads, "a.js"), listed);
        assert_eq!(trace(false, threads, "sick/x.js"), ["MT3003 sick"]);
        let asked = trace(true, threads, "a.js");
        let codes = |file: &str| asked.iter().filter(|told| told.starts_with(&format!("MT3003 {file}:"))).count();
        assert_eq!((codes("a.js"), codes("b.js")), (3, 3), "{asked:?}");
        assert!(!asked.iter().any(|told| told.starts_with("MT2001")), "{asked:?}");
    }
}

#[test]
fn no_descriptor_left_ends_the_run_and_loses_nothing_in_silence() {
    let tree = Tree::new("//- a.js\nrequire('./sick/x'); require('./b')\n//- b.js\n//- sick/x.js\n");
    for (name, entry) in [("sick", "a.js"), ("sick", "sick/x.js"), ("b.js", "a.js")] {
        let host = SickFolder { name, also_kind: false, errno: libc::EMFILE };
        let tracer = Tracer::with_host(Arc::new(host), TraceOptions::new(tree.root()));
        let error = tracer.trace(&[tree.root().join(entry)]).unwrap_err();
        assert!(matches!(error, TraceError::Descriptors), "{error}");
    }
}

#[test]
fn an_entry_that_cannot_be_read_is_fatal() {
    let tree = Tree::new("//- a.js\nrequire('./b')\n//- b.js\nrequire('./c')\n//- c.js\n");
    for (entry, level) in [("b.js", Level::Fatal), ("a.js", Level::Error)] {
        let host = SickFolder { name: "b.js", also_kind: false, errno: libc::EACCES };
        let tracer = Tracer::with_host(Arc::new(host), TraceOptions::new(tree.root()));
        let trace = tracer.trace(&[tree.root().join(entry)]).unwrap();
        let told: Vec<_> = trace.findings.iter().map(|finding| (finding.problem.code().0, finding.level)).collect();
        assert_eq!(told, [(3003, level)]);
    }
}

/// The real host, but the n-th call of one kind fails.
struct FaultyHost {
    fault: Fault,
    countdown: AtomicUsize,
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    List,
    Open,
}

impl FaultyHost {
    fn check(&self, fault: Fault) -> io::Result<()> {
        let same = std::mem::discriminant(&fault) == std::mem::discriminant(&self.fault);
        if same && self.countdown.fetch_sub(1, Ordering::Relaxed) == 1 {
            return Err(io::Error::from_raw_os_error(5));
        }
        Ok(())
    }
}

impl Host for FaultyHost {
    fn list(&self, directory: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
        self.check(Fault::List)?;
        RealHost.list(directory, each)
    }

    fn kind(&self, path: &Path) -> io::Result<EntryKind> {
        RealHost.kind(path)
    }

    fn link_target(&self, link: &Path) -> io::Result<PathBuf> {
        RealHost.link_target(link)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        RealHost.real_path(path)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError> {
        self.check(Fault::Open)?;
        RealHost.open(path)
    }

    fn replace(&self, path: &Path) -> io::Result<Box<dyn Replacement>> {
        RealHost.replace(path)
    }
}

#[test]
fn a_file_that_cannot_be_read_loses_only_what_it_asks_for() {
    let tree = Tree::new(CHAIN);
    for fault in [Fault::List, Fault::Open] {
        for call in 1.. {
            let host = FaultyHost { fault, countdown: AtomicUsize::new(call) };
            let host = Arc::new(host);
            let mut options = TraceOptions::new(tree.root());
            options.threads = std::num::NonZeroUsize::MIN;
            let tracer = Tracer::with_host(Arc::clone(&host) as Arc<dyn Host>, options);
            let trace = tracer.trace(&[tree.root().join("a.js")]).unwrap();
            let files = trace.listing.listed().count();
            if host.countdown.load(Ordering::Relaxed) > 0 && host.countdown.load(Ordering::Relaxed) < usize::MAX / 2 {
                assert_eq!((files, trace.findings.len()), (4, 0), "the fault was not met");
                break;
            }
            // A folder that cannot be listed is asked name by name; a file
            // that cannot be read is told.
            match fault {
                Fault::List => assert_eq!(files, 4, "{call}: {:?}", trace.findings),
                Fault::Open => {
                    assert!(files > 0 && !trace.findings.is_empty(), "{call}: {files}");
                    assert!(trace.findings[0].problem.to_string().contains("error 5"), "{:?}", trace.findings);
                }
            }
        }
    }
}
