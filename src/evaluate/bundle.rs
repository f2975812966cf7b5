//! Modules that a bundler put into this one file: which are Node's own, and
//! what the bundle leaves to Node's `require`. The others are part of this file.

use std::rc::Rc;

use super::{
    frame::Call,
    machine::Machine,
    value::{Argument, Origin, Value},
};
use crate::record::Span;

impl Machine<'_> {
    /// A bundled module gives this to its `module.exports`.
    pub(super) fn note_bundled(&mut self, mark: usize, value: Value) {
        let Some(number) = self.owner_of_mark(mark) else { return };
        if let Some(function) = self.functions.get_mut(number as usize) {
            function.exports = value;
        }
    }

    /// Members of an object or an array that are bundled modules of Node's own.
    pub(super) fn note_modules<'v>(&mut self, members: impl Iterator<Item = (Rc<str>, &'v Value)>) {
        for (key, value) in members {
            if let Value::Local(number) = value
                && let Some(function) = self.functions.get(*number as usize)
                && function.exports.is_known()
            {
                let exports = function.exports.clone();
                self.bundled.insert(key, exports);
            }
        }
    }

    /// Modules of Node's own turned out to be bundled, and are asked for by their keys.
    pub(super) fn has_bundled_more(&self) -> bool {
        self.bundled.len() > self.bundled_before
            && self.bundled.keys().any(|key| self.quiet.is_asked_for(self.source, key.as_bytes()))
    }

    /// What a bundle's own `require` gives for the key of a module.
    pub(super) fn bundled_module(&self, arguments: &[Argument]) -> Option<Value> {
        if self.bundled.is_empty() {
            return None;
        }
        let key = self.text(&arguments.first()?.value)?;
        self.bundled.get(&*key).cloned()
    }

    /// browserify's modules: a function of `require`, and which names the bundle
    /// has. The others it leaves to Node.
    pub(super) fn note_browserified(&mut self, values: &[Value], at: Span) {
        let [Value::Local(number), map] = values else { return };
        let Some(function) = self.functions.get(*number as usize).filter(|function| function.takes_require) else {
            return;
        };
        let base = function.base();
        let calls = function.calls.clone();
        for (parameter, arguments) in calls {
            let Some(specifier) = arguments.first().filter(|_| parameter == base) else { continue };
            let is_inside = match (map, self.text(specifier)) {
                (Value::Object(map), Some(name)) => map.get(&name).is_some(),
                _ => false,
            };
            let is_bare = self.text(specifier).is_some_and(|name| !name.starts_with('.'));
            if is_bare && !is_inside {
                let require = Value::Require(Origin::WrapperRequire);
                let arguments = vec![Argument { value: specifier.clone(), at }];
                self.call_value(Call { callee: require, arguments, spread: false }, at);
            }
        }
    }
}
