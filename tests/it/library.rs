//! The library: leases, limits, and a file system that fails.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use monotrace::{Diagnostic, Host, Level, Trace, TraceError, TraceOptions, Tracer};

use crate::{
    hooked_host::{Asked, HookedHost},
    support::Tree,
};

const CHAIN: &str = "//- a.js
require('./b'); require('./d')
//- b.js
require('./c')
//- c.js
//- d.js
";

fn listed(tracer: &Tracer, tree: &Tree) -> Result<Vec<String>, TraceError> {
    let trace = tracer.trace(&[tree.root().join("a.js")])?;
    trace.listing.listed().map(|file| Ok(String::from_utf8(file?.path).unwrap())).collect()
}

fn findings(trace: &Trace) -> Vec<Diagnostic> {
    trace.findings.iter().collect::<Result<_, _>>().unwrap()
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

/// One folder cannot be listed, or not even asked about; a file of that name cannot be opened.
fn sick(name: &'static str, also_kind: bool, errno: i32) -> Arc<dyn Host> {
    Arc::new(HookedHost(move |asked, path: &Path| {
        let refused = match asked {
            Asked::List => path.components().any(|part| part.as_os_str() == name),
            Asked::Kind => also_kind && path.components().any(|part| part.as_os_str() == name),
            Asked::Open => path.ends_with(name) && path.is_file(),
        };
        if refused { Err(io::Error::from_raw_os_error(errno)) } else { Ok(()) }
    }))
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
        let host = sick("sick", also_kind, libc::EIO);
        let trace = Tracer::with_host(host, options).trace(&[tree.root().join(entry)]).unwrap();
        let told = trace.findings.iter().map(|finding| {
            let finding = finding.unwrap();
            let place = finding.place.map(|place| format!(":{place}")).unwrap_or_default();
            format!("{} {}{place}", finding.code, finding.file.strip_prefix(tree.root()).unwrap().display())
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
        let host = sick(name, false, libc::EMFILE);
        let tracer = Tracer::with_host(host, TraceOptions::new(tree.root()));
        let error = tracer.trace(&[tree.root().join(entry)]).unwrap_err();
        assert!(matches!(error, TraceError::Descriptors), "{error}");
    }
}

#[test]
fn an_entry_that_cannot_be_read_is_fatal() {
    let tree = Tree::new("//- a.js\nrequire('./b')\n//- b.js\nrequire('./c')\n//- c.js\n");
    for (entry, level) in [("b.js", Level::Fatal), ("a.js", Level::Error)] {
        let host = sick("b.js", false, libc::EACCES);
        let tracer = Tracer::with_host(host, TraceOptions::new(tree.root()));
        let trace = tracer.trace(&[tree.root().join(entry)]).unwrap();
        let told: Vec<_> = findings(&trace).iter().map(|finding| (finding.code.0, finding.level)).collect();
        assert_eq!(told, [(3003, level)]);
    }
}

#[test]
fn a_file_that_cannot_be_read_loses_only_what_it_asks_for() {
    let tree = Tree::new(CHAIN);
    for fault in [Asked::List, Asked::Open] {
        for call in 1.. {
            let calls = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&calls);
            let host = HookedHost(move |asked, _: &Path| {
                let fails = asked == fault && counted.fetch_add(1, Ordering::Relaxed) + 1 == call;
                if fails { Err(io::Error::from_raw_os_error(libc::EIO)) } else { Ok(()) }
            });
            let mut options = TraceOptions::new(tree.root());
            options.threads = std::num::NonZeroUsize::MIN;
            let tracer = Tracer::with_host(Arc::new(host), options);
            let trace = tracer.trace(&[tree.root().join("a.js")]).unwrap();
            let (files, findings) = (trace.listing.listed().count(), findings(&trace));
            if calls.load(Ordering::Relaxed) < call {
                assert_eq!((files, findings.len()), (4, 0), "the fault was not met");
                break;
            }
            // A folder that cannot be listed is asked name by name; a file
            // that cannot be read is told.
            match fault {
                Asked::List => assert_eq!(files, 4, "{call}: {findings:?}"),
                _ => {
                    assert!(files > 0 && !findings.is_empty(), "{call}: {files}");
                    assert!(findings[0].message.contains("error 5"), "{findings:?}");
                }
            }
        }
    }
}
