//! Which addon a loader means, which libraries a native file loads, and which
//! packages are not for the target.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use expect_test::{Expect, expect};
use monotrace::{
    Place, Platform, RealHost, Reference, ReferenceKind, TraceOptions, Tracer,
    native::{
        Native, Target,
        image::{Image, Loader, read},
    },
};

use crate::{
    hooked_host::{Asked, HookedHost},
    images::{AARCH64, Elf, MAC_ARM64, MAC_X86_64, fat, macho, pe},
    resolve_fixture::Fixture,
    support::{Run, Tree},
};

fn texts(names: &[Vec<u8>]) -> Vec<&str> {
    names.iter().map(|name| std::str::from_utf8(name).unwrap()).collect()
}

// Headers

#[test]
fn headers_tell_what_is_needed_and_where_to_look() {
    let elf = Elf { needed: &["libb.so.1", "liba.so", "libb.so.1"], runpath: Some("$ORIGIN/x:/opt"), ..Elf::default() };
    let image = read(&elf.bytes()).unwrap();
    assert_eq!((texts(&image.needed), texts(&image.search)), (vec!["libb.so.1", "liba.so"], vec!["$ORIGIN/x", "/opt"]));
    assert!(image.loader == Loader::Elf && !image.is_inherited);
    let both = read(&Elf { rpath: Some("/r"), runpath: Some("/run"), ..Elf::default() }.bytes()).unwrap();
    assert_eq!((texts(&both.search), both.is_inherited), (vec!["/run"], false), "DT_RPATH is passed over");
    assert!(read(&Elf { rpath: Some("/r"), ..Elf::default() }.bytes()).unwrap().is_inherited);

    let thin = macho(MAC_ARM64, &["@rpath/liba.dylib", "/usr/lib/libSystem.B.dylib"], &["@loader_path/../lib"]);
    let image = read(&thin).unwrap();
    assert_eq!(texts(&image.needed), ["@rpath/liba.dylib", "/usr/lib/libSystem.B.dylib"]);
    assert_eq!((texts(&image.search), image.loader), (vec!["@loader_path/../lib"], Loader::MachO));
    let other = macho(MAC_X86_64, &["@rpath/libx.dylib"], &[]);
    let image = read(&fat(&[(MAC_ARM64, thin), (MAC_X86_64, other)])).unwrap();
    assert_eq!(texts(&image.needed), ["@rpath/liba.dylib", "/usr/lib/libSystem.B.dylib", "@rpath/libx.dylib"]);
    assert_eq!(image.machines, [MAC_ARM64, MAC_X86_64]);

    let image = read(&pe(&["KERNEL32.dll", "a.dll"], &["late.dll"], b"")).unwrap();
    assert_eq!((texts(&image.needed), image.loader), (vec!["KERNEL32.dll", "a.dll", "late.dll"], Loader::Pe));
}

/// A real library has segments in any order, and sections that are not asked.
#[test]
fn this_very_program_is_read() {
    let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let image = read(&bytes).unwrap();
    if cfg!(target_os = "linux") {
        assert!(texts(&image.needed).iter().any(|name| name.contains("libc.")), "{image:?}");
    }
}

/// Whatever stands in a file, reading ends, and what it tells is bounded.
#[test]
fn broken_headers_are_survived() {
    let elf = Elf { needed: &["liba.so", "libb.so"], rpath: Some("$ORIGIN"), runpath: Some("x:y"), ..Elf::default() };
    let thin = macho(MAC_ARM64, &["@rpath/liba.dylib"], &["@loader_path"]);
    let mut real = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    real.truncate(1 << 16);
    let images = [elf.bytes(), thin.clone(), fat(&[(MAC_ARM64, thin)]), pe(&["a.dll"], &["b.dll"], b""), real];
    let is_bounded = |image: &Image| image.needed.len() <= 1024 && image.search.len() <= 1024;
    let mut refused = 0;
    for whole in &images {
        for len in 0..whole.len().min(2000) {
            refused += usize::from(read(&whole[..len]).is_err());
        }
        let mut broken = whole.clone();
        for at in 0..whole.len().min(2000) {
            for value in [0, 1, 0x7f, 0x80, 0xff, whole[at] ^ 0x10] {
                broken[at] = value;
                match read(&broken) {
                    Ok(image) => assert!(is_bounded(&image)),
                    Err(_) => refused += 1,
                }
            }
            broken[at] = whole[at];
        }
        let mut seed = 7_u64;
        for _ in 0..3000 {
            let mut broken = whole.clone();
            broken.truncate(2000);
            for _ in 0..8 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (seed >> 33) as usize % broken.len();
                broken[at] = (seed >> 20) as u8;
            }
            refused += usize::from(read(&broken).is_err());
        }
    }
    assert!(refused > 5000, "{refused}");
}

#[test]
fn a_table_of_a_million_names_is_cut_off() {
    let names: Vec<String> = (0..100_000).map(|at| format!("lib{at}.so")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(read(&Elf { needed: &names, ..Elf::default() }.bytes()).unwrap().needed.len(), 1024);
    let endless = "x".repeat(1 << 20);
    assert!(read(&Elf { needed: &[&endless, "liba.so"], ..Elf::default() }.bytes()).unwrap().needed.len() == 1);
}

// Libraries

fn elf(needed: &[&str], rpath: &str) -> Vec<u8> {
    Elf { needed, rpath: Some(rpath).filter(|path| !path.is_empty()), ..Elf::default() }.bytes()
}

fn print(tree: &Tree, entry: &str, target: &str) -> Run {
    let run = tree.print(&[entry, "--target", target, "--log-level", "info"]);
    // At this level the limit is told, too.
    let told: Vec<&str> =
        run.stderr.lines().filter(|line| !line.is_empty() && !line.starts_with("info: the memory limit")).collect();
    assert!(told.is_empty(), "{told:?}");
    run
}

#[track_caller]
fn lists(tree: &Tree, entry: &str, target: &str, expected: &Expect) {
    expected.assert_eq(&print(tree, entry, target).stdout);
}

#[test]
fn libraries_are_found_by_the_folders_that_the_header_names() {
    let tree = Tree::new(
        "//- /main.js\nrequire('a')\n//- /node_modules/a/index.js\nrequire('./build/a.node')\n\
         //- /node_modules/a/package.json\n{}\n",
    );
    tree.write(
        "/node_modules/a/build/a.node",
        elf(&["libone.so.1", "libc.so.6", "libm.so.6"], "$ORIGIN/../libs:/opt/x"),
    );
    tree.write("/node_modules/a/libs/libone.so.1.0.2", elf(&["libtwo.so"], ""));
    tree.link("/node_modules/a/libs/libone.so.1", "libone.so.1.0");
    tree.link("/node_modules/a/libs/libone.so.1.0", "libone.so.1.0.2");
    tree.write("/node_modules/a/libs/libtwo.so", elf(&["libone.so.1", "libthree.so"], "${ORIGIN}/deep"));
    tree.write("/node_modules/a/libs/deep/libthree.so", elf(&[], ""));
    tree.write("/node_modules/a/libs/libother.so", elf(&[], ""));
    tree.write("/node_modules/a/elsewhere/libtwo.so", elf(&[], ""));
    tree.write("/node_modules/a/elsewhere/libc.so.6", elf(&[], ""));
    lists(
        &tree,
        "main.js",
        "linux-x64",
        &expect![[r#"
            main.js
            node_modules/a/build/a.node
            node_modules/a/index.js
            node_modules/a/libs/deep/libthree.so
            node_modules/a/libs/libone.so.1
            node_modules/a/libs/libone.so.1.0
            node_modules/a/libs/libone.so.1.0.2
            node_modules/a/libs/libtwo.so
            node_modules/a/package.json
        "#]],
    );
    let json = tree.print(&["main.js", "--format", "json", "--target", "linux-x64", "--depth", "0"]).json();
    assert!(json["reasons"].get("node_modules/a/libs/libtwo.so").is_none(), "nothing leads to the addon: {json}");
    let json = tree.print(&["node_modules/a/build/a.node", "--format", "json", "--depth", "0"]).json();
    let two = &json["reasons"]["node_modules/a/libs/libtwo.so"];
    assert_eq!(two["type"], serde_json::json!(["sharedlib"]), "its needs are no references: {json}");
    assert_eq!(two["parents"], serde_json::json!(["node_modules/a/build/a.node"]));
}

#[test]
fn what_another_system_loads_is_not_followed() {
    let tree = Tree::new("//- /main.js\nrequire('./a.node')\n");
    tree.write("/a.node", elf(&["libone.so"], "$ORIGIN"));
    tree.write("/libone.so", elf(&[], ""));
    assert_eq!(print(&tree, "main.js", "linux-x64").files(), ["a.node", "libone.so", "main.js"]);
    assert_eq!(print(&tree, "main.js", "darwin-arm64").files(), ["a.node", "main.js"]);
    assert_eq!(print(&tree, "main.js", "linux-arm64").files(), ["a.node", "main.js"], "nor by another processor");
}

/// pnpm's layout: the libraries' package has a name of its own only by a link.
#[test]
fn libraries_of_other_packages_are_found_through_links() {
    let store = "/node_modules/.pnpm";
    let tree = Tree::new(&format!(
        "//- /main.js\nrequire('@i/a')\n\
         //- /node_modules/@i/a -> ../.pnpm/@i+a@1/node_modules/@i/a\n\
         //- {store}/@i+a@1/node_modules/@i/lib -> ../../../@i+lib@2/node_modules/@i/lib\n\
         //- {store}/@i+a@1/node_modules/@i/a/package.json\n\
         {{\"main\":\"lib/a.node\",\"optionalDependencies\":{{\"@i/lib\":\"2\",\"@i/gone\":\"1\"}}}}\n\
         //- {store}/@i+lib@2/node_modules/@i/lib/package.json\n{{}}\n"
    ));
    let addon = format!("{store}/@i+a@1/node_modules/@i/a/lib/a.node");
    let library = format!("{store}/@i+lib@2/node_modules/@i/lib/lib/libv.so.42");
    tree.write(&library, elf(&["libw.so"], ""));
    tree.write(&format!("{store}/@i+lib@2/node_modules/@i/lib/lib/libw.so"), elf(&[], ""));
    tree.write(&format!("{store}/@i+lib@2/node_modules/@i/lib/lib/libunused.so"), elf(&[], ""));
    let expected = expect![[r#"
        main.js
        node_modules/.pnpm/@i+a@1/node_modules/@i/a/lib/a.node
        node_modules/.pnpm/@i+a@1/node_modules/@i/a/package.json
        node_modules/.pnpm/@i+a@1/node_modules/@i/lib
        node_modules/.pnpm/@i+lib@2/node_modules/@i/lib/lib/libv.so.42
        node_modules/.pnpm/@i+lib@2/node_modules/@i/lib/lib/libw.so
        node_modules/@i/a
    "#]];
    tree.write(&addon, elf(&["libv.so.42"], "$ORIGIN/../../lib/lib"));
    lists(&tree, "main.js", "linux-x64", &expected);
    tree.write(&addon, elf(&["libv.so.42"], "$ORIGIN/../nowhere"));
    lists(&tree, "main.js", "linux-x64", &expected);
}

/// DT_RPATH holds for the needs of needs as well, DT_RUNPATH for its own alone.
/// A folder with the same name for another processor is not mistaken for it.
#[test]
fn loaders_rules_decide_between_libraries_of_one_name() {
    let tree = Tree::new("//- /main.js\nrequire('p')\n//- /node_modules/p/package.json\n{\"main\":\"b/p.node\"}\n");
    let p = |path: &str| format!("/node_modules/p/{path}");
    tree.write(&p("b/p.node"), elf(&["liba.so"], "$ORIGIN/one:$ORIGIN/two"));
    tree.write(&p("b/one/liba.so"), elf(&["libb.so"], ""));
    tree.write(&p("b/two/libb.so"), elf(&[], ""));
    tree.write(&p("b/one/far/libb.so"), elf(&[], ""));
    let files = |tree: &Tree| {
        let run = print(tree, "main.js", "linux-x64");
        run.files().iter().filter_map(|path| path.strip_prefix("node_modules/p/b/")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(files(&tree), "one/liba.so p.node two/libb.so");
    let runpath = Elf { needed: &["liba.so"], runpath: Some("$ORIGIN/one:$ORIGIN/two"), ..Elf::default() };
    tree.write(&p("b/p.node"), runpath.bytes());
    assert_eq!(files(&tree), "one/far/libb.so one/liba.so p.node", "the nearest in the package");
    tree.write(&p("b/one/far/libb.so"), Elf { machine: AARCH64, ..Elf::default() }.bytes());
    tree.write(&p("node_modules/q/libb.so"), elf(&[], ""));
    assert_eq!(files(&tree), "one/liba.so p.node two/libb.so", "the one for this processor");
    tree.write(&p("b/p.node"), elf(&["liba.so", "libb.so"], "$ORIGIN/one/far:$ORIGIN/one:$ORIGIN/two"));
    assert_eq!(files(&tree), "one/liba.so p.node two/libb.so", "the loader goes on to the next folder");
}

/// onnxruntime opens its providers by names that stand in its own bytes.
#[test]
fn libraries_that_an_image_opens_by_itself_are_those_it_names() {
    let tree = Tree::new("//- /main.js\nrequire('./a.node')\n");
    tree.write("/a.node", elf(&["librt.so.1", "libengine.so.1"], "$ORIGIN/"));
    let engine = Elf { data: "\0libengine_cuda.so\0libengine.so.1.2\0liblate.so: cannot open\0", ..Elf::default() };
    tree.write("/libengine.so.1", engine.bytes());
    for name in ["libengine_cuda.so", "libengine.so", "libengine_rocm.so", "liblate.so", "late.so.1"] {
        tree.write(name, elf(&[], ""));
    }
    let files = print(&tree, "main.js", "linux-x64").stdout;
    assert_eq!(
        files.split_whitespace().collect::<Vec<_>>(),
        ["a.node", "libengine.so.1", "libengine_cuda.so", "liblate.so", "main.js"]
    );
}

#[test]
fn macos_and_windows_have_rules_of_their_own() {
    let tree = Tree::new("//- /main.js\nrequire('./bin/a.node')\n//- /package.json\n{}\n");
    let needed = ["@rpath/liba.1.dylib", "@loader_path/libb.dylib", "/usr/lib/libc++.1.dylib", "/opt/x/libgone.dylib"];
    tree.write("/bin/a.node", fat(&[(MAC_ARM64, macho(MAC_ARM64, &needed, &["@loader_path/../Frameworks"]))]));
    tree.write("/Frameworks/liba.1.dylib", macho(MAC_ARM64, &["@rpath/F.framework/F"], &[]));
    tree.write("/Frameworks/F.framework/F", macho(MAC_ARM64, &[], &[]));
    tree.write("/bin/libb.dylib", macho(MAC_ARM64, &[], &[]));
    tree.write("/bin/libc++.1.dylib", macho(MAC_ARM64, &[], &[]));
    assert_eq!(
        print(&tree, "main.js", "darwin-arm64").files(),
        [
            "Frameworks/F.framework/F",
            "Frameworks/liba.1.dylib",
            "bin/a.node",
            "bin/libb.dylib",
            "main.js",
            "package.json"
        ]
    );
    let wide: Vec<u8> = "dxil.DLL\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    tree.write("/bin/a.node", pe(&["KERNEL32.dll", "Engine.DLL"], &[], b""));
    tree.write("/bin/engine.dll", pe(&["deep.dll"], &["Late.dll"], &wide));
    tree.write("/bin/late.dll", pe(&[], &[], b""));
    tree.write("/bin/dxil.dll", pe(&[], &[], b""));
    tree.write("/bin/unused.dll", pe(&[], &[], b""));
    tree.write("/lib/deep.dll", pe(&[], &[], b""));
    assert_eq!(
        print(&tree, "main.js", "win32-x64").files(),
        ["bin/a.node", "bin/dxil.dll", "bin/engine.dll", "bin/late.dll", "lib/deep.dll", "main.js", "package.json"]
    );
}

#[test]
fn where_a_header_cannot_be_read_all_libraries_of_the_package_are_listed() {
    let tree = Tree::new("//- /main.js\nrequire('p')\n//- /node_modules/p/package.json\n{\"main\":\"b/p.node\"}\n");
    tree.write("/node_modules/p/b/p.node", &elf(&["liba.so"], "")[..100]);
    tree.write("/node_modules/p/lib/liba.so", "no library");
    tree.write("/node_modules/p/lib/libb.so.3", elf(&[], ""));
    tree.write("/node_modules/p/node_modules/q/libq.so", elf(&[], ""));
    let run = tree.print(&["main.js", "--log-level", "info"]);
    let expected = expect![[r#"
        main.js
        node_modules/p/b/p.node
        node_modules/p/lib/liba.so
        node_modules/p/lib/libb.so.3
        node_modules/p/package.json
    "#]];
    expected.assert_eq(&run.stdout);
    assert!(run.stderr.contains("warning MT7012 node_modules/p/b/p.node: "), "{}", run.stderr);
    assert_eq!(run.status, 0);
}

/// Libraries that need each other, or themselves, are listed once.
#[test]
fn a_ring_of_libraries_ends() {
    let tree = Tree::new("//- /main.js\nrequire('./a.node')\n");
    tree.write("/a.node", elf(&["a.node", "liba.so"], "$ORIGIN"));
    tree.write("/liba.so", elf(&["libb.so"], "$ORIGIN:$ORIGIN/../../../../.."));
    tree.write("/libb.so", elf(&["liba.so", "libb.so", "../a.node", "/etc/passwd", "$ORIGIN/../x"], "$ORIGIN"));
    assert_eq!(print(&tree, "main.js", "linux-x64").files(), ["a.node", "liba.so", "libb.so", "main.js"]);
}

/// What the disk does not tell may be missing from the list: the user is told.
#[test]
fn a_library_or_folder_that_cannot_be_read_is_a_finding() {
    let tree = Tree::new("//- /main.js\nrequire('./a.node')\n");
    tree.write("/a.node", elf(&["liba.so"], "$ORIGIN/lib"));
    tree.write("/lib/liba.so", elf(&["libb.so"], ""));
    tree.write("/lib/libb.so", elf(&[], ""));
    for (refused, asked, missing) in
        [("liba.so", Asked::Open, "lib/libb.so"), ("libb.so", Asked::Open, ""), ("lib", Asked::List, "")]
    {
        let host = HookedHost(move |question, path: &Path| match question == asked && path.ends_with(refused) {
            true => Err(std::io::Error::other("the disk is tired")),
            false => Ok(()),
        });
        let tracer = Tracer::with_host(Arc::new(host), options(&tree));
        let trace = tracer.trace(&[tree.root().join("main.js")]).unwrap();
        let told: Vec<u16> = trace.findings.iter().map(|finding| finding.unwrap().code.0).collect();
        assert!(told.contains(&3003), "{refused}: {told:?}");
        let listed = |path: &str| trace.listing.listed().any(|file| file.unwrap().path == path.as_bytes());
        assert!(listed("lib/liba.so") && listed("lib/libb.so") == missing.is_empty(), "{refused}");
    }
}

fn options(tree: &Tree) -> TraceOptions {
    let mut options = TraceOptions::new(tree.root());
    options.platform = "linux-x64".parse().unwrap();
    options
}

// Packages for other platforms

#[test]
fn packages_for_other_platforms_are_left_out() {
    let tree = Tree::new(
        "//- /main.js\nfor (const load of [() => require('@n/linux'), () => require('@n/mac')]) try { load() } catch {}\n\
         require('any'); require('local'); import('@n/mac/sub.js')\n\
         //- /node_modules/@n/linux/package.json\n{\"os\":[\"linux\"],\"cpu\":[\"x64\"],\"libc\":\"glibc\",\"main\":\"n.node\"}\n\
         //- /node_modules/@n/mac -> ../.pnpm/mac@1/node_modules/@n/mac\n\
         //- /node_modules/.pnpm/mac@1/node_modules/@n/mac/package.json\n{\"name\":\"@n/mac\",\"os\":[\"darwin\"],\"main\":\"n.node\"}\n\
         //- /node_modules/.pnpm/mac@1/node_modules/@n/mac/sub.js\n\
         //- /node_modules/any/package.json\n{\"os\":[\"!win32\"]}\n//- /node_modules/any/index.js\n\
         //- /node_modules/local -> ../packages/local\n\
         //- /packages/local/package.json\n{\"os\":[\"aix\"]}\n//- /packages/local/index.js\n",
    );
    tree.write("/node_modules/@n/linux/n.node", elf(&[], ""));
    tree.write("/node_modules/.pnpm/mac@1/node_modules/@n/mac/n.node", macho(MAC_ARM64, &[], &[]));
    let run = tree.print(&["main.js", "--target", "linux-x64", "--log-level", "note"]);
    let expected = expect![[r#"
        main.js
        node_modules/@n/linux/n.node
        node_modules/@n/linux/package.json
        node_modules/any/index.js
        node_modules/any/package.json
        node_modules/local
        packages/local/index.js
        packages/local/package.json
    "#]];
    expected.assert_eq(&run.stdout);
    let expected = expect![[r#"
        note MT7011 node_modules/.pnpm/mac@1/node_modules/@n/mac/package.json: @n/mac is not for linux-x64-gnu ("os", "cpu" or "libc" of its package.json); left out
    "#]];
    expected.assert_eq(&run.stderr);
    let run = tree.print(&["main.js", "--target", "darwin-arm64"]);
    let expected = expect![[r#"
        main.js
        node_modules/.pnpm/mac@1/node_modules/@n/mac/n.node
        node_modules/.pnpm/mac@1/node_modules/@n/mac/package.json
        node_modules/.pnpm/mac@1/node_modules/@n/mac/sub.js
        node_modules/@n/mac
        node_modules/any/index.js
        node_modules/any/package.json
        node_modules/local
        packages/local/index.js
        packages/local/package.json
    "#]];
    expected.assert_eq(&run.stdout);
    assert!(tree.print(&["main.js", "--target", "linux-x64-musl"]).stdout.lines().all(|file| !file.contains("@n")));
}

// Loaders of addons

/// What the loader would take in `main.js` of the fixture, and what it needs;
/// what it tried where it takes nothing.
struct Ask<'f> {
    fixture: &'f Fixture,
    target: &'f str,
    node: &'f str,
    env: &'f [(String, String)],
}

impl Ask<'_> {
    fn ask(&self, kind: ReferenceKind, asker: &str, specifier: &str) -> String {
        let root = &self.fixture.root;
        let platform: Platform = self.target.parse().unwrap();
        let resolver = self.fixture.resolver();
        let target = Target { platform: &platform, node: self.node.parse().unwrap(), env: self.env };
        let native = Native::new(&RealHost, &resolver, root, target);
        let specifier = match kind {
            ReferenceKind::Bindings => specifier.to_owned(),
            _ => root.join(specifier).to_str().unwrap().to_owned(),
        };
        let reference = Reference { kind, specifier, place: Place { line: 1, column: 1 }, guarded: false, from: None };
        let addon = native.addon(&root.join(asker), &reference).unwrap();
        let relative = |path: &Path| path.strip_prefix(root).map_or(path.to_path_buf(), Path::to_path_buf);
        let join = |paths: &[PathBuf]| {
            paths.iter().map(|path| relative(path).display().to_string()).collect::<Vec<_>>().join(" ")
        };
        match &addon.found {
            Some(found) => format!("{} [{}]", relative(&found.path).display(), join(&addon.needed)),
            None => {
                let finding = native.addon_missing(&root.join(asker), &reference, &addon);
                assert_eq!((finding.problem.code().0, finding.steps.len()), (7010, addon.tried.len()));
                format!("none of {}", join(&addon.tried))
            }
        }
    }
}

fn linux(fixture: &Fixture) -> Ask<'_> {
    Ask { fixture, target: "linux-x64", node: "20.11.1", env: &[] }
}

#[test]
fn bindings_tries_its_list_from_the_package_upwards() {
    let fixture = Fixture::new(&[
        ("package.json", "{}"),
        ("build/Release/far.node", ""),
        ("node_modules/p/package.json", "{}"),
        ("node_modules/p/lib/deep/x.js", ""),
        ("node_modules/p/build/Release/p.node", ""),
        ("node_modules/p/lib/binding/node-v115-linux-x64/abi.node", ""),
        ("node_modules/p/compiled/20.11.1/linux/x64/compiled.node", ""),
        ("node_modules/p/compiled/20.11.0/linux/x64/old.node", ""),
        ("node_modules/p/Debug/both.node", ""),
        ("node_modules/p/out/Release/both.node", ""),
        ("node_modules/p/build/folder.node/x", ""),
    ]);
    let ask = |name| linux(&fixture).ask(ReferenceKind::Bindings, "node_modules/p/lib/deep/x.js", name);
    let p = "[node_modules/p/package.json]";
    assert_eq!(ask("p"), format!("node_modules/p/build/Release/p.node {p}"));
    assert_eq!(ask("p.node"), ask("p"));
    assert_eq!(ask("Release/p.node"), ask("p"), "build and the rest of a path");
    assert_eq!(ask("abi"), format!("node_modules/p/lib/binding/node-v115-linux-x64/abi.node {p}"));
    assert_eq!(ask("compiled"), format!("node_modules/p/compiled/20.11.1/linux/x64/compiled.node {p}"));
    assert_eq!(ask("both"), format!("node_modules/p/Debug/both.node {p}"));
    let missing = ask("old");
    assert!(missing.starts_with("none of node_modules/p/build/old.node node_modules/p/build/Debug/old.node "));
    assert_eq!(missing.split(' ').count(), 2 + 13, "{missing}");
    assert!(ask("folder").starts_with("none of ") && ask("far").starts_with("none of "));
    let any = Ask { node: "20", ..linux(&fixture) };
    assert!(any.ask(ReferenceKind::Bindings, "node_modules/p/x.js", "old").contains("compiled/20.11.0/"));
}

#[test]
fn the_nearest_package_or_node_modules_is_the_module_root() {
    let fixture =
        Fixture::new(&[("a/node_modules/x", ""), ("a/b/c.js", ""), ("a/build/n.node", ""), ("package.json", "")]);
    assert_eq!(linux(&fixture).ask(ReferenceKind::Bindings, "a/b/c.js", "n"), "a/build/n.node []");
}

#[test]
fn node_gyp_build_takes_a_build_before_the_best_prebuilt_one() {
    let fixture = Fixture::new(&[
        ("built/build/Release/z.node", ""),
        ("built/build/Release/a.node", ""),
        ("built/prebuilds/linux-x64/x.node", ""),
        ("debug/build/Release/note.txt", ""),
        ("debug/build/Debug/d.node", ""),
        ("tags/prebuilds/linux-x64/electron.abi115.node", ""),
        ("tags/prebuilds/linux-x64/node.abi108.node", ""),
        ("tags/prebuilds/linux-x64/node.abi115.glibc.node", ""),
        ("tags/prebuilds/linux-x64/node.abi115.musl.node", ""),
        ("tags/prebuilds/linux-x64/node.abi115.uv2.glibc.node", ""),
        ("tags/prebuilds/linux-x64/node.napi.glibc.node", ""),
        ("tags/prebuilds/linux-x64/a.node", ""),
        ("napi/prebuilds/linux-x64/node.napi.glibc.node", ""),
        ("napi/prebuilds/linux-x64/node.napi.musl.node", ""),
        ("napi/prebuilds/linux-arm/node.napi.armv6.node", ""),
        ("napi/prebuilds/linux-arm/node.napi.armv7.node", ""),
        ("napi/prebuilds/darwin-x64+arm64/node.napi.node", ""),
        ("napi/prebuilds/win32-x64/node.glibc.node", ""),
        ("both/prebuilds/darwin-arm64+x64/m.node", ""),
        ("both/prebuilds/darwin-x64/s.node", ""),
        ("old/prebuilds/linux-x64/node.abi108.node", ""),
        ("old/prebuilds/linux-x64-x/y.node", ""),
    ]);
    let ask = |folder: &str, target: &'static str, node: &'static str| {
        let ask = Ask { target, node, ..linux(&fixture) };
        let answer = ask.ask(ReferenceKind::NodeGypBuild, "main.js", folder);
        answer.trim_end_matches(" []").replace(&format!("{folder}/"), "")
    };
    for (folder, target, node, expected) in [
        ("built", "linux-x64", "20", "build/Release/a.node"),
        ("debug", "linux-x64", "20", "build/Debug/d.node"),
        ("tags", "linux-x64", "20", "prebuilds/linux-x64/node.abi115.glibc.node"),
        ("tags", "linux-x64-musl", "20", "prebuilds/linux-x64/node.abi115.musl.node"),
        ("tags", "linux-x64", "18", "prebuilds/linux-x64/node.abi108.node"),
        ("tags", "linux-x64", "22", "prebuilds/linux-x64/node.napi.glibc.node"),
        ("tags", "linux-x64-musl", "22", "prebuilds/linux-x64/a.node"),
        ("napi", "linux-arm", "20", "prebuilds/linux-arm/node.napi.armv7.node"),
        ("napi", "darwin-arm64", "20", "prebuilds/darwin-x64+arm64/node.napi.node"),
        ("napi", "win32-x64", "20", "prebuilds/win32-x64/node.glibc.node"),
        ("both", "darwin-x64", "20", "prebuilds/darwin-x64/s.node"),
        ("old", "linux-x64", "20", "none of build/Release/*.node build/Debug/*.node prebuilds/linux-x64/*.node"),
        ("none", "linux-x64", "20", "none of build/Release/*.node build/Debug/*.node prebuilds/linux-x64"),
    ] {
        assert_eq!(ask(folder, target, node), expected, "{folder} {target} {node}");
    }
    let only = [("PREBUILDS_ONLY".to_owned(), "1".to_owned())];
    let only = Ask { env: &only, ..linux(&fixture) };
    assert_eq!(only.ask(ReferenceKind::NodeGypBuild, "main.js", "built"), "built/prebuilds/linux-x64/x.node []");
}

#[test]
fn node_pre_gyp_fills_in_the_package_s_template() {
    let fixture = Fixture::new(&[
        (
            "a/package.json",
            r#"{"name":"a","version":"1.2.3-beta.1","binary":{"module_name":"m",
               "module_path":"./lib/{node_abi}-{platform}-{arch}-{libc}/{configuration}/{version}/{toolset}{unknown}{debug}{"}}"#,
        ),
        ("a/lib/node-v115-linux-x64-glibc/Release/1.2.3-beta.1/{unknown}undefined{/m.node", ""),
        (
            "b/package.json",
            r#"{"version":"1.0.0","binary":{"module_name":"m","napi_versions":[3,9,6,11],
               "module_path":"lib/napi-v{napi_build_version}/{node_napi_label}"}}"#,
        ),
        ("b/lib/napi-v9/napi-v9/m.node", ""),
        ("b/lib/napi-v6/napi-v6/m.node", ""),
        ("b/lib/napi-v11/napi-v11/m.node", ""),
        ("c/package.json", r#"{"binary":{"module_path":"x"}}"#),
    ]);
    let ask = |path, node| Ask { node, ..linux(&fixture) }.ask(ReferenceKind::PreGyp, "main.js", path);
    assert_eq!(
        ask("a/package.json", "20"),
        "a/lib/node-v115-linux-x64-glibc/Release/1.2.3-beta.1/{unknown}undefined{/m.node [a/package.json]"
    );
    assert_eq!(
        ask("a/package.json", "18"),
        "none of a/./lib/node-v108-linux-x64-glibc/Release/1.2.3-beta.1/{unknown}undefined{/m.node"
    );
    assert_eq!(ask("b/package.json", "22"), "b/lib/napi-v9/napi-v9/m.node [b/package.json]");
    assert_eq!(ask("b/package.json", "18.16"), "b/lib/napi-v6/napi-v6/m.node [b/package.json]");
    assert_eq!(ask("c/package.json", "20"), "none of ");
    assert_eq!(ask("d/package.json", "20"), "none of d/package.json");
}

#[test]
fn a_template_longer_than_any_path_is_none() {
    // One was gone through from each bracket to the end, the other made gigabytes.
    let brackets = "{".repeat(2_000_000);
    let names = "{module_name}".repeat(50_000);
    let json = |name: &str, path: &str| {
        format!(r#"{{"version":"1.0.0","binary":{{"module_name":"{name}","module_path":"{path}"}}}}"#)
    };
    let (a, b) = (json("m", &brackets), json(&"m".repeat(500_000), &names));
    let fixture = Fixture::new(&[("a/package.json", &a), ("b/package.json", &b)]);
    for json in ["a/package.json", "b/package.json"] {
        assert_eq!(linux(&fixture).ask(ReferenceKind::PreGyp, "main.js", json), "none of ");
    }
}

#[test]
fn require_addon_looks_in_prebuilds_from_the_package_upwards() {
    let package = r#"{"name": "@x/y", "version": "1.2.0"}"#;
    let fixture = Fixture::new(&[
        ("a/package.json", package),
        ("a/prebuilds/linux-x64/x__y@1.2.0.node", ""),
        ("a/prebuilds/linux-x64/x__y.node", ""),
        ("a/prebuilds/linux-x64-musl/x__y.node", ""),
        ("a/prebuilds/darwin-universal/x__y.node", ""),
        ("a/prebuilds/win32-x64/x__y@1.1.0.node", ""),
        ("b/package.json", package),
        ("prebuilds/linux-x64/x__y.node", ""),
        ("c/own.node", ""),
    ]);
    let ask = |target: &'static str, path: &str| {
        Ask { target, ..linux(&fixture) }.ask(ReferenceKind::RequireAddon, "main.js", path)
    };
    let json = "[a/package.json]";
    assert_eq!(ask("linux-x64", "a"), format!("a/prebuilds/linux-x64/x__y@1.2.0.node {json}"));
    assert_eq!(ask("linux-x64-musl", "a"), format!("a/prebuilds/linux-x64-musl/x__y.node {json}"));
    assert_eq!(ask("darwin-arm64", "a"), format!("a/prebuilds/darwin-universal/x__y.node {json}"));
    assert!(ask("win32-x64", "a").starts_with("none of a.node a/prebuilds/win32-x64/x__y@1.2.0.node "));
    assert_eq!(ask("linux-x64", "b"), "prebuilds/linux-x64/x__y.node [b/package.json]");
    assert_eq!(ask("linux-x64", "c/own"), "c/own.node []");
    assert_eq!(ask("linux-x64", "c/own.node"), "c/own.node []");
}

#[test]
fn nbind_takes_an_addon_before_what_emscripten_made() {
    let fixture = Fixture::new(&[
        ("a/build/Release/nbind.node", ""),
        ("a/nbind.js", ""),
        ("b/Release/nbind.js", ""),
        ("c/own.node", ""),
    ]);
    let ask = |folder| linux(&fixture).ask(ReferenceKind::NBind, "main.js", folder);
    assert_eq!(ask("a"), "a/build/Release/nbind.node []");
    assert_eq!(ask("b"), "b/Release/nbind.js []");
    assert_eq!(ask("c/own.node"), "c/own.node []");
    assert!(ask("c").starts_with("none of c/nbind.node c/build/nbind.node "));
}

#[test]
fn a_reference_that_is_not_known_in_full_asks_nothing() {
    let fixture = Fixture::new(&[]);
    let (resolver, platform) = (fixture.resolver(), Platform::default());
    let target = Target { platform: &platform, node: "20".parse().unwrap(), env: &[] };
    let native = Native::new(&RealHost, &resolver, &fixture.root, target);
    let reference = |kind, specifier: String| Reference {
        kind,
        specifier,
        place: Place { line: 1, column: 1 },
        guarded: false,
        from: None,
    };
    let holed = reference(ReferenceKind::Bindings, format!("x{}", monotrace::HOLE));
    assert!(native.addon(&fixture.root.join("a.js"), &holed).is_none());
    assert!(native.addon(&fixture.root.join("a.js"), &reference(ReferenceKind::Require, "x".to_owned())).is_none());
}
