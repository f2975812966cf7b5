//! Every structure against its plain twin, with hardly any memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::*;
use crate::{host::RealHost, memory::Governor};

/// Small numbers in an order that a seed decides.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most
    }

    /// Up to `most` bytes, nearly all of them of three kinds, so that many share a beginning.
    fn bytes(&mut self, most: u64) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| [b'a', b'b', 0, 0xff][self.below(4) as usize]).collect()
    }
}

fn settings(batch: usize) -> Settings {
    Settings { defaults: vec!["/var/tmp".into()], batch, always: true, ..Settings::new(0) }
}

/// Runs `test` with seeds and batches from none to plenty; nothing may stay leased.
fn with_stores(test: impl Fn(&Store, &mut Dice)) {
    for (seed, batch) in [(1, 0), (2, 100), (3, 4 << 10), (4, 64 << 10), (5, 1 << 20), (6, usize::MAX)] {
        let governor = Governor::new(64 << 20);
        let store = Store::new(Arc::new(RealHost), &governor, settings(batch)).unwrap();
        test(&store, &mut Dice(seed));
        drop(store);
        assert_eq!(governor.leased(), 0, "batch {batch}");
    }
}

fn sorted(store: &Store, records: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, SpillError> {
    let mut sorter = Sorter::of_bytes(store)?;
    for record in records {
        sorter.push(record)?;
    }
    let sorted = sorter.finish()?;
    let mut all = Vec::new();
    // It can be read again.
    for _ in 0..2 {
        all.clear();
        let mut records = sorted.records()?;
        while let Some(record) = records.next()? {
            all.push(record.to_vec());
        }
    }
    Ok(all)
}

#[test]
fn a_sorter_of_bytes_is_a_set() {
    with_stores(|store, dice| {
        let mut records: Vec<_> = (0..30_000).map(|_| dice.bytes(12)).collect();
        records.extend((0..20).map(|_| dice.bytes(9000)));
        let model: BTreeSet<_> = records.iter().cloned().collect();
        assert!(sorted(store, &records).unwrap().into_iter().eq(model));
        assert!(sorted(store, &[]).unwrap().is_empty());
    });
}

#[test]
fn a_sorter_of_numbers_is_a_set() {
    with_stores(|store, dice| {
        let mut sorter = Sorter::of_numbers(store).unwrap();
        let mut model = BTreeSet::new();
        for _ in 0..100_000 {
            let number = (dice.below(50) << 32) + dice.below(5000);
            sorter.push_number(number).unwrap();
            model.insert(number);
        }
        let sorted = sorter.finish().unwrap();
        let mut numbers = sorted.records().unwrap();
        let all = std::iter::from_fn(|| numbers.next_number().unwrap());
        assert!(all.eq(model));
    });
}

#[test]
fn fingerprints_are_a_map() {
    with_stores(|store, dice| {
        let mut prints = Fingerprints::new(store).unwrap();
        let mut model = BTreeMap::new();
        for round in 0..60_000 {
            let name = dice.below(1 + round / 2).to_string();
            let print = prints.print(name.as_bytes());
            let found = prints.find(print).unwrap();
            assert_eq!(found, model.get(&name).copied(), "{name}");
            if found.is_none() {
                prints.reserve().unwrap();
                let number = prints.insert(print);
                assert_eq!(number as usize, model.len());
                model.insert(name, number);
            }
            if dice.below(3000) == 0 {
                prints.spill().unwrap();
            }
        }
    });
}

#[test]
fn names_are_a_list() {
    with_stores(|store, dice| {
        let mut names = Names::new(store).unwrap();
        let mut cursor = Cursor::new(store, 1 << dice.below(6)).unwrap();
        let mut model: Vec<Vec<u8>> = Vec::new();
        for _ in 0..20_000 {
            let name = if dice.below(500) == 0 { dice.bytes(9000) } else { dice.bytes(60) };
            names.push(&name).unwrap();
            model.push(name);
            if dice.below(2) == 0 {
                let number = dice.below(model.len() as u64 + 2) as usize;
                assert_eq!(cursor.get(&names, number).unwrap(), model.get(number).map(Vec::as_slice));
            }
            if store.batch() < 1 << 20 && dice.below(2000) == 0 {
                names.spill().unwrap();
            }
        }
        let mut cursor = Cursor::new(store, 1).unwrap();
        for name in &model {
            assert_eq!(cursor.next(&names).unwrap(), Some(&name[..]));
        }
        assert_eq!(cursor.next(&names).unwrap(), None);
        let mut drain = Drain::new(names).unwrap();
        for name in &model {
            assert_eq!(drain.next().unwrap(), Some(&name[..]));
        }
        assert_eq!(drain.next().unwrap(), None);
    });
}

#[test]
fn a_stack_is_a_stack_and_a_sequence_a_list() {
    with_stores(|store, dice| {
        let mut stack = Stack::new(store).unwrap();
        let mut sequence = Sequence::new(store).unwrap();
        let (mut pushed, mut model) = (Vec::new(), Vec::new());
        for round in 0..300_000 {
            let number = dice.below(1 << 32);
            // First it grows, then it shrinks.
            if dice.below(10) < if round < 200_000 { 6 } else { 3 } {
                stack.push(number as u32).unwrap();
                model.push(number as u32);
                sequence.push(number << 20).unwrap();
                pushed.push(number << 20);
            } else {
                assert_eq!(stack.pop().unwrap(), model.pop());
            }
            assert_eq!(stack.is_empty(), model.is_empty());
            if store.batch() < 1 << 20 && dice.below(20_000) == 0 {
                stack.spill().unwrap();
                sequence.spill().unwrap();
            }
        }
        while let Some(number) = model.pop() {
            assert_eq!(stack.pop().unwrap(), Some(number));
        }
        assert_eq!(stack.pop().unwrap(), None);
        let mut numbers = pushed.into_iter();
        let check = |number| {
            assert_eq!(numbers.next(), Some(number));
            Ok(())
        };
        sequence.drain(check).unwrap();
        assert_eq!(numbers.next(), None);
    });
}

#[test]
fn memory_that_others_hold_for_a_moment_is_waited_for() {
    let governor = Governor::new(1 << 20);
    let store = Store::new(Arc::new(RealHost), &governor, settings(0)).unwrap();
    let other = governor.lease(600 << 10).unwrap();
    let mut lease = store.lease().unwrap();
    assert!(store.resize(&mut lease, 500 << 10).is_err());
    let holder = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(10));
        drop(other);
    });
    store.resize(&mut lease, 500 << 10).unwrap();
    holder.join().unwrap();
    assert_eq!(lease.bytes(), 500 << 10);
}

#[test]
fn plenty_of_memory_touches_no_disk() {
    let governor = Governor::new(6000 << 20);
    let settings = Settings { named: None, defaults: Vec::new(), ..Settings::new(6000 << 20) };
    let store = Store::new(Arc::new(RealHost), &governor, settings).unwrap();
    let mut dice = Dice(1);
    let records: Vec<_> = (0..100_000).map(|_| dice.bytes(100)).collect();
    assert!(sorted(&store, &records).unwrap().is_sorted());
    assert_eq!(store.spilled(), Spilled::default());
}

#[test]
fn a_page_that_is_not_what_was_written_is_refused() {
    let mut dice = Dice(1);
    let records: Vec<_> = (0..4000).map(|_| dice.bytes(40)).collect();
    let expected: Vec<_> = records.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let sort = |flip| {
        let governor = Governor::new(1 << 20);
        let settings = Settings { flip, ..settings(4 << 10) };
        let store = Store::new(Arc::new(RealHost), &governor, settings).unwrap();
        let all = sorted(&store, &records);
        (all, store.spilled().bytes)
    };
    let (all, bytes) = sort(None);
    assert_eq!(all.unwrap(), expected);
    let pages = bytes / page::PAGE as u64;
    assert!(pages > 20);
    for page in 1..=pages {
        let (all, _) = sort(Some(page));
        assert!(matches!(all, Err(SpillError::Damaged { .. })), "page {page} of {pages}");
    }
}

#[test]
fn what_is_given_back_is_used_again() {
    let governor = Governor::new(64 << 20);
    let store = Store::new(Arc::new(RealHost), &governor, settings(0)).unwrap();
    let mut dice = Dice(1);
    let records: Vec<_> = (0..20_000).map(|_| dice.bytes(100)).collect();
    let mut most = 0;
    for round in 0..5 {
        sorted(&store, &records).unwrap();
        let now = store.spilled().most;
        assert!(round == 0 || now <= most, "{now} bytes after {most}");
        // What comes last may be as large as an extent.
        most = now.next_multiple_of((page::PAGES * page::PAGE) as u64);
    }
}

#[test]
fn a_size_that_may_not_be_passed_is_not() {
    let mut dice = Dice(1);
    let records: Vec<_> = (0..20_000).map(|_| dice.bytes(100)).collect();
    let mut refused = 0;
    for most in (0..4 << 20).step_by(200_000) {
        let governor = Governor::new(64 << 20);
        let store = Store::new(Arc::new(RealHost), &governor, Settings { most, ..settings(0) }).unwrap();
        match sorted(&store, &records) {
            Ok(all) => assert!(all.is_sorted()),
            Err(SpillError::TooMuch { needed, free, limit }) => {
                refused += 1;
                assert!(limit == most && free < needed);
            }
            Err(error) => panic!("{error}"),
        }
        assert!(store.spilled().most <= most);
    }
    assert!((1..20).contains(&refused), "{refused}");
}
