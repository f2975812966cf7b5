//! Coordinator, crew and outboxes under schedules that a checker picks.
//!
//! Only what a worker does for a file is made up: a few files that answer in any
//! number of parts, panic or find no memory. Each schedule has a tree of its own.
//! That nobody waits for ever is what the checker itself holds. The schedules are
//! the same in each run; SHUTTLE_RANDOM_SEED, set to any number, gives others.

use std::{
    collections::btree_map::{BTreeMap, Entry},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::SystemTime,
};

use shuttle::{
    Config, Runner,
    rand::{Rng, thread_rng},
    scheduler::{PctScheduler, RandomScheduler, Scheduler},
};

use super::*;
use crate::{
    host::RealHost,
    memory::{OutOfMemory, Pressure},
    trace::{crew::Work, outbox::Outbox},
};

/// How looking at a made-up file ends, after all that it needs was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Done,
    Panic,
    OutOfMemory,
    /// Somebody was refused memory who could only go on as if it were not so.
    Denied,
    OutOfDescriptors,
}

#[derive(Debug)]
struct File {
    needs: Vec<usize>,
    /// What it needs is named so often: more than a few times do not fit into one part.
    times: usize,
    ending: Ending,
}

/// A tree, and what befalls the run besides.
#[derive(Debug)]
struct Plan {
    files: Vec<File>,
    size: Size,
    depth: Option<u32>,
    /// Memory is so short that jobs run one by one.
    is_full: bool,
    /// What has so many bytes goes to disk, and there is none.
    spill_batch: Option<usize>,
    /// This worker cannot be had; others are there by then.
    missing: Option<usize>,
}

impl Plan {
    /// Any plan for a crew of this size; half of them end well.
    fn any(size: Size) -> Self {
        let mut dice = thread_rng();
        let count = dice.gen_range(1..8);
        let may_fail = dice.gen_ratio(1, 3);
        let file = |_| File {
            needs: (0..thread_rng().gen_range(0..5)).map(|_| thread_rng().gen_range(0..count)).collect(),
            times: [1, 1, 40, 100][thread_rng().gen_range(0..4)],
            ending: match thread_rng().gen_range(0..12) {
                0 | 1 => Ending::Panic,
                2 if may_fail => Ending::OutOfMemory,
                3 if may_fail => Ending::Denied,
                4 if may_fail => Ending::OutOfDescriptors,
                _ => Ending::Done,
            },
        };
        let files = (0..count).map(file).collect();
        let depth = dice.gen_ratio(1, 3).then(|| dice.gen_range(0..4));
        let missing = (size.threads > 1 && dice.gen_ratio(1, 16)).then(|| dice.gen_range(1..size.threads));
        let is_full = dice.gen_ratio(1, 3);
        let spill_batch = (!is_full && dice.gen_ratio(1, 6)).then(|| dice.gen_range(1..1000));
        Self { files, size, depth, is_full, spill_batch, missing }
    }

    fn options(&self) -> TraceOptions {
        let mut options = TraceOptions::new(PathBuf::from("/r"));
        options.depth = self.depth;
        options.temp_defaults = Vec::new();
        options.faults.spill_batch = self.spill_batch;
        options
    }

    /// Each file that is reached, and how many references away from the first it is.
    fn reached(&self) -> BTreeMap<usize, u32> {
        let mut reached = BTreeMap::from([(0, 0)]);
        let mut generation = vec![0];
        let mut distance = 0;
        while !generation.is_empty() && self.depth != Some(distance) {
            distance += 1;
            for file in std::mem::take(&mut generation) {
                for need in &self.files[file].needs {
                    if let Entry::Vacant(entry) = reached.entry(*need) {
                        entry.insert(distance);
                        generation.push(*need);
                    }
                }
            }
        }
        reached
    }

    /// How many of the files that are looked into end like this.
    fn count(&self, ending: Ending) -> usize {
        let reached = self.reached();
        let looked_into = reached.iter().filter(|(_, distance)| self.depth != Some(**distance));
        looked_into.filter(|(file, _)| self.files[**file].ending == ending).count()
    }
}

/// What all workers of a run did.
struct Record {
    /// How often each file was looked at.
    looks: Vec<AtomicUsize>,
    /// How many are being looked at, and the most at a time.
    now: AtomicUsize,
    most: AtomicUsize,
}

/// One file that is being looked at, until this is dropped.
struct Look<'r>(&'r Record);

impl Drop for Look<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Relaxed);
    }
}

struct MadeUp<'r> {
    plan: &'r Plan,
    root: &'r Path,
    governor: &'r Governor,
    record: &'r Record,
}

const REFUSED: OutOfMemory = OutOfMemory { asked: 1, leased: 1, limit: 1 };

impl Work for MadeUp<'_> {
    fn answer(&mut self, job: &Job, answers: &Sender<Answer>) -> End {
        let Self { plan, root, governor, record } = *self;
        let number: usize = job.path.strip_prefix(root).unwrap().to_str().unwrap().parse().unwrap();
        record.looks[number].fetch_add(1, Relaxed);
        record.most.fetch_max(record.now.fetch_add(1, Relaxed) + 1, Relaxed);
        let _look = Look(record);
        let file = &plan.files[number];
        // As the real one does: what it holds goes on its way when this ends, however it ends.
        let mut out = Outbox::new(job.file, root, answers, governor.counters());
        if !job.look_inside {
            return End::DONE;
        }
        for need in file.needs.iter().flat_map(|need| std::iter::repeat_n(need, file.times)) {
            out.found(&root.join(need.to_string()), Reason::Dependency, true);
            out.send_if_full();
        }
        match file.ending {
            Ending::Done => {}
            // Unlike panic!, this tells nobody: thousands of them are as they should be.
            Ending::Panic => std::panic::resume_unwind(Box::new("asked for")),
            Ending::OutOfMemory => return End::OutOfMemory(REFUSED),
            Ending::Denied => governor.deny(REFUSED),
            Ending::OutOfDescriptors => {
                out.findings.push(Finding::new(&job.path, None, Problem::OutOfDescriptors));
            }
        }
        End::Done { is_module: true, depends_on_entry: false }
    }
}

/// How runs ended: a kind of which there is none was not tried.
#[derive(Debug, Default)]
struct Tally {
    whole: AtomicUsize,
    incomplete: AtomicUsize,
    memory: AtomicUsize,
    descriptors: AtomicUsize,
    spill: AtomicUsize,
    side_by_side: AtomicUsize,
    one_by_one: AtomicUsize,
}

/// Runs the pipeline once, under the schedule that the checker is at.
fn run_once(size: Size, tally: &Tally) {
    let plan = Plan::any(size);
    let options = plan.options();
    let governor = Governor::new(16 << 20);
    let host: Arc<dyn Host> = Arc::new(RealHost);
    let mut coordinator = Coordinator::new(&host, &governor, &options, None).unwrap();
    let aside = plan.is_full.then(|| governor.lease((governor.room() * 86 / 100) as usize).unwrap());
    assert_eq!(governor.pressure() == Pressure::Full, plan.is_full);
    let Verdict::New(first) = coordinator.visited.offer(b"0", None, Reason::Initial, true).unwrap() else {
        panic!("the first file is not new");
    };
    coordinator.frontier.push(first).unwrap();
    coordinator.frontier.advance();

    let looks = plan.files.iter().map(|_| AtomicUsize::new(0)).collect();
    let record = Record { looks, now: AtomicUsize::new(0), most: AtomicUsize::new(0) };
    let mut hired = 0;
    let hire = || {
        hired += 1;
        match plan.missing {
            Some(missing) if hired > missing => Err(TraceError::Memory(REFUSED)),
            _ => Ok(MadeUp { plan: &plan, root: &options.root, governor: &governor, record: &record }),
        }
    };
    let result = crew::lead(plan.size, &governor, hire, |jobs, answers| {
        let waits = jobs.waits();
        let result = coordinator.drive(jobs, plan.size.capacity, answers);
        assert_eq!(coordinator.in_flight, 0, "it left while jobs were in flight");
        assert_eq!(record.now.load(Relaxed), 0, "it left while a file was being looked at");
        assert_eq!(waits.load(Relaxed), 0, "it waited to send a job");
        result
    });
    drop(aside);
    let looks: Vec<usize> = record.looks.iter().map(|looks| looks.load(Relaxed)).collect();
    let most = record.most.into_inner();
    assert!(!plan.is_full || most <= 1, "{most} at a time: {plan:?}");
    tally.one_by_one.fetch_add(usize::from(plan.is_full), Relaxed);
    tally.side_by_side.fetch_add(usize::from(most > 1), Relaxed);
    match result.and_then(|()| coordinator.finish(SystemTime::UNIX_EPOCH)) {
        Ok(trace) => check_trace(&plan, &looks, &trace, tally),
        Err(error) => check_failure(&plan, &looks, &error, tally),
    }
}

/// All that can be reached is listed, and was looked at once.
fn check_trace(plan: &Plan, looks: &[usize], trace: &Trace, tally: &Tally) {
    let reached = plan.reached();
    for (file, looks) in looks.iter().enumerate() {
        assert_eq!(*looks, usize::from(reached.contains_key(&file)), "looks at {file}: {plan:?}");
    }
    let listed: Vec<String> =
        trace.listing.listed().map(|file| String::from_utf8(file.unwrap().path).unwrap()).collect();
    let expected: Vec<String> = reached.keys().map(usize::to_string).collect();
    assert_eq!(listed, expected, "{plan:?}");
    let panics = plan.count(Ending::Panic);
    assert_eq!(trace.findings.iter().count(), panics, "{plan:?}");
    assert_eq!(trace.is_incomplete, panics > 0);
    for failure in [Ending::OutOfMemory, Ending::Denied, Ending::OutOfDescriptors] {
        assert_eq!(plan.count(failure), 0, "{plan:?}");
    }
    assert_eq!(plan.missing, None);
    if panics > 0 { &tally.incomplete } else { &tally.whole }.fetch_add(1, Relaxed);
}

/// There was a reason to fail, and no file was looked at twice.
fn check_failure(plan: &Plan, looks: &[usize], error: &TraceError, tally: &Tally) {
    assert!(looks.iter().all(|looks| *looks <= 1), "{looks:?}: {plan:?}");
    let (count, is_expected) = match error {
        TraceError::Memory(_) if plan.missing.is_some() => (&tally.memory, looks.iter().all(|looks| *looks == 0)),
        TraceError::Memory(_) => (&tally.memory, plan.count(Ending::OutOfMemory) + plan.count(Ending::Denied) > 0),
        TraceError::Descriptors => (&tally.descriptors, plan.count(Ending::OutOfDescriptors) > 0),
        TraceError::Spill(SpillError::NoFolder) => (&tally.spill, plan.spill_batch.is_some()),
        _ => panic!("{error}: {plan:?}"),
    };
    assert!(is_expected, "{error}: {plan:?}");
    count.fetch_add(1, Relaxed);
}

/// So many schedules of each crew.
const SCHEDULES: usize = 2000;

fn explore<S: Scheduler + 'static>(scheduler: impl Fn(u64) -> S) {
    let tally = Arc::new(Tally::default());
    for threads in 1..=3 {
        for capacity in 1..=2 {
            let (size, tally) = (Size { threads, capacity }, Arc::clone(&tally));
            let mut config = Config::new();
            config.stack_size = 256 << 10;
            let seed = (threads * 10 + capacity) as u64;
            let runs = Runner::new(scheduler(seed), config).run(move || run_once(size, &tally));
            assert_eq!(runs, SCHEDULES);
        }
    }
    let Tally { whole, incomplete, memory, descriptors, spill, side_by_side, one_by_one } = &*tally;
    for kind in [whole, incomplete, memory, descriptors, spill, side_by_side, one_by_one] {
        assert!(kind.load(Relaxed) > SCHEDULES / 20, "{tally:?}");
    }
}

#[test]
fn any_schedule_finds_all_and_ends() {
    explore(|seed| RandomScheduler::new_from_seed(seed, SCHEDULES));
}

/// Few changes of who goes on, at any points: what needs one thread to be very slow.
#[test]
fn schedules_with_few_switches_find_all_and_end() {
    explore(|seed| PctScheduler::new_from_seed(seed, 3, SCHEDULES));
}
