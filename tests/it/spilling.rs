//! Little memory: the same bytes as with plenty, and a disk that fails everywhere.

use std::{
    ffi::OsStr,
    fs, io,
    num::NonZeroUsize,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use monotrace::{
    Disk, EntryKind, Host, NewsLines, OpenError, OpenFile, RealHost, Replacement, Report, ReportError, ReportFormat,
    ScratchFile, SpillError, Spilled, StageError, Staging, TraceError, TraceOptions, Tracer, write_report,
};

use crate::support::{Tree, run};

const FORMATS: [ReportFormat; 2] = [ReportFormat::Text, ReportFormat::Json];

/// Modules in folders that load one another, ES modules among them, and ask for what is not there.
fn tree(modules: usize) -> Tree {
    let tree = Tree::new("");
    let name = |number: usize| {
        let extension = if number.is_multiple_of(7) { "mjs" } else { "js" };
        format!("packages/package-{}/lib/a-module-with-a-name-{number}.{extension}", number % 31)
    };
    for number in 0..modules {
        let mut text = String::new();
        for step in [1, 2, 3, 7, 31, 601] {
            let other = name((number * 3 + step) % modules);
            text += &format!("import('../../../{other}');\n");
        }
        if number.is_multiple_of(5) {
            text += &format!("import('./missing-{number}');\nimport('missing-{number}');\n");
        }
        tree.write(&name(number), text);
        if number < 31 {
            tree.write(&format!("packages/package-{number}/package.json"), "{}");
        }
    }
    tree.write("main.js", format!("import('./{}')", name(0)));
    tree
}

fn options(tree: &Tree, threads: usize) -> TraceOptions {
    let mut options = TraceOptions::new(tree.root());
    options.threads = NonZeroUsize::new(threads).unwrap();
    options.temp_defaults = vec!["/var/tmp".into()];
    options
}

/// All that is written of a trace, in each form.
fn written(tracer: &Tracer, tree: &Tree) -> Result<(Vec<Vec<u8>>, Spilled), Ended> {
    let trace = tracer.trace(&[tree.root().join("main.js")])?;
    let report = Report { root: &trace.root, listing: &trace.listing, findings: &trace.findings };
    let mut all = Vec::new();
    for format in FORMATS {
        let mut out = Vec::new();
        write_report(format, &report, &mut out)?;
        all.push(out);
    }
    Ok((all, trace.spilled))
}

/// The same, and what is written while the trace goes on.
fn written_in_all_ways(tracer: &Tracer, tree: &Tree) -> Result<(Vec<Vec<u8>>, Spilled), Ended> {
    let (mut all, spilled) = written(tracer, tree)?;
    let mut lines = NewsLines::new(Vec::new());
    let mut failed = None;
    let told =
        tracer.trace_by_generation(&[tree.root().join("main.js")], &mut |generation| match lines.tell(generation) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        });
    if let Some(error) = failed {
        return Err(error.into());
    }
    told?;
    all.push(lines.end(true)?);
    Ok((all, spilled))
}

/// Why nothing was written.
#[derive(Debug)]
enum Ended {
    Trace(TraceError),
    Report(ReportError),
}

impl From<TraceError> for Ended {
    fn from(error: TraceError) -> Self {
        Self::Trace(error)
    }
}

impl From<ReportError> for Ended {
    fn from(error: ReportError) -> Self {
        Self::Report(error)
    }
}

impl Ended {
    fn spill(&self) -> &SpillError {
        match self {
            Self::Trace(TraceError::Spill(error)) | Self::Report(ReportError::Spill(error)) => error,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn little_memory_gives_the_same_bytes() {
    let tree = tree(2500);
    for depth in [None, Some(5)] {
        let trace = |threads, batch, limit| {
            let mut options = options(&tree, threads);
            options.depth = depth;
            options.faults.spill_batch = batch;
            options.memory_limit = limit;
            let tracer = Tracer::new(options);
            let written = written_in_all_ways(&tracer, &tree);
            assert_eq!(tracer.leased(), 0);
            written
        };
        let (expected, spilled) = trace(1, None, 6000 << 20).unwrap();
        assert_eq!(spilled, Spilled::default());
        assert!(expected[0].len() > 10_000 && expected[1].windows(7).any(|word| word == b"missing"));
        for (threads, batch) in [(1, 0), (4, 0), (4, 4096), (1, 30_000)] {
            let (written, spilled) = trace(threads, Some(batch), 6000 << 20).unwrap();
            assert!(spilled.runs > 3 && spilled.bytes > 0);
            assert!(written == expected, "{threads} threads, batches of {batch} bytes");
        }
        // From refused to plenty: what is not refused is the same.
        let mut spilling = 0;
        for limit in (1..40).map(|step| step * (256 << 10)) {
            match trace(1, None, limit) {
                Ok((written, spilled)) => {
                    spilling += u32::from(spilled.bytes > 0);
                    assert!(written == expected, "{limit} bytes");
                }
                Err(Ended::Trace(TraceError::Memory(_)) | Ended::Report(ReportError::Spill(SpillError::Memory(_)))) => {
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        assert!(spilling > 0);
    }
}

#[test]
fn without_parents_the_list_is_the_same() {
    let tree = tree(300);
    let mut options = options(&tree, 2);
    let (with, _) = written(&Tracer::new(options.clone()), &tree).unwrap();
    options.parents = false;
    let (without, _) = written(&Tracer::new(options), &tree).unwrap();
    assert!(with[0] == without[0] && with[1] != without[1]);
}

/// What a disk does wrong, at one call.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Open(i32),
    Write(i32),
    ShortWrite,
    NoWrite,
    Read(i32),
    End,
}

/// The real file system, whose scratch files fail once.
struct FaultyHost {
    fault: Fault,
    at: usize,
    calls: Arc<AtomicUsize>,
    is_memory: bool,
}

struct FaultyFile {
    file: Box<dyn ScratchFile>,
    fault: Fault,
    at: usize,
    calls: Arc<AtomicUsize>,
}

impl FaultyFile {
    fn is_met(&self) -> bool {
        self.calls.fetch_add(1, Ordering::Relaxed) == self.at
    }
}

impl ScratchFile for FaultyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        match self.fault {
            Fault::Write(errno) if self.is_met() => Err(io::Error::from_raw_os_error(errno)),
            Fault::ShortWrite if self.is_met() => self.file.write_at(&bytes[..bytes.len() / 3], offset),
            Fault::NoWrite if self.is_met() => Ok(0),
            _ => self.file.write_at(bytes, offset),
        }
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match self.fault {
            Fault::Read(errno) if self.is_met() => Err(io::Error::from_raw_os_error(errno)),
            Fault::End if self.is_met() => Ok(0),
            _ => self.file.read_at(buffer, offset),
        }
    }
}

impl Host for FaultyHost {
    fn list(&self, directory: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
        RealHost.list(directory, each)
    }

    fn kind(&self, path: &Path) -> io::Result<EntryKind> {
        RealHost.kind(path)
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        RealHost.len(path)
    }

    fn link_target(&self, link: &Path) -> io::Result<PathBuf> {
        RealHost.link_target(link)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        RealHost.real_path(path)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError> {
        RealHost.open(path)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        RealHost.make_folder(folder)
    }

    fn replace(&self, path: &Path) -> io::Result<Box<dyn Replacement>> {
        RealHost.replace(path)
    }

    fn scratch(&self, folder: &Path) -> io::Result<Box<dyn ScratchFile>> {
        if let Fault::Open(errno) = self.fault {
            return Err(io::Error::from_raw_os_error(errno));
        }
        let file = RealHost.scratch(folder)?;
        Ok(Box::new(FaultyFile { file, fault: self.fault, at: self.at, calls: Arc::clone(&self.calls) }))
    }

    fn tree(&self, root: &Path) -> io::Result<Box<dyn monotrace::Tree>> {
        RealHost.tree(root)
    }

    fn stage(&self, place: &Path, clean: bool) -> Result<Box<dyn Staging>, StageError> {
        RealHost.stage(place, clean)
    }

    fn may_stage(&self, place: &Path, clean: bool) -> Result<(), StageError> {
        RealHost.may_stage(place, clean)
    }

    fn disk(&self, folder: &Path) -> io::Result<Disk> {
        Ok(Disk { is_memory: self.is_memory, ..RealHost.disk(folder)? })
    }
}

fn faulty(fault: Fault, at: usize) -> (FaultyHost, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    (FaultyHost { fault, at, calls: Arc::clone(&calls), is_memory: false }, calls)
}

#[test]
fn a_disk_that_fails_at_any_call_gives_the_exact_list_or_none() {
    let tree = tree(100);
    let temp = tempfile::tempdir_in("/var/tmp").unwrap();
    let output = temp.path().join("output.json");
    let mut options = options(&tree, 1);
    options.channel_capacity = NonZeroUsize::MIN;
    options.faults.spill_batch = Some(600);
    options.temp_dir = Some(temp.path().to_path_buf());
    let publish = |host: FaultyHost, threads: usize| -> Result<(), Ended> {
        let mut options = options.clone();
        options.threads = NonZeroUsize::new(threads).unwrap();
        let tracer = Tracer::with_host(Arc::new(host), options);
        let trace = tracer.trace(&[tree.root().join("main.js")])?;
        let report = Report { root: &trace.root, listing: &trace.listing, findings: &trace.findings };
        tracer.publish(ReportFormat::Json, &report, &output)?;
        Ok(())
    };
    publish(faulty(Fault::End, usize::MAX).0, 1).unwrap();
    let expected = fs::read(&output).unwrap();
    for fault in [
        Fault::Write(libc::ENOSPC),
        Fault::Write(libc::EDQUOT),
        Fault::Write(libc::EFBIG),
        Fault::Write(libc::EIO),
        Fault::ShortWrite,
        Fault::NoWrite,
        Fault::Read(libc::EIO),
        Fault::End,
    ] {
        for at in 0.. {
            fs::write(&output, "old").unwrap();
            let (host, calls) = faulty(fault, at);
            let ended = publish(host, 1 + at % 4);
            let left: Vec<_> = fs::read_dir(temp.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(left, ["output.json"]);
            let is_met = calls.load(Ordering::Relaxed) > at;
            let content = fs::read(&output).unwrap();
            match ended {
                Ok(()) => assert!(content == expected, "{fault:?} {at}"),
                Err(_) => assert_eq!(content, b"old", "{fault:?} {at}"),
            }
            match (fault, ended) {
                _ if !is_met => {
                    assert!(at > 10, "{fault:?}: only {at} calls");
                    break;
                }
                (Fault::ShortWrite, ended) => ended.unwrap(),
                (Fault::Open(_) | Fault::Write(libc::EIO) | Fault::NoWrite | Fault::Read(_), Err(ended)) => {
                    assert!(matches!(ended.spill(), SpillError::Io { .. }), "{fault:?} {at}: {ended:?}");
                }
                (Fault::Write(_), Err(ended)) => {
                    let told = ended.spill().to_string();
                    assert!(told.contains("bytes needed, ") && told.contains("bytes free"), "{told}");
                    assert!(told.contains(temp.path().to_str().unwrap()), "{told}");
                }
                (Fault::End, Err(ended)) => {
                    assert!(matches!(ended.spill(), SpillError::Damaged { .. }), "{fault:?} {at}: {ended:?}");
                }
                (_, Ok(())) => panic!("{fault:?} {at} was not noticed"),
            }
        }
    }
}

#[test]
fn a_folder_that_takes_no_file_is_told() {
    let tree = tree(120);
    let mut options = options(&tree, 1);
    options.faults.spill_batch = Some(0);
    let trace = |errno| {
        let (host, _) = faulty(Fault::Open(errno), 0);
        written(&Tracer::with_host(Arc::new(host), options.clone()), &tree).unwrap_err()
    };
    // A disk may have no room for one more file.
    assert!(matches!(trace(libc::ENOSPC).spill(), SpillError::Full { .. }));
    assert!(matches!(trace(libc::EACCES).spill(), SpillError::Io { .. }));
    assert!(matches!(trace(libc::EMFILE), Ended::Trace(TraceError::Descriptors)));
}

#[test]
fn a_flipped_bit_never_gives_a_wrong_list() {
    let tree = tree(120);
    let mut options = options(&tree, 1);
    options.faults.spill_batch = Some(6000);
    let (expected, spilled) = written(&Tracer::new(options.clone()), &tree).unwrap();
    let mut found = 0;
    let pages = spilled.bytes / 4096;
    for page in 1..=pages {
        options.faults.spill_flip = Some(page);
        match written(&Tracer::new(options.clone()), &tree) {
            // It was never read.
            Ok((written, _)) => assert!(written == expected),
            Err(ended) => {
                assert!(matches!(ended.spill(), SpillError::Damaged { .. }), "{ended:?}");
                found += 1;
            }
        }
    }
    assert!(found > pages / 2, "{found} of {pages}");
}

#[test]
fn a_folder_in_memory_counts_as_memory() {
    let tree = tree(120);
    let mut options = options(&tree, 1);
    options.faults.spill_batch = Some(0);
    let trace = |options: &TraceOptions| {
        let (host, _) = faulty(Fault::End, usize::MAX);
        let tracer = Tracer::with_host(Arc::new(FaultyHost { is_memory: true, ..host }), options.clone());
        written(&tracer, &tree).map(|(_, spilled)| spilled)
    };
    // None that the user did not name.
    assert!(matches!(trace(&options).unwrap_err().spill(), SpillError::NoFolder));
    options.temp_dir = Some("/var/tmp".into());
    let spilled = trace(&options).unwrap();
    // What fits without the temporary file does not fit with it.
    let enough = (1..400).map(|step| step * (64 << 10)).find(|limit| {
        options.memory_limit = *limit;
        options.temp_dir = None;
        written(&Tracer::new(options.clone()), &tree).is_ok()
    });
    options.memory_limit = enough.unwrap() + spilled.most / 2;
    options.temp_dir = Some("/var/tmp".into());
    assert!(matches!(trace(&options), Err(Ended::Trace(TraceError::Memory(_)))));
    options.memory_limit += spilled.most * 2;
    trace(&options).unwrap();
}

#[test]
fn the_command_tells_what_is_wrong_with_the_disk() {
    let tree = tree(200);
    let root = tree.root();
    let print = |arguments: &[&str], fault: &str| {
        run(&root, &[&["print", "main.js", "--threads", "1"], arguments].concat(), &[("MONOTRACE_FAULT", fault)])
    };
    let expected = print(&["--format", "json"], "");
    assert_eq!(expected.status, 0, "{}", expected.stderr);
    let spilled = print(&["--format", "json"], "spill_batch=0");
    assert_eq!((spilled.status, spilled.stdout == expected.stdout), (0, true), "{}", spilled.stderr);
    fs::write(root.join("out"), "old").unwrap();
    for (arguments, fault, status, code) in [
        (["--format", "json"], "spill_batch=0,spill_flip=3", 4, "MT4006"),
        (["--max-temp-size", "0"], "spill_batch=0", 3, "MT4003"),
        (["--temp-dir", "nowhere"], "", 4, "MT4007"),
    ] {
        let ended = print(&[&arguments[..], &["-o", "out"]].concat(), fault);
        assert_eq!((ended.status, ended.stdout.as_str()), (status, ""), "{}", ended.stderr);
        assert!(ended.stderr.starts_with(&format!("monotrace: {code} ")), "{}", ended.stderr);
        assert_eq!(fs::read_to_string(root.join("out")).unwrap(), "old");
    }
    // A limit on the length of files would end the process with a signal.
    let script = "MONOTRACE_FAULT=spill_batch=0 prlimit --fsize=4096 $MT print main.js --threads 1 | cat >/dev/null";
    let ended = crate::support::shell(&root, script);
    assert!(ended.stderr.starts_with("monotrace: MT4003 "), "{}", ended.stderr);
}
