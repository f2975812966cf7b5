//! The value of `exports` or `imports`, packed into words.
//!
//! A tape keeps what the resolution of targets can tell apart and nothing
//! else: strings, arrays, objects, `null`, and "other". It does not know what a
//! target means, and drops no duplicate key: readers take the last.

use super::json::{Reader, SyntaxError, Token};

/// Arrays and objects deeper than this become "other", which no target may be,
/// so that reading a tape needs a bounded stack.
const DEPTH_MAX: usize = 128;

const STRING: u32 = 0;
const NULL: u32 = 1;
const OTHER: u32 = 2;
const ARRAY: u32 = 3;
const OBJECT: u32 = 4;
const TAG_BITS: u32 = 3;

/// One value and all that is in it.
///
/// A word is a tag and a payload. Costs its strings, eight bytes for each of
/// them and four for every other value and every key of the outermost object.
///
/// 1. STRING: payload is where it starts in `strings`; the next word is its length.
/// 2. ARRAY, OBJECT: payload is the index after the last word of its content.
/// 3. In an object, keys (as strings) and values alternate.
/// 4. `order` are the words of the outermost object's keys, in the order of
///    their bytes; of keys that are the same, the last.
pub(super) struct Tape {
    words: Box<[u32]>,
    strings: Box<str>,
    order: Box<[u32]>,
}

/// A value on a tape.
#[derive(Clone)]
pub(super) enum Value<'t> {
    /// A string.
    String(&'t str),
    /// `null`.
    Null,
    /// A number or a boolean, or something too deep.
    Other,
    /// The elements of an array.
    Array(Items<'t>),
    /// The properties of an object.
    Object(Entries<'t>),
}

impl Tape {
    /// Packs the value that `first` begins.
    pub(super) fn read<'a>(reader: &mut Reader<'a>, first: Token<'a>) -> Result<Self, SyntaxError> {
        let mut builder = TapeBuilder::default();
        let mut token = first;
        loop {
            match token {
                Token::ObjectStart | Token::ArrayStart if builder.open.len() == DEPTH_MAX => {
                    reader.skip(token)?;
                    builder.push(OTHER, 0);
                }
                other => builder.add(other),
            }
            if builder.open.is_empty() {
                return Ok(builder.finish());
            }
            token = reader.next()?;
        }
    }

    /// The value.
    pub(super) fn value(&self) -> Value<'_> {
        Items { tape: self, at: 0, end: self.words.len() }.next().unwrap_or(Value::Other)
    }

    /// Words where the value's keys are, in the order of their bytes; none if it is no object.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// The string at a word.
    pub(super) fn string_at(&self, word: u32) -> &str {
        let start = (self.words[word as usize] >> TAG_BITS) as usize;
        &self.strings[start..start + self.words[word as usize + 1] as usize]
    }

    /// The value of the key at a word.
    pub(super) fn value_of(&self, key: u32) -> Value<'_> {
        Items { tape: self, at: key as usize + 2, end: self.words.len() }.next().unwrap_or(Value::Other)
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        size_of_val(&*self.words) + self.strings.len() + size_of_val(&*self.order)
    }

    /// Where the keys of the outermost object are, in order.
    fn sort_keys(&mut self) {
        let Value::Object(Entries(mut content)) = self.value() else { return };
        let mut order = Vec::new();
        while content.at < content.end {
            order.push(content.at as u32);
            content.nth(1);
        }
        // Stable: of keys that are the same, the last of the text is the last here too.
        order.sort_by_key(|word| self.string_at(*word));
        order.reverse();
        order.dedup_by_key(|word| self.string_at(*word));
        order.reverse();
        self.order = order.into();
    }
}

/// Collects the tokens of one value.
#[derive(Default)]
pub(super) struct TapeBuilder {
    words: Vec<u32>,
    strings: String,
    /// Where the arrays and objects begin that are not over.
    open: Vec<usize>,
}

impl TapeBuilder {
    fn push(&mut self, tag: u32, payload: usize) {
        // The reader's cap keeps a package.json far below 2^29 bytes.
        self.words.push((payload as u32) << TAG_BITS | tag);
    }

    /// Adds the next token of the value.
    pub(super) fn add(&mut self, token: Token<'_>) {
        match token {
            Token::Key(text) | Token::String(text) => {
                let text = text.decode();
                self.push(STRING, self.strings.len());
                self.words.push(text.len() as u32);
                self.strings.push_str(&text);
            }
            Token::ObjectStart => self.begin(OBJECT),
            Token::ArrayStart => self.begin(ARRAY),
            Token::ObjectEnd | Token::ArrayEnd => {
                if let Some(start) = self.open.pop() {
                    let tag = self.words[start];
                    self.words[start] = (self.words.len() as u32) << TAG_BITS | tag;
                }
            }
            Token::Null => self.push(NULL, 0),
            Token::Bool(_) | Token::Number | Token::End => self.push(OTHER, 0),
        }
    }

    fn begin(&mut self, tag: u32) {
        self.open.push(self.words.len());
        self.push(tag, 0);
    }

    /// The value, whose last token was added.
    pub(super) fn finish(self) -> Tape {
        let (words, strings) = (self.words.into_boxed_slice(), self.strings.into_boxed_str());
        let mut tape = Tape { words, strings, order: Box::default() };
        tape.sort_keys();
        tape
    }
}

/// Values one after another.
#[derive(Clone)]
pub(super) struct Items<'t> {
    tape: &'t Tape,
    at: usize,
    end: usize,
}

impl<'t> Iterator for Items<'t> {
    type Item = Value<'t>;

    fn next(&mut self) -> Option<Value<'t>> {
        if self.at >= self.end {
            return None;
        }
        let (tape, at) = (self.tape, self.at);
        let word = tape.words[at];
        let payload = (word >> TAG_BITS) as usize;
        let content = Items { tape, at: at + 1, end: payload };
        let (value, next) = match word & ((1 << TAG_BITS) - 1) {
            STRING => {
                let len = tape.words[at + 1] as usize;
                (Value::String(&tape.strings[payload..payload + len]), at + 2)
            }
            NULL => (Value::Null, at + 1),
            ARRAY => (Value::Array(content), payload),
            OBJECT => (Value::Object(Entries(content)), payload),
            _ => (Value::Other, at + 1),
        };
        self.at = next;
        Some(value)
    }
}

/// The properties of an object, in the order of the text.
#[derive(Clone)]
pub(super) struct Entries<'t>(Items<'t>);

impl<'t> Iterator for Entries<'t> {
    type Item = (&'t str, Value<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        match (self.0.next()?, self.0.next()?) {
            (Value::String(key), value) => Some((key, value)),
            _ => None,
        }
    }
}

impl<'t> Entries<'t> {
    /// The property that `JSON.parse` would keep: the last of this name.
    pub(super) fn get(&self, key: &str) -> Option<Value<'t>> {
        self.clone().filter(|(name, _)| *name == key).last().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tape(text: &str) -> Tape {
        let mut reader = Reader::new(text.as_bytes());
        let first = reader.next().unwrap();
        Tape::read(&mut reader, first).unwrap()
    }

    fn show(value: Value<'_>) -> String {
        match value {
            Value::String(text) => format!("{text:?}"),
            Value::Null => "null".into(),
            Value::Other => "?".into(),
            Value::Array(items) => format!("[{}]", items.map(show).collect::<Vec<_>>().join(",")),
            Value::Object(entries) => {
                let all = entries.map(|(key, value)| format!("{key:?}:{}", show(value)));
                format!("{{{}}}", all.collect::<Vec<_>>().join(","))
            }
        }
    }

    #[test]
    fn a_tape_is_the_text_without_what_does_not_matter() {
        for text in ["\"./a.js\"", "null", "[]", "{}", r#"{".":{"import":["./a",null,{}],"default":"x"},"./b":[[]]}"#] {
            assert_eq!(show(tape(text).value()), text);
        }
        assert_eq!(show(tape("{\"a\":[1e999,false]}").value()), "{\"a\":[?,?]}");
    }

    #[test]
    fn the_last_duplicate_counts() {
        let tape = tape(r#"{"a":"1","b":"2","a":"3"}"#);
        let Value::Object(entries) = tape.value() else { panic!("an object") };
        assert_eq!(entries.get("a").map(show), Some("\"3\"".into()));
        assert!(entries.get("c").is_none());
    }

    #[test]
    fn too_deep_is_other() {
        let text = ["[".repeat(100_000), "]".repeat(100_000)].concat();
        assert_eq!(show(tape(&text).value()), format!("{}?{}", "[".repeat(DEPTH_MAX), "]".repeat(DEPTH_MAX)));
    }
}
