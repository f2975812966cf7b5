//! monotrace and @vercel/nft side by side: `cargo bench --bench against_nft`.
//!
//! Both trace the same programs of the corpus as whole processes, in turn, so
//! that a machine that slows down slows both. Printed are the medians of CPU
//! time (user and system), wall time and peak resident memory, and the median
//! of the ratios pair by pair. `-- NAME…` chooses programs, `-- --rounds N`
//! the number of pairs, and `-- --monorepo N` traces a made-up workspace of N
//! packages with a hundred modules each instead.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use nix::sys::resource::{UsageWho, getrusage};

/// What one process cost.
#[derive(Clone, Copy, Debug)]
struct Cost {
    cpu: f64,
    wall: f64,
    peak: f64,
}

/// The word that makes this program run another and print what it cost: a
/// process of its own for each, because the kernel tells the peak memory only
/// of the largest child.
const MEASURE: &str = "--measure";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [first, command @ ..] = arguments.as_slice()
        && first == MEASURE
    {
        return measure(command);
    }
    let Chosen { names, rounds, packages } = chosen(&arguments);
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    assert!(corpus.join("node_modules").is_dir(), "run `cargo test` once: it installs the corpus");
    println!(
        "{:22} {:>27} {:>27} {:>27}",
        "medians", "CPU s: ours, nft, ratio", "wall s: ours, nft, ratio", "peak MB: ours, nft, ratio"
    );
    let workspace = tempfile::tempdir().expect("there is a temp folder");
    let (folder, programs) = match packages {
        Some(packages) => {
            write_workspace(workspace.path(), packages).expect("the temp folder can be written");
            (workspace.path(), vec![(format!("{packages} packages"), "main.js".to_owned())])
        }
        None => (corpus.as_path(), programs(&corpus)),
    };
    let mut totals = (0.0, 0.0);
    for (name, entry) in programs {
        if !names.is_empty() && !names.contains(&name) {
            continue;
        }
        let pair = || (ours(folder, &entry), nft(folder, &corpus, &entry));
        let pairs: Vec<(Cost, Cost)> = (0..rounds).map(|_| pair()).collect();
        let cpu = column(&pairs, |cost| cost.cpu);
        let wall = column(&pairs, |cost| cost.wall);
        let peak = column(&pairs, |cost| cost.peak);
        totals.0 += cpu.0;
        totals.1 += cpu.1;
        println!("{name:22} {} {} {}", shown(cpu, 3), shown(wall, 3), shown(peak, 1));
    }
    println!("sum of the CPU medians: ours {:.3} s, nft {:.3} s, {:.1} times", totals.0, totals.1, totals.1 / totals.0);
}

struct Chosen {
    names: Vec<String>,
    rounds: usize,
    packages: Option<usize>,
}

fn chosen(arguments: &[String]) -> Chosen {
    let mut names = arguments.to_vec();
    let mut number = |flag: &str| {
        let at = names.iter().position(|name| name == flag)?;
        let number = names.get(at + 1).and_then(|count| count.parse().ok());
        names.drain(at..(at + 2).min(names.len()));
        Some(number.unwrap_or_else(|| panic!("{flag} takes a number")))
    };
    let rounds = number("--rounds").unwrap_or(5);
    let packages = number("--monorepo");
    Chosen { names, rounds, packages }
}

/// A workspace whose packages are linked under `node_modules`: each has a
/// hundred modules of 6 kB, and each module asks for three others.
fn write_workspace(root: &Path, packages: usize) -> std::io::Result<()> {
    const MODULES: usize = 100;
    let rest: String = (0..60)
        .map(|index| {
            format!(
                "exports.f{index} = function (a, b) {{ return a.x{index} ? b.map((q) => q + {index}) : \
                 /ab+c/.test(a) && \"text {index}\"; }};\n"
            )
        })
        .collect();
    fs::write(root.join("package.json"), r#"{"name":"root","workspaces":["packages/*"]}"#)?;
    fs::create_dir_all(root.join("node_modules/@w"))?;
    for package in 0..packages {
        let folder = root.join(format!("packages/p{package}"));
        fs::create_dir_all(folder.join("lib"))?;
        let exports = r#"{".":"./index.js","./lib/*":"./lib/*.js"}"#;
        fs::write(folder.join("package.json"), format!(r#"{{"name":"@w/p{package}","exports":{exports}}}"#))?;
        let index: String = (0..MODULES).map(|module| format!("require('./lib/m{module}');\n")).collect();
        fs::write(folder.join("index.js"), index)?;
        for module in 0..MODULES {
            let (next, other) = ((module + 1) % MODULES, (package * 7 + module) % packages);
            let (deep, neighbour) = (module * 3 % MODULES, (package + 1) % packages);
            let asked = format!(
                "require('./m{next}');\nrequire('@w/p{other}/lib/m{deep}');\nrequire('@w/p{neighbour}');\n{rest}"
            );
            fs::write(folder.join(format!("lib/m{module}.js")), asked)?;
        }
        let link = root.join(format!("node_modules/@w/p{package}"));
        std::os::unix::fs::symlink(format!("../../packages/p{package}"), link)?;
    }
    let entry: String = (0..packages).map(|package| format!("require('@w/p{package}');\n")).collect();
    fs::write(root.join("main.js"), entry)
}

fn programs(corpus: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(corpus.join("apps/apps.json")).expect("the corpus has a list of its programs");
    let apps: serde_json::Value = serde_json::from_str(&text).expect("the list is JSON");
    let text = |app: &serde_json::Value, key: &str| app[key].as_str().unwrap_or_default().to_owned();
    apps.as_array().into_iter().flatten().map(|app| (text(app, "name"), text(app, "entry"))).collect()
}

fn ours(folder: &Path, entry: &str) -> Cost {
    let tool = PathBuf::from(env!("CARGO_BIN_EXE_monotrace"));
    cost_of(folder, &[tool.to_str().expect("the path is text"), "print", "--base", ".", "--format", "json", entry])
}

fn nft(folder: &Path, corpus: &Path, entry: &str) -> Cost {
    let judge = corpus.join("nft.mjs");
    let judge = judge.to_str().expect("the path is text");
    cost_of(folder, &["node", "--max-old-space-size=6000", judge, ".", ".", "{}", entry])
}

fn cost_of(folder: &Path, command: &[&str]) -> Cost {
    let output = Command::new(env::current_exe().expect("we run"))
        .arg(MEASURE)
        .args(command)
        .current_dir(folder)
        .stderr(Stdio::null())
        .output()
        .expect("we can run ourselves");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().map(|number| number.parse().expect("three numbers are printed"));
    let mut next = || numbers.next().unwrap_or_else(|| panic!("{command:?} failed: {output:?}"));
    Cost { cpu: next(), wall: next(), peak: next() }
}

/// Runs a command and prints its CPU seconds, wall seconds and peak MB.
fn measure(command: &[String]) {
    let started = Instant::now();
    let status = Command::new(&command[0]).args(&command[1..]).stdout(Stdio::null()).status().expect("it can be run");
    let wall = started.elapsed().as_secs_f64();
    if !status.success() {
        std::process::exit(1);
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the kernel tells");
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    println!("{cpu} {wall} {}", usage.max_rss() as f64 / 1024.0);
}

/// Medians of ours, of nft's, and of nft's over ours pair by pair.
fn column(pairs: &[(Cost, Cost)], figure: impl Fn(&Cost) -> f64) -> (f64, f64, f64) {
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    (
        median(pairs.iter().map(|(ours, _)| figure(ours)).collect()),
        median(pairs.iter().map(|(_, nft)| figure(nft)).collect()),
        // Ten milliseconds are the clock's resolution: less than one is not zero.
        median(pairs.iter().map(|(ours, nft)| figure(nft) / figure(ours).max(0.001)).collect()),
    )
}

fn shown((ours, nft, ratio): (f64, f64, f64), digits: usize) -> String {
    format!("{ours:>8.digits$} {nft:>9.digits$} {ratio:>7.1}×")
}
