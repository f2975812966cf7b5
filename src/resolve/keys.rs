//! The keys of one object on a tape, in order: found without passing all others.
//!
//! An `exports` may have a hundred thousand keys, and each `require` of the
//! package asks it. What a target means is not known here.

use super::tape::{Tape, Value};

/// Fewer patterns with the same beginning are tried one by one.
const FEW: usize = 32;

/// The object's keys, each once: of one that stands twice, the last counts.
pub(super) struct Keys<'t> {
    tape: &'t Tape,
    /// Words where keys are, in the order of the keys' bytes.
    order: &'t [u32],
}

/// A key with one `*` that matches a name.
pub(super) struct Pattern<'t, 'n> {
    pub(super) key: &'t str,
    /// What the `*` stands for.
    pub(super) star: &'n str,
    pub(super) value: Value<'t>,
}

impl<'t> Keys<'t> {
    /// The keys of the tape's value, if it is an object.
    pub(super) fn of(tape: &'t Tape) -> Option<Self> {
        matches!(tape.value(), Value::Object(_)).then(|| Self { tape, order: tape.order() })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// How many begin with a dot.
    pub(super) fn dots(&self) -> usize {
        let until = |end: u8| self.order.partition_point(|word| self.key(*word).bytes().next() < Some(end));
        until(b'.' + 1) - until(b'.')
    }

    /// All of them, in order.
    pub(super) fn names(self) -> impl Iterator<Item = &'t str> {
        self.order.iter().map(move |word| self.tape.string_at(*word))
    }

    /// The value of `key`.
    pub(super) fn get(&self, key: &str) -> Option<Value<'t>> {
        let at = self.order.binary_search_by(|word| self.key(*word).cmp(key)).ok()?;
        Some(self.tape.value_of(self.order[at]))
    }

    /// The first key in the order of PATTERN_KEY_COMPARE that matches `name`.
    pub(super) fn pattern<'n>(&self, name: &'n str) -> Option<Pattern<'t, 'n>> {
        // Keys that begin as `name` does are neighbours: fewer with each byte.
        let mut same = self.order;
        let mut stars = Vec::new();
        for at in 0..=name.len() {
            let byte = |word: &u32| self.key(*word).as_bytes().get(at).copied();
            let from_to = |byte_is: u8| {
                let from = same.partition_point(|word| byte(word) < Some(byte_is));
                &same[from..from + same[from..].partition_point(|word| byte(word) == Some(byte_is))]
            };
            let star = from_to(b'*');
            if !star.is_empty() {
                stars.push((at, star));
            }
            match name.as_bytes().get(at) {
                Some(next) => same = from_to(*next),
                None => break,
            }
            if same.is_empty() {
                break;
            }
        }
        // The longest base comes first, then the longest key.
        stars.into_iter().rev().find_map(|(base, keys)| self.longest(keys, base, name))
    }

    /// The longest of `keys`, which agree with `name` up to a `*` at `base`, that matches it.
    fn longest<'n>(&self, keys: &[u32], base: usize, name: &'n str) -> Option<Pattern<'t, 'n>> {
        let pattern = |word: u32| {
            let key = self.key(word);
            star_of(key, name).map(|star| Pattern { key, star, value: self.tape.value_of(word) })
        };
        if keys.len() <= FEW {
            return keys.iter().filter_map(|word| pattern(*word)).max_by_key(|pattern| pattern.key.len());
        }
        // The star stands for one byte or more; what is behind it ends the name.
        (base + 1..=name.len()).find_map(|end| {
            let trailer = &name.as_bytes()[end..];
            let at = keys.binary_search_by(|word| self.key(*word).as_bytes()[base + 1..].cmp(trailer)).ok()?;
            pattern(keys[at])
        })
    }

    fn key(&self, word: u32) -> &'t str {
        self.tape.string_at(word)
    }
}

/// What the `*` of `key` stands for in `name`, if the pattern matches.
fn star_of<'n>(key: &str, name: &'n str) -> Option<&'n str> {
    let (base, trailer) = key.split_once('*')?;
    if trailer.contains('*') || name.len() < key.len() {
        return None;
    }
    name.strip_prefix(base)?.strip_suffix(trailer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::json::Reader;

    fn tape(keys: &[String]) -> Tape {
        let pairs: Vec<String> = keys.iter().enumerate().map(|(at, key)| format!("\"{key}\":\"{at}\"")).collect();
        let text = format!("{{{}}}", pairs.join(","));
        let mut reader = Reader::new(text.as_bytes());
        let first = reader.next().unwrap();
        Tape::read(&mut reader, first).unwrap()
    }

    /// PATTERN_KEY_COMPARE over all keys, as the specification says it.
    fn by_the_book(keys: &[String], name: &str) -> Option<(usize, String)> {
        let matches = keys.iter().enumerate().filter_map(|(at, key)| Some((at, key, star_of(key, name)?)));
        let best = matches.max_by_key(|(at, key, _)| (key.find('*'), key.len(), *at));
        best.map(|(at, _, star)| (at, star.to_owned()))
    }

    #[test]
    fn patterns_match_as_node_says() {
        assert_eq!(star_of("./*", "./a/b"), Some("a/b"));
        assert_eq!(star_of("./a*z", "./az"), None, "a star is not empty");
        assert_eq!(star_of("./a*z", "./abz"), Some("b"));
        assert_eq!(star_of("./*/*", "./a/b"), None);
        assert_eq!(star_of("./a", "./a"), None);
    }

    #[test]
    fn the_order_finds_what_a_pass_over_all_keys_finds() {
        let mut seed = 7_u64;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let mut word = |most: u64, letters: &[&str]| -> String {
            (0..next(most)).map(|_| letters[next(letters.len() as u64) as usize]).collect()
        };
        let mut hits = 0;
        for count in [0, 1, 5, 50, 500] {
            let keys: Vec<String> = (0..count).map(|_| word(7, &["a", "b", "*", ".", "é"])).collect();
            let tape = tape(&keys);
            let all = Keys::of(&tape).unwrap();
            let mut distinct: Vec<&String> = keys.iter().collect();
            distinct.sort();
            distinct.dedup();
            assert_eq!(all.len(), distinct.len());
            assert_eq!(all.dots(), distinct.iter().filter(|key| key.starts_with('.')).count());
            let number = |value| match value {
                Value::String(text) => text.parse::<usize>().unwrap(),
                _ => panic!("all values are strings"),
            };
            for _ in 0..2000 {
                let name = word(9, &["a", "b", ".", "é"]);
                assert_eq!(all.get(&name).map(number), keys.iter().rposition(|key| *key == name), "{name}");
                let found = all.pattern(&name).map(|found| (number(found.value), found.star.to_owned()));
                hits += usize::from(found.is_some());
                assert_eq!(found, by_the_book(&keys, &name), "{name} in {keys:?}");
            }
        }
        assert!(hits > 1000);
    }
}
