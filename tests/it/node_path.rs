//! Node is the judge of `path`, `url` and the methods of strings: thousands of
//! made-up calls must give what it gives. What holes do to an answer is judged
//! by filling them: the answer must be a pattern of each answer that may be.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use monotrace::{
    HOLE,
    evaluate::node_path::{
        LONGEST,
        path::{self, Parts},
        string, url,
    },
};
use serde_json::{Value, json};

/// What an argument is made of.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Path,
    Cwd,
    Url,
    Reference,
    Text,
    /// Something that may well be in the text.
    Part,
    Number,
    /// A number or nothing.
    End,
    /// Up to four paths, as separate arguments.
    Paths,
    Suffix,
}
use Kind::*;

/// Every function and its arguments. In JavaScript, `a` has the arguments; it
/// throws, or gives undefined, where there is to be no answer.
const FUNCTIONS: &[(&str, &[Kind], &str)] = &[
    ("join", &[Paths], "path.join(...a)"),
    ("resolve", &[Cwd, Paths], "(cwd = a.shift(), path.resolve(...a))"),
    ("normalize", &[Path], "path.normalize(...a)"),
    ("dirname", &[Path], "path.dirname(...a)"),
    ("basename", &[Path, Suffix], "path.basename(...a)"),
    ("extname", &[Path], "path.extname(...a)"),
    ("relative", &[Cwd, Path, Path], "(cwd = a.shift(), path.relative(...a))"),
    ("isAbsolute", &[Path], "path.isAbsolute(...a)"),
    ("parse", &[Path], "Object.entries(path.parse(...a)).sort().map(([, part]) => part)"),
    (
        "format",
        &[Suffix, Suffix, Suffix, Suffix, Suffix],
        "path.format({ root: a[0], dir: a[1], base: a[2], ext: a[3], name: a[4] })",
    ),
    ("fileUrlToPath", &[Url], "(file(a[0]), url.fileURLToPath(a[0]))"),
    ("pathToFileUrl", &[Cwd, Path], "(cwd = a[0], url.pathToFileURL(a[1]).href)"),
    ("resolveUrl", &[Reference, Url], "(file(a[1]), file(new URL(a[0], a[1]).href))"),
    ("parseUrl", &[Url], "file(a[0])"),
    ("concat", &[Text, Text, Text], "''.concat(...a)"),
    ("repeat", &[Text, Number], "a[0].repeat(Number(a[1]))"),
    ("slice", &[Text, Number, End], "a[0].slice(Number(a[1]), end(a[2]))"),
    ("substring", &[Text, Number, End], "a[0].substring(Number(a[1]), end(a[2]))"),
    ("substr", &[Text, Number, End], "a[0].substr(Number(a[1]), end(a[2]))"),
    ("indexOf", &[Text, Part], "a[0].indexOf(a[1])"),
    ("lastIndexOf", &[Text, Part], "a[0].lastIndexOf(a[1])"),
    ("charAt", &[Text, Number], "a[0].charAt(Number(a[1]))"),
    ("at", &[Text, Number], "a[0].at(Number(a[1])) ?? ''"),
    ("replace", &[Text, Part, Text], "a[0].replace(a[1], a[2])"),
    ("replaceAll", &[Text, Part, Text], "a[0].replaceAll(a[1], a[2])"),
    ("split", &[Text, Part], "a[0].split(a[1])"),
    ("startsWith", &[Text, Part], "a[0].startsWith(a[1])"),
    ("endsWith", &[Text, Part], "a[0].endsWith(a[1])"),
    ("includes", &[Text, Part], "a[0].includes(a[1])"),
    ("trim", &[Text], "a[0].trim()"),
    ("trimStart", &[Text], "a[0].trimStart()"),
    ("trimEnd", &[Text], "a[0].trimEnd()"),
    ("toLowerCase", &[Text], "a[0].toLowerCase()"),
    ("toUpperCase", &[Text], "a[0].toUpperCase()"),
    ("padStart", &[Text, Number, Part], "a[0].padStart(Number(a[1]), a[2])"),
    ("padEnd", &[Text, Number, Part], "a[0].padEnd(Number(a[1]), a[2])"),
];

/// Whether our answer may differ from Node's.
fn is_exception(function: &str, arguments: &[Value], ours: &Value) -> bool {
    let texts: Vec<&str> = arguments.iter().filter_map(Value::as_str).collect();
    // Node 20 looks at the first `/.` of some URLs, and if that is a name it leaves
    // each `..` that follows. The standard never does.
    let leaves_dots = |url: &str| {
        let url = url.replace(['\t', '\n'], "");
        let rest = url.split_once("/.").map_or("", |(_, rest)| rest);
        !rest.starts_with(['.', '/']) && rest.contains("/.")
    };
    let is_astral = |character: char| character.len_utf16() > 1;
    match function {
        "parseUrl" | "resolveUrl" | "fileUrlToPath" => texts.into_iter().any(leaves_dots),
        // Halves of characters may come together again: that is not followed.
        "replaceAll" => ours.is_null() && texts[1].is_empty() && texts[0].contains(is_astral),
        _ => false,
    }
}

/// Reads calls as lines of JSON, and writes an answer for each: null for none.
const JUDGE: &str = r"
const path = require('path').posix, url = require('url'), fs = require('fs');
let cwd = '/';
process.cwd = () => cwd;
const end = text => text === null ? undefined : Number(text);
const file = text => {
    const { protocol, host, href } = new URL(text);
    if (protocol !== 'file:' || host !== '') throw new Error('not of this machine');
    return href;
};
const says = answer => typeof answer !== 'string' || answer.isWellFormed() && Buffer.byteLength(answer) <= LONGEST;
const out = [];
for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
    if (line === '') continue;
    const [name, ...a] = JSON.parse(line);
    let answer = null;
    try {
        answer = functions[name](a);
        if (![answer].flat().every(says)) answer = null;
    } catch {}
    out.push(JSON.stringify(answer));
}
fs.writeFileSync(1, out.join('\n'));
";

fn ours(function: &str, arguments: &[Value]) -> Value {
    let text = |at: usize| arguments[at].as_str().unwrap();
    let number = |at: usize| text(at).parse::<f64>().unwrap();
    let end = |at: usize| arguments[at].as_str().map(|text| text.parse::<f64>().unwrap());
    let texts: Vec<&str> = arguments.iter().filter_map(Value::as_str).collect();
    match function {
        "join" => json!(path::join(&texts)),
        "resolve" => json!(path::resolve(text(0), &texts[1..])),
        "normalize" => json!(path::normalize(text(0))),
        "dirname" => json!(path::dirname(text(0))),
        "basename" => json!(path::basename(text(0), text(1))),
        "extname" => json!(path::extname(text(0))),
        "relative" => json!(path::relative(text(0), text(1), text(2))),
        "isAbsolute" => json!(path::is_absolute(text(0))),
        "parse" => {
            let Parts { root, dir, base, ext, name } = path::parse(text(0));
            json!([base, dir, ext, name, root])
        }
        "format" => {
            let parts = Parts { root: text(0), dir: text(1), base: text(2), ext: text(3), name: text(4) };
            json!(path::format(&parts))
        }
        "fileUrlToPath" => json!(url::file_url_to_path(text(0))),
        "pathToFileUrl" => json!(url::path_to_file_url(text(0), text(1))),
        "resolveUrl" => json!(url::resolve_url(text(0), Some(text(1)))),
        "parseUrl" => json!(url::resolve_url(text(0), None)),
        "concat" => json!(string::concat(&texts)),
        "repeat" => json!(string::repeat(text(0), number(1))),
        "slice" => json!(string::slice(text(0), number(1), end(2))),
        "substring" => json!(string::substring(text(0), number(1), end(2))),
        "substr" => json!(string::substr(text(0), number(1), end(2))),
        "indexOf" => json!(string::index_of(text(0), text(1))),
        "lastIndexOf" => json!(string::last_index_of(text(0), text(1))),
        "charAt" => json!(string::char_at(text(0), number(1))),
        "at" => json!(string::at(text(0), number(1))),
        "replace" => json!(string::replace(text(0), text(1), text(2))),
        "replaceAll" => json!(string::replace_all(text(0), text(1), text(2))),
        "split" => json!(string::split(text(0), text(1))),
        "startsWith" => json!(string::starts_with(text(0), text(1))),
        "endsWith" => json!(string::ends_with(text(0), text(1))),
        "includes" => json!(string::includes(text(0), text(1))),
        "trim" => json!(string::trim(text(0))),
        "trimStart" => json!(string::trim_start(text(0))),
        "trimEnd" => json!(string::trim_end(text(0))),
        "toLowerCase" => json!(string::to_lower_case(text(0))),
        "toUpperCase" => json!(string::to_upper_case(text(0))),
        "padStart" => json!(string::pad_start(text(0), number(1), text(2))),
        "padEnd" => json!(string::pad_end(text(0), number(1), text(2))),
        _ => panic!("no function {function}"),
    }
}

/// One answer for each call.
fn nodes(calls: &[(&str, Vec<Value>)]) -> Vec<Value> {
    let bodies: Vec<String> = FUNCTIONS.iter().map(|(name, _, body)| format!("{name}: a => {body},")).collect();
    // After the judge's own names, which the bodies use.
    let (head, rest) = JUDGE.split_once("const out").unwrap();
    let script = format!("const LONGEST = {LONGEST};{head}const functions = {{{}}};const out{rest}", bodies.join("\n"));
    let mut node = Command::new("node")
        .args(["-e", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node must be installed");
    let mut lines = String::new();
    for (name, arguments) in calls {
        let mut call = vec![json!(name)];
        call.extend_from_slice(arguments);
        lines.push_str(&Value::from(call).to_string());
        lines.push('\n');
    }
    // It reads all before it writes.
    node.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const PATH_PIECES: &[&str] = &[
    "/", "/", "/", "//", ".", "..", "../", "/..", "./", "a", "b", "ab", "a/b", ".js", ".a.b", "...", "x.", " ", "é",
    "日", "😀", "%", "%20", "%2f", "?", "#", "\\", "~", "^", "|", "C:", "[]", "\n", "\u{1}", "-", "'", "\"", "`{}",
    "<>", "$",
];
// Without `^`: later Nodes encode it.
const URL_PIECES: &[&str] = &[
    "/",
    "/",
    "/",
    "//",
    ".",
    "..",
    "../",
    "/..",
    "./",
    "%2e",
    "%2E.",
    "a",
    "b",
    "a/b",
    ".js",
    " ",
    "é",
    "😀",
    "%",
    "%20",
    "%2F",
    "%5c",
    "%00",
    "%E9",
    "%C3%A9",
    "?",
    "#",
    "\\",
    "~",
    "C:",
    "c|",
    "C:/",
    "/d|/",
    "|",
    "\t",
    "\n",
    "\u{1}",
    "-",
    "'",
    "\"",
    "`{}",
    "<>",
    ":",
    "&=",
    "@",
    "file:",
    "http:",
    "localhost",
    "LocalHost/",
    "//h/",
];
const TEXT_PIECES: &[&str] = &[
    "a", "a", "b", "ab", "A", "aa", "/", ".", ".js", "$", "$$", "$&", "$`", "$'", "$1", "$<a>", " ", "\t", "\u{feff}",
    "\u{85}", "\u{a0}", "\u{2028}", "\u{3000}", "\u{200b}", "é", "É", "ß", "İ", "ﬁ", "Σ", "aΣ", "日", "😀", "𐐀", "\0",
    "\n",
];
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "4",
    "7",
    "20",
    "-1",
    "-2",
    "-3",
    "-4",
    "-9",
    "0.5",
    "-0.5",
    "1.9",
    "-1.9",
    "NaN",
    "Infinity",
    "-Infinity",
    "65536",
    "65537",
    "1e300",
    "-1e300",
    "4294967297",
];

/// A small generator (splitmix64) whose numbers are the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % end
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// Up to `most` pieces; each is a hole with a chance of `holes` in ten.
    fn text(&mut self, pieces: &[&str], most: usize, holes: usize) -> String {
        let count = self.below(most + 1);
        (0..count).map(|_| if self.below(10) < holes { HOLE.to_string() } else { self.of(pieces).to_owned() }).collect()
    }

    fn arguments(&mut self, kinds: &[Kind], holes: usize) -> Vec<Value> {
        let mut arguments = Vec::new();
        for kind in kinds {
            let argument = match kind {
                Paths => {
                    for _ in 0..self.below(5) {
                        let path = self.text(PATH_PIECES, 4, holes);
                        arguments.push(json!(path));
                    }
                    continue;
                }
                Path => json!(self.text(PATH_PIECES, 8, holes)),
                Suffix => json!(self.text(&PATH_PIECES[..18], 2, holes)),
                Cwd => json!(self.of(&["/", "/a", "/a/b", "/ab", "/a b/é"])),
                Url => {
                    let begin = self.of(&["file:///", "file:///", "file:///a/b", "file:", "FILE:/", " file://", ""]);
                    json!(format!("{begin}{}", self.text(URL_PIECES, 8, holes)))
                }
                Reference => json!(self.text(URL_PIECES, 8, holes)),
                Text => json!(self.text(TEXT_PIECES, 7, holes)),
                Part => json!(self.text(TEXT_PIECES, 2, holes)),
                End if self.below(3) == 0 => Value::Null,
                Number | End => json!(self.of(NUMBERS)),
            };
            arguments.push(argument);
        }
        // What is compared should often be alike.
        if kinds == [Path, Suffix] && self.below(2) == 0 {
            let path = arguments[0].as_str().unwrap().to_owned();
            let from = path.char_indices().map(|(at, _)| at).nth(self.below(path.chars().count().max(1)));
            arguments[1] = json!(path[from.unwrap_or(0)..].trim_end_matches(HOLE));
        }
        arguments
    }
}

#[test]
fn node_gives_the_same() {
    let mut dice = Dice(20);
    let mut calls = Vec::new();
    for (name, kinds, _) in FUNCTIONS {
        calls.extend((0..4000).map(|_| (*name, dice.arguments(kinds, 0))));
    }
    let long = "a/".repeat(LONGEST / 2);
    for text in [&long[..], &long[1..], &format!("{long}b"), &format!("{long}/../../b"), "", "/"] {
        let texts = |more: &[&str]| [&[text], more].concat().into_iter().map(|text| json!(text)).collect::<Vec<_>>();
        calls.extend([("concat", texts(&["", "b"])), ("repeat", texts(&["2"])), ("repeat", texts(&["1"]))]);
        calls.extend([("replaceAll", texts(&["a", "$`"])), ("replaceAll", texts(&["a", "b"]))]);
        calls.extend([("padStart", texts(&["65536", "b"])), ("padEnd", texts(&["65537", "b"]))]);
        calls.push(("toUpperCase", texts(&[])));
    }
    for page in 0..0x105 {
        let all: String = (page * 256..(page + 1) * 256).filter_map(char::from_u32).collect();
        calls.extend(all.chars().map(|each| ("trim", vec![json!(each)])));
        // Scripts that still get new letters differ between versions of Unicode.
        if matches!(page, 0..=0x1b | 0x1d..=0x2b | 0xfb..) {
            calls.extend(["toLowerCase", "toUpperCase"].map(|name| (name, vec![json!(all)])));
        }
    }
    let theirs = nodes(&calls);
    assert_eq!(calls.len(), theirs.len());
    let mut wrong = Vec::new();
    for ((name, arguments), theirs) in calls.iter().zip(theirs) {
        let ours = ours(name, arguments);
        if ours != theirs && !is_exception(name, arguments, &ours) {
            let shown = format!("{name}{} is {theirs}, not {ours}", Value::from(arguments.clone()));
            wrong.push(shown.chars().take(300).collect::<String>());
        }
    }
    assert!(wrong.is_empty(), "{} differ, as {:#?}", wrong.len(), &wrong[..wrong.len().min(40)]);
}

/// What may stand in a hole: anything in a text, and a part of a segment in a path.
fn fillings(function: &str) -> &'static [&'static str] {
    match function {
        // What these look at is in one segment, and may be empty.
        "basename" | "extname" | "format" | "isAbsolute" => &["", "x", "y.z", ".w", ".", "..", "a", "-b"],
        "parse" | "join" | "resolve" | "normalize" | "dirname" | "relative" => &["x", "y.z", "a", "-b"],
        "fileUrlToPath" | "pathToFileUrl" | "resolveUrl" | "parseUrl" => &["xx", "y z", "ab", "%41"],
        _ => &["", "a", "b", "/", ".js", " ", "a b", "\t", "Σ", "é", "x😀", "$$"],
    }
}

/// Whether a text is one of those that a pattern with holes stands for.
fn is_of(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split(HOLE);
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

fn holds(pattern: &Value, answer: &Value) -> bool {
    match (pattern, answer) {
        (Value::String(pattern), Value::String(answer)) => is_of(pattern, answer),
        (Value::Array(patterns), Value::Array(answers)) => {
            patterns.iter().zip(answers).all(|(pattern, answer)| holds(pattern, answer))
        }
        // No answer says nothing wrong, and there may be none for a filling.
        (Value::Null, _) | (_, Value::Null) => true,
        _ => pattern == answer,
    }
}

#[test]
fn an_answer_with_holes_holds_what_may_fill_them() {
    let mut dice = Dice(24);
    let mut wrong = Vec::new();
    for (name, kinds, _) in FUNCTIONS {
        let mut told = 0;
        for _ in 0..4000 {
            let arguments = dice.arguments(kinds, 3);
            if !arguments.iter().any(|each| each.as_str().is_some_and(|text| text.contains(HOLE))) {
                continue;
            }
            let pattern = ours(name, &arguments);
            told += usize::from(!pattern.is_null());
            for _ in 0..8 {
                let filled: Vec<Value> = arguments
                    .iter()
                    .map(|each| {
                        let Some(text) = each.as_str() else { return each.clone() };
                        let fill =
                            |each| if each == HOLE { dice.of(fillings(name)).to_owned() } else { String::from(each) };
                        json!(text.chars().map(fill).collect::<String>())
                    })
                    .collect();
                let answer = ours(name, &filled);
                if !holds(&pattern, &answer) {
                    let shown = [json!(arguments), pattern.clone(), json!(filled), answer];
                    wrong.push(format!("{name} {}", json!(shown).to_string().replace(HOLE, "*")));
                }
            }
        }
        // An answer that is never given would never be wrong.
        assert!(told > 10 || matches!(*name, "split" | "lastIndexOf"), "{name} answers {told} times");
    }
    assert!(wrong.is_empty(), "{} differ, as {:#?}", wrong.len(), &wrong[..wrong.len().min(40)]);
}

#[test]
fn what_holes_leave_known() {
    let cases = [
        ("join", json!(["/a", "*", "..", "b"]), json!("/a/b")),
        ("join", json!(["/a", "./*.js"]), json!("/a/*.js")),
        ("resolve", json!(["/cwd", "*/x"]), json!("/cwd/*/x")),
        ("resolve", json!(["/cwd", "/a", "*", "../.."]), json!("/")),
        ("normalize", json!(["/a/*//../b/"]), json!("/a/b/")),
        ("dirname", json!(["/a/*"]), json!("/a")),
        ("dirname", json!(["/a/*/b"]), json!("/a/*")),
        ("dirname", json!(["*"]), json!(null)),
        ("basename", json!(["/a/*.js", ".js"]), json!("*")),
        ("basename", json!(["/a/*", ".js"]), json!(null)),
        ("basename", json!(["/*/a.js", ".js"]), json!("a")),
        ("extname", json!(["a*"]), json!(null)),
        ("extname", json!(["a.*"]), json!(null)),
        // Were it empty, `.js` would be a name and no extension.
        ("extname", json!(["*.js"]), json!(null)),
        ("extname", json!(["lang-*.js"]), json!(".js")),
        ("relative", json!(["/", "/a", "/a/*/b"]), json!("*/b")),
        ("relative", json!(["/", "/a/b", "/a/*"]), json!(null)),
        ("relative", json!(["/", "/a/*", "/a"]), json!(null)),
        ("relative", json!(["/", "/a/b", "/a/x*"]), json!("../x*")),
        ("isAbsolute", json!(["*/x"]), json!(null)),
        ("isAbsolute", json!(["/*"]), json!(true)),
        ("parse", json!(["/a/b*.js"]), json!(["b*.js", "/a", ".js", "b*", "/"])),
        ("parse", json!(["*"]), json!(["*", null, null, null, null])),
        ("format", json!(["/", "/a", "", ".js", "*"]), json!("/a/*.js")),
        ("format", json!(["", "*", "b", "", ""]), json!(null)),
        ("fileUrlToPath", json!(["file:///a%20b/*.js"]), json!("/a b/*.js")),
        ("fileUrlToPath", json!(["file:///a/%2*"]), json!(null)),
        // The character itself, and no hole.
        ("fileUrlToPath", json!(["file:///a/%F4%8F%BF%BF"]), json!(null)),
        ("pathToFileUrl", json!(["/c d", "*#"]), json!("file:///c%20d/*%23")),
        ("resolveUrl", json!(["../*?y#z", "file:///a/b/c.js"]), json!("file:///a/*?y#z")),
        ("resolveUrl", json!(["*:x", "file:///a/b.js"]), json!(null)),
        ("resolveUrl", json!(["//*/x", "file:///a/b.js"]), json!(null)),
        ("slice", json!(["/a/*.js", "0", "-3"]), json!("/a/*")),
        ("slice", json!(["/a/*.js", "-3", null]), json!(".js")),
        ("slice", json!(["/a/*.js", "4", null]), json!(null)),
        ("at", json!(["*b", "-1"]), json!("b")),
        ("replace", json!(["a-*-b", "-", "+"]), json!("a+*-b")),
        ("replace", json!(["*-b", "-", "+"]), json!(null)),
        ("replace", json!(["a", "a", "$*"]), json!(null)),
        ("replaceAll", json!(["\\a\\*", "\\", "/"]), json!("/a/*")),
        ("replaceAll", json!(["ab*", "ab", "c"]), json!(null)),
        ("split", json!(["a/*", "/"]), json!(null)),
        ("startsWith", json!(["./*", "./"]), json!(true)),
        ("startsWith", json!(["./*", "./x"]), json!(null)),
        ("startsWith", json!(["./*", "/"]), json!(false)),
        ("endsWith", json!(["*.json", ".js"]), json!(false)),
        ("includes", json!(["*.json", ".js"]), json!(true)),
        ("includes", json!(["*", "a"]), json!(null)),
        ("includes", json!(["ab", "c*"]), json!(false)),
        ("trim", json!([" * "]), json!("*")),
        ("trimStart", json!(["* a"]), json!(null)),
        ("toLowerCase", json!(["A*"]), json!("a*")),
        ("padStart", json!(["*ab", "2", "0"]), json!("*ab")),
        ("padStart", json!(["*", "2", "0"]), json!(null)),
    ];
    for (function, arguments, expected) in cases {
        let holed: Vec<Value> = serde_json::from_str(&arguments.to_string().replace('*', &HOLE.to_string())).unwrap();
        let shown = ours(function, &holed).to_string().replace(HOLE, "*");
        assert_eq!(shown, expected.to_string(), "{function}{arguments}");
    }
}
