//! Node is the judge: thousands of specifiers of real packages, and mutations
//! of them, must resolve as Node itself resolves them.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    env,
    ffi::OsString,
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use monotrace::{
    Governor, Loader, RealHost,
    resolve::{Request, ResolveOptions, Resolver, Target},
};
use serde_json::Value;

use crate::peers::corpus;

/// One specifier in one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Question {
    pub(crate) specifier: String,
    pub(crate) parent: PathBuf,
    pub(crate) import: bool,
}

/// What a question may differ in from Node, and why that is right.
struct Exception {
    why: &'static str,
    holds: fn(&Question, ours: &str, nodes: &str) -> bool,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        why: "require.resolve() has no ERR_UNKNOWN_BUILTIN_MODULE, require() has; import.meta.resolve() does not look",
        holds: |question, ours, _| {
            question.specifier.starts_with("node:") && ours == "error ERR_UNKNOWN_BUILTIN_MODULE"
        },
    },
    Exception {
        why: "require.resolve(\"\") looks for a package, require(\"\") is ERR_INVALID_ARG_VALUE; import of it is refused the same",
        holds: |question, ours, _| question.specifier.is_empty() && ours == "error ERR_INVALID_ARG_VALUE",
    },
    Exception {
        why: "Node 20 fails on its own code (ERR_INVALID_URL_SCHEME) where require() of an import leads to a builtin",
        holds: |question, ours, nodes| {
            question.specifier.starts_with('#')
                && ours.starts_with("builtin")
                && nodes == "error ERR_INVALID_URL_SCHEME"
        },
    },
    Exception {
        why: "the script's own stat of what is below a file; Node's loader takes that as absent, or as a directory",
        holds: |question, ours, nodes| {
            question.import
                && matches!(ours, "error ERR_UNSUPPORTED_DIR_IMPORT" | "error ERR_MODULE_NOT_FOUND")
                && nodes == "error ENOTDIR"
        },
    },
    Exception {
        why: "a broken package.json gives require() a SyntaxError without code",
        holds: |_, ours, nodes| ours == "error ERR_INVALID_PACKAGE_CONFIG" && nodes == "error SyntaxError",
    },
    Exception {
        why: "Node reads the scope's package.json for a relative path too, and fails where it is broken; the file that \
              asks was then not loaded in the first place, and Resolver::format() has told why",
        holds: |question, _, nodes| {
            question.specifier.starts_with('.')
                && matches!(nodes, "error SyntaxError" | "error ERR_INVALID_PACKAGE_CONFIG")
        },
    },
    Exception {
        why: "percent-encoding that is no text gives a URIError without code; a host its own code",
        holds: |_, ours, nodes| {
            ours == "error ERR_INVALID_FILE_URL_PATH"
                && matches!(nodes, "error URIError" | "error ERR_INVALID_FILE_URL_HOST")
        },
    },
];

#[test]
fn real_packages_resolve_as_in_node() {
    let peers = corpus();
    let questions = questions(peers);
    assert!(questions.len() >= 20_000, "only {} questions", questions.len());
    compare(peers, peers, &questions);
}

/// oxc_resolver's opinion on every tenth question that Node answers with a file.
/// Where Node is the judge there is nothing to decide: this tells whether a tool
/// with another history stumbles over the same specifiers as we would.
#[test]
fn oxc_resolver_agrees() {
    let peers = corpus();
    let options = |loader: &str, extensions: &[&str]| oxc_resolver::ResolveOptions {
        condition_names: ["node", "module-sync", "node-addons", loader].map(str::to_owned).to_vec(),
        extensions: extensions.iter().map(|extension| (*extension).to_owned()).collect(),
        builtin_modules: true,
        fully_specified: loader == "import",
        ..oxc_resolver::ResolveOptions::default()
    };
    let require = oxc_resolver::Resolver::new(options("require", &[".js", ".json", ".node"]));
    let import = oxc_resolver::Resolver::new(options("import", &[".js", ".json", ".node"]));
    let resolver = resolver(peers, "20.20.2");
    let (mut asked, mut different) = (0, Vec::new());
    for question in questions(peers).iter().step_by(10) {
        let ours = ask_us(&resolver, question);
        let Some(ours) = ours.strip_prefix("path ") else { continue };
        let other = if question.import { &import } else { &require };
        let theirs = other.resolve(question.parent.parent().unwrap(), &question.specifier);
        asked += 1;
        match theirs {
            Ok(theirs) if theirs.path() == Path::new(ours) => {}
            // It takes no percent-encoding, and joins `p/..` to the first
            // node_modules that has p, not to each in turn.
            _ if question.specifier.contains('%') || question.specifier.contains("/..") => {}
            theirs => different.push(format!("{question:?}\n    ours: {ours}\n    oxc: {theirs:?}")),
        }
    }
    println!("{asked} asked, {} differ", different.len());
    assert!(different.is_empty(), "{}", different[..different.len().min(40)].join("\n"));
}

/// Asks Node and us the same, and accepts what is excepted alone.
pub(crate) fn compare(peers: &Path, root: &Path, questions: &[Question]) {
    let nodes = ask_node(peers, questions);
    let resolver = resolver(root, &node_version());
    let mut different = Vec::new();
    let mut excepted = BTreeMap::new();
    for (question, nodes) in questions.iter().zip(&nodes) {
        let ours = ask_us(&resolver, question);
        if ours == *nodes {
            continue;
        }
        match EXCEPTIONS.iter().find(|exception| (exception.holds)(question, &ours, nodes)) {
            Some(exception) => *excepted.entry(exception.why).or_insert(0) += 1,
            None => different.push(format!("{question:?}\n    ours: {ours}\n    Node: {nodes}")),
        }
    }
    let found = nodes.iter().filter(|answer| answer.starts_with("path")).count();
    println!("{} questions, {found} of them with a file; exceptions: {excepted:#?}", questions.len());
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different[..different.len().min(40)].join("\n"));
}

fn resolver(root: &Path, version: &str) -> Resolver {
    let options = ResolveOptions {
        root: root.to_path_buf(),
        node: version.parse().unwrap(),
        platform: monotrace::Platform::default(),
        conditions: vec!["node".to_owned()],
        exports_only: true,
        module_sync_catchall: false,
        paths: Vec::new(),
        cache_bytes: 64 << 20,
    };
    Resolver::new(Arc::new(RealHost), &Governor::new(1 << 30), options).unwrap()
}

fn ask_us(resolver: &Resolver, question: &Question) -> String {
    let loader = if question.import { Loader::Import } else { Loader::Require };
    let request = Request { specifier: &question.specifier, parent: &question.parent, loader };
    let show = |target: &Target| match target {
        Target::File(path) | Target::Outside(path) => format!("path {}", path.display()),
        Target::Builtin(name) => format!("builtin {name}"),
    };
    match resolver.resolve(&request).outcome {
        Ok(targets) if targets.is_empty() => "nothing".to_owned(),
        Ok(targets) => targets.iter().map(show).collect::<Vec<_>>().join(", "),
        Err(failure) => format!("error {}", failure.error.node_code()),
    }
}

/// The Node that judges: `MONOTRACE_NODE`, or the one on the path.
fn node() -> OsString {
    env::var_os("MONOTRACE_NODE").unwrap_or_else(|| "node".into())
}

fn node_version() -> String {
    let output = Command::new(node()).arg("--version").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn ask_node(peers: &Path, questions: &[Question]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let asked = folder.path().join("questions");
    let mut file = BufWriter::new(File::create(&asked).unwrap());
    for Question { specifier, parent, import } in questions {
        let kind = if *import { "import" } else { "require" };
        let line = serde_json::json!({ "specifier": specifier, "parent": parent, "kind": kind });
        writeln!(file, "{line}").unwrap();
    }
    file.into_inner().unwrap();
    let mut node = Command::new(node())
        .args(["--no-warnings", "--experimental-import-meta-resolve"])
        .arg(peers.join("node-resolve.mjs"))
        .stdin(Stdio::from(File::open(&asked).unwrap()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(node.stdout.take().unwrap()).lines();
    let answers: Vec<String> = lines.map(|line| normalize(&serde_json::from_str(&line.unwrap()).unwrap())).collect();
    assert!(node.wait().unwrap().success());
    assert_eq!(answers.len(), questions.len());
    answers
}

/// Node's answer in our words. Node resolves to a URL without looking, and
/// refuses when it loads: these are the errors that come then.
fn normalize(answer: &Value) -> String {
    let text = |key: &str| answer.get(key).and_then(Value::as_str);
    if let Some(path) = text("path") {
        return format!("path {path}");
    }
    if let Some(name) = text("builtin") {
        return format!("builtin {name}");
    }
    if let Some(code) = text("error") {
        return format!("error {code}");
    }
    match (text("url"), answer.get("directory").is_some()) {
        (Some(url), _) if url.starts_with("data:") => "nothing".to_owned(),
        (Some(_), _) => "error ERR_UNSUPPORTED_ESM_URL_SCHEME".to_owned(),
        (None, true) => "error ERR_UNSUPPORTED_DIR_IMPORT".to_owned(),
        (None, false) => "error ERR_MODULE_NOT_FOUND".to_owned(),
    }
}

/// Specifiers as they stand in files, and mutations for every package.
fn questions(peers: &Path) -> Vec<Question> {
    let mut files = Vec::new();
    walk(&peers.join("node_modules"), &mut files);
    let mut asked = BTreeSet::new();
    let mut directories = HashSet::new();
    for file in &files {
        if file.file_name().is_some_and(|name| name == "package.json") {
            ask_about_package(peers, file, &mut asked);
        } else if file.extension().is_some_and(|extension| ["js", "cjs", "mjs"].iter().any(|js| extension == *js)) {
            ask_about_file(file, directories.insert(file.parent().unwrap().to_path_buf()), &mut asked);
        }
    }
    for name in BUILTINS.split_whitespace() {
        both(&mut asked, peers, name);
        both(&mut asked, peers, &format!("node:{name}"));
        both(&mut asked, peers, &format!("{name}/"));
    }
    for odd in ODD {
        both(&mut asked, peers, odd);
    }
    asked.into_iter().collect()
}

fn both(asked: &mut BTreeSet<Question>, directory: &Path, specifier: &str) {
    for import in [false, true] {
        asked.insert(Question { specifier: specifier.to_owned(), parent: directory.join("probe.js"), import });
    }
}

const BUILTINS: &str = "_http_agent _tls_wrap assert assert/strict fs fs/promises path/posix process punycode \
    sys test test/reporters sea sqlite zlib inspector/promises stream/web util/types nope v8 wasi trace_events";

/// Specifiers that no program should have.
const ODD: &[&str] = &[
    "",
    ".",
    "..",
    "./",
    "../",
    "/",
    "./.",
    "./..",
    "..x",
    ".x",
    "...",
    "//",
    "//host/x",
    "/etc/hosts",
    "/etc",
    "file:///etc/hosts",
    "file:///etc/hosts?x#y",
    "file:/etc/hosts",
    "file://host/x",
    "https://a.b/c",
    "data:text/javascript,1",
    "foo:bar",
    "./package.json?x",
    "./package.json#x",
    "./pack%61ge.json",
    "./%2e/package.json",
    "./a%2fb",
    "./a%5Cb",
    "./%zz",
    "./%ff",
    ".\\package.json",
    "./x\\..\\package.json",
    "a\\b",
    "@scope",
    "@scope/",
    "@/x",
    "%61",
    "lodash%2ffp",
    "lodash/fp?x",
    "lodash/fp.js?x#y",
    "lodash/./fp.js",
    "lodash/../lodash/fp.js",
    "lodash//fp.js",
    "lodash?x",
    "lodash#x",
    "#",
    "#/",
    "#x",
    "#x/",
    "./node_modules",
    "./node_modules/",
    "node_modules",
    "./node_modules/lodash",
    "./node_modules/lodash/",
    "lodash/.",
    "lodash/..",
    "lodash/fp/..",
    "lodash/fp/",
    "lodash/fp.js/",
    "lodash/fp.js/x",
    "LODASH",
    " lodash",
    "lodash ",
    "é",
    "@babel",
    "@babel/",
    "@babel/core/",
    "@babel/core/lib",
    "@babel/core/lib/",
    "./apps",
    "./apps/",
    "apps",
];

fn ask_about_package(peers: &Path, file: &Path, asked: &mut BTreeSet<Question>) {
    let directory = file.parent().unwrap();
    for relative in
        [".", "./", "./package", "./package.json", "./package.json/", "./index", "./missing", "./src", "./lib/"]
    {
        both(asked, directory, relative);
    }
    let Ok(Value::Object(package)) = serde_json::from_slice(&fs::read(file).unwrap()) else { return };
    for name in package.get("imports").and_then(Value::as_object).into_iter().flat_map(|imports| imports.keys()) {
        both(asked, directory, &name.replace('*', "index"));
    }
    let Some(name) = package.get("name").and_then(Value::as_str) else { return };
    let exports = package.get("exports").and_then(Value::as_object);
    let keys = exports.into_iter().flat_map(|exports| exports.keys()).filter_map(|key| key.strip_prefix('.'));
    let fixed =
        ["", "/", "/package.json", "/package", "/index.js", "/index", "/missing", "/..", "/../..", "/lib", "/src/"];
    let mut subpaths: BTreeSet<String> = fixed.into_iter().map(str::to_owned).collect();
    for key in keys {
        for star in ["index", "index.js", "a/b", "../x", "node_modules/x"] {
            subpaths.insert(key.replace('*', star));
        }
        subpaths.insert(format!("{key}/"));
        subpaths.insert(format!("{key}.js"));
    }
    for subpath in subpaths.iter().take(400) {
        // From outside, and from inside: the package may name itself.
        both(asked, peers, &format!("{name}{subpath}"));
        both(asked, directory, &format!("{name}{subpath}"));
    }
}

fn ask_about_file(file: &Path, first_in_directory: bool, asked: &mut BTreeSet<Question>) {
    let directory = file.parent().unwrap();
    if first_in_directory {
        for relative in [".", "..", "./", "../", "../missing.js"] {
            both(asked, directory, relative);
        }
        let stem = file.file_stem().unwrap().to_string_lossy();
        both(asked, directory, &format!("./{stem}"));
        both(asked, directory, &format!("./{stem}/"));
        both(asked, directory, file.to_str().unwrap());
    }
    let text = fs::read(file).unwrap();
    if text.len() > 1 << 20 {
        return;
    }
    for (before, import) in [("require(", false), ("from", true), ("import(", true), ("import", true)] {
        for at in memchr::memmem::find_iter(&text, before) {
            if let Some(specifier) = string_at(&text[at + before.len()..]) {
                let parent = directory.join("probe.js");
                asked.insert(Question { specifier, parent: parent.clone(), import });
            }
        }
    }
}

/// The string literal that begins here, if it is simple.
fn string_at(text: &[u8]) -> Option<String> {
    let text = text.trim_ascii_start();
    let quote = *text.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let end = memchr::memchr(quote, text[1..].get(..200.min(text.len() - 1))?)?;
    let literal = std::str::from_utf8(&text[1..=end]).ok()?;
    (!literal.contains(['\\', '\n'])).then(|| literal.to_owned())
}

fn walk(directory: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap()).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            walk(&entry.path(), files);
        } else if kind.is_file() && entry.file_name().to_str().is_some() {
            files.push(entry.path());
        }
    }
}
