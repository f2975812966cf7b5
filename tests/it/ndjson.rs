//! `monotrace print --format ndjson`: lines that come while the trace goes on, and are all that json tells.

use std::{
    fs, io,
    num::NonZeroUsize,
    ops::ControlFlow,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use monotrace::{Generation, NewsLines, TraceError, TraceOptions, Tracer};
use serde_json::{Map, Value, json};

use crate::{
    hooked_host::{Asked, HookedHost},
    support::{COMMAND, Run, Tree, run, shell},
};

fn parsed(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// What `--format json` says, put together from the lines of a stream alone.
fn collected(lines: &str) -> Value {
    let mut lines = parsed(lines);
    let end = lines.pop().expect("there is a last line");
    assert_eq!(end["end"]["lines"], lines.len(), "{end}");
    let mut reasons: Map<String, Value> = Map::new();
    let mut modules = Vec::new();
    let mut warnings = Vec::new();
    for line in &lines {
        if let Some(warning) = line.get("warning") {
            warnings.push(warning.clone());
            continue;
        }
        let path = line.get("file").or(line.get("more")).and_then(Value::as_str).unwrap().to_owned();
        if line.get("file").is_some() {
            let new = json!({"type": [], "ignored": line["ignored"], "parents": []});
            assert!(reasons.insert(path.clone(), new).is_none(), "{path} is told twice");
        }
        let known = reasons.get_mut(&path).unwrap_or_else(|| panic!("more of {path} before it was told"));
        for list in ["type", "parents"] {
            for new in line.get(list).and_then(Value::as_array).into_iter().flatten() {
                let old = known[list].as_array_mut().unwrap();
                assert!(!old.contains(new), "{path}: {new} is told twice");
                old.push(new.clone());
            }
        }
        if line["esm"] == true {
            modules.push(path);
        }
    }
    // Orders are those of json: of paths, of reasons, and of places.
    let order = ["initial", "dependency", "asset", "sharedlib", "resolve"];
    for known in reasons.values_mut() {
        let rank = |reason: &Value| order.iter().position(|name| reason == *name).unwrap();
        known["type"].as_array_mut().unwrap().sort_by_key(rank);
        known["parents"].as_array_mut().unwrap().sort_by(|left, right| left.as_str().cmp(&right.as_str()));
    }
    let listed = |path: &&String| reasons[path.as_str()]["ignored"] == false;
    let mut files: Vec<&String> = reasons.keys().filter(listed).collect();
    files.sort();
    modules.sort();
    let modules: Vec<&String> = modules.iter().filter(listed).collect();
    let by_place = |warning: &Value| {
        let parts: Vec<String> = warning["file"].as_str().unwrap().split('/').map(str::to_owned).collect();
        let number = |name: &str| warning.get(name).and_then(Value::as_u64);
        (parts, number("line"), number("column"), warning["code"].to_string(), warning["message"].to_string())
    };
    warnings.sort_by_key(by_place);
    let all = json!({"fileList": files, "esmFileList": modules, "reasons": reasons, "warnings": warnings});
    assert_eq!(end["end"]["files"], files.len());
    assert_eq!(end["end"]["warnings"], warnings.len());
    let parents = reasons.values().map(|known| known["parents"].as_array().unwrap().len()).sum::<usize>();
    assert_eq!(end["end"]["parents"], parents);
    all
}

/// Both forms of one trace tell the same; gives the lines.
fn agree(folder: &Path, arguments: &[&str]) -> String {
    let form = |name| run(folder, &[&["print", "--format", name], arguments].concat(), &[]);
    let (lines, json) = (form("ndjson"), form("json"));
    assert_eq!((lines.status, &lines.stderr), (json.status, &json.stderr), "{arguments:?}");
    let (collected, json) = (collected(&lines.stdout), json.json());
    for part in ["fileList", "esmFileList", "reasons", "warnings"] {
        assert_eq!(collected[part], json[part], "{part} of {arguments:?}");
    }
    lines.stdout
}

/// Links, modules, assets, findings that several files meet, a file that is found twice in different ways.
fn tree() -> Tree {
    Tree::new(
        "//- package.json\n{\"type\":\"module\",\"workspaces\":[\"packages/*\"]}\n\
         //- a.js\nimport './b.js'; import p from 'p'; import './gone.js'; import './x/ignored.cjs'\n\
         //- b.js\nimport fs from 'node:fs'; fs.readFileSync(new URL('./data/c.js', import.meta.url)); import './d.cjs'\n\
         //- d.cjs\nrequire('./data/c.js'); require('q'); require('./x/ignored.cjs'); require(process.argv[2])\n\
         //- data/c.js\nimport '../a.js'; import 'q'; export default process.cwd()\n\
         //- data/e.txt\ne\n//- data/f.js\nimport '../b.js'\n\
         //- x/ignored.cjs\nrequire('../y.cjs')\n//- y.cjs\nrequire('./gone-too')\n\
         //- packages/p/index.js\nimport 'q'; import './deep.js'\n//- packages/p/package.json\n{\"name\":\"p\",\"exports\":\"./index.js\"}\n\
         //- packages/p/deep.js\nimport './deeper.js'; import 'q'\n//- packages/p/deeper.js\nimport '../../a.js'\n\
         //- node_modules/p -> ../packages/p\n\
         //- node_modules/q/package.json\n{\"name\":\"q\",\n \"main\":\n//- node_modules/q/index.js\nmodule.exports = 1\n\
         //- second.cjs\nrequire('./d.cjs'); require('./data/' + process.argv[2])\n",
    )
}

#[test]
fn the_lines_are_all_that_json_tells() {
    let tree = tree();
    tree.write("recipes.toml", "[[recipe]]\npackage = \"q\"\nfiles = [\"index.js\"]\n");
    let root = tree.root();
    for arguments in [
        &["a.js"][..],
        &["a.js", "second.cjs"],
        &["a.js", "a.js", "packages/p/index.js"],
        &["a.js", "--depth", "0"],
        &["a.js", "--depth", "2"],
        &["a.js", "gone.js"],
        &["a.js", "--ignore", "x/**", "--ignore", "a.js"],
        &["a.js", "--exclude", "x/**", "--exclude", "b.js", "--exclude", "nothing/**"],
        &["a.js", "--include", "data/**", "--include", "packages/p/*"],
        &["a.js", "second.cjs", "--include", "data/**", "--trace-includes", "--ignore", "data/e.txt"],
        &["a.js", "second.cjs", "--include-for", "a.js", "data/*", "--exclude-for", "**", "y.cjs"],
        &["a.js", "--include", "b.js", "--trace-includes"],
        &["a.js", "--no-analysis"],
        &["a.js", "--process-cwd", "data"],
        &["a.js", "--mixed-modules", "--node", "20"],
        &["node_modules/p/index.js"],
    ] {
        agree(&root, arguments);
    }
}

#[test]
fn of_the_fixture_of_manifests_and_of_odd_names_too() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("monorepo-fixture");
    for entries in [&["apps/cli/main.js"][..], &["apps/cli/main.js", "packages/core/index.cjs"]] {
        agree(&fixture, entries);
    }
    let tree = tree();
    tree.write("m/page.js.nft.json", "{\"version\":1,\"files\":[\"../b.js\",\"../data/e.txt\",\"../nowhere\"]}");
    agree(&tree.root(), &["--from-nft-json", "m/*.nft.json"]);
    agree(&tree.root(), &["a.js", "--from-nft-json", "m/*.nft.json"]);
    let odd = Tree::new("//- a.js\nrequire('fs').readdirSync(__dirname + '/d')\n");
    for name in ["new\nline.js", "quo\"te.js", "\u{1b}[31m.js", "e\u{301}.js", "日本語.js"] {
        odd.write(&format!("d/{name}"), "");
    }
    agree(&odd.root(), &["a.js"]);
}

#[test]
fn a_name_that_is_not_utf8_is_told_as_in_json() {
    use std::os::unix::ffi::OsStrExt;
    let tree = Tree::new("//- a.js\nrequire('fs').readdirSync(__dirname + '/d')\n//- d/x\n");
    fs::write(tree.root().join("d").join(std::ffi::OsStr::from_bytes(b"a\xff\xfe.txt")), "").unwrap();
    let lines = tree.print(&["a.js", "--format", "ndjson"]).stdout;
    assert!(lines.contains("{\"file\":\"d/a\\udcff\\udcfe.txt\","), "{lines}");
    assert!(lines.contains("MT3007") && lines.contains("\"end\":{"), "{lines}");
}

#[test]
fn each_thing_is_told_when_it_becomes_known() {
    let tree = Tree::new(
        "//- a.mjs\nimport './b.cjs'\n//- b.cjs\nrequire('fs').readFileSync(__dirname + '/e.json'); require('./gone')\n\
         //- c.mjs\nimport './a.mjs'\n//- d.mjs\nimport './c.mjs'; import './e.json' with { type: 'json' }\n//- e.json\n{}\n",
    );
    let told = |arguments: &[&str]| {
        let run = tree.print(&[arguments, &["--format", "ndjson"]].concat());
        run.stdout.lines().map(|line| line.split(",\"category").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        told(&["a.mjs", "d.mjs"]),
        [
            r#"{"file":"a.mjs","type":["initial","dependency"],"esm":true,"ignored":false,"parents":[]}"#,
            r#"{"file":"b.cjs","type":["dependency"],"esm":false,"ignored":false,"parents":["a.mjs"]}"#,
            r#"{"file":"c.mjs","type":["dependency"],"esm":false,"ignored":false,"parents":["d.mjs"]}"#,
            r#"{"file":"d.mjs","type":["initial","dependency"],"esm":true,"ignored":false,"parents":[]}"#,
            r#"{"file":"e.json","type":["dependency"],"esm":false,"ignored":false,"parents":["d.mjs"]}"#,
            r#"{"more":"a.mjs","parents":["c.mjs"]}"#,
            r#"{"more":"c.mjs","esm":true}"#,
            r#"{"more":"e.json","type":["asset"],"parents":["b.cjs"]}"#,
            r#"{"warning":{"code":"MT2001""#,
            r#"{"end":{"lines":9,"files":5,"ignored":0,"esm":3,"parents":5,"warnings":1}}"#,
        ]
    );
}

#[test]
fn the_bytes_are_the_same_at_any_threads_and_any_memory() {
    let tree = tree();
    let lines = |threads: usize, batch: Option<usize>| {
        let mut options = TraceOptions::new(tree.root());
        options.threads = NonZeroUsize::new(threads).unwrap();
        options.temp_defaults = vec!["/var/tmp".into()];
        options.faults.spill_batch = batch;
        let tracer = Tracer::new(options);
        let mut out = Vec::new();
        let mut lines = NewsLines::new(&mut out);
        let entries = [tree.root().join("a.js"), tree.root().join("second.cjs")];
        let trace = tracer.trace_by_generation(&entries, &mut |generation| {
            lines.tell(generation).unwrap();
            ControlFlow::Continue(())
        });
        assert_eq!(trace.unwrap().spilled.runs > 0, batch.is_some());
        lines.end(true).unwrap();
        assert_eq!(tracer.leased(), 0);
        String::from_utf8(out).unwrap()
    };
    let expected = lines(1, None);
    for threads in [1, 2, 8] {
        for batch in [None, Some(0), Some(300)] {
            assert_eq!(lines(threads, batch), expected, "{threads} threads, batches of {batch:?}");
        }
    }
}

/// Holds back whoever opens `c.js` until it is told to go on.
#[derive(Default)]
struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn pass(&self) -> bool {
        let patience = Duration::from_secs(30);
        let is_open = self.is_open.lock().unwrap();
        *self.opened.wait_timeout_while(is_open, patience, |is_open| !*is_open).unwrap().0
    }

    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

#[test]
fn a_reader_has_the_first_generation_before_the_last_is_looked_into() {
    let tree = Tree::new("//- a.js\nrequire('./b')\n//- b.js\nrequire('./c')\n//- c.js\nrequire('./d')\n//- d.js\n");
    let gate = Arc::new(Gate::default());
    let held = Arc::clone(&gate);
    // The trace cannot end while nobody opens the gate, and only who has read the first lines does.
    let host = HookedHost(move |asked: Asked, path: &Path| {
        match asked == Asked::Open && path.ends_with("c.js") && !held.pass() {
            true => Err(io::ErrorKind::TimedOut.into()),
            false => Ok(()),
        }
    });
    let tracer = Tracer::with_host(Arc::new(host), TraceOptions::new(tree.root()));
    let (from, into) = std::io::pipe().unwrap();
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut read = Vec::new();
            for line in io::BufRead::lines(io::BufReader::new(from)) {
                read.push(line.unwrap());
                if read.iter().any(|line| line.contains("{\"file\":\"b.js\"")) {
                    gate.open();
                }
            }
            read.join("\n")
        });
        let mut lines = NewsLines::new(into);
        let trace = tracer.trace_by_generation(&[tree.root().join("a.js")], &mut |generation: &Generation| {
            lines.tell(generation).unwrap();
            ControlFlow::Continue(())
        });
        lines.end(true).unwrap();
        assert_eq!(trace.unwrap().listing.listed().count(), 4);
        assert_eq!(collected(&reader.join().unwrap())["fileList"], json!(["a.js", "b.js", "c.js", "d.js"]));
    });
}

#[test]
fn the_command_writes_while_it_traces() {
    // A reader that takes nothing holds the pipe's writer, so that the trace cannot be over while it sleeps.
    let tree = Tree::new("");
    for number in 0..40 {
        let names: String = (0..100).map(|other| format!("require('./g{number}-{other}');")).collect();
        tree.write(&format!("g{number}.js"), format!("{names}require('./g{}.js')", number + 1));
        for other in 0..100 {
            tree.write(&format!("g{number}-{other}.js"), "");
        }
    }
    tree.write("g40.js", "");
    let mut child = Command::new(COMMAND)
        .args(["print", "g0.js", "--format", "ndjson", "--temp-dir", "/var/tmp"])
        .current_dir(tree.root())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = io::BufRead::lines(io::BufReader::with_capacity(1, child.stdout.take().unwrap()));
    let first: String = lines.by_ref().take(1).map(Result::unwrap).collect();
    assert!(first.starts_with("{\"file\":\"g0-0.js\""), "{first}");
    // All lines are some 400 kB and a pipe holds 64: it still writes.
    assert!(child.try_wait().unwrap().is_none(), "it is at its end with most lines unread");
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(child.wait().unwrap().success());
    assert_eq!(collected(&format!("{first}\n{}", rest.join("\n")))["fileList"].as_array().unwrap().len(), 4041);
}

#[test]
fn a_reader_that_goes_away_ends_the_run() {
    let tree = Tree::new("");
    for number in 0..300 {
        let text: String = (0..20).map(|step| format!("require('./m{}');", (number * 7 + step) % 300)).collect();
        tree.write(&format!("m{number}.js"), text);
    }
    let head = shell(
        &tree.root(),
        "(sleep 0.2; $MT print m0.js --format ndjson; echo $? >status) | true; sleep 1; cat status",
    );
    assert_eq!((head.stdout.as_str(), head.stderr.as_str()), ("141\n", ""));
    let full = shell(&tree.root(), "exec $MT print m0.js --format ndjson > /dev/full");
    assert_eq!((full.status, full.stderr.lines().count()), (4, 1), "{}", full.stderr);
    assert!(full.stderr.contains("MT6002"), "{}", full.stderr);
}

#[test]
fn who_stops_listening_stops_the_trace() {
    let tree = tree();
    let tracer = Tracer::new(TraceOptions::new(tree.root()));
    let mut heard = 0;
    let ended = tracer.trace_by_generation(&[tree.root().join("a.js")], &mut |_| {
        heard += 1;
        ControlFlow::Break(())
    });
    assert!(matches!(ended, Err(TraceError::Stopped)));
    assert_eq!((heard, tracer.leased()), (1, 0));
}

#[test]
fn a_run_that_fails_midway_does_not_say_that_it_is_whole() {
    let tree = tree();
    let ends = |run: &Run| run.stdout.contains("{\"end\"");
    let fine = tree.print(&["a.js", "--format", "ndjson"]);
    assert!(ends(&fine));
    let panicked =
        run(&tree.root(), &["print", "a.js", "--format", "ndjson"], &[("MONOTRACE_FAULT", "panic=deeper.js")]);
    assert_eq!((panicked.status, ends(&panicked)), (70, false));
    assert!(panicked.stdout.contains("MT9001") && panicked.stdout.contains("{\"file\":\"d.cjs\""));
    // A page that is damaged is noticed after the first lines were written, or before.
    let mut cut = 0;
    for page in 1..40 {
        let fault = format!("spill_batch=300,spill_flip={page}");
        let run = run(
            &tree.root(),
            &["print", "a.js", "--format", "ndjson", "--temp-dir", "/var/tmp"],
            &[("MONOTRACE_FAULT", &fault)],
        );
        match run.status {
            0 => assert_eq!(run.stdout, fine.stdout, "{fault}"),
            status => {
                assert!(status == 4 && run.stderr.contains("MT4006"), "{fault}: {}", run.stderr);
                assert!(fine.stdout.starts_with(&run.stdout), "{fault}: what was told before holds");
                // The log comes last: where only that cannot be told, the list is whole.
                assert_eq!(ends(&run), run.stdout == fine.stdout, "{fault}");
                cut += usize::from(!run.stdout.is_empty() && !ends(&run));
            }
        }
    }
    assert!(cut > 0, "no run was cut after its first lines");
}

#[test]
fn a_file_gets_all_lines_or_keeps_what_it_had() {
    let tree = tree();
    tree.write("out/list.ndjson", "old");
    let list = || fs::read_to_string(tree.root().join("out/list.ndjson")).unwrap();
    let write = |fault: &str| {
        run(
            &tree.root(),
            &["print", "a.js", "--format", "ndjson", "-o", "out/list.ndjson", "--temp-dir", "/var/tmp"],
            &[("MONOTRACE_FAULT", fault)],
        )
    };
    let failed = write("spill_batch=300,spill_flip=1");
    assert_eq!((failed.status, list().as_str(), failed.stdout.as_str()), (4, "old", ""), "{}", failed.stderr);
    let done = write("");
    assert_eq!((done.status, done.stdout.as_str()), (0, ""), "{}", done.stderr);
    assert_eq!(list(), tree.print(&["a.js", "--format", "ndjson"]).stdout);
    assert_eq!(fs::read_dir(tree.root().join("out")).unwrap().count(), 1);
    let refused = tree.print(&["a.js", "--format", "ndjson", "-o", "no/folder/list"]);
    assert_eq!(refused.status, 4);
    assert!(refused.stderr.contains("MT6002") && refused.stderr.contains("no/folder/list"), "{}", refused.stderr);
}
