//! What a memory limit costs: `cargo bench --bench limits`.
//!
//! Traces a made-up monorepo as whole processes, under each limit and with each number of threads, and
//! prints what each run took: CPU time, peak resident memory, what went to disk, whether the same run passes
//! under `prlimit --data` of the limit's size, and the beginning of the list's hash. It ends with an error
//! when a list is not the one that the generator knows, when a peak is above its limit, or when a ratio of
//! CPU times is above what was promised: 1.5 for 64 MB against 6000 MB on 100,000 files, 2 on a million.
//!
//! `-- --files N` chooses the size (100,000), `-- --limits 64,6000` and `-- --threads 1,8` what is tried,
//! `-- --rounds N` how often (medians are told), `-- --tree DIR` a tree that the generator wrote before.

#![allow(clippy::disallowed_methods, reason = "benchmarks make and read their own files")]

#[path = "monorepo/generator/mod.rs"]
mod generator;

use std::{
    env, fs,
    hash::{DefaultHasher, Hasher},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use nix::sys::resource::{Resource, UsageWho, getrusage, setrlimit};

/// The word that makes this program run another and print what it cost: the
/// kernel tells the peak memory only of the largest child, and of nobody before it.
const MEASURE: &str = "--measure";

/// From so many files on a limit may cost twice the CPU.
const MANY_FILES: u32 = 500_000;

struct Chosen {
    files: u32,
    limits: Vec<u64>,
    threads: Vec<u64>,
    rounds: usize,
    tree: Option<PathBuf>,
}

/// What one process cost.
struct Cost {
    cpu: f64,
    peak: f64,
    stats: serde_json::Value,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [first, wall, command @ ..] = arguments.as_slice()
        && first == MEASURE
    {
        return measure(wall, command);
    }
    let chosen = chosen(&arguments);
    let made = tempfile::tempdir().expect("there is a temp folder");
    let folder = match &chosen.tree {
        Some(tree) => tree.clone(),
        None => {
            generator::generate(made.path(), chosen.files, 1, 2).expect("the temp folder can be written");
            made.path().to_owned()
        }
    };
    let right = fs::read(folder.join("expected.txt")).expect("the generator wrote the list");
    let files = right.iter().filter(|byte| **byte == b'\n').count() as u32;
    println!("{files} files listed\nlimit MB  threads   CPU s    peak MB  spilled MB  runs  prlimit --data  hash");
    let mut faults = Vec::new();
    for threads in &chosen.threads {
        let mut at_64 = None;
        for limit in &chosen.limits {
            let list = made.path().join("list.txt");
            let costs: Vec<Cost> =
                (0..chosen.rounds).map(|_| run(&folder, &list, *limit, *threads, "none").expect("it runs")).collect();
            let text = fs::read(&list).expect("it wrote the list");
            let walled = run(&folder, &list, *limit, *threads, &(limit << 20).to_string());
            let passes = walled.is_some() && fs::read(&list).is_ok_and(|text| text == right);
            let cpu = median(costs.iter().map(|cost| cost.cpu));
            let peak = costs.iter().map(|cost| cost.peak).fold(0.0, f64::max);
            let number = |name: &str| costs[0].stats["stats"][name].as_u64().unwrap_or(0);
            println!(
                "{limit:>8}  {threads:>7}  {cpu:>6.2}  {peak:>9.1}  {:>10.1}  {:>4}  {:>14}  {:016x}",
                number("spilledBytes") as f64 / 1e6,
                number("spilledRuns"),
                if passes { "passes" } else { "fails" },
                hash(&text),
            );
            let mut hold = |holds: bool, what: &str| {
                if !holds {
                    faults.push(format!("{limit} MB, {threads} threads: {what}"));
                }
            };
            hold(text == right, "the list is not the right one");
            hold(passes, "it does not pass under prlimit");
            hold(peak <= (limit << 20) as f64 / 1e6, "its peak is above the limit");
            match limit {
                64 => at_64 = Some(cpu),
                6000 => {
                    hold(number("spilledBytes") == 0, "it spills");
                    let most = if files >= MANY_FILES { 2.0 } else { 1.5 };
                    if let Some(ratio) = at_64.map(|small| small / cpu) {
                        println!("64 MB take {ratio:.2} times the CPU of 6000 MB with {threads} threads");
                        hold(ratio <= most, "64 MB cost too much against it");
                    }
                }
                _ => {}
            }
        }
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn chosen(arguments: &[String]) -> Chosen {
    let value = |flag: &str| {
        let at = arguments.iter().position(|argument| argument == flag)?;
        Some(arguments.get(at + 1).unwrap_or_else(|| panic!("{flag} takes a value")).clone())
    };
    let numbers = |flag: &str, default: &str| -> Vec<u64> {
        let text = value(flag).unwrap_or_else(|| default.to_owned());
        text.split(',').map(|number| number.parse().unwrap_or_else(|_| panic!("{flag} takes numbers"))).collect()
    };
    Chosen {
        files: numbers("--files", "100000")[0] as u32,
        limits: numbers("--limits", "32,64,128,256,1000,6000"),
        threads: numbers("--threads", "1,2,8"),
        rounds: numbers("--rounds", "3")[0] as usize,
        tree: value("--tree").map(PathBuf::from),
    }
}

/// One trace of the tree in `folder`; `None` if it fails.
fn run(folder: &Path, list: &Path, limit: u64, threads: u64, wall: &str) -> Option<Cost> {
    let entries = fs::read_to_string(folder.join("entries.txt")).expect("the generator wrote the entries");
    let output = Command::new(env::current_exe().expect("we run"))
        .args([MEASURE, wall, env!("CARGO_BIN_EXE_monotrace"), "print"])
        .args(entries.lines())
        .args(["--memory-limit", &limit.to_string(), "--threads", &threads.to_string(), "--stats=json", "-o"])
        .arg(list)
        .current_dir(folder.join("tree"))
        .output()
        .expect("we can run ourselves");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().filter_map(|number| number.parse().ok());
    let stats = String::from_utf8_lossy(&output.stderr);
    let stats = stats.lines().rev().find_map(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    output.status.success().then(|| Cost {
        cpu: numbers.next().unwrap_or_default(),
        peak: numbers.next().unwrap_or_default(),
        stats,
    })
}

/// Runs a command, its data bounded by `wall` bytes, and prints its CPU seconds and its peak in MB.
fn measure(wall: &str, command: &[String]) -> ExitCode {
    if let Ok(bytes) = wall.parse() {
        setrlimit(Resource::RLIMIT_DATA, bytes, bytes).expect("a limit can be lowered");
    }
    let status = Command::new(&command[0]).args(&command[1..]).stdout(Stdio::null()).status().expect("it can be run");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the kernel tells");
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    println!("{} {}", seconds(usage.user_time()) + seconds(usage.system_time()), usage.max_rss() as f64 * 1024.0 / 1e6);
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn hash(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text);
    hasher.finish()
}
