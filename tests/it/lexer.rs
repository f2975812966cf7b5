//! The lexer's tokens, roles and values, case by case, and any bytes at all.

use monotrace::lexer::{Dialect, Kind, Lexer, Role, Token, identifier_name, string_value, template_value};

const SCRIPT: Dialect = Dialect { typescript: false, jsx: true, module: false };
const MODULE: Dialect = Dialect { typescript: false, jsx: true, module: true };
const TYPESCRIPT: Dialect = Dialect { typescript: true, jsx: false, module: true };
const TSX: Dialect = Dialect { typescript: true, jsx: true, module: true };

fn tokens(text: &[u8], dialect: Dialect) -> Vec<Token> {
    let mut lexer = Lexer::new(text, dialect);
    std::iter::from_fn(|| Some(lexer.next_token()).filter(|token| token.kind != Kind::End)).collect()
}

/// The texts of the tokens, a blank between them.
fn texts(text: &str, dialect: Dialect) -> String {
    let words: Vec<&str> =
        tokens(text.as_bytes(), dialect).iter().map(|token| &text[token.start as usize..token.end as usize]).collect();
    words.join(" ")
}

fn kinds(text: &str, dialect: Dialect) -> Vec<Kind> {
    tokens(text.as_bytes(), dialect).iter().map(|token| token.kind).collect()
}

/// The roles of the opening brackets; closing ones are held to match theirs.
fn roles(text: &str, dialect: Dialect) -> Vec<Role> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for token in tokens(text.as_bytes(), dialect) {
        match token.kind {
            Kind::ParenOpen | Kind::BracketOpen | Kind::BraceOpen | Kind::TemplateHead => {
                open.push(token.role);
                found.push(token.role);
            }
            Kind::ParenClose | Kind::BracketClose | Kind::BraceClose | Kind::TemplateTail => {
                assert_eq!(open.pop(), Some(token.role), "{text:?}");
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "{text:?}");
    found
}

#[test]
fn brackets_carry_what_they_are_for() {
    use Role::{
        Block, BlockHead, Call, Class, ClassExpression, Function, FunctionExpression, Group, Head, Object, Parameters,
        Template,
    };
    let cases: &[(&str, &[Role])] = &[
        ("f(a)[b]", &[Call, Call]),
        ("(a)", &[Group]),
        ("new A(b)", &[Call]),
        ("new (A)(b)", &[Group, Call]),
        ("import('a')", &[Call]),
        ("import { a } from 'b'", &[Object]),
        ("import a, { b } from 'c' with { type: 'json' }", &[Object, Object]),
        ("export { a as default }", &[Object]),
        ("if (a) {} else {}", &[Head, Block, Block]),
        ("switch (a) { case {}: {} }", &[BlockHead, Block, Object, Block]),
        ("try {} catch ({ a }) {} finally {}", &[Block, BlockHead, Object, Block, Block]),
        ("for await (const [a] of b) {}", &[Head, Group, Block]),
        ("function f() {}", &[Parameters, Function]),
        ("x = function () {}", &[Parameters, FunctionExpression]),
        ("export default async function () {}", &[Parameters, Function]),
        ("x = async function () {}", &[Parameters, FunctionExpression]),
        ("(a) => {}", &[Group, FunctionExpression]),
        ("a => ({})", &[Group, Object]),
        ("async ({ a }) => {}", &[Group, Object, FunctionExpression]),
        (
            "({ a() {}, get [b]() {}, async *c() {} })",
            &[
                Group,
                Object,
                Parameters,
                FunctionExpression,
                Group,
                Parameters,
                FunctionExpression,
                Parameters,
                FunctionExpression,
            ],
        ),
        ("class A { static {} a = {}; b() {} }", &[Class, Block, Object, Parameters, FunctionExpression]),
        (
            "class A { a = 1\n b() {} static\n c() {} }",
            &[Class, Parameters, FunctionExpression, Parameters, FunctionExpression],
        ),
        ("x = class {}", &[ClassExpression]),
        ("class A extends f({}) {}", &[Call, Object, Class]),
        ("a: {}", &[Block]),
        ("let { a } = b", &[Object]),
        ("x\n{}", &[Block]),
        ("return\n{}", &[Block]),
        ("return {}", &[Object]),
        ("`${{}}`", &[Template, Object]),
    ];
    for (text, expected) in cases {
        assert_eq!(&roles(text, MODULE), expected, "{text:?}");
    }
}

#[test]
fn types_are_told_from_code() {
    use Role::{Block, Call, Class, Function, FunctionExpression, Group, Object, Parameters, Type};
    let cases: &[(&str, &[Role])] = &[
        ("let a: { b: c } = {}", &[Type, Object]),
        ("interface A extends B<{}> { a(): void }", &[Type, Type, Group]),
        ("enum A { B = 'b' }", &[Type]),
        ("declare module 'a' { export function f(): void }", &[Type, Parameters]),
        ("declare global { var a: {} }", &[Type, Type]),
        ("namespace A.B { class C {} }", &[Type, Class]),
        ("type A = { [K in keyof B]: C }\nf({})", &[Type, Group, Call, Object]),
        ("f<{ a: 1 }>({})", &[Type, Call, Object]),
        ("new Map<string, () => void>()", &[Group, Call]),
        ("a < b && c > (d)", &[Group]),
        ("a < b / c > (d)", &[Group]),
        ("function f<T>(a: T): { b: T } {}", &[Parameters, Type, Function]),
        ("const f = (a: A): B => {}", &[Group, FunctionExpression]),
        ("const f = (a): (() => void) => {}", &[Group, Group, Group, FunctionExpression]),
        ("const f: (a: A) => B = () => {}", &[Group, Group, FunctionExpression]),
        ("const f = <T>(a: T) => {}", &[Group, FunctionExpression]),
        ("x = <T>{}", &[Object]),
        ("class A<T> extends B<T> implements C<{}> { a?: {}; b!: C = {} }", &[Type, Class, Type, Object]),
        ("class A { @B() a: C; constructor(private a: {}) {} }", &[Class, Call, Parameters, Type, FunctionExpression]),
        ("abstract class A { abstract a(): B\n c() {} }", &[Class, Parameters, Parameters, FunctionExpression]),
        ("x as { a: b }\n({})", &[Type, Group, Object]),
        ("x satisfies A ? {} : {}", &[Object, Object]),
        ("declare function f(): A\nexport function g() {}", &[Parameters, Parameters, Function]),
        ("let a: A extends B ? {} : {} = {}", &[Type, Type, Object]),
        ("function f(a: any): asserts a is {} {}", &[Parameters, Type, Function]),
        ("import a = require('b')\n{}", &[Call, Block]),
        ("import type { A } from 'b'; export type { B } from 'c'", &[Object, Object]),
    ];
    for (text, expected) in cases {
        assert_eq!(&roles(text, TYPESCRIPT), expected, "{text:?}");
    }
}

#[test]
fn a_word_in_a_type_or_a_name_is_no_keyword() {
    let imports = |text: &str, dialect| kinds(text, dialect).iter().filter(|kind| **kind == Kind::Import).count();
    assert_eq!(imports("let a: typeof import('b') = import('c')", TYPESCRIPT), 1);
    assert_eq!(imports("f<typeof import('b')>()", TYPESCRIPT), 0);
    assert_eq!(imports("a.import('b'); ({ import() {}, a: 1 })", SCRIPT), 0);
    assert_eq!(imports("class A { import() {} static import = 1 }", SCRIPT), 0);
    assert_eq!(imports("import * as a from 'b'; import.meta; import('c')", MODULE), 3);
    assert_eq!(imports(r"\u0069mport('a')", SCRIPT), 0);
}

#[test]
fn slashes_in_typescript_stay_divisions_and_expressions() {
    assert_eq!(texts("x! / 2 / y", TYPESCRIPT), "x ! / 2 / y");
    assert_eq!(texts("(x as A) / 2 / y", TYPESCRIPT), "( x as A ) / 2 / y");
    assert_eq!(texts("let a: A = /'/; b", TYPESCRIPT), "let a : A = /'/ ; b");
    assert_eq!(texts("interface A {}\n/'/", TYPESCRIPT), "interface A { } /'/");
    assert_eq!(texts("let a: Array<Array<B>>= /'/", TYPESCRIPT), "let a : Array < Array < B > > = /'/");
}

#[test]
fn elements_are_text_tags_and_holes() {
    let kinds = kinds("<p a='\n' b={c}>Don't {d}</p>", SCRIPT);
    let expected = [
        Kind::JsxPunctuation,
        Kind::JsxName,
        Kind::JsxName,
        Kind::Assign,
        Kind::JsxString,
        Kind::JsxName,
        Kind::Assign,
        Kind::BraceOpen,
        Kind::Identifier,
        Kind::BraceClose,
        Kind::JsxPunctuation,
        Kind::JsxText,
        Kind::BraceOpen,
        Kind::Identifier,
        Kind::BraceClose,
        Kind::JsxPunctuation,
        Kind::JsxName,
        Kind::JsxPunctuation,
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn elements_nest_and_end() {
    let cases = [
        ("<><a.b.c/>'</>", "< > < a . b . c /> ' </ >"),
        ("<a:b-c d:e=\"\\\"/>; '1'", "< a:b-c d:e = \"\\\" /> ; '1'"),
        ("<a b=<c/> /* ' */ // '\n {...d}/>;'1'", "< a b = < c /> { ... d } /> ; '1'"),
        ("a ? <b>:</b> : <c/>", "a ? < b > : </ b > : < c />"),
        ("<a>{<b>{'}'}</b>}</a> / 2", "< a > { < b > { '}' } </ b > } </ a > / 2"),
        ("() => <a/>", "( ) => < a />"),
        ("a < b; '1'", "a < b ; '1'"),
        ("a\n<b; '1'", "a < b ; '1'"),
        ("< a >'< / a >'1'", "< a > ' < / a > '1'"),
    ];
    for (text, expected) in cases {
        assert_eq!(texts(text, SCRIPT), expected, "{text:?}");
    }
}

#[test]
fn type_parameters_are_no_elements() {
    let cases = [
        ("x = <T,>(a: T) => '1'", "x = < T , > ( a : T ) => '1'"),
        ("x = <T extends A>(a: T) => '1'", "x = < T extends A > ( a : T ) => '1'"),
        ("x = <const T,>() => '1'", "x = < const T , > ( ) => '1'"),
        ("x = <T extends='a'>'</T>", "x = < T extends = 'a' > ' </ T >"),
        ("x = <A<B> c='d'>'</A>", "x = < A < B > c = 'd' > ' </ A >"),
        ("f<A, <T>(a: T) => B>('1')", "f < A , < T > ( a : T ) => B > ( '1' )"),
        ("interface A { b: <T>(c: T) => D }; <e>'</e>", "interface A { b : < T > ( c : T ) => D } ; < e > ' </ e >"),
    ];
    for (text, expected) in cases {
        assert_eq!(texts(text, TSX), expected, "{text:?}");
    }
}

#[test]
fn names_numbers_and_operators() {
    let cases = [
        ("a?.1:b?.c??d", "a ? .1 : b ?. c ?? d"),
        ("1_000n+0xFfn.a+1..b+017.c+08.5.d", "1_000n + 0xFfn . a + 1. . b + 017 . c + 08.5 . d"),
        ("this.#a in #b", "this . #a in #b"),
        ("\\u{61}b=é\u{3000}c", "\\u{61}b = é c"),
        ("a>>>=b**=c??=d", "a >>>= b **= c ??= d"),
    ];
    for (text, expected) in cases {
        assert_eq!(texts(text, SCRIPT), expected, "{text:?}");
    }
}

#[test]
fn comments_and_line_ends() {
    assert_eq!(texts("\u{feff}#!/usr/bin/env node '\n'1'", SCRIPT), "'1'");
    assert_eq!(texts("a <!-- '\n--> '\nb /*\n*/ --> '\nc", SCRIPT), "a b c");
    assert_eq!(texts("a <!--b", MODULE), "a < ! -- b");
    assert_eq!(texts("a-->b", SCRIPT), "a -- > b");
    let newlines =
        |text: &str| tokens(text.as_bytes(), SCRIPT).iter().map(|token| token.newline_before).collect::<Vec<_>>();
    assert_eq!(newlines("\na\rb\u{2028}c/*\n*/d//\u{2029}e f"), [false, true, true, true, true, false]);
    let mut lexer = Lexer::new(b"import(/* a */ /* b */ 'c')", SCRIPT);
    assert_eq!((lexer.next_token().kind, lexer.comment_before()), (Kind::Import, None));
    lexer.next_token();
    lexer.next_token();
    let comment = lexer.comment_before().unwrap();
    assert_eq!((comment.start, comment.end), (15, 22));
}

#[test]
fn values_of_strings() {
    assert_eq!(string_value(br#""a\n\x41\u0042\u{43}\101\0\'""#), "a\nABCA\0'");
    assert_eq!(string_value(b"'a\\\r\nb\\\nc'"), "abc");
    assert_eq!(string_value("'\\\u{2028}é\\é'".as_bytes()), "éé");
    assert_eq!(string_value(br"'\ud83d\ude00 \ud83d \ude00'"), "😀 \u{fffd} \u{fffd}");
    assert_eq!(string_value(b"'\xff'"), "\u{fffd}");
    assert_eq!(string_value(br"'\8\400'"), "8\u{20}0");
    assert_eq!(string_value(b"'a"), "a");
    assert_eq!(string_value(b""), "");
}

#[test]
fn values_of_templates_and_names() {
    assert_eq!(template_value(b"`a\r\nb\rc${").unwrap(), "a\nb\nc");
    assert_eq!(template_value(br"}\u{61}\0\`$`").unwrap(), "a\0`$");
    assert_eq!(template_value(br"`\01`"), None);
    assert_eq!(template_value(br"`\u{110000}`"), None);
    assert_eq!(template_value(br"`\xg`"), None);
    assert_eq!(identifier_name(br"\u0061\u{62}c"), "abc");
}

#[test]
fn what_is_broken_is_named_once() {
    let breakage = |text: &str| {
        let mut lexer = Lexer::new(text.as_bytes(), SCRIPT);
        while lexer.next_token().kind != Kind::End {}
        lexer.breakage().map(|breakage| (breakage.offset, breakage.what))
    };
    assert_eq!(breakage("f({ a: [1] })"), None);
    assert_eq!(breakage("a 'b\nc"), Some((2, "string without end")));
    assert_eq!(breakage("a `b"), Some((2, "template without end")));
    assert_eq!(breakage("a /* b"), Some((2, "comment without end")));
    assert_eq!(breakage("a = /b\n)"), Some((4, "regular expression without end")));
    assert_eq!(breakage("a )"), Some((2, "bracket that closes nothing")));
    assert_eq!(breakage("a ("), Some((3, "bracket without end")));
    assert_eq!(breakage("a \x01"), Some((2, "unexpected byte")));
}

#[test]
fn a_brace_closes_what_its_block_left_open() {
    let text = "function f() { g((1, [2 }\n'a' /r/ 1; /'/";
    assert_eq!(texts(text, SCRIPT), "function f ( ) { g ( ( 1 , [ 2 } 'a' / r / 1 ; /'/");
}

#[test]
fn deep_nesting_needs_no_stack() {
    for open in ["`${", "(", "[", "{", "x=>{", "<a>", "<a b={", "class extends ", "f(function(){", "{a:[", "a?"] {
        let text = open.repeat(100_000);
        let mut lexer = Lexer::new(text.as_bytes(), TSX);
        while lexer.next_token().kind != Kind::End {}
    }
    let text = "`${".repeat(100_000) + &"}`".repeat(100_000);
    let mut lexer = Lexer::new(text.as_bytes(), SCRIPT);
    assert!((0..100_000).all(|_| lexer.next_token().kind == Kind::TemplateHead));
    assert_eq!(lexer.depth(), 100_000);
    while lexer.next_token().kind != Kind::End {}
    assert_eq!((lexer.depth(), lexer.breakage()), (0, None));
}

/// The promises that hold for any bytes.
fn check_any(text: &[u8]) {
    for dialect in [SCRIPT, MODULE, TYPESCRIPT, TSX] {
        let mut end = 0;
        for token in tokens(text, dialect) {
            assert!(token.start >= end && token.end > token.start, "{token:?} in {:?}", String::from_utf8_lossy(text));
            end = token.end;
            string_value(token.text(text));
            template_value(token.text(text));
            identifier_name(token.text(text));
        }
        assert!(end as usize <= text.len());
    }
}

/// xorshift64*: the same bytes in each run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides
    }
}

pub const SCRAPS: &[&str] = &[
    "/",
    "`",
    "${",
    "}",
    "{",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "</",
    "/>",
    "\\",
    "'",
    "\"",
    "\n",
    "\r",
    "\u{2028}",
    "=>",
    "?",
    "?.",
    ":",
    ";",
    ",",
    "...",
    "class ",
    "function",
    "async ",
    "await ",
    "yield ",
    "of ",
    "as ",
    "type ",
    "interface ",
    "extends ",
    "import",
    "export ",
    "default ",
    "return",
    "case ",
    "@",
    "#",
    "a",
    "1",
    ".",
    "*",
    "++",
    "!",
    "=",
    "<!--",
    "-->",
    "/*",
    "*/",
    "//",
    "\u{feff}",
    "\\u0061",
    "\\u{",
    "é",
    "|",
    "is ",
    "declare ",
    "enum ",
    "static ",
    "get ",
    "let ",
];

#[test]
fn any_scraps_and_bytes_give_tokens_until_the_end() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..4000 {
        let mut text = Vec::new();
        for _ in 0..dice.roll(60) {
            match dice.roll(12) {
                0 => text.push(dice.roll(256) as u8),
                _ => text.extend_from_slice(SCRAPS[dice.roll(SCRAPS.len())].as_bytes()),
            }
        }
        check_any(&text);
    }
}

#[test]
fn real_files_cut_and_changed_anywhere_give_tokens_until_the_end() {
    let sources = [include_str!("lexer.rs"), include_str!("slash.rs"), include_str!("acorn.rs")];
    let mut dice = Dice(7);
    for source in sources {
        for _ in 0..60 {
            let mut text = source.as_bytes().to_vec();
            for _ in 0..dice.roll(8) {
                let at = dice.roll(text.len());
                text[at] = dice.roll(256) as u8;
            }
            let (start, end) = (dice.roll(text.len()), dice.roll(text.len()));
            check_any(&text[start.min(end)..start.max(end)]);
        }
    }
}

#[test]
fn repeated_beginnings_cost_no_more_than_their_length() {
    // Each was quadratic in some lexer; a million bytes of each would take minutes then.
    for scrap in
        ["/[", "<a<", "a<", "'\\", "\\u{0", "-->", "<!--", "/*/", "`${`", "({", "a?", "a=<", "f<{", "\u{2028}/["]
    {
        let text = scrap.repeat(1_000_000 / scrap.len());
        check_any(text.as_bytes());
    }
}
