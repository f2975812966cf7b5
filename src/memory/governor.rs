//! Grants bytes up to the limit, and tells how near it is.

use std::{
    fmt,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use super::{
    counters::Counters,
    floor::IMAGE,
    heap,
    process::Gauge,
    turns::{Turn, Turns},
};

/// Grants bytes up to a limit, and knows how many are out.
///
/// Cloning it is cheap: all clones share one account.
#[derive(Clone, Debug)]
pub struct Governor {
    account: Arc<Account>,
}

/// 1. What is leased and what is set aside together never pass the limit.
/// 2. All of it is returned by drops: both are 0 when nobody holds anything.
#[derive(Debug)]
struct Account {
    limit: u64,
    /// Bytes that no lease can have: they are taken however small the input is.
    aside: AtomicU64,
    leased: AtomicU64,
    /// What was resident when it was last read.
    resident: AtomicU64,
    /// How often the pressure was asked for.
    asked: AtomicU64,
    /// Of a process that is governed as a whole.
    gauge: Option<Gauge>,
    /// When pages were last given back; held by whoever does that.
    purged: Mutex<Instant>,
    /// The first request whose refusal nobody could do without.
    denied: OnceLock<OutOfMemory>,
    turns: Turns,
    heavy: Turns,
    counters: Counters,
}

/// How near the limit is: rooms react before a lease is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pressure {
    /// There is room.
    Calm,
    /// From 70 % on: what can go to disk goes, caches shrink.
    Spill,
    /// From 85 % on: no new work begins.
    Full,
}

impl Pressure {
    /// Of what may be leased, in percent: shared by those who can do with less.
    fn of_leases(leased: u64, room: u64) -> Self {
        Self::from_shares(leased, room, 70, 85)
    }

    /// Of what may be resident. Later than for leases: what is resident beside
    /// them is not given back by those who react, but by a purge.
    fn of_resident(resident: u64, room: u64) -> Self {
        Self::from_shares(resident, room, 85, 93)
    }

    fn from_shares(used: u64, room: u64, spill: u128, full: u128) -> Self {
        let (used, room) = (u128::from(used) * 100, u128::from(room));
        if used >= room * full {
            Self::Full
        } else if used >= room * spill {
            Self::Spill
        } else {
            Self::Calm
        }
    }
}

/// The limit does not allow the bytes that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory {
    /// Bytes that were asked for.
    pub asked: u64,
    /// Bytes that were already out.
    pub leased: u64,
    /// The limit, in bytes.
    pub limit: u64,
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asked, leased, limit } = self;
        write!(f, "{asked} bytes more than the {leased} in use would pass the limit of {limit} bytes")
    }
}

impl std::error::Error for OutOfMemory {}

/// What is resident is read once in so many questions: a read costs as much as
/// a hundred of them.
const QUESTIONS_A_READING: u64 = 64;

/// Pages are given back no more often than this: to look for them costs.
const BETWEEN_PURGES: Duration = Duration::from_millis(100);

impl Governor {
    /// A governor that never has more than `limit` bytes out, and knows nothing of the process.
    pub fn new(limit: u64) -> Self {
        Self::with(limit, None, 0)
    }

    /// A governor of this whole process: what its program takes by itself is
    /// set aside, and what is really resident counts too.
    pub fn of_process(limit: u64) -> Self {
        Self::with(limit, Gauge::new(), IMAGE.min(limit))
    }

    fn with(limit: u64, gauge: Option<Gauge>, aside: u64) -> Self {
        let account = Account {
            limit,
            aside: AtomicU64::new(aside),
            leased: AtomicU64::new(0),
            resident: AtomicU64::new(0),
            asked: AtomicU64::new(0),
            gauge,
            purged: Mutex::new(Instant::now()),
            denied: OnceLock::new(),
            turns: Turns::default(),
            heavy: Turns::default(),
            counters: Counters::default(),
        };
        Self { account: Arc::new(account) }
    }

    /// A lease of `bytes`, returned when it is dropped.
    ///
    /// # Errors
    /// [`OutOfMemory`] when the limit would be passed; nothing is granted then.
    pub fn lease(&self, bytes: usize) -> Result<Lease, OutOfMemory> {
        self.grant(bytes as u64)?;
        Ok(Lease { governor: self.clone(), bytes: bytes as u64 })
    }

    /// Takes `bytes` out of what can be leased, until the answer is dropped:
    /// for what the run needs whatever the input is, so that it makes no pressure.
    ///
    /// # Errors
    /// As [`Governor::lease`].
    pub fn set_aside(&self, bytes: usize) -> Result<Aside, OutOfMemory> {
        let lease = self.lease(bytes)?;
        // First both: a moment's pressure is better than a lease too much.
        self.account.aside.fetch_add(bytes as u64, Relaxed);
        drop(lease);
        Ok(Aside { governor: self.clone(), bytes: bytes as u64 })
    }

    /// Bytes that are leased now.
    pub fn leased(&self) -> u64 {
        self.account.leased.load(Relaxed)
    }

    /// Bytes that leases may have together.
    pub fn room(&self) -> u64 {
        self.account.limit.saturating_sub(self.account.aside.load(Relaxed))
    }

    /// The limit, in bytes.
    pub fn limit(&self) -> u64 {
        self.account.limit
    }

    /// How near the limit is. Cheap enough to be asked for each file.
    pub fn pressure(&self) -> Pressure {
        let account = &*self.account;
        let room = self.room();
        let by_leases = Pressure::of_leases(self.leased(), room);
        let Some(gauge) = &account.gauge else { return by_leases };
        if account.asked.fetch_add(1, Relaxed).is_multiple_of(QUESTIONS_A_READING) {
            self.read_resident(gauge);
        }
        by_leases.max(Pressure::of_resident(self.resident_beside(), room))
    }

    /// Reads what is resident now; where it is more than it should be, the
    /// allocator gives back what it keeps.
    fn read_resident(&self, gauge: &Gauge) {
        let account = &*self.account;
        let Some(resident) = gauge.resident() else { return };
        account.resident.store(resident, Relaxed);
        let room = self.room();
        if Pressure::of_resident(self.resident_beside(), room) == Pressure::Calm {
            return;
        }
        // Somebody else is at it otherwise.
        let Ok(mut purged) = account.purged.try_lock() else { return };
        if purged.elapsed() < BETWEEN_PURGES {
            return;
        }
        heap::purge();
        *purged = Instant::now();
        if let Some(resident) = gauge.resident() {
            account.resident.store(resident, Relaxed);
        }
    }

    /// What is resident beyond what was set aside.
    fn resident_beside(&self) -> u64 {
        self.account.resident.load(Relaxed).saturating_sub(self.account.aside.load(Relaxed))
    }

    /// Waits until one more job may run: near the limit they run one by one.
    pub fn turn(&self) -> Turn<'_> {
        self.account.turns.take(&mut || self.pressure() == Pressure::Full)
    }

    /// Waits until there is room for `bytes` of work on a large file, or until
    /// nobody else is at one: then it may begin whatever it takes.
    pub fn heavy(&self, bytes: usize) -> Heavy<'_> {
        let mut lease = None;
        let turn = self.account.heavy.take(&mut || {
            lease = self.lease(bytes).ok();
            lease.is_none()
        });
        Heavy { _lease: lease, _turn: turn }
    }

    /// A request was refused where no answer would have been right without it: the run must not succeed.
    pub fn deny(&self, refused: OutOfMemory) {
        let _ = self.account.denied.set(refused);
    }

    /// The first request of [`Governor::deny`].
    pub fn denied(&self) -> Option<OutOfMemory> {
        self.account.denied.get().copied()
    }

    /// What was done so far.
    pub fn counters(&self) -> &Counters {
        &self.account.counters
    }

    fn grant(&self, bytes: u64) -> Result<(), OutOfMemory> {
        let room = self.room();
        let within = |leased: u64| leased.checked_add(bytes).filter(|total| *total <= room);
        match self.account.leased.fetch_update(Relaxed, Relaxed, within) {
            Ok(_) => Ok(()),
            Err(leased) => {
                let leased = leased + (self.account.limit - room);
                Err(OutOfMemory { asked: bytes, leased, limit: self.account.limit })
            }
        }
    }
}

/// Work on a large file, until this is dropped.
#[derive(Debug)]
pub struct Heavy<'g> {
    _lease: Option<Lease>,
    _turn: Turn<'g>,
}

/// Bytes that are set aside, until this is dropped.
#[derive(Debug)]
pub struct Aside {
    governor: Governor,
    bytes: u64,
}

impl Drop for Aside {
    fn drop(&mut self) {
        self.governor.account.aside.fetch_sub(self.bytes, Relaxed);
    }
}

/// Bytes granted by a [`Governor`], returned when this is dropped.
#[derive(Debug)]
pub struct Lease {
    governor: Governor,
    bytes: u64,
}

impl Lease {
    /// Bytes that this lease holds.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Who granted it.
    pub fn governor(&self) -> &Governor {
        &self.governor
    }

    /// Another lease from the same governor.
    ///
    /// # Errors
    /// As [`Governor::lease`].
    pub fn sibling(&self, bytes: usize) -> Result<Lease, OutOfMemory> {
        self.governor.lease(bytes)
    }

    /// Makes this a lease of `bytes`: asks for the difference or returns it.
    ///
    /// # Errors
    /// [`OutOfMemory`] when it grows past the limit; the lease stays as it was.
    pub fn resize(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        let bytes = bytes as u64;
        if bytes > self.bytes {
            self.governor.grant(bytes - self.bytes)?;
        } else {
            self.governor.account.leased.fetch_sub(self.bytes - bytes, Relaxed);
        }
        self.bytes = bytes;
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.governor.account.leased.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_leased_comes_back() {
        let governor = Governor::new(100);
        let mut lease = governor.lease(60).unwrap();
        assert!(governor.lease(41).is_err());
        lease.resize(90).unwrap();
        assert!(lease.resize(101).is_err());
        assert_eq!((lease.bytes(), governor.leased()), (90, 90));
        lease.resize(10).unwrap();
        assert_eq!(governor.leased(), 10);
        drop(lease);
        assert_eq!(governor.leased(), 0);
    }

    #[test]
    fn what_is_set_aside_is_nobodys_and_makes_no_pressure() {
        let governor = Governor::new(100);
        let aside = governor.set_aside(60).unwrap();
        assert_eq!((governor.room(), governor.leased()), (40, 0));
        assert_eq!(governor.pressure(), Pressure::Calm);
        let lease = governor.lease(28).unwrap();
        assert_eq!(governor.pressure(), Pressure::Spill);
        let refused = governor.lease(13).unwrap_err();
        assert_eq!(refused, OutOfMemory { asked: 13, leased: 88, limit: 100 });
        assert!(governor.set_aside(13).is_err());
        drop((aside, lease));
        assert_eq!((governor.room(), governor.leased()), (100, 0));
    }

    #[test]
    fn pressure_rises_with_what_is_leased() {
        let governor = Governor::new(100);
        let mut lease = governor.lease(69).unwrap();
        assert_eq!(governor.pressure(), Pressure::Calm);
        lease.resize(70).unwrap();
        assert_eq!(governor.pressure(), Pressure::Spill);
        lease.resize(85).unwrap();
        assert_eq!(governor.pressure(), Pressure::Full);
    }

    #[test]
    fn pressure_rises_with_what_is_resident_too() {
        let governor = Governor::of_process(1 << 40);
        assert_eq!(governor.pressure(), Pressure::Calm);
        // This process has more than a few pages beside what is set aside.
        let governor = Governor::of_process(IMAGE + 4096);
        let held = vec![1_u8; 32 << 20];
        assert_eq!(governor.pressure(), Pressure::Full);
        drop(std::hint::black_box(held));
    }

    #[test]
    fn large_files_wait_for_room_and_one_never_does() {
        let governor = Governor::new(100);
        let first = governor.heavy(1000);
        assert_eq!(governor.leased(), 0, "nobody else is at one");
        let second = governor.heavy(60);
        assert_eq!(governor.leased(), 60);
        std::thread::scope(|scope| {
            let third = scope.spawn(|| drop(governor.heavy(60)));
            std::thread::sleep(Duration::from_millis(30));
            assert!(!third.is_finished());
            drop(second);
        });
        drop(first);
        assert_eq!(governor.leased(), 0);
    }

    #[test]
    fn a_request_beyond_all_numbers_is_refused() {
        let governor = Governor::new(u64::MAX);
        let _first = governor.lease(1).unwrap();
        assert!(governor.lease(usize::MAX).is_err());
    }
}
