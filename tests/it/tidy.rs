//! Rules of the house that a compiler does not know.
//!
//! Each rule has its reason beside it; ARCHITECTURE.md tells the same story.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rooms, and whom each may import: data flows one way, so that a change
/// in one room is read in that room and those before it.
const MAY_IMPORT: [(&str, &[&str]); 19] = [
    ("record", &[]),
    ("memory", &[]),
    ("finding", &["record"]),
    ("host", &["record"]),
    ("source", &["host", "memory"]),
    ("spill", &["host", "memory"]),
    ("listing", &["spill", "memory", "finding", "record"]),
    ("lexer", &["record"]),
    ("evaluate", &["lexer", "finding", "record"]),
    ("resolve", &["host", "memory", "finding", "record"]),
    ("native", &["host", "source", "memory", "finding", "record", "resolve"]),
    ("recipe", &["record"]),
    ("manifest", &["host", "memory", "spill", "record"]),
    (
        "trace",
        &[
            "record", "memory", "finding", "host", "source", "spill", "listing", "lexer", "evaluate", "resolve",
            "native", "recipe", "manifest",
        ],
    ),
    ("output", &["host", "spill", "listing", "memory", "finding", "record"]),
    ("next", &["record", "memory", "host", "spill", "lexer", "evaluate", "recipe", "manifest", "output"]),
    ("log", &["output", "host", "spill", "listing", "finding", "record"]),
    // The command uses the library as anybody does: by its public names.
    ("cli", &["lib"]),
    ("main", &["lib"]),
];

/// Longer files have outgrown their idea.
const LONGEST_FILE: usize = 700;

/// The files that may be unsafe, and how often: see their headers.
const UNSAFE: [(&str, usize); 2] = [("src/source/mapped.rs", 4), ("src/memory/heap.rs", 14)];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(root).unwrap().to_path_buf(), text));
            }
        }
    }
    assert!(files.len() > 20, "the sources were not found");
    files.sort();
    files
}

/// `src/trace/worker.rs` and `src/main.rs` belong to `trace` and `main`.
fn room(path: &Path) -> String {
    let name = path.components().nth(1).unwrap().as_os_str().to_str().unwrap();
    name.trim_end_matches(".rs").to_owned()
}

/// The rooms that a file imports from: `lib` stands for names of the crate's root.
fn imports(text: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, found) in text.match_indices("crate::") {
        let rest = &text[at + found.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (index, character) in group.char_indices() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    _ if start && !character.is_whitespace() => {
                        rooms.push(first_name(&group[index..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            rooms.push(first_name(rest));
        }
    }
    rooms
}

/// A module's name, or `lib` for a type or function of the root.
fn first_name(text: &str) -> String {
    let end = text.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(text.len());
    let name = &text[..end];
    let is_room = MAY_IMPORT.iter().any(|(room, _)| *room == name);
    if is_room || text[end..].starts_with("::") { name.to_owned() } else { "lib".to_owned() }
}

#[test]
fn imports_point_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room(&path);
        if room == "lib" {
            continue;
        }
        let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("{} is in no known room", path.display()));
        for import in imports(&text) {
            if import != room && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{} imports {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_import_reader_reads() {
    let text = "use crate::{\n    a::{b, c},\n    d::E,\n    F,\n};\nuse crate::g::h; crate::i(j)";
    assert_eq!(imports(text), ["a", "d", "lib", "g", "lib"]);
}

#[test]
fn every_file_opens_with_what_it_is() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{} does not say what it is", path.display());
    }
}

#[test]
fn no_file_has_outgrown_its_idea() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines", path.display());
    }
}

#[test]
fn unsafe_stands_in_two_files() {
    for (path, text) in sources() {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let sites = code.filter(|line| line.contains("unsafe ")).count();
        let most = UNSAFE.iter().find(|(name, _)| path == Path::new(name)).map_or(0, |(_, most)| *most);
        assert!(sites <= most, "{} has {sites} unsafe sites", path.display());
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let mut before = "";
    let mut in_dependencies = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.ends_with("dependencies]");
        } else if in_dependencies && line.contains(" = ") && !line.starts_with('#') {
            assert!(before.starts_with("# "), "no reason stands above {line:?}");
        }
        before = line;
    }
}
