//! Variables that get one value after another.
//!
//! Of a variable two things are known: all that it may be, and what it is at
//! the place that is being read. The latter is good for the function that
//! declares it, and while it gets its values in statements beside its
//! declaration; to functions further in, which run at any time, the former counts.

use super::{frame::Opener, machine::Machine, scope::MOST_BINDINGS, value::Value};

/// Stands for the scope of a name of which nothing is known yet.
const UNDECLARED: u32 = u32::MAX - 1;

impl<'s> Machine<'s> {
    /// A variable of the frame `owner` that gets the value in the statement that is being read has no other
    /// behind it: the statement stands beside its declaration, and is run.
    pub(super) fn settles(&self, owner: usize, value: &Value) -> bool {
        let frame = self.top();
        let is_sure = self.follows_values
            && self.frames.len() - 1 == owner
            && !frame.is_controlled
            && matches!(frame.opener, Opener::Statements | Opener::Other)
            && self.nothing_waits();
        is_sure && value.alternatives().iter().all(is_settled)
    }

    /// The same of a variable that has a meaning here.
    pub(super) fn settles_in(&self, name: &[u8], value: &Value) -> bool {
        let bound = self.names.table.get(name).and_then(|meanings| meanings.last());
        bound.is_some_and(|bound| {
            bound.in_order && bound.depth == self.open_functions.len() && self.settles(bound.owner, value)
        })
    }

    /// The variable has this value now, as far as the function goes that declares it.
    pub(super) fn settle(&mut self, name: &[u8], now: Option<Value>) {
        if let (Some(now), Some(bound)) = (now, self.names.innermost(name)) {
            bound.now = Some(now);
        }
    }

    /// A name stands in a path that is put together: if that is in a function further in than the variable, it is
    /// read before the variable has all its values.
    pub(super) fn note_use_further_in(&mut self, name: &'s [u8]) {
        if self.open_functions.is_empty() || self.used_further_in.len() >= MOST_BINDINGS {
            return;
        }
        match self.names.table.get(name).and_then(|meanings| meanings.last()) {
            Some(bound) if bound.depth < self.open_functions.len() && !bound.arrow => {
                let scope_at = self.scope_at(bound.owner);
                self.used_further_in.insert((scope_at, name));
            }
            Some(_) => {}
            None => {
                self.used_further_in.insert((UNDECLARED, name));
            }
        }
    }

    /// Whether a function that stands further up puts the variable into a path.
    pub(super) fn is_put_into_paths(&self, owner: usize, name: &'s [u8]) -> bool {
        self.used_further_in.contains(&(self.scope_at(owner), name))
    }

    /// Whether a function puts a variable of that scope into a path, as far as is known.
    pub(super) fn is_used_in_paths(&self, scope_at: u32, name: &'s [u8]) -> bool {
        self.used_further_in.contains(&(scope_at, name)) || self.is_used_further_in(name)
    }

    /// Whether a function puts a variable of that name into a path, above its declaration.
    pub(super) fn is_used_further_in(&self, name: &'s [u8]) -> bool {
        self.used_further_in.contains(&(UNDECLARED, name))
    }
}

/// A value that takes the place of the one before. Of others less is known: flags and counters change in
/// places that are not read in the order of their runs.
fn is_settled(value: &Value) -> bool {
    matches!(
        value,
        Value::Text(_) | Value::Literal(_) | Value::Filename | Value::Url(_) | Value::Array(_) | Value::Object(_)
    )
}
