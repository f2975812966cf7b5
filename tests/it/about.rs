//! What monotrace says of itself: `explain`, `completions`, `man`, help.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::support::{Run, run};

fn tell(arguments: &[&str]) -> Run {
    run(Path::new("/"), arguments, &[])
}

/// The files below `src`, with their texts.
fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push((path.clone(), fs::read_to_string(&path).unwrap())),
            }
        }
    }
    files
}

/// The codes that the program can tell: `MT2001` in a text of it, and the numbers in each `fn code`.
fn used() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for (_, text) in sources() {
        let text = text.split("#[cfg(test)]").next().unwrap();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains("help = ")) {
            codes.extend(line.match_indices("MT").filter_map(|(at, _)| digits(&line[at + 2..])));
        }
        for part in text.split("fn code(").skip(1) {
            let arms = part.split("\n    }\n").next().unwrap();
            codes.extend(arms.match_indices("=> ").filter_map(|(at, arrow)| {
                let number = arms[at + arrow.len()..].split([',', '\n']).next().unwrap();
                Some(format!("{:04}", number.parse::<u16>().ok()?))
            }));
        }
    }
    codes
}

/// The four digits that a text begins with.
fn digits(text: &str) -> Option<String> {
    let digits = text.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let is_more = text[4..].starts_with(|next: char| next.is_ascii_digit());
    (!is_more).then(|| digits.to_owned())
}

#[test]
fn every_code_has_its_entry_and_every_entry_its_code() {
    let listed = tell(&["explain"]);
    let explained: BTreeSet<_> = listed.stdout.lines().map(|line| line[2..6].to_owned()).collect();
    assert_eq!(explained.len(), listed.stdout.lines().count(), "an entry is there twice");
    let used = used();
    assert!(
        used.contains("2001") && used.contains("0003") && used.contains("4006") && used.contains("9002"),
        "{used:?}"
    );
    let (without, unused): (Vec<_>, Vec<_>) =
        (used.difference(&explained).collect(), explained.difference(&used).collect());
    assert!(without.is_empty(), "codes without an entry in docs/findings.md: {without:?}");
    assert!(unused.is_empty(), "entries of docs/findings.md that no code has: {unused:?}");
    let codes: Vec<_> = listed.stdout.lines().collect();
    assert!(codes.is_sorted(), "entries stand in order: {codes:?}");
}

#[test]
fn every_entry_tells_what_it_means_and_what_to_do() {
    for line in tell(&["explain"]).stdout.lines() {
        let told = tell(&["explain", &line[..6]]);
        assert_eq!((told.status, told.stderr.as_str()), (0, ""));
        let parts: Vec<_> = told.stdout.split("\n\n").collect();
        assert!(parts.len() >= 3, "{line}: what it is, what it means, what to do");
        assert!(told.stdout.lines().all(|line| line.chars().count() <= 80), "{}", told.stdout);
        assert!(!told.stdout.contains("\n#"), "{line}: a heading is no part of an entry");
    }
    assert!(tell(&["explain", "mt2001"]).stdout.starts_with("MT2001 [resolve] a specifier leads to no file\n\n"));
}

#[test]
fn an_unknown_code_is_misuse_and_the_nearest_is_named() {
    let told = tell(&["explain", "MT2010"]);
    let expected = "monotrace: MT0012 there is no code \"MT2010\"; the nearest is MT2001 (a specifier leads to no file); `monotrace explain` lists all\n";
    assert_eq!((told.status, told.stdout.as_str(), told.stderr.as_str()), (2, "", expected));
}

#[test]
fn completions_and_pages_name_every_flag() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let told = tell(&["completions", shell]);
        assert_eq!((told.status, told.stderr.as_str()), (0, ""));
        for word in ["print", "explain", "log-detail", "report-file"] {
            assert!(told.stdout.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(tell(&["completions", "ksh"]).status, 2);
    let page = tell(&["man"]).stdout;
    assert!(page.contains(".TH monotrace 1") && page.contains("explain"), "{page}");
    let page = tell(&["man", "print"]).stdout;
    assert!(page.contains("log\\-detail") && page.contains("\\-\\-report\\-file"), "{page}");
    assert_eq!(tell(&["man", "brew"]).status, 2);
}

const COMMANDS: [&str; 8] = ["print", "annotate", "build", "size", "why", "explain", "completions", "man"];

/// Help as a terminal of 80 columns has it.
fn help(arguments: &[&str]) -> String {
    let told = run(Path::new("/"), arguments, &[("COLUMNS", "80")]);
    assert_eq!((told.status, told.stderr.as_str()), (0, ""), "{arguments:?}");
    let long: Vec<_> = told.stdout.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(long.is_empty(), "{arguments:?}: {long:?}");
    told.stdout
}

#[test]
fn short_help_is_one_screen_and_says_where_the_rest_is() {
    let all = help(&["-h"]);
    assert!(all.lines().count() < 24, "a line is left for the prompt:\n{all}");
    assert!(COMMANDS.iter().all(|command| all.contains(&format!("\n  {command} "))), "{all}");
    assert!(all.contains("monotrace help COMMAND"), "{all}");
    for command in COMMANDS {
        let short = help(&[command, "-h"]);
        assert!(short.lines().count() < 24, "{} lines:\n{short}", short.lines().count());
        assert!(short.contains(&format!("Usage: monotrace {command}")), "{short}");
    }
    for command in &COMMANDS[..5] {
        let short = help(&[command, "-h"]);
        for part in ["ENTRY", "--context-directory", "--node", "--memory-limit", "--log-level", "--deny"] {
            assert!(short.contains(part), "{command}: {part}");
        }
        assert!(short.contains(&format!("All options, and examples: monotrace {command} --help")), "{short}");
        assert!(!short.contains("--module-sync-catchall"), "{short}");
    }
}

#[test]
fn long_help_has_every_option_by_groups_and_examples() {
    let all = help(&["--help"]);
    assert!(all.contains("Configuration:") && all.contains("Exit status:") && all.contains("Examples:"), "{all}");
    for command in COMMANDS {
        let long = help(&[command, "--help"]);
        assert_eq!(long, help(&["help", command]), "{command}");
        assert!(long.contains("Example"), "{long}");
    }
    for command in &COMMANDS[..5] {
        let long = help(&[command, "--help"]);
        for part in ["\nOptions:", "\nTracing:", "\nResources:", "\nFindings:", "\nConfiguration:", "\nExamples:\n"] {
            assert!(long.contains(part), "{command}: {part}");
        }
        for option in ["--module-sync-catchall", "--no-emit-globs", "--temp-dir", "--reporter", "--stats", "--config"] {
            assert!(long.contains(option), "{command}: {option}");
        }
        // What is in the short one is in the long one.
        for line in help(&[command, "-h"]).lines().filter(|line| line.trim_start().starts_with('-')) {
            let option = line.split_whitespace().find(|word| word.starts_with("--")).unwrap();
            assert!(long.contains(option), "{command}: {option}");
        }
    }
}

#[test]
fn what_was_mistyped_is_one_line_with_a_code_and_what_to_do() {
    for (arguments, parts) in [
        (&["print"][..], &["<ENTRY>...", "`monotrace print -h`"][..]),
        (&["why"], &["<FILE>, <ENTRY>...", "`monotrace why -h`"]),
        (&["build", "a.js"], &["--output <DIR>", "`monotrace build -h`"]),
        (&["print", "a.js", "--frmat", "json"], &["--frmat", "similar", "--format", "`monotrace print -h`"]),
        (&["pritn", "a.js"], &["pritn", "print", "`monotrace -h`"]),
        (&["print", "a.js", "--log-level", "loud"], &["loud", "--log-level", "suggestion", "-h`"]),
        (&["size", "a.js", "--budget", "lots"], &["lots", "250MB"]),
        (&["build", "a.js", "--tar", "x", "--dry-run"], &["--tar", "--dry-run"]),
        (&["print", ""], &["ENTRY"]),
        (&["print", "a.js", "--no\u{1b}[31m\npe"], &["--no"]),
    ] {
        let told = run(Path::new("/"), arguments, &[]);
        assert_eq!((told.status, told.stdout.as_str()), (2, ""), "{arguments:?}");
        assert_eq!(told.stderr.lines().count(), 1, "{}", told.stderr);
        assert!(told.stderr.starts_with("monotrace: MT0001 ") && !told.stderr.contains('\u{1b}'), "{}", told.stderr);
        for part in parts {
            assert!(told.stderr.contains(part), "{part}: {}", told.stderr);
        }
    }
    // Nothing at all was typed: the help.
    let bare = run(Path::new("/"), &[], &[]);
    assert!(bare.status == 2 && bare.stderr.contains("Usage: monotrace"), "{}", bare.stderr);
}
