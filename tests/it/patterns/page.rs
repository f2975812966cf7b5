//! `docs/patterns.md`: its verdicts and totals are those of the programs.
//!
//! The page is written by hand but for these: the cells under the tools' names,
//! and the table between the lines `<!-- totals -->` and `<!-- /totals -->`. A
//! row ends with a comment that names its programs, and each program is in
//! exactly one row. `UPDATE_EXPECT=1` in the environment rewrites the page.
//!
//! What monotrace lists is found by running it, what nft lists stands in the
//! programs' headers (and is held there), and what turbotrace lists was measured
//! once, into `tests/patterns/turbotrace.txt`: it is never run here.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::{Program, folder, for_each, programs, traced};
use crate::peers::corpus;

/// The columns of the page, in order.
const TOOLS: usize = 3;

/// How a list differs from the expected one; `None`: not measured.
type Judgement = Option<Difference>;

#[derive(Clone, Copy)]
struct Difference {
    lacks: bool,
    has_more: bool,
}

impl Difference {
    fn between(listed: &BTreeSet<String>, expected: &BTreeSet<String>) -> Self {
        Self { lacks: !expected.is_subset(listed), has_more: !listed.is_subset(expected) }
    }

    /// Of a header: `same`, or `more: … | less: …`.
    fn told(nft: &str) -> Self {
        let has = |word: &str| nft.split('|').any(|side| side.trim().starts_with(word));
        Self { lacks: has("less:"), has_more: has("more:") }
    }

    fn is_none(self) -> bool {
        !self.lacks && !self.has_more
    }
}

/// What turbotrace listed, and what it was.
struct Measured {
    version: String,
    lists: BTreeMap<String, BTreeSet<String>>,
}

impl Measured {
    fn read() -> Self {
        let text = fs::read_to_string(folder().join("turbotrace.txt")).unwrap();
        let version = text.lines().find_map(|line| line.strip_prefix("# version: ")).unwrap().to_owned();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let lists = lines.map(|line| {
            let (name, files) = line.split_once(':').unwrap();
            (name.to_owned(), files.split_whitespace().map(str::to_owned).collect())
        });
        Self { version, lists: lists.collect() }
    }
}

/// Each program's judgements by its name: monotrace, nft, turbotrace.
fn judgements(measured: &Measured) -> BTreeMap<&'static str, [Judgement; TOOLS]> {
    for_each(|index, _| _ = traced(index));
    let judge = |(index, program): (usize, &'static Program)| {
        let expected = program.set("list");
        let ours = Difference::between(&traced(index).files, &expected);
        let turbotrace = measured.lists.get(&program.name).map(|listed| Difference::between(listed, &expected));
        (program.name.as_str(), [Some(ours), program.get("nft").map(Difference::told), turbotrace])
    };
    programs().iter().enumerate().map(judge).collect()
}

/// The words for some programs' lists by one tool.
fn verdict(judgements: &[Judgement]) -> String {
    let Some(all) = judgements.iter().copied().collect::<Option<Vec<_>>>() else { return "not measured".to_owned() };
    let sides = [
        ("misses files", all.iter().filter(|one| one.lacks).count()),
        ("lists too much", all.iter().filter(|one| one.has_more).count()),
    ];
    let words: Vec<_> = sides
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| match *count == all.len() {
            true => (*word).to_owned(),
            false => format!("{word} ({count} of {})", all.len()),
        })
        .collect();
    if words.is_empty() { "✓".to_owned() } else { words.join(", ") }
}

/// A row of the page, without its verdicts.
struct Row<'p> {
    pattern: &'p str,
    /// May be empty.
    note: &'p str,
    programs: Vec<&'p str>,
}

impl<'p> Row<'p> {
    /// `None` for any other line.
    fn read(line: &'p str) -> Option<Self> {
        let (head, named) = line.strip_prefix("| ")?.strip_suffix(" --> |")?.rsplit_once("<!-- ")?;
        let cells = cells(head);
        assert_eq!(cells.len(), TOOLS + 2, "a row has a pattern, {TOOLS} verdicts and a note: {line}");
        Some(Self { pattern: cells[0], note: cells[TOOLS + 1], programs: named.split_whitespace().collect() })
    }

    fn written(&self, judgements: &BTreeMap<&str, [Judgement; TOOLS]>) -> String {
        let of_tool = |tool: usize| {
            let of_programs = self.programs.iter().filter_map(|name| judgements.get(name));
            verdict(&of_programs.map(|all| all[tool]).collect::<Vec<_>>())
        };
        let verdicts: Vec<_> = (0..TOOLS).map(of_tool).collect();
        let note = if self.note.is_empty() { String::new() } else { format!("{} ", self.note) };
        format!("| {} | {} | {note}<!-- {} --> |", self.pattern, verdicts.join(" | "), self.programs.join(" "))
    }
}

/// The cells of a row: a `|` with a backslash before it is none between two.
fn cells(head: &str) -> Vec<&str> {
    let mut cells = Vec::new();
    let mut start = 0;
    for (at, _) in head.match_indices('|').filter(|(at, _)| !head[..*at].ends_with('\\')) {
        cells.push(head[start..at].trim());
        start = at + 1;
    }
    cells.push(head[start..].trim());
    cells
}

/// The table of totals.
fn totals(judgements: &BTreeMap<&str, [Judgement; TOOLS]>, measured: &Measured) -> String {
    let manifest = fs::read_to_string(corpus().join("node_modules/@vercel/nft/package.json")).unwrap();
    let nft: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let names = [
        "monotrace".to_owned(),
        format!("@vercel/nft {}", nft["version"].as_str().unwrap()),
        format!("turbotrace (in {})", measured.version),
    ];
    let head =
        format!("| of {} programs | exact | misses files | lists too much |\n|---|---|---|---|", judgements.len());
    let rows = names.iter().enumerate().map(|(tool, name)| {
        let all: Vec<_> = judgements.values().filter_map(|all| all[tool]).collect();
        let count = |is: fn(&Difference) -> bool| all.iter().filter(|one| is(one)).count();
        let (exact, lacks, more) = (count(|one| one.is_none()), count(|one| one.lacks), count(|one| one.has_more));
        format!("| {name} | {exact} | {lacks} | {more} |")
    });
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
}

/// The page as it should be.
fn written(page: &str, judgements: &BTreeMap<&str, [Judgement; TOOLS]>, measured: &Measured) -> String {
    const MARKS: [&str; 2] = ["<!-- totals -->", "<!-- /totals -->"];
    let (before, rest) = page.split_once(MARKS[0]).expect("the page has a mark where the totals begin");
    let (_, after) = rest.split_once(MARKS[1]).expect("the page has a mark where the totals end");
    let line = |line: &str| Row::read(line).map_or_else(|| line.to_owned(), |row| row.written(judgements));
    let lines: Vec<_> = after.split('\n').map(line).collect();
    let totals = totals(judgements, measured);
    format!("{before}{}\n{totals}\n{}{}", MARKS[0], MARKS[1], lines.join("\n"))
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/patterns.md")
}

#[test]
fn the_page_says_what_the_lists_are() {
    // A page of some programs is no page.
    if std::env::var_os("PATTERNS").is_some() {
        return;
    }
    let measured = Measured::read();
    let page = fs::read_to_string(file()).unwrap();
    let right = written(&page, &judgements(&measured), &measured);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        return fs::write(file(), right).unwrap();
    }
    let wrong: Vec<_> = page.lines().zip(right.lines()).filter(|(is, should)| is != should).collect();
    let told: Vec<_> = wrong.iter().map(|(is, should)| format!("- {is}\n+ {should}")).collect();
    assert!(page == right, "docs/patterns.md is old; UPDATE_EXPECT=1 rewrites it\n{}", told.join("\n"));
}

#[test]
fn each_program_is_in_one_row() {
    if std::env::var_os("PATTERNS").is_some() {
        return;
    }
    let page = fs::read_to_string(file()).unwrap();
    let rows: Vec<_> = page.lines().filter_map(Row::read).collect();
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for name in rows.iter().flat_map(|row| &row.programs) {
        *named.entry(name).or_default() += 1;
    }
    let known: BTreeSet<&str> = programs().iter().map(|program| program.name.as_str()).collect();
    let missing: Vec<_> = known.iter().filter(|name| !named.contains_key(*name)).collect();
    let unknown: Vec<_> = named.keys().filter(|name| !known.contains(*name)).collect();
    let twice: Vec<_> = named.iter().filter(|(_, times)| **times > 1).collect();
    assert!(missing.is_empty(), "docs/patterns.md has no row for {missing:?}");
    assert!(unknown.is_empty() && twice.is_empty(), "no programs: {unknown:?}; in two rows: {twice:?}");
    assert!(rows.iter().all(|row| !row.programs.is_empty()), "a row names its programs");
}

#[test]
fn a_verdict_tells_both_sides_and_how_many() {
    let [same, less, more] = ["same", "less: a b", "more: c"].map(|nft| Some(Difference::told(nft)));
    let both = Some(Difference::told("more: c | less: a"));
    assert_eq!(verdict(&[same, same]), "✓");
    assert_eq!(verdict(&[less, less]), "misses files");
    assert_eq!(verdict(&[same, more, more]), "lists too much (2 of 3)");
    assert_eq!(verdict(&[both, less]), "misses files, lists too much (1 of 2)");
    assert_eq!(verdict(&[same, None]), "not measured");
    let files = |words: &str| words.split(' ').map(str::to_owned).collect();
    let difference = Difference::between(&files("a c"), &files("a b"));
    assert!(difference.lacks && difference.has_more);
}

#[test]
fn a_row_keeps_what_is_written_by_hand() {
    let line = r"| `a \|\| b` | old | old | old | a note <!-- g/one g/two --> |";
    let of = |nft: &str| [Some(Difference::told("same")), Some(Difference::told(nft)), None];
    let judgements = BTreeMap::from([("g/one", of("same")), ("g/two", of("less: x"))]);
    let row = Row::read(line).unwrap();
    let right = r"| `a \|\| b` | ✓ | misses files (1 of 2) | not measured | a note <!-- g/one g/two --> |";
    assert_eq!(row.written(&judgements), right);
    assert!(Row::read("| pattern | monotrace | nft | turbotrace | |").is_none());
}
