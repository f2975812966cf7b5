//! A server of Next.js: which app it serves, and what its folder holds. The
//! builds are made up; `next_server.rs` has a real one.

use std::{fs, path::Path, process::Command};

use crate::support::{Run, Tree, run};

/// An app whose server hands its folder to a Next that tells what it sees.
fn app() -> Tree {
    Tree::new(
        r#"//- package.json
{"name":"app","version":"1.0.0"}
//- server.js
const next = require('next');
require('./lib/log');
next({ dev: false, dir: '.' });
//- lib/log.js
//- next.config.js
throw new Error('a next.config is never run');
//- .env
A=1
//- .env.production
B=1
//- .env.development
C=1
//- public/deep/robots.txt
//- node_modules/next/package.json
{"name":"next","version":"15.1.0","main":"./dist/server/next.js"}
//- node_modules/next/dist/server/next.js
require('./config');
if (process.env.NODE_ENV !== 'production') require('../../../development-only');
module.exports = (options) => {
  if (options.dev) require('./dev/server'), require('react-server-dom-webpack/client');
  console.log(JSON.stringify({
    main: require.main.filename.split('/').pop(), cwd: process.cwd().split('/').pop(),
    env: process.env.NODE_ENV, config: process.env.__NEXT_PRIVATE_STANDALONE_CONFIG,
  }));
};
//- node_modules/next/dist/server/config.js
//- node_modules/next/dist/server/dev/server.js
//- node_modules/next/dist/server/page-runtime.js
//- node_modules/development-only/index.js
//- node_modules/paged/index.js
//- .next/BUILD_ID
id
//- .next/required-server-files.json
{"version":1,"config":{"distDir":".next","basePath":"/x"},"appDir":"/elsewhere/app","relativeAppDir":"",
 "files":[".next/routes-manifest.json",".next/gone.json"],"ignore":[]}
//- .next/routes-manifest.json
{}
//- .next/next-server.js.nft.json
{"version":1,"files":["../node_modules/next/dist/server/page-runtime.js"]}
//- .next/trace
//- .next/cache/webpack/0.pack
//- .next/cache/images.js.nft.json
{"version":1,"files":["../trace"]}
//- .next/static/chunks/a.js
//- .next/server/middleware-manifest.json
{"middleware":{"/":{"name":"middleware","files":["server/edge.js"],"wasm":[{"name":"w","filePath":"server/w.wasm"}]}},
 "functions":{"/e":{"files":["server/app/e.js"],"assets":[{"name":"f","filePath":"server/f.bin"}]}}}
//- .next/server/edge.js
//- .next/server/w.wasm
//- .next/server/f.bin
//- .next/server/unlisted.js
//- .next/server/chunks/1.js
//- .next/server/pages/a.js
//- .next/server/pages/a.js.nft.json
{"version":1,"files":["../chunks/1.js","../../../node_modules/paged/index.js","../chunks/gone.js"]}
//- .next/server/pages/b.html
//- .next/server/app/e.js
//- .next/server/instrumentation.js
//- .next/server/instrumentation.js.nft.json
{"version":1,"files":[]}
"#,
    )
}

fn build(tree: &Tree, arguments: &[&str]) -> Run {
    run(&tree.root(), &[&["build", "-o", "out"], arguments].concat(), &[])
}

/// All files below a folder, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.retain(|file| !file.starts_with(".monotrace"));
    found.sort();
    found
}

/// What the made-up Next tells when the server is started.
fn started(launcher: &Path) -> serde_json::Value {
    let output = Command::new("node").arg(launcher).current_dir("/").env_remove("NODE_ENV").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const WITHOUT_STANDALONE: [&str; 23] = [
    ".env",
    ".env.production",
    ".next/required-server-files.json",
    ".next/routes-manifest.json",
    ".next/server/app/e.js",
    ".next/server/chunks/1.js",
    ".next/server/edge.js",
    ".next/server/f.bin",
    ".next/server/instrumentation.js",
    ".next/server/pages/a.js",
    ".next/server/pages/b.html",
    ".next/server/w.wasm",
    ".next/static/chunks/a.js",
    "lib/log.js",
    "node_modules/next/dist/server/config.js",
    "node_modules/next/dist/server/next.js",
    "node_modules/next/dist/server/page-runtime.js",
    "node_modules/next/package.json",
    "node_modules/paged/index.js",
    "package.json",
    "public/deep/robots.txt",
    "server.js",
    "start.cjs",
];

#[test]
fn what_the_build_lists_is_there_and_what_only_development_needs_is_not() {
    let tree = app();
    let run = build(&tree, &["server.js"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(files(&tree.root().join("out")), WITHOUT_STANDALONE);
    assert!(!run.stderr.contains("MT2"), "an alias of the bundlers is no finding: {}", run.stderr);
    assert!(run.stderr.ends_with("monotrace: run it with: node out/start.cjs\n"));
}

#[test]
fn the_launcher_sets_what_nexts_own_server_sets() {
    let tree = app();
    assert_eq!(build(&tree, &["server.js"]).status, 0);
    let said = started(&tree.root().join("out/start.cjs"));
    assert_eq!(said["env"], "production");
    assert_eq!(said["cwd"], "out");
    assert_eq!(said["main"], "server.js", "the server is the main program, as it was");
    let config: serde_json::Value = serde_json::from_str(said["config"].as_str().unwrap()).unwrap();
    assert_eq!(config, serde_json::json!({"distDir": "./.next", "basePath": "/x"}));
}

#[test]
fn the_standalone_folder_is_taken_without_the_server_in_it() {
    let tree = app();
    tree.write(".next/standalone/server.js", "generated");
    tree.write(".next/standalone/.next/BUILD_ID", "id\n");
    tree.write(".next/standalone/.next/required-server-files.json", "{}");
    tree.write(".next/standalone/node_modules/next/dist/server/next.js", "");
    tree.write(".next/standalone/node_modules/next/package.json", "");
    tree.write(".next/standalone/added/after.txt", "by hand");
    let run = build(&tree, &["server.js"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("with its standalone folder"), "{}", run.stderr);
    let out = tree.root().join("out");
    assert_eq!(
        files(&out),
        [
            ".env",
            ".env.production",
            ".next/BUILD_ID",
            ".next/required-server-files.json",
            ".next/static/chunks/a.js",
            "added/after.txt",
            "lib/log.js",
            "node_modules/next/dist/server/next.js",
            "node_modules/next/package.json",
            "package.json",
            "public/deep/robots.txt",
            "server.js",
            "start.cjs",
        ]
    );
    let server = fs::read_to_string(out.join("server.js")).unwrap();
    assert!(server.contains("next({ dev: false"), "the user's server, not the one that was generated");
}

#[test]
fn a_standalone_folder_of_an_older_build_does_not_count() {
    let tree = app();
    tree.write(".next/standalone/.next/BUILD_ID", "older");
    tree.write(".next/standalone/stale.js", "");
    let run = build(&tree, &["server.js"]);
    assert!(run.stderr.contains("without a standalone folder"), "{}", run.stderr);
    assert!(!tree.root().join("out/stale.js").exists());
}

#[test]
fn without_a_finished_build_one_line_says_what_to_do() {
    for missing in ["BUILD_ID", "required-server-files.json"] {
        let tree = app();
        fs::remove_file(tree.root().join(".next").join(missing)).unwrap();
        let run = build(&tree, &["server.js"]);
        assert_eq!(run.status, 2);
        assert_eq!(run.stderr.lines().count(), 1);
        assert!(run.stderr.contains("MT0020") && run.stderr.contains("run `next build` there first"), "{}", run.stderr);
        assert!(!tree.root().join("out").exists());
    }
}

#[test]
fn a_manifest_that_cannot_be_read_is_named_and_the_old_folder_stays() {
    let tree = app();
    assert_eq!(build(&tree, &["server.js"]).status, 0);
    for (file, text) in [
        (".next/required-server-files.json", "{"),
        (".next/server/middleware-manifest.json", "[1]"),
        (".next/server/pages/a.js.nft.json", "{\"files\": 1}"),
    ] {
        let whole = fs::read(tree.root().join(file)).unwrap();
        tree.write(file, text);
        let run = build(&tree, &["server.js"]);
        assert_eq!(run.status, 2, "{file}");
        assert!(run.stderr.contains("MT0021") && run.stderr.contains(file), "{}", run.stderr);
        assert!(tree.root().join("out/server.js").exists());
        tree.write(file, whole);
    }
}

#[test]
fn a_program_beside_an_app_that_uses_no_next_is_any_program() {
    let tree = app();
    tree.write(
        "script.js",
        "require('./lib/log'); if (process.env.NODE_ENV !== 'production') require('development-only');",
    );
    let run = build(&tree, &["script.js"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let out = files(&tree.root().join("out"));
    assert_eq!(out, ["lib/log.js", "node_modules/development-only/index.js", "package.json", "script.js"]);
}

#[test]
fn a_server_may_load_next_in_another_file() {
    let tree = app();
    tree.write("main.js", "require('./server')");
    let run = build(&tree, &["main.js"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(started(&tree.root().join("out/start.cjs"))["main"], "main.js");
}

#[test]
fn the_apps_folder_may_be_elsewhere() {
    for (server, dir, cwd) in [
        ("server.js", "'./web'", "out"),
        ("server.js", "require('path').join(__dirname, 'web')", "web"),
        ("bin/deep/server.js", "require('path').resolve(__dirname, '../../web')", "web"),
        ("bin/server.js", "require('path').resolve('web')", "out"),
    ] {
        let old = app();
        fs::create_dir(old.root().join("web")).unwrap();
        for name in [".next", "public", ".env", ".env.production", "next.config.js"] {
            fs::rename(old.root().join(name), old.root().join("web").join(name)).unwrap();
        }
        let root = old.root();
        let list = "{\"version\":1,\"files\":[\"../../../chunks/1.js\",\"../../../../node_modules/paged/index.js\"]}";
        old.write("web/.next/server/pages/a.js.nft.json", list);
        old.write("web/.next/server/chunks/1.js", "");
        old.write("web/pages/source.js", "import './nothing'");
        old.write("web/package.json", "{}");
        old.write(server, format!("require('next')({{ dir: {dir} }})"));
        let run = build(&old, &[server]);
        assert_eq!(run.status, 0, "{dir}: {}", run.stderr);
        let out = root.join("out");
        for file in
            ["web/.next/static/chunks/a.js", "web/public/deep/robots.txt", "web/.env", "node_modules/paged/index.js"]
        {
            assert!(out.join(file).exists(), "{dir}: {file} of {:?}", files(&out));
        }
        assert!(!out.join("web/pages").exists(), "{dir}");
        let launcher = out.join(server).with_file_name("start.cjs");
        assert_eq!(started(&launcher)["cwd"], cwd, "{dir}");
    }
}

#[test]
fn a_build_with_another_name_is_found_by_what_is_in_it() {
    let tree = app();
    fs::rename(tree.root().join(".next"), tree.root().join("build")).unwrap();
    let required = r#"{"config":{"distDir":"build"},"relativeAppDir":"","files":["build/routes-manifest.json"]}"#;
    tree.write("build/required-server-files.json", required);
    let run = build(&tree, &["server.js"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let said = started(&tree.root().join("out/start.cjs"));
    assert!(said["config"].as_str().unwrap().contains("\"distDir\":\"./build\""), "{said}");
    assert!(tree.root().join("out/build/static/chunks/a.js").exists());
}

#[test]
fn what_next_lists_outside_the_workspace_widens_the_root() {
    let tree = app();
    fs::create_dir(tree.root().join("web")).unwrap();
    for name in ["package.json", "server.js", "lib", "node_modules", ".next"] {
        fs::rename(tree.root().join(name), tree.root().join("web").join(name)).unwrap();
    }
    let required = r#"{"config":{},"relativeAppDir":"web","files":[]}"#;
    tree.write("web/.next/required-server-files.json", required);
    tree.write("shared/data.txt", "");
    let list = r#"{"version":1,"files":["../../../../shared/data.txt","../../../../../outside.txt"]}"#;
    tree.write("web/.next/server/pages/a.js.nft.json", list);
    let run = run(&tree.root().join("web"), &["build", "server.js", "-o", "../out"], &[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(tree.root().join("out/shared/data.txt").exists());
    assert_eq!(started(&tree.root().join("out/web/start.cjs"))["cwd"], "web");
}

#[test]
fn links_stay_links() {
    let tree = app();
    tree.write("node_modules/.pnpm/paged@1/node_modules/paged/index.js", "");
    fs::remove_dir_all(tree.root().join("node_modules/paged")).unwrap();
    tree.link("node_modules/paged", ".pnpm/paged@1/node_modules/paged");
    let list = r#"{"files":["../../../node_modules/paged","../../../node_modules/.pnpm/paged@1/node_modules/paged/index.js"]}"#;
    tree.write(".next/server/pages/a.js.nft.json", list);
    let run = build(&tree, &["server.js"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let link = fs::read_link(tree.root().join("out/node_modules/paged")).unwrap();
    assert_eq!(link, Path::new(".pnpm/paged@1/node_modules/paged"));
    assert!(tree.root().join("out/node_modules/paged/index.js").exists());
}

#[test]
fn old_versions_read_their_configuration_themselves() {
    let tree = app();
    tree.write("node_modules/next/package.json", r#"{"version":"13.2.4","main":"./dist/server/next.js"}"#);
    tree.write("next.config.js", "module.exports = require('./config/paths')");
    tree.write("config/paths.js", "");
    let run = build(&tree, &["server.js"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let out = tree.root().join("out");
    assert!(out.join("next.config.js").exists() && out.join("config/paths.js").exists());
    assert!(started(&out.join("start.cjs"))["config"].is_null());
}

#[test]
fn a_server_in_typescript_is_told_which_node_runs_it() {
    let tree = app();
    tree.write("server.ts", "import next from 'next';\nnext({ dev: false as boolean });\n");
    let run = build(&tree, &["server.ts"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("TypeScript") && tree.root().join("out/server.ts").exists(), "{}", run.stderr);
}

#[test]
fn the_folder_is_the_same_at_any_limit_and_number_of_threads() {
    let tree = app();
    let mut seen = Vec::new();
    for (threads, fault) in [("1", ""), ("8", ""), ("2", "spill_batch=1")] {
        let out = format!("out-{threads}");
        let arguments = ["build", "server.js", "-o", &out, "--threads", threads];
        let run = run(&tree.root(), &arguments, &[("MONOTRACE_FAULT", fault)]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let folder = tree.root().join(&out);
        seen.push(
            files(&folder).into_iter().map(|file| (fs::read(folder.join(&file)).unwrap(), file)).collect::<Vec<_>>(),
        );
    }
    assert!(seen[0] == seen[1] && seen[0] == seen[2]);
}

/// Moves the app's build to another folder, as `distDir` does.
fn with_dist(dist: &str, told: &str) -> Tree {
    let tree = app();
    let place = tree.root().join(dist);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::rename(tree.root().join(".next"), &place).unwrap();
    let required =
        format!(r#"{{"config":{{"distDir":"{told}"}},"relativeAppDir":"","files":["{dist}/routes-manifest.json"]}}"#);
    tree.write(&format!("{dist}/required-server-files.json"), required);
    tree
}

#[test]
fn a_build_in_a_folder_of_a_folder_is_found_if_it_says_so() {
    let tree = with_dist("build/next", "build/next");
    // Another app's build, which names no folder of this one.
    tree.write("aa/web/BUILD_ID", "other");
    tree.write("aa/web/required-server-files.json", r#"{"config":{"distDir":"web"},"files":[]}"#);
    let run = build(&tree, &["server.js"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let said = started(&tree.root().join("out/start.cjs"));
    assert!(said["config"].as_str().unwrap().contains("\"distDir\":\"./build/next\""), "{said}");
    assert!(tree.root().join("out/build/next/static/chunks/a.js").exists());
    assert!(!tree.root().join("out/aa").exists());
}

#[test]
fn a_build_elsewhere_can_be_named() {
    let tree = with_dist("a/b/c/d/next", "a/b/c/d/next");
    let run = build(&tree, &["server.js"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--next-dist"), "{}", run.stderr);
    let run = build(&tree, &["server.js", "--next-dist", "a/b/c/d/next"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(started(&tree.root().join("out/start.cjs"))["config"].as_str().unwrap().contains("./a/b/c/d/next"));
    let wrong = build(&tree, &["server.js", "--next-dist", "public"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("MT0020 --next-dist") && wrong.stderr.lines().count() == 1, "{}", wrong.stderr);
}

#[test]
fn the_recipe_can_be_switched_off_and_says_when_it_is_on() {
    let tree = app();
    let on = build(&tree, &["server.js"]);
    let line = "monotrace: a server of Next.js 15.1.0, without a standalone folder (--no-next: as any program)";
    assert!(on.stderr.lines().any(|told| told == line), "{}", on.stderr);
    let off = build(&tree, &["server.js", "--no-next"]);
    assert_eq!(off.status, 0, "{}", off.stderr);
    assert!(!off.stderr.contains("Next.js"), "{}", off.stderr);
    let out = files(&tree.root().join("out"));
    assert!(out.contains(&"node_modules/next/dist/server/dev/server.js".to_owned()), "{out:?}");
    assert!(!out.iter().any(|file| file == "start.cjs" || file.starts_with("public")), "{out:?}");
    // Without a build too.
    fs::remove_file(tree.root().join(".next/BUILD_ID")).unwrap();
    assert_eq!(build(&tree, &["server.js", "--no-next"]).status, 0);
}

#[test]
fn programs_and_servers_beside_one_another_do_not_disturb() {
    let tree = app();
    tree.write("worker.js", "console.log('worker')");
    let run = build(&tree, &["worker.js", "server.js"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(started(&tree.root().join("out/start.cjs"))["main"], "server.js");
    tree.write("second.js", "require('./server')\nrequire('next')");
    let run = build(&tree, &["server.js", "second.js"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for (launcher, main) in [("start.cjs", "server.js"), ("start-second.cjs", "second.js")] {
        assert!(run.stderr.contains(&format!("run it with: node out/{launcher}")), "{}", run.stderr);
        assert_eq!(started(&tree.root().join("out").join(launcher))["main"], main);
    }
}

#[test]
fn size_is_that_of_the_folder_and_print_says_what_it_does_not_list() {
    let tree = app();
    tree.write("other.js", "1");
    assert_eq!(build(&tree, &["server.js"]).status, 0);
    let held = files(&tree.root().join("out"))
        .iter()
        .map(|file| fs::metadata(tree.root().join("out").join(file)).unwrap().len())
        .sum::<u64>();
    let size = |more: &[&str]| {
        let told = run(&tree.root(), &[&["size", "--format", "json"], more].concat(), &[]);
        (told.status, serde_json::from_str::<serde_json::Value>(&told.stdout).unwrap_or_default(), told.stderr)
    };
    let (status, json, stderr) = size(&["server.js"]);
    assert_eq!((status, json["bytes"].as_u64()), (0, Some(held)), "{json} {stderr}");
    let alone = size(&["server.js", "--no-next"]).1["bytes"].as_u64().unwrap();
    assert_ne!(alone, held);
    // A budget for one of two entries is for its app too.
    let budget = format!("server.js={}", held - 1);
    let (status, _, stderr) = size(&["other.js", "server.js", "--budget", &budget, "--budget", "other.js=100"]);
    assert_eq!(status, 1, "{stderr}");
    assert!(
        stderr.contains(&format!("the budget {budget} is exceeded")) && !stderr.contains("other.js=100"),
        "{stderr}"
    );
    assert_eq!(size(&["other.js", "server.js", "--budget", &format!("server.js={held}")]).0, 0);
    let print = run(&tree.root(), &["print", "server.js", "--reporter", "text"], &[]);
    assert!(print.stderr.contains("a server of Next.js 15.1.0: listed is the server alone"), "{}", print.stderr);
    let other = run(&tree.root(), &["print", "other.js", "--reporter", "text"], &[]);
    assert!(!other.stderr.contains("Next.js"), "{}", other.stderr);
}
