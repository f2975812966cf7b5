//! monotrace and @vercel/nft side by side: `cargo bench --bench against_nft`.
//!
//! Both trace the same programs of the corpus as whole processes, in turn, so
//! that a machine that slows down slows both. Printed are the medians of CPU
//! time (user and system), wall time and peak resident memory, and the median
//! of the ratios pair by pair. `-- NAME…` chooses programs, `-- --rounds N`
//! the number of pairs.

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
    let (names, rounds) = chosen(&arguments);
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    assert!(corpus.join("node_modules").is_dir(), "run `cargo test` once: it installs the corpus");
    println!(
        "{:22} {:>27} {:>27} {:>27}",
        "medians", "CPU s: ours, nft, ratio", "wall s: ours, nft, ratio", "peak MB: ours, nft, ratio"
    );
    let mut totals = (0.0, 0.0);
    for (name, entry) in programs(&corpus) {
        if !names.is_empty() && !names.contains(&name) {
            continue;
        }
        let pairs: Vec<(Cost, Cost)> = (0..rounds).map(|_| (ours(&corpus, &entry), nft(&corpus, &entry))).collect();
        let cpu = column(&pairs, |cost| cost.cpu);
        let wall = column(&pairs, |cost| cost.wall);
        let peak = column(&pairs, |cost| cost.peak);
        totals.0 += cpu.0;
        totals.1 += cpu.1;
        println!("{name:22} {} {} {}", shown(cpu, 3), shown(wall, 3), shown(peak, 1));
    }
    println!("sum of the CPU medians: ours {:.3} s, nft {:.3} s, {:.1} times", totals.0, totals.1, totals.1 / totals.0);
}

fn chosen(arguments: &[String]) -> (Vec<String>, usize) {
    let mut names = arguments.to_vec();
    let mut rounds = 5;
    if let Some(at) = names.iter().position(|name| name == "--rounds") {
        rounds = names.get(at + 1).and_then(|count| count.parse().ok()).expect("--rounds takes a number");
        names.drain(at..at + 2);
    }
    (names, rounds)
}

fn programs(corpus: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(corpus.join("apps/apps.json")).expect("the corpus has a list of its programs");
    let apps: serde_json::Value = serde_json::from_str(&text).expect("the list is JSON");
    let text = |app: &serde_json::Value, key: &str| app[key].as_str().unwrap_or_default().to_owned();
    apps.as_array().into_iter().flatten().map(|app| (text(app, "name"), text(app, "entry"))).collect()
}

fn ours(corpus: &Path, entry: &str) -> Cost {
    let tool = PathBuf::from(env!("CARGO_BIN_EXE_monotrace"));
    cost_of(corpus, &[tool.to_str().expect("the path is text"), "print", "--base", ".", "--format", "json", entry])
}

fn nft(corpus: &Path, entry: &str) -> Cost {
    cost_of(corpus, &["node", "--max-old-space-size=6000", "nft.mjs", ".", ".", "{}", entry])
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
