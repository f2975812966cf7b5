//! What a file's text asks for.

use expect_test::{Expect, expect};
use monotrace::{
    Format, Reference,
    evaluate::{Settings, evaluate},
    lexer::Dialect,
};

use crate::lexer::{Dice, SCRAPS};

#[derive(Clone, Copy)]
enum As {
    CommonJs,
    Module,
    BySyntax,
    TypeScript,
}

fn references(text: &str, grammar: As) -> (Vec<Reference>, bool) {
    let evaluation = evaluate(text.as_bytes(), &settings(grammar));
    (evaluation.references, evaluation.is_module)
}

fn settings(grammar: As) -> Settings<'static> {
    let format = match grammar {
        As::CommonJs => Format::CommonJs,
        As::Module => Format::Module,
        As::BySyntax | As::TypeScript => Format::BySyntax,
    };
    let dialect = Dialect {
        typescript: matches!(grammar, As::TypeScript),
        jsx: !matches!(grammar, As::TypeScript),
        module: matches!(grammar, As::Module),
    };
    Settings { dialect, format, mixed_modules: false, folds_strings: true, finds_files: true, location: None }
}

/// One line for each reference: place, kind, specifier, `?` where failure is expected.
fn shown(text: &str, grammar: As) -> String {
    let (references, _) = references(text, grammar);
    let lines = references.iter().map(|Reference { kind, specifier, place, guarded, .. }| {
        format!("{place} {} {specifier}{}\n", kind.word(), if *guarded { " ?" } else { "" })
    });
    lines.collect()
}

fn check(grammar: As, text: &str, expected: Expect) {
    expected.assert_eq(&shown(text, grammar));
}

/// Nothing is asked for.
fn nothing(grammar: As, text: &str) {
    assert_eq!(shown(text, grammar), "", "{text}");
}

/// Exactly these specifiers are asked for, in this order.
fn asks(grammar: As, text: &str, specifiers: &[&str]) {
    let (references, _) = references(text, grammar);
    let found: Vec<_> = references.iter().map(|reference| reference.specifier.as_str()).collect();
    assert_eq!(found, specifiers, "{}", &text[..text.len().min(300)]);
}

#[test]
fn every_form_of_import() {
    check(
        As::Module,
        "import 'a'; import b from \"b\"; import * as c from 'c';
import d, { e, f as g, default as h, 'x y' as i } from 'd'
import j, * as k from'j'
export * from 'l'; export * as m from 'm'; export { n, default as o } from 'n'
export { p }; export default 'q'; export const r = 's';
import t from 't' with { type: 'json' };
const u = await import('u'), v = import(`v`, { with: {} });
import.meta.resolve('w'); new URL('./x.txt', import.meta.url)
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url); require('y'); require.resolve('z');",
        expect![[r#"
            1:8 import a
            1:27 import b
            1:51 import c
            2:56 import d
            3:22 import j
            4:15 export from l
            4:39 export from m
            4:76 export from n
            6:15 import t
            7:24 import() u
            7:41 import() v
            8:21 import.meta.resolve() w
            8:35 new URL() ./x.txt
            9:31 import node:module
            10:57 require() y
            10:79 require.resolve() z
        "#]],
    );
}

#[test]
fn every_form_of_require() {
    check(
        As::CommonJs,
        "const a = require('a'), { b } = require(\"b\");
require( /* here */ 'c' /* there */ ) ; require(('d')); x = { ...require('e') };
module.require('f'); require.resolve('g'); module['require']('h'); require?.('i');
const load = require; load('j'); require(`k`); require('l' + \"m\" + `n`); require(`o${'p'}q${`r`}`);
(0, require)('s'); require('module').createRequire(__filename)('t');
if (1) require('u'); else require('v')
const { createRequire: make } = require('module'); make(__filename).resolve('w');
f(require('x'), [require('y')], () => require('z'))",
        expect![[r#"
            1:19 require() a
            1:41 require() b
            2:21 require() c
            2:49 require() d
            2:74 require() e
            3:16 require() f
            3:38 require.resolve() g
            3:62 require() h
            3:78 require() i
            4:28 require() j
            4:42 require() k
            4:56 require() lmn
            4:82 require() opqr
            5:14 require() s
            5:28 require() module
            5:64 require() t
            6:16 require() u
            6:35 require() v
            7:41 require() module
            7:77 require.resolve() w
            8:11 require() x
            8:26 require() y
            8:47 require() z
        "#]],
    );
}

#[test]
fn text_that_only_looks_like_a_reference() {
    for text in [
        "// require('no')",
        "/* import 'no' */",
        "\"require('no')\"",
        "`require('no') ${1} import 'no'`",
        "/require('no')/; x = a ? /import('no')/ : 1",
        "x.require('no'); x?.require('no'); x.import('no'); this.#require('no')",
        "({ require: 1, import: 2, require(a) {} })",
        "class A { import() {} require() {} static require(x) { x('no') } }",
        "xrequire('no'); require2('no'); $require('no'); __webpack_require__('no')",
        "require; require.cache['no']; require.extensions['.no']; typeof require",
        "require(x); require('a' * 2); require(-'a'); require('a' + x); require(`a${x}`); require()",
        "require.resolve('no', { paths: [] })",
        "require.resolve.paths('no')",
        "new URL('no', base); new URL('no'); URL.createObjectURL('no')",
    ] {
        nothing(As::CommonJs, text);
    }
    nothing(As::Module, "import.meta.url; import.meta.env.x; f(import.meta)");
}

#[test]
fn a_name_that_is_hidden_is_not_the_wrappers() {
    for text in [
        "(function (require, module) { require('no') })(1)",
        "function f(a, require) { return require('no') }",
        "function f() { require('no'); function require() {} }",
        "function f() { require('no'); var require = 1 }",
        "{ const require = x; require('no') }",
        "{ require('no'); let require }",
        "const f = require => require('no')",
        "const f = (a, require) => require('no')",
        "const f = async (require) => { require('no') }",
        "const f = ({ require }) => require('no')",
        "const f = ([a, { b: require }]) => { require('no') }",
        "const { require } = x; ",
        "x = { m(require) { require('no') } }",
        "class A { m(require) { require('no') } }",
        "!function e(t, n, r) {}({ 1: [function (require, module, exports) { var a = require('./no') }, {}] }, {}, [1])",
        "define(function (require) { require('no') })",
        "(function () { function require(x) {} ; return function () { require('no') } })()",
        "function f() { const module = 1; module.require('no') }",
    ] {
        nothing(As::CommonJs, text);
    }
}

#[test]
fn what_hides_a_name_ends_with_its_scope() {
    asks(As::CommonJs, "function f(require) { require('no') } require('a')", &["a"]);
    asks(As::CommonJs, "{ let require; require('no') } require('a')", &["a"]);
    asks(As::CommonJs, "const f = require => require('no'); require('a')", &["a"]);
    asks(As::CommonJs, "f(require => require('no'), require('a'))", &["a"]);
    asks(As::CommonJs, "const f = require => require('no')\nrequire('a')", &["a"]);
    asks(As::CommonJs, "x = function require() { require('no') }; require('a')", &["a"]);
    asks(As::CommonJs, "f((require, 1)); require('a')", &["a"]);
    asks(As::CommonJs, "var require; require('a'); var require = require || x", &["a"]);
    asks(As::CommonJs, "function f(x = require('a')) {}", &["a"]);
    // A local `module` hides its own method, not `require`.
    asks(As::CommonJs, "() => { module.require('no'); const module = require('a'); }", &["a"]);
    asks(As::CommonJs, "() => { require('no'); module.require('a'); const require = x; }", &["a"]);
}

#[test]
fn strings_are_what_node_sees() {
    asks(
        As::CommonJs,
        r"require('\x2e/\u0062'); require('./\u{62}'); require('./b\
')",
        &["./b", "./b", "./b"],
    );
    asks(As::CommonJs, "require('\\ud83d\\ude00')", &["😀"]);
    asks(As::CommonJs, "require('a\\0b')", &["a\0b"]);
    asks(As::CommonJs, r"r\u0065quire('a')", &["a"]);
}

#[test]
fn failure_that_is_expected() {
    check(
        As::CommonJs,
        "try { require('a') } catch {} try { require('b') } finally {}
try { try { require('c') } finally {} } catch (e) {}
import('d').catch(f); import('e').then(f).catch(g); import('f').then(g); import('g').then(f, g)
try {} catch { require('h') } require('i')",
        expect![[r#"
            1:15 require() a ?
            1:45 require() b
            2:21 require() c ?
            3:8 import() d ?
            3:30 import() e ?
            3:60 import() f
            3:81 import() g ?
            4:24 require() h
            4:39 require() i
        "#]],
    );
}

#[test]
fn syntax_decides_where_nothing_else_does() {
    for text in [
        "import 'a'",
        "export {}",
        "export default 1",
        "import.meta.url",
        "await x()",
        "const require = 1",
        "const module = 1",
        "for (const a of b) {} export {}",
    ] {
        assert!(references(text, As::BySyntax).1, "{text}");
    }
    for text in [
        "import('a')",
        "require('a')",
        "async function f() { await x() }",
        "const f = async () => await x",
        "async () => { await x }",
        "class A { async m() { await x } }",
        "await(x)",
        "var require = 1",
        "{ const require = 1 }",
        "function require() {}",
        "x = { export: 1, import: 2 }; x.export; 'export {}'",
        "// import 'a'",
    ] {
        assert!(!references(text, As::BySyntax).1, "{text}");
    }
}

#[test]
fn a_module_has_no_require_of_its_own() {
    nothing(As::Module, "require('no'); require.resolve('no'); module.require('no')");
    asks(As::BySyntax, "require('no'); import 'a'", &["a"]);
    asks(
        As::Module,
        "function f() { require('a') } import { createRequire as c } from 'module'; const require = c(import.meta.url)",
        &["a", "module"],
    );
    asks(
        As::Module,
        "const { createRequire } = await import('node:module'); createRequire(import.meta.url)('a')",
        &["node:module", "a"],
    );
    asks(
        As::Module,
        "import * as m from 'module'; const r = m.createRequire(import.meta.filename); r('a')",
        &["module", "a"],
    );
    asks(As::Module, "import m from 'module'; m.createRequire(import.meta.url)('a')", &["module", "a"]);
    nothing(As::Module, "import.meta; createRequire(import.meta.url)('no')");
}

#[test]
fn types_leave_nothing_behind() {
    for text in [
        "import type a from 'no'",
        "import type { a } from 'no'",
        "import type * as a from 'no'",
        "export type { a } from 'no'",
        "export type * from 'no'; export type * as b from 'no'",
        "let a: import('no').T",
        "let a: typeof import('no')",
        "type A = import('no').T | import('no').U; type B<T> = Array<import('no').T>",
        "function f(a: import('no').T): import('no').U { return 1 }",
        "class A { x: import('no').T; m(): import('no').U {} }",
        "interface I { a: import('no').T }",
        "const x = y as import('no').T; const z = y satisfies import('no').T",
        "import type a = require('no')",
    ] {
        nothing(As::TypeScript, text);
    }
}

#[test]
fn typescript_that_is_code() {
    asks(As::TypeScript, "import a = require('a'); export import b = require('b'); import c = A.B;", &["a", "b"]);
    asks(As::TypeScript, "import { type A, b } from 'a'; import { type C } from 'b'", &["a", "b"]);
    asks(As::TypeScript, "import type from 'a'; import type, { b } from 'b'", &["a", "b"]);
    asks(As::TypeScript, "const a = { b: import('a'), c: x ? import('b') : import('c') }", &["a", "b", "c"]);
    asks(As::TypeScript, "const a: typeof import('no') = await import('a'); f(() => import('b'))", &["a", "b"]);
    asks(As::TypeScript, "declare const require: any; const a = require('a')!; (require('b') as any).c", &["a", "b"]);
    asks(As::TypeScript, "type A = string\nimport('a')", &["a"]);
    let interfaces = "interface A {}\nimport 'a'\nexport interface B extends A { c(): { d: E } }\nexport * from 'b'";
    asks(As::TypeScript, interfaces, &["a", "b"]);
    asks(As::TypeScript, "declare global { interface A { b: C } }\nimport 'a'", &["a"]);
    asks(As::TypeScript, "enum A { B = require('a') } namespace N { import b = require('b') }", &["a", "b"]);
}

#[test]
fn broken_text_loses_nothing_before_it_and_little_after() {
    asks(As::CommonJs, "require('./b');\nvar x = = 1;\nrequire('./c')", &["./b", "./c"]);
    asks(As::CommonJs, "require('a') ) } ] require('b')", &["a", "b"]);
    asks(As::CommonJs, "((([[[{{{ require('a')", &["a"]);
    asks(As::CommonJs, "'no end\nrequire('a')", &["a"]);
    asks(As::Module, "import { a b } from 'no' ; import 'a'", &["a"]);
    asks(As::Module, "import { import 'a'", &["a"]);
    asks(As::Module, "import from; import; import 'a'; export; export 'b'", &["a"]);
    for text in ["require('a'", "require(", "import(", "import", "import {", "export {", "export * as", "new URL('a',"]
    {
        let _ = shown(text, As::Module);
        let _ = shown(text, As::CommonJs);
        let _ = shown(text, As::TypeScript);
    }
}

#[test]
fn depth_and_length_are_no_danger() {
    let deep = format!("require('a');x={}{}", "[".repeat(200_000), "]".repeat(200_000));
    asks(As::CommonJs, &deep, &["a"]);
    let holes = format!("require('a');x={}1{}", "`${".repeat(50_000), "}`".repeat(50_000));
    asks(As::CommonJs, &holes, &["a"]);
    let nested = format!("{}'a'{}", "require(".repeat(50_000), ")".repeat(50_000));
    asks(As::CommonJs, &nested, &["a"]);
    let long = format!("require({}'b'); require('a')", "'b'+".repeat(100_000));
    asks(As::CommonJs, &long, &["a"]);
    let bindings = format!("{} require('a')", "const r = require; ".repeat(20_000));
    asks(As::CommonJs, &bindings, &["a"]);
}

#[test]
fn executables_and_archives_are_not_read_as_programs() {
    let heads: [&[u8]; 8] = [
        b"\x7fELF",
        b"\0asm",
        b"MZ\x90\0",
        b"PK\x03\x04",
        b"\x89PNG",
        b"\x1f\x8b\x08",
        b"\xca\xfe\xba\xbe",
        b"\xcf\xfa\xed\xfe",
    ];
    for head in heads {
        let evaluation = evaluate(&[head, b"\0\0\nrequire('no') '"].concat(), &settings(As::CommonJs));
        assert!(evaluation.references.is_empty() && evaluation.problems.is_empty(), "{head:?}");
    }
    for head in ["\u{feff}", "é;", "/*\0*/", "'\0'\n", "#!\x01\n", "\t\n\x0b\x0c", "xyz='\0';"] {
        asks(As::CommonJs, &format!("{head}require('a')"), &["a"]);
    }
}

#[test]
fn a_default_value_or_a_key_is_no_parameter() {
    asks(As::CommonJs, "function f(n, req = require) { return require('a') }", &["a"]);
    asks(As::CommonJs, "function f(a, b = require('a')) { return require('b') }", &["a", "b"]);
    asks(As::CommonJs, "(a, b = require('a')) => require('b')", &["a", "b"]);
    asks(As::CommonJs, "function f({ require: r }) { return require('a') }", &["a"]);
    asks(As::CommonJs, "function f(a = { require: 1 }, b = [require]) { return require('a') }", &["a"]);
    asks(As::CommonJs, "class A { m({ a = require('a') } = {}) { require('b') } }", &["a", "b"]);
    asks(As::CommonJs, "function f({ [require('a')]: x }) { require('b') }", &["a", "b"]);
    nothing(As::CommonJs, "function f({ a: { require } }) { require('no') }");
    nothing(As::CommonJs, "function f([, require]) { require('no') }");
    nothing(As::CommonJs, "(a, { b: [require] }, ...c) => { require('no') }");
    nothing(As::CommonJs, "(...require) => require('no')");
}

#[test]
fn patterns_bind_what_lies_deep_in_them() {
    asks(As::CommonJs, "function f() { const [require] = x; require('no') } require('a')", &["a"]);
    asks(As::CommonJs, "function f() { let { a: { require } } = x; require('no') } require('a')", &["a"]);
    asks(As::CommonJs, "function f() { let { a, ...require } = x; require('no') } require('a')", &["a"]);
    asks(As::CommonJs, "function f() { const { require: r } = x; require('a') }", &["a"]);
    asks(As::CommonJs, "function f() { const { a = require('a') } = x; require('b') }", &["a", "b"]);
}

#[test]
fn a_loop_binds_its_names_in_its_body_alone() {
    for head in
        ["const module of [1]", "let require of x", "let require in x", "let require = 0;;", "const { require } of x"]
    {
        asks(As::BySyntax, &format!("for ({head}) {{}} require('a')"), &["a"]);
    }
    asks(As::CommonJs, "for (const require of x) { require('no') } require('a')", &["a"]);
    asks(As::CommonJs, "try {} catch (require) { require('no') } require('a')", &["a"]);
    asks(As::CommonJs, "try {} catch ({ require }) { require('no') } require('a')", &["a"]);
    asks(As::CommonJs, "switch (require) { default: require('a') }", &["a"]);
}

#[test]
fn a_var_of_the_wrapper_may_keep_its_value() {
    asks(As::CommonJs, "if (!require) { var require = function () {} } require('a')", &["a"]);
    asks(As::CommonJs, "var require = require || function () {}; require('a')", &["a"]);
    asks(As::CommonJs, "var require = typeof require === 'function' ? require : null; require('a')", &["a"]);
    asks(As::CommonJs, "var module = module || {}; module.require('a')", &["a"]);
    asks(As::CommonJs, "for (var require of require('a')) {} require('b')", &["a", "b"]);
    nothing(As::CommonJs, "var require = function () {}; require('no')");
}

#[test]
fn either_of_two_functions_may_be_called() {
    asks(As::CommonJs, "(typeof require === 'function' ? require : x)('a')", &["a"]);
    asks(As::CommonJs, "const r = x || require; r('a'); const s = x ? y : require; s('b')", &["a", "b"]);
    let created =
        "import { createRequire } from 'module'; const r = globalThis.require ?? createRequire(import.meta.url);";
    asks(As::Module, &format!("{created} r('a')"), &["module", "a"]);
    asks(As::CommonJs, "async () => { const { p } = x ? await y() : { p: require('a') } }", &["a"]);
    nothing(As::CommonJs, "const r = x ? require + 1 : y; r('no')");
    nothing(As::CommonJs, "require(x || 'not-alone')");
}

#[test]
fn functions_by_way_of_others() {
    asks(
        As::CommonJs,
        "require.call(null, 'a'); module.require.call(module, 'b'); require.bind(null)('c')",
        &["a", "b", "c"],
    );
    let text = "import { createRequire as c } from 'node:module'; import { fileURLToPath } from 'node:url';";
    asks(As::Module, &format!("{text} c(fileURLToPath(import.meta.url))('a')"), &["node:module", "node:url", "a"]);
    let text = "import url from 'url'; import m from 'module'; const __filename = url.fileURLToPath(import.meta.url);";
    asks(As::Module, &format!("{text} m.createRequire(__filename)('a')"), &["url", "module", "a"]);
}

#[test]
fn functions_may_stand_above_the_names_that_they_use() {
    asks(As::CommonJs, "function g() { return req('a') } const req = require;", &["a"]);
    let text = "const r = createRequire(import.meta.url); f(() => r('a')); import { createRequire } from 'module';";
    asks(As::Module, text, &["a", "module"]);
    let text =
        "import { createRequire } from 'module'; function g() { r('a') } const r = createRequire(import.meta.url)";
    asks(As::Module, text, &["module", "a"]);
    asks(As::CommonJs, "function g(req) { return req('no') } const req = require; req('a')", &["a"]);
}

#[test]
fn an_arrow_may_assign_what_it_awaits() {
    for text in ["let c; const f = async () => c = await 1;", "const f = async x => this.y = await g(x), h = 1;"] {
        asks(As::BySyntax, &format!("{text} require('a')"), &["a"]);
    }
}

#[test]
fn only_a_catch_around_it_expects_failure() {
    check(
        As::CommonJs,
        "try { try { require('a') } catch {} require('b') } finally {}\ntry { try { require('c') } finally {} } catch {}",
        expect![[r#"
            1:21 require() a ?
            1:45 require() b
            2:21 require() c ?
        "#]],
    );
}

#[test]
fn casts_and_type_arguments_change_no_value() {
    asks(As::TypeScript, "(require as any)('a'); (<any>require)('b'); require<any>('c')", &["a", "b", "c"]);
    asks(As::TypeScript, "const r = require as unknown as (id: string) => any; r('a')", &["a"]);
    asks(As::TypeScript, "(a: any, require?: any): any => { require('no') }; require('a')", &["a"]);
    asks(As::TypeScript, "const x: typeof import('no') = await import('a'); x satisfies import('no').T", &["a"]);
    asks(As::TypeScript, "declare module 'm' { import x from 'no'; export * from 'no' } import 'a'", &["a"]);
    asks(
        As::TypeScript,
        "const p = c ? import('a') : import('b'); if (typeof import('c') === 'x') {}",
        &["a", "b", "c"],
    );
}

#[test]
fn what_only_a_module_may_have() {
    let is_module = |text: &str| references(text, As::BySyntax).1;
    for text in [
        "for await (const x of []) {}",
        "await !x",
        "await null",
        "await function () {}",
        "const __dirname = 1",
        "let exports = 1",
        "const [__filename] = []",
        "let [[a, module]] = []",
    ] {
        assert!(is_module(text), "{text}");
    }
    for text in [
        "for (const module of []) {}",
        "async () => { for await (const x of []) {} }",
        "await (x)",
        "await [x]",
        "await / 1",
        "{ const exports = 1 }",
        "var exports = 1",
    ] {
        assert!(!is_module(text), "{text}");
    }
}

#[test]
fn hostile_repetition_costs_no_more_than_its_length() {
    // Each was quadratic once; a megabyte of each took from seconds to minutes.
    let known: String = (0..4096).map(|index| format!("var z{index} = require;")).collect();
    for text in [
        "{".repeat(200_000) + &"var require;".repeat(80_000),
        format!("f({})", "require,".repeat(60_000) + &"a=>1,".repeat(100_000)),
        known.clone() + &"x=>1;".repeat(200_000),
        known.clone() + &"require('./b');".repeat(30_000) + &"let require=1;".repeat(30_000),
        known + &"z;".repeat(500_000),
        "{".repeat(1_000_000),
        "`${".repeat(300_000) + &"}`".repeat(300_000),
        "try{".repeat(50_000) + &"require('a');".repeat(20_000) + &"}catch{}".repeat(50_000),
    ] {
        references(&text, As::CommonJs);
    }
}

#[test]
fn brackets_beyond_the_bound_do_not_close_those_within() {
    for (open, close) in [("(", ")"), ("`${", "}`"), ("[`${", "}`]")] {
        let deep = format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
        asks(As::CommonJs, &format!("function f(require) {{ {deep}; require('no') }} require('a')"), &["a"]);
    }
}

/// Words that mean something to the evaluator.
const WORDS: &[&str] = &[
    "require",
    "module",
    "URL",
    "'./a'",
    "import.meta.url",
    "createRequire",
    "var ",
    "const ",
    "function ",
    "catch",
    "try",
    "for(",
    "from ",
    "call",
    "resolve",
    "then",
    "require('b')",
    "if(",
    "else ",
    "??",
    "||",
    "&&",
    "${`",
];

#[test]
fn any_scraps_are_evaluated_to_the_end() {
    let mut dice = Dice(0x5851_f42d_4c95_7f2d);
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..dice.roll(60) {
            let words = if dice.roll(2) == 0 { WORDS } else { SCRAPS };
            text += words[dice.roll(words.len())];
        }
        for grammar in [As::CommonJs, As::Module, As::BySyntax, As::TypeScript] {
            references(&text, grammar);
        }
    }
}
