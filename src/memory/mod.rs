//! Who may use how many bytes.
//!
//! Every structure that grows with the input holds a [`Lease`] for its size. A
//! lease that would pass the limit is refused, and the one who asked must do
//! with less. This room counts; it spills nothing and knows no structure.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Grants bytes up to a limit, and knows how many are out.
///
/// Cloning it is cheap: all clones share one account.
#[derive(Clone, Debug)]
pub struct Governor {
    account: Arc<Account>,
}

#[derive(Debug)]
struct Account {
    limit: u64,
    leased: AtomicU64,
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

impl Governor {
    /// A governor that never has more than `limit` bytes out.
    pub fn new(limit: u64) -> Self {
        let account = Account { limit, leased: AtomicU64::new(0) };
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

    /// Bytes that are out now.
    pub fn leased(&self) -> u64 {
        self.account.leased.load(Ordering::Relaxed)
    }

    /// How near the limit is.
    pub fn pressure(&self) -> Pressure {
        let (used, limit) = (u128::from(self.leased()) * 100, u128::from(self.account.limit));
        if used >= limit * 85 {
            Pressure::Full
        } else if used >= limit * 70 {
            Pressure::Spill
        } else {
            Pressure::Calm
        }
    }

    fn grant(&self, bytes: u64) -> Result<(), OutOfMemory> {
        let limit = self.account.limit;
        let within = |leased: u64| leased.checked_add(bytes).filter(|total| *total <= limit);
        match self.account.leased.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within) {
            Ok(_) => Ok(()),
            Err(leased) => Err(OutOfMemory { asked: bytes, leased, limit }),
        }
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
            self.governor.account.leased.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
        }
        self.bytes = bytes;
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.governor.account.leased.fetch_sub(self.bytes, Ordering::Relaxed);
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
    fn a_request_beyond_all_numbers_is_refused() {
        let governor = Governor::new(u64::MAX);
        let _first = governor.lease(1).unwrap();
        assert!(governor.lease(usize::MAX).is_err());
    }
}
