//! The promise of `--memory-limit`: what is resident of the process never
//! passes it, and the list is the same at every limit.

use std::{
    env, fs,
    io::{Seek, SeekFrom, Write},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use monotrace::{TraceError, TraceOptions, Tracer};
use nix::sys::resource::{UsageWho, getrusage};

use crate::support::{COMMAND, Tree, run};

/// What a run of the command took and gave.
#[derive(Debug)]
struct Measured {
    status: i32,
    /// Kilobytes, as the kernel tells the parent.
    peak: u64,
    stdout: Vec<u8>,
    stderr: String,
}

/// The word by which the launcher below knows that it is wanted.
const LAUNCH: &str = "MONOTRACE_TEST_LAUNCH";

/// Not a test: runs the command with the arguments in the environment, and says
/// what was resident at the most. A process of its own, because a child begins
/// with the peak of whoever starts it, and the tests together have a large one.
#[test]
fn launcher() {
    let Ok(arguments) = env::var(LAUNCH) else { return };
    let status = Command::new("sh").args(arguments.split('\x1f')).env_remove(LAUNCH).status().unwrap();
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    eprintln!("\n{LAUNCH} {peak} {}", status.code().unwrap_or(-1));
}

/// Runs `monotrace print` within a limit in megabytes; the kernel holds it to
/// the same limit for what is its own and written to.
fn measure(folder: &Path, limit: u64, arguments: &[&str]) -> Measured {
    let out = tempfile::NamedTempFile::new().unwrap();
    let (kilobytes, limit) = ((limit << 10).to_string(), limit.to_string());
    let shell = ["-c", "ulimit -d \"$0\" && exec \"$@\"", &kilobytes, COMMAND, "print"];
    let more = ["--memory-limit", &limit, "--format", "json", "-o", out.path().to_str().unwrap()];
    let output = Command::new(env::current_exe().unwrap())
        .args(["memory::launcher", "--exact", "--nocapture"])
        .env(LAUNCH, [&shell, arguments, &more].concat().join("\x1f"))
        .current_dir(folder)
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let (stderr, numbers) = stderr.split_once(&format!("\n{LAUNCH} ")).unwrap_or_else(|| panic!("{stderr}"));
    let mut numbers = numbers.split_whitespace().map(|number| number.parse::<i64>().unwrap());
    let (peak, status) = (numbers.next().unwrap() as u64, numbers.next().unwrap() as i32);
    Measured { status, peak, stdout: fs::read(out.path()).unwrap(), stderr: stderr.to_owned() }
}

/// The same bytes at all of these limits and numbers of threads, and never more than the limit.
fn holds(tree: &Tree, entry: &str, limits: &[u64]) {
    let whole = measure(&tree.root(), 6000, &[entry, "--threads", "2"]);
    assert_eq!(whole.status, 0, "{}", whole.stderr);
    assert!(whole.stdout.len() > 20);
    for limit in limits {
        for threads in ["1", "2", "8"] {
            let limited = measure(&tree.root(), *limit, &[entry, "--threads", threads]);
            let Measured { status, peak, stderr, .. } = &limited;
            assert!(*peak <= limit << 10, "{peak} kB at {limit} MB with {threads} threads");
            assert_eq!(*status, 0, "at {limit} MB with {threads} threads: {stderr}");
            assert!(limited.stdout == whole.stdout, "another list at {limit} MB with {threads} threads");
        }
    }
}

#[test]
fn a_cyclic_graph_of_small_files() {
    let tree = Tree::new("");
    let count = 3000;
    for module in 0..count {
        let text: String = (1..6).map(|k| format!("require('./m{}');", (module * 7 + k) % count)).collect();
        tree.write(&format!("m{module}.js"), text);
    }
    holds(&tree, "m0.js", &[32, 128]);
}

#[test]
fn a_long_line_of_code_with_its_requests_at_both_ends() {
    let tree = Tree::new("//- b.js\n//- c.txt\n");
    let mut long = fs::File::create(tree.root().join("a.js")).unwrap();
    long.write_all(b"require('./b');var p=__dirname,all=[").unwrap();
    let part = b"\"abcdefgh\",".repeat(100_000);
    for _ in 0..64 {
        long.write_all(&part).unwrap();
    }
    long.write_all(b"0];require('fs').readFileSync(p+'/c.txt')").unwrap();
    assert!(long.metadata().unwrap().len() > 64 << 20);
    holds(&tree, "a.js", &[32, 64]);
    let run = tree.print(&["a.js", "--memory-limit", "32"]);
    assert_eq!(run.files(), ["a.js", "b.js", "c.txt"]);
}

#[test]
fn many_large_files_at_one_time() {
    let names: String = (0..12).map(|file| format!("require('./large{file}');")).collect();
    let tree = Tree::new("//- x.txt\n");
    tree.write("a.js", names);
    // Names, functions and values: what is kept while a file is read.
    let code: String = (0..9000)
        .map(|n| {
            format!("var v{n}={{a:'text {n}',b:[1,'x{n}',f{n}('y')]}};function f{n}(p){{return p+v{n}.a+'{n}'}}\n")
        })
        .collect();
    for file in 0..12 {
        tree.write(&format!("large{file}.js"), format!("var d=__dirname;{code}require('fs').readFileSync(d+'/x.txt')"));
    }
    holds(&tree, "a.js", &[32, 64]);
}

#[test]
fn files_that_are_made_to_be_hard_all_at_one_time() {
    let tree = Tree::new("//- x.js\n");
    let kinds: [&dyn Fn(usize) -> String; 4] = [
        // Arrays of paths, long strings, functions that ask by what they get, and brackets in brackets.
        &|n| {
            (0..n)
                .map(|i| format!("var a{i}=[{}];", (0..99).map(|j| format!("d+'{i}{j}',")).collect::<String>()))
                .collect()
        },
        &|n| (0..n).map(|i| format!("var s{i}='{}'+d;", "x".repeat(3000))).collect(),
        &|n| (0..n).map(|i| format!("function f{i}(a,b){{return require(a+b+d+'{i}')}};f{i}('y','z');")).collect(),
        &|n| format!("var o={}1{};", "{a:[".repeat(4 * n), "]}".repeat(4 * n)),
    ];
    let names: String = (0..16).map(|file| format!("require('./hard{file}');")).collect();
    tree.write("a.js", names);
    for file in 0..16 {
        tree.write(&format!("hard{file}.js"), format!("var d=__dirname;{}require(d+'/x')", kinds[file % 4](8000)));
    }
    let whole = measure(&tree.root(), 6000, &["a.js"]);
    assert_eq!(whole.status, 0, "{}", whole.stderr);
    for (limit, threads) in [(24, "8"), (32, "8"), (48, "4"), (64, "8"), (96, "8")] {
        let limited = measure(&tree.root(), limit, &["a.js", "--threads", threads]);
        assert!(limited.peak <= limit << 10, "{} kB at {limit} MB with {threads} threads", limited.peak);
        match limited.status {
            0 => assert!(limited.stdout == whole.stdout),
            3 => assert!(limited.stderr.contains("MT4002") && limited.stdout.is_empty(), "{}", limited.stderr),
            status => panic!("{status}: {}", limited.stderr),
        }
    }
}

#[test]
fn whatever_one_file_has_very_many_of() {
    let many = |part: &str, n: usize| part.repeat(n);
    let numbered = |n: usize, part: &dyn Fn(usize) -> String| (0..n).map(part).collect::<String>();
    // A table that many functions hand on is one table.
    let table = numbered(3000, &|n| format!("k{n}:'t',"));
    let shared = format!("var t={{{table}}};{}", numbered(600, &|n| format!("function f{n}(a){{g{n}=t}}")));
    let kinds = [
        ("prefixes", many("!", 3_000_000) + "1"),
        ("arrows", many("a=>", 1_000_000) + "1"),
        ("arguments", format!("f({})", many("a,", 2_000_000))),
        ("group", format!("({})", many("a,", 2_000_000))),
        ("pattern", format!("var {{{}}}=q", numbered(600_000, &|n| format!("a{n},")))),
        ("parameters", format!("function f({}){{}}", numbered(600_000, &|n| format!("a{n},")))),
        ("brackets", many("(", 3_000_000) + "1" + &many(")", 3_000_000)),
        ("functions in functions", many("(function(a){", 400_000) + "1" + &many("})", 400_000)),
        ("functions", numbered(150_000, &|n| format!("function f{n}(a,b){{return a+b+{n}}}\n"))),
        ("arrays", numbered(1500, &|n| format!("var a{n}=[{}];", many("1,", 4000)))),
        ("arrays in arrays", many(&("[".to_owned() + &many("1,", 250)), 12_000) + &many("]", 12_000)),
        ("objects in arrays", many(&("[".to_owned() + &many("{a:1},", 250)), 4_000) + &many("]", 4_000)),
        ("shared", shared),
    ];
    for (what, code) in kinds {
        let tree = Tree::new("//- b.js\n//- c.txt\n");
        let text =
            format!("const fs=require('fs');var d=__dirname;{code};\nfs.readFileSync(d+'/c.txt');require('./b')");
        tree.write("a.js", text);
        let whole = measure(&tree.root(), 6000, &["a.js", "--threads", "1"]);
        assert_eq!(whole.status, 0, "{what}: {}", whole.stderr);
        let list = String::from_utf8_lossy(&whole.stdout).into_owned();
        assert!(list.contains("c.txt") && !list.contains("MT1001"), "{what}");
        for (limit, threads) in [(64, "1"), (64, "8")] {
            let limited = measure(&tree.root(), limit, &["a.js", "--threads", threads]);
            assert_eq!(limited.status, 0, "{what} at {limit} MB with {threads} threads: {}", limited.stderr);
            assert!(limited.peak <= limit << 10 && limited.stdout == whole.stdout, "{what}: {} kB", limited.peak);
        }
    }
}

#[test]
fn a_directory_of_many_files_and_a_pattern_over_them() {
    let tree = Tree::new("//- a.js\nrequire('./m/f'+process.argv[2]+'7.js');import('./m/f12.js')\n");
    fs::create_dir(tree.root().join("m")).unwrap();
    for file in 0..30_000 {
        fs::File::create(tree.root().join(format!("m/f{file}.js"))).unwrap();
    }
    holds(&tree, "a.js", &[32]);
    let run = tree.print(&["a.js", "--memory-limit", "32", "--threads", "1", "--stats=json"]);
    assert_eq!(run.files().len(), 3002);
    let stats: serde_json::Value = serde_json::from_str(run.stderr.lines().last().unwrap()).unwrap();
    assert!(stats["stats"]["directories"].as_u64().unwrap() < 30, "the directory was not read for each of its files");
}

#[test]
fn a_file_with_many_imports() {
    let tree = Tree::new("");
    tree.write("a.js", (0..5000).map(|file| format!("import './f{file}.js';\n")).collect::<String>());
    for file in 0..5000 {
        fs::File::create(tree.root().join(format!("f{file}.js"))).unwrap();
    }
    holds(&tree, "a.js", &[32]);
}

#[test]
fn below_the_floor_nothing_begins_and_the_number_that_is_named_works() {
    let tree = Tree::new("//- a.js\nrequire('./b')\n//- b.js\n");
    for threads in ["1", "2", "8"] {
        let refused = measure(&tree.root(), 1, &["a.js", "--threads", threads]);
        assert_eq!(refused.status, 3, "{refused:?}");
        let refused = run(&tree.root(), &["print", "a.js", "--threads", threads, "--memory-limit", "1"], &[]);
        assert_eq!((refused.status, &*refused.stdout), (3, ""));
        assert!(refused.stderr.starts_with("monotrace: MT4001 "), "{}", refused.stderr);
        let named: Vec<u64> = refused.stderr.split(' ').filter_map(|word| word.parse().ok()).collect();
        let (with_these, alone) = (named[1], *named.last().unwrap());
        for (limit, threads) in [(with_these, threads), (alone, "1")] {
            let works = measure(&tree.root(), limit, &["a.js", "--threads", threads]);
            assert_eq!(works.status, 0, "{works:?}");
            assert!(works.peak <= limit << 10, "{works:?}");
        }
    }
    // Without a word on threads there are as many as fit.
    assert_eq!(tree.print(&["a.js", "--memory-limit", "14"]).files(), ["a.js", "b.js"]);
}

#[test]
fn what_the_system_refuses_is_told() {
    let tree = Tree::new("//- b.js\n");
    // More values than fit into what the kernel allows beside the program.
    let code: String = (0..16_000).map(|n| format!("var v{n}='{}';", "x".repeat(3000))).collect();
    tree.write("a.js", format!("var d=__dirname;{code}require(d+'/b')"));
    let limited = measure(&tree.root(), 14, &["a.js", "--threads", "1"]);
    assert!(limited.peak <= 14 << 10, "{limited:?}");
    match limited.status {
        0 => {}
        3 => assert!(limited.stderr.contains("MT4002") && limited.stdout.is_empty(), "{limited:?}"),
        status => panic!("{status}: {}", limited.stderr),
    }
}

#[test]
fn the_limit_and_where_it_comes_from_are_told() {
    let tree = Tree::new("//- a.js\n");
    let told = tree.print(&["a.js", "--memory-limit", "100", "--log-level", "info"]);
    assert_eq!(told.stderr, "info: the memory limit is 100 MB (--memory-limit)\n");
    assert_eq!(tree.print(&["a.js", "--memory-limit", "100"]).stderr, "");
    let discovered = tree.print(&["a.js", "--log-level", "info"]).stderr;
    assert!(discovered.starts_with("info: the memory limit is "), "{discovered}");
}

#[test]
fn stats_tell_what_was_done() {
    let tree = Tree::new("//- a.js\nrequire('./b'); require('./c')\n//- b.js\nrequire('./c')\n//- c.js\n");
    let run = tree.print(&["a.js", "--stats=json", "--memory-limit", "64"]);
    let stats = &serde_json::from_str::<serde_json::Value>(&run.stderr).unwrap()["stats"];
    let number = |name: &str| stats[name].as_u64().unwrap_or_else(|| panic!("no {name} in {stats}"));
    assert_eq!((number("files"), number("references"), number("edges")), (3, 3, 3));
    assert_eq!((number("memoryLimit"), &stats["memoryLimitSource"]), (64 << 20, &"--memory-limit".into()));
    assert_eq!((number("spilledBytes"), number("spilledRuns"), number("bytesMapped")), (0, 0, 0));
    let length: u64 =
        ["a.js", "b.js", "c.js"].map(|file| fs::metadata(tree.root().join(file)).unwrap().len()).iter().sum();
    assert_eq!(number("bytesRead"), length);
    assert!(number("directories") >= 1 && number("evictions") == 0);
    assert!((1 << 20..64 << 20).contains(&number("peakResident")));
    for stage in ["evaluate", "resolve", "coordinate", "output"] {
        assert!(stats["stageMicroseconds"][stage].is_u64(), "{stage}");
    }
    let text = tree.print(&["a.js", "--stats"]).stderr;
    assert!(text.lines().count() == 15 && text.lines().all(|line| line.starts_with("stats: ")), "{text}");
    assert_eq!(run.stdout, tree.print(&["a.js"]).stdout);
}

#[test]
fn signals_end_the_run_at_once_and_leave_nothing() {
    let tree = Tree::new("");
    // It takes a while to read, and to write more than a pipe holds.
    let mut long = fs::File::create(tree.root().join("a.js")).unwrap();
    long.write_all(b"require('./b');var all=[").unwrap();
    for _ in 0..200 {
        long.write_all(&b"a+b/c+\"d\",".repeat(100_000)).unwrap();
    }
    long.seek(SeekFrom::End(0)).unwrap();
    long.write_all(b"0];require('./c')").unwrap();
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let mut child = Command::new(COMMAND)
            .args(["print", "a.js", "-o", "out.json", "--memory-limit", "32"])
            .current_dir(tree.root())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(150));
        let sent = Instant::now();
        let kill = Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let status = child.wait().unwrap();
        assert!(sent.elapsed() < Duration::from_secs(1), "{:?}", sent.elapsed());
        assert_eq!(status.code(), Some(128 + number), "{status:?}");
        let mut said = String::new();
        std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
        assert!(said.contains(&format!("MT9002 ended by SIG{signal}")), "{said}");
        assert_eq!(fs::read_dir(tree.root()).unwrap().count(), 1, "something was left");
    }
}

#[test]
fn the_library_refuses_a_limit_below_the_floor_too() {
    let mut options = TraceOptions::new("/".into());
    options.memory_limit = 1 << 20;
    assert!(matches!(Tracer::of_process(options), Err(TraceError::Floor(_))));
}

/// Each allocation fails in turn, once and for ever.
#[cfg(feature = "failalloc")]
#[test]
fn oom_loop() {
    let entry: String = (0..40).map(|n| format!("require('./m{n}');")).collect();
    let tree = Tree::new("//- data/x.txt\n");
    tree.write("a.js", entry);
    for n in 0..40 {
        let text = format!("require('fs').readFileSync(__dirname + '/data/' + x{n}); require('missing');");
        tree.write(&format!("m{n}.js"), text);
    }
    let outputs = tempfile::tempdir().unwrap();
    let output = outputs.path().join("out.json");
    let run = |fails: &str| {
        fs::write(&output, "old").unwrap();
        let run = Command::new(COMMAND)
            .args(["print", "a.js", "--format", "json", "--threads", "2", "-o"])
            .arg(&output)
            .env("MONOTRACE_FAIL_ALLOCATION", fails)
            .current_dir(tree.root())
            .output()
            .unwrap();
        assert_eq!(fs::read_dir(outputs.path()).unwrap().count(), 1, "something is left, {fails}");
        (run.status, fs::read_to_string(&output).unwrap(), String::from_utf8_lossy(&run.stderr).into_owned())
    };
    let (status, whole, _) = run("");
    assert_eq!(status.code(), Some(0));
    let mut nth = 1;
    let mut ended = 0;
    loop {
        // One that fails once is asked for again, after what is not needed was given back.
        let (status, list, stderr) = run(&nth.to_string());
        assert!(status.success() && list == whole, "allocation {nth}, once: {stderr}");
        let (status, list, stderr) = run(&format!("{nth}.."));
        if status.success() {
            assert!(list == whole, "allocation {nth}");
            break;
        }
        assert_eq!(status.code(), Some(3), "allocation {nth}, for ever: {stderr}");
        // What is told on stderr after the list is in its place may fail too.
        assert!(list == "old" || list == whole, "half a list, allocation {nth}");
        assert!(stderr.contains("MT4002"), "allocation {nth}: {stderr}");
        ended += 1;
        nth += 1 + nth / 16;
    }
    assert!(ended > 50, "{ended} runs ended");
}
