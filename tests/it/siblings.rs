//! Which files beside a file are wanted for what they export, and what they tell.
//! Whole programs of the kind are in `patterns/siblings`.

use monotrace::{
    Format,
    evaluate::{Settings, Surroundings, evaluate, evaluate_among, exports},
    lexer::Dialect,
};

/// Calls `look` with the settings of a file at `/app/lib/NAME`.
fn at<R>(name: &str, look: impl FnOnce(&Settings<'_>) -> R) -> R {
    let format = if name.ends_with(".json") { Format::Json } else { Format::BySyntax };
    let platform = "linux-x64".parse().unwrap();
    let file = format!("/app/lib/{name}");
    let place = Surroundings {
        neighbours: None,
        file: &file,
        root: "/app",
        cwd: "/app/cwd",
        main: None,
        platform: &platform,
        env: &[],
    };
    look(&Settings {
        dialect: Dialect { typescript: false, jsx: true, module: false },
        format,
        mixed_modules: false,
        folds_strings: true,
        finds_files: true,
        location: Some(&place),
    })
}

const HEAD: &str = "const fs = require('fs'), path = require('path'), p = require('./p');";

/// What a file wants that begins with [`HEAD`].
fn wanted(text: &str) -> Vec<String> {
    let text = format!("{HEAD}{text}");
    let evaluation = at("a.js", |settings| evaluate(text.as_bytes(), settings));
    evaluation.wanted.into_iter().map(|wanted| wanted.specifier).collect()
}

/// The paths that the file asks for, given what the one beside it exports.
fn paths(text: &str, name: &str, sibling: &str) -> Vec<String> {
    let text = format!("{HEAD}{text}");
    at("a.js", |settings| {
        let exports = at(name, |settings| exports(sibling.as_bytes(), settings)).unwrap();
        let wanted = evaluate(text.as_bytes(), settings).wanted;
        let told: Vec<_> = wanted.into_iter().map(|wanted| (wanted, exports.clone())).collect();
        let references = evaluate_among(text.as_bytes(), settings, &told).references;
        let paths = references.into_iter().filter(|reference| reference.specifier.starts_with('/'));
        paths.map(|reference| reference.specifier).collect()
    })
}

#[test]
fn what_becomes_a_path_is_wanted() {
    for text in [
        "fs.readFileSync(p)",
        "fs.readFileSync(p.a.b + '/x')",
        "path.join(p.root, 'x')",
        "path.join(process.env.ROOT || p.root, 'x')",
        "require(`${p.root}/x`)",
        "const { root } = p; require(root + '/x')",
        "fs.readFileSync(p('x'))",
        "fs.readFileSync(new p().file)",
        "p.read('x.txt')",
        "p.read('views/x')",
        "p.read(path.join(__dirname, 'x'))",
        "for (const name of p.names) { fs.readFileSync(path.join(__dirname, name)) }",
        "p.names.forEach(name => fs.readFileSync(path.join(__dirname, name)))",
        "function f(name) { return fs.readFileSync(name) } f(p.file)",
    ] {
        assert_eq!(wanted(text), ["./p"], "{text}");
    }
}

#[test]
fn what_becomes_none_is_not() {
    for text in [
        "p('hello, world.')",
        "p.log('error', 1.5, '1.5', `${p.name}: failed`, 'a/', '.')",
        "console.log('at ' + p.line); fs.readFileSync('x')",
        "p.get('/users', () => {}); p.on('x', name => name)",
        "fs.writeFileSync(p.file, 'x')",
        "module.exports = { p, q: p.q, r: [p.r] }; if (p.x) p.y()",
        "const p2 = require('./p2'); { const p2 = 1; fs.readFileSync(p2) }",
        "fs.readFileSync(require('package').file)",
    ] {
        assert_eq!(wanted(text), [""; 0], "{text}");
    }
}

#[test]
fn at_most_sixteen_are_wanted() {
    let text: String = (0..40).map(|number| format!("fs.readFileSync(require('./p{number}'));")).collect();
    assert_eq!(wanted(&text).len(), 16);
}

#[test]
fn what_they_export_comes_in() {
    let file = "fs.readFileSync(path.join(p.root, 'x'))";
    for (name, sibling) in [
        ("p.js", "exports.root = __dirname + '/..'"),
        ("p.js", "exports.root = void 0; exports.root = require('path').dirname(__dirname)"),
        ("p.js", "module.exports = { root: '/app', other: 1 }"),
        ("p.js", "module.exports.root = '/app'"),
        ("p.js", "Object.defineProperty(exports, 'root', { enumerable: true, get: () => '/app' })"),
        ("p.js", "Object.assign(exports, { root: '/app' })"),
        ("p.js", "export const root = '/app'"),
        ("p.js", "export { b as root }; const b = '/app'"),
        ("p.js", "export default { root: '/app' }; export let root; root = '/app'"),
        ("p.json", "\u{feff}{ \"root\": \"/app\" }"),
    ] {
        assert_eq!(paths(file, name, sibling), ["/app/x"], "{sibling}");
    }
}

#[test]
fn their_functions_do_what_they_do_there() {
    let local = "exports.local = (...parts) => require('path').join(__dirname, ...parts)";
    assert_eq!(paths("fs.readFileSync(p.local('x'))", "p.js", local), ["/app/lib/x"]);
    assert_eq!(paths("fs.readFileSync(p.local('x', 'y', 'z'))", "p.js", local), ["/app/lib/x/y/z"]);
    assert_eq!(paths("fs.readFileSync(p.local())", "p.js", local), [""; 0]);
    let read = "exports.read = (name, end) => require('fs').readFileSync(`${__dirname}/../${name}.${end}`)";
    assert_eq!(paths("p.read('v/x', 'y')", "p.js", read), ["/app/v/x.y"]);
    let load = "exports.load = name => require(name)";
    assert_eq!(paths("p.load('./x.js')", "p.js", load), ["/app/lib/x.js"]);
    let inner = "exports.of = root => { const join = f => require('path').join(root, f); return join('x') }";
    assert_eq!(paths("fs.readFileSync(p.of('/app/a'))", "p.js", inner)[..1], ["/app/a/x"]);
}

#[test]
fn what_they_have_from_others_is_not_known() {
    for sibling in ["export { root } from './q'", "export * from './q'", "exports.root = require('./q').root", ""] {
        let known = at("p.js", |settings| exports(sibling.as_bytes(), settings));
        assert!(known.is_none(), "{sibling}: {known:?}");
    }
}
