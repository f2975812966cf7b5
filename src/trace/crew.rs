//! Threads that answer jobs: how they start, what each does in a row, when they end.
//!
//! Whatever happens to a job, it is answered once to its end, also when looking
//! at its file panics. Nothing here knows what is done for a job.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use super::{
    TraceError,
    outbox::{Answer, End},
    threads::{Receiver, Sender, bounded, scope, start},
};
use crate::{
    memory::{Governor, STACK},
    record::FileId,
};

/// A file to look at.
pub(super) struct Job {
    pub(super) file: FileId,
    /// Its real path.
    pub(super) path: PathBuf,
    /// Whether its own references count.
    pub(super) look_inside: bool,
}

/// What one thread of the crew does for its jobs.
pub(super) trait Work: Send {
    /// All parts of the answer but the last, which tells how the job ended.
    fn answer(&mut self, job: &Job, answers: &Sender<Answer>) -> End;
}

/// How many threads there are, and how many jobs and answers may wait for somebody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) threads: usize,
    pub(super) capacity: usize,
}

/// Workers' threads are called this and a number.
pub(super) const WORKER_NAME: &str = "monotrace-worker-";

/// Starts threads whose work `hire` gives, and lets `lead` send them jobs and
/// hear their answers. It must hear the end of each job that it sent.
///
/// # Errors
/// What `hire` or `lead` met; also [`TraceError::Thread`]. No thread is left then either.
pub(super) fn lead<W: Work>(
    size: Size,
    governor: &Governor,
    mut hire: impl FnMut() -> Result<W, TraceError>,
    lead: impl FnOnce(Sender<Job>, &Receiver<Answer>) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let (jobs, jobs_out) = bounded(size.capacity);
    let (answers, answers_out) = bounded(size.capacity);
    scope(|scope| {
        // They go when this is done, whatever comes of it, and with `jobs` the threads' loops end.
        let (jobs, answers_out) = (jobs, answers_out);
        for number in 0..size.threads {
            let mut work = hire()?;
            let (jobs_out, answers) = (jobs_out.clone(), answers.clone());
            start(scope, format!("{WORKER_NAME}{number}"), STACK, move || {
                answer_all(&mut work, &jobs_out, &answers, governor);
            })
            .map_err(TraceError::Thread)?;
        }
        drop((answers, jobs_out));
        lead(jobs, &answers_out)
    })
}

/// Answers jobs until there are no more.
fn answer_all(work: &mut impl Work, jobs: &Receiver<Job>, answers: &Sender<Answer>, governor: &Governor) {
    while let Ok(job) = jobs.recv() {
        // Nothing of the job outlives it, so nothing half-done is seen.
        let turn = governor.turn();
        let answered = catch_unwind(AssertUnwindSafe(|| work.answer(&job, answers)));
        let end = match governor.denied() {
            Some(refused) => End::OutOfMemory(refused),
            None => answered.unwrap_or(End::Panicked),
        };
        // The answer's last part may have to wait for the coordinator: others go on meanwhile.
        drop(turn);
        // The coordinator waits for this; it only goes when all is answered.
        let last = Answer { file: job.file, found: Vec::new(), findings: Vec::new(), end: Some(end) };
        if answers.send(last).is_err() {
            return;
        }
    }
}
