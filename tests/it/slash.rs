//! What a `/` means: the table of cases of `slash_begins_regex`.

use monotrace::lexer::{Dialect, Kind, Lexer};

/// In each line `/r/` is a regular expression.
const REGEX: &[&str] = &[
    "/r/",
    "x = /r/",
    "x = y => /r/",
    "f(/r/)",
    "f(a, /r/)",
    "[/r/]",
    "({a: /r/})",
    "({a = /r/} = {})",
    "({[/r/]: 1})",
    "a ? /r/ : b",
    "a ? b : /r/",
    "a && /r/",
    "!/r/",
    "a\n++/r/.x",
    "return /r/",
    "return\n/r/",
    "typeof /r/",
    "void /r/",
    "delete /r/",
    "throw /r/",
    "new /r/",
    "a in /r/",
    "a instanceof /r/",
    "case /r/:",
    "switch (a) { case b: /r/ }",
    "switch (a) { default: /r/ }",
    "await /r/",
    "async function f() { await /r/ }",
    "async () => await /r/",
    "class A { async m() { await /r/ } }",
    "class A { static async *m() { await /r/ } }",
    "({ async *m() { await /r/ } })",
    "function* g() { yield /r/ }",
    "function* g() { yield* /r/ }",
    "({ *g() { yield /r/ } })",
    "for (const a of /r/) ;",
    "for (const of of /r/) ;",
    "for (a in /r/) ;",
    "for (;; /r/) ;",
    "for await (const a of /r/) ;",
    "if (a) /r/",
    "while (a) /r/",
    "for (;;) /r/",
    "for await (a of b) /r/",
    "with (a) /r/",
    "if (a) b; else /r/",
    "do /r/; while (a)",
    "do ; while (a) /r/",
    "{} /r/",
    "{}\n/r/",
    ";{} /r/",
    "a: {} /r/",
    "a()\nb: {}\n/r/",
    "function f() {} /r/",
    "async function f() {} /r/",
    "a()\nasync function f() {} /r/",
    "function* f() {} /r/",
    "export default function () {} /r/",
    "export default class {} /r/",
    "export default async function () {} /r/",
    "export function f() {} /r/",
    "export default /r/",
    "class A {} /r/",
    "class A extends B {} /r/",
    "class A extends class {} {} /r/",
    "class A extends class B extends C {} {} /r/",
    "class A extends (class {}) {} /r/",
    "class A extends f({}) {} /r/",
    "class A { static {} static { /r/ } }",
    "class A { a = /r/ }",
    "class A { static a = /r/ }",
    "class A { [/r/] = 1 }",
    "try {} catch {} /r/",
    "try {} catch (e) {} /r/",
    "try {} finally {} /r/",
    "switch (a) {} /r/",
    "if (a) {} /r/",
    "x = () => {}\n/r/",
    "import 'a'\n/r/",
    "import a from 'a'\n/r/",
    "export * from 'a'\n/r/",
    "break\n/r/",
    "debugger\n/r/",
    "`${/r/}`",
    "`${a}${/r/}`",
    "x = {} /* c */\n/1; /r/",
    "a // c\n/ 1; /r/",
    "let\n{ a } = b; /r/",
    "x = a\n{} /r/",
    "({ a() {}, b: /r/ })",
    "@a.b(c) class A {} /r/",
    "a;\n<!-- c\n/r/",
    "a\n--> c\n;/r/",
];

/// In each line `/r/` are two divisions.
const DIVISION: &[&str] = &[
    "a /r/ 1",
    "a\n/r/ 1",
    "1 /r/ 1",
    "'s' /r/ 1",
    "`t` /r/ 1",
    "`${a}` /r/ 1",
    "/x/ /r/ 1",
    "(a) /r/ 1",
    "a() /r/ 1",
    "a[0] /r/ 1",
    "[] /r/ 1",
    "x = {} /r/ 1",
    "({}) /r/ 1",
    "({} /r/ 1)",
    "x = {}\n/r/ 1",
    "f({} /r/ 1)",
    "a++ /r/ 1",
    "a-- /r/ 1",
    "this /r/ 1",
    "super.a /r/ 1",
    "null /r/ 1",
    "true /r/ 1",
    "a.if /r/ 1",
    "a.return /r/ 1",
    "a?.typeof /r/ 1",
    "a.#b /r/ 1",
    "a.if(b) /r/ 1",
    "a.for(b) /r/ 1",
    "import.meta /r/ 1",
    "import('a') /r/ 1",
    "new.target /r/ 1",
    "new A /r/ 1",
    "x = function () {} /r/ 1",
    "x = async function () {} /r/ 1",
    "(function () {} /r/ 1)",
    "!function () {} /r/ 1",
    "x = class {} /r/ 1",
    "(class A extends B {} /r/ 1)",
    "let /r/ 1",
    "of /r/ 1",
    "async /r/ 1",
    "get /r/ 1",
    "static /r/ 1",
    "yield /r/ 1",
    "function f() { await /r/ 1 }",
    "a ? {} /r/ 1 : b",
    "return {} /r/ 1",
    "({ if: 1 }) /r/ 1",
    "({ get if() {} }) /r/ 1",
    "({ async *return() {} }) /r/ 1",
    "\\u0069f (a) /r/ 1",
    "a?.5/r/1:2",
    "typeof a /r/ 1",
    "async (a) /r/ 1",
    "x = async (a) => {}, a /r/ 1",
    "a\u{a0}/r/ 1",
    "é /r/ 1",
];

/// The kinds of the tokens that are regular expressions or slashes, from the first `/r/` on.
fn slashes(text: &str) -> Vec<Kind> {
    let place = text.find("/r/").expect("each case has its slash") as u32;
    let mut lexer = Lexer::new(text.as_bytes(), Dialect { jsx: true, ..Dialect::default() });
    std::iter::from_fn(|| Some(lexer.next_token()).filter(|token| token.kind != Kind::End))
        .filter(|token| token.start >= place && matches!(token.kind, Kind::Regex | Kind::Slash))
        .map(|token| token.kind)
        .collect()
}

#[test]
fn a_slash_begins_a_regular_expression_where_an_expression_may_begin() {
    for text in REGEX {
        assert_eq!(slashes(text).first(), Some(&Kind::Regex), "{text:?}");
    }
}

#[test]
fn a_slash_divides_what_is_complete() {
    for text in DIVISION {
        assert_eq!(slashes(text), [Kind::Slash, Kind::Slash], "{text:?}");
    }
}

#[test]
fn a_regular_expression_ends_at_its_slash_and_flags() {
    let regex = |text: &'static str| {
        let token = Lexer::new(text.as_bytes(), Dialect::default()).next_token();
        (token.kind, &text[token.start as usize..token.end as usize])
    };
    assert_eq!(regex("/[/]/gu.x"), (Kind::Regex, "/[/]/gu"));
    assert_eq!(regex(r"/\/\[/v/1"), (Kind::Regex, r"/\/\[/v"));
    assert_eq!(regex(r"/[\]/]/"), (Kind::Regex, r"/[\]/]/"));
    assert_eq!(regex("/`${/ }"), (Kind::Regex, "/`${/"));
    assert_eq!(regex("/a\n/"), (Kind::Slash, "/"), "a line without its end divides");
    assert_eq!(regex("/a\u{2028}/"), (Kind::Slash, "/"));
}
