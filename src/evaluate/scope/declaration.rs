//! Declarations: which names they bind, and to what of their values.
//!
//! What a binding hides, and where its name is used, is not known here.

use super::{
    super::{
        frame::{Declaration, Key, Keyword, PatternEntry},
        value::Value,
    },
    Machine, WRAPPER_NAMES,
};
use crate::{lexer::Role, record::Span};

impl Machine<'_> {
    /// The declarator at the top frame ended, with its initializer's value if it had one.
    pub(in super::super) fn finish_declaration(&mut self, value: Option<Value>) {
        match std::mem::replace(&mut self.top_mut().declaration, Declaration::None) {
            Declaration::None => {}
            Declaration::Awaiting(keyword) => self.top_mut().declaration = Declaration::Awaiting(keyword),
            Declaration::Named(keyword, name) => {
                if !self.may_keep_wrapper(keyword, name, value.is_some()) {
                    let undefined = if self.follows_values { Value::Nothing } else { Value::Unknown };
                    self.export_value(value.as_ref(), name);
                    self.declare(keyword, name, value.unwrap_or(undefined));
                }
                self.top_mut().declaration = Declaration::Awaiting(keyword);
            }
            Declaration::Destructured(keyword, entries) => {
                self.declare_pattern(keyword, entries, value.unwrap_or(Value::Unknown));
                self.top_mut().declaration = Declaration::Awaiting(keyword);
            }
            Declaration::Each(keyword, name) => {
                let element = value.map_or(Value::Unknown, |value| value.elements());
                self.declare(keyword, name, element);
            }
            Declaration::EachDestructured(keyword, entries) => {
                let element = value.map_or(Value::Unknown, |value| value.elements());
                self.declare_pattern(keyword, entries, element);
            }
            Declaration::EachKey(keyword, name) => {
                let key = value.map_or(Value::Unknown, |value| value.keys());
                self.declare(keyword, name, key);
            }
        }
    }

    /// The names of a pattern get what it takes of the value.
    fn declare_pattern(&mut self, keyword: Keyword, entries: Vec<PatternEntry>, value: Value) {
        for PatternEntry { outer, key, local, default } in entries {
            let value = self.another_use(value.clone());
            let around = outer.iter().rev().fold(value, |value, key| self.taken(&value, *key));
            let member = match self.taken(&around, key) {
                Value::Nothing => default,
                Value::Unknown if default.is_known() => default.or(Value::Unknown),
                member => member,
            };
            self.export_value(Some(&member), local);
            self.declare(keyword, local, member);
        }
    }

    /// `of` or `in` was read where a declaration's value would begin: its names are those of a loop.
    pub(in super::super) fn goes_through(&mut self, keys: bool) -> bool {
        let frame = self.top_mut();
        if !frame.is_empty() || frame.role != Role::Head {
            return false;
        }
        let declaration = match std::mem::replace(&mut frame.declaration, Declaration::None) {
            // It may be the wrapper's own.
            Declaration::Named(keyword, at) if self.may_keep_wrapper(keyword, at, true) => Declaration::None,
            Declaration::Named(keyword, at) if keys => Declaration::EachKey(keyword, at),
            Declaration::Named(keyword, at) => Declaration::Each(keyword, at),
            Declaration::Destructured(keyword, entries) if !keys => Declaration::EachDestructured(keyword, entries),
            other => other,
        };
        let goes_through = matches!(
            declaration,
            Declaration::None | Declaration::Each(..) | Declaration::EachDestructured(..) | Declaration::EachKey(..)
        );
        self.top_mut().declaration = declaration;
        goes_through
    }

    /// What a pattern takes of a value.
    fn taken(&self, value: &Value, key: Option<Key>) -> Value {
        match key {
            Some(Key::Member(name)) => match (self.member_of(value, self.slice(name)), value) {
                (Value::Unknown, Value::Object(object)) if !object.open => Value::Nothing,
                (member, _) => member,
            },
            // Of an object a few members more do no harm.
            Some(Key::Rest(from)) => value.map(|value| match value {
                Value::Array(array) => {
                    Value::array_of(array.values.iter().skip(usize::from(from)).cloned().collect(), array.filling)
                }
                Value::Object(_) => value.clone(),
                _ => Value::Unknown,
            }),
            Some(Key::Element(index)) => self.member_by_value(value, &Value::Number(i32::from(index))),
            None => Value::Unknown,
        }
    }

    /// What is exported may be used by anybody.
    fn export_value(&mut self, value: Option<&Value>, at: Span) {
        if !self.top().exports {
            return;
        }
        self.note_exported_variable(at);
        if let Some(value) = value {
            self.consume(value, at);
        }
    }

    /// A `var` of CommonJS itself leaves the wrapper's parameter of that name as
    /// it is, at least in some runs: without a value, in a branch, or with a
    /// value that is made from the wrapper's (`var require = require || …`).
    pub(in super::super) fn may_keep_wrapper(&self, keyword: Keyword, name: Span, has_value: bool) -> bool {
        let frame = self.top();
        keyword == Keyword::Var
            && frame.function_scope == 0
            && WRAPPER_NAMES.contains(&self.slice(name))
            && (!has_value || self.frames.len() > 1 || self.wrapper_uses > frame.uses_at)
    }
}
