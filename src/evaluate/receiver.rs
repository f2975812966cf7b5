//! What `this` is in the functions of an object that is written out.
//!
//! While such a function is read the object is not whole: `this` has the
//! members so far. If it gets more that lead to files, the next reading knows
//! all of them. Classes and functions that stand alone have no `this` here.

use std::rc::Rc;

use super::{
    frame::{Literal, Opener},
    machine::Machine,
    needles,
    scope::{Hoisted, MOST_HOISTS},
    value::{Argument, Object, Value},
};
use crate::{
    lexer::{Kind, Role, Token},
    record::Span,
};

/// An object of more members is a table, and its functions are no methods.
const MOST_MEMBERS: usize = 64;

/// Of so many members it is looked whether the file changes them.
const MOST_SEARCHES: usize = 256;

/// A longer file may change any of them.
const LONGEST_SEARCHED: usize = 128 * 1024;

/// Under this name the next reading finds the whole object, by where it opens.
const THIS: &[u8] = b"this";

/// What `this` is in a function or a class.
#[derive(Debug)]
pub(super) enum Receiver {
    /// Anything.
    Unknown,
    /// The object that is being read, by the number of its frame.
    Literal(usize),
    /// The object one of whose members the function becomes.
    Object(Value),
    /// This, as was found out at its first use.
    This(Value),
}

impl<'s> Machine<'s> {
    /// What `this` is in the bracket that opens, if it is another than around it.
    pub(super) fn receiver(&self, token: Token, is_function: bool) -> Option<Receiver> {
        let is_class = matches!(token.role, Role::Class | Role::ClassExpression);
        let has_own = is_class || (is_function && self.before.kind != Kind::Arrow);
        if !self.follows_values || !has_own {
            return None;
        }
        if is_class {
            return Some(Receiver::Unknown);
        }
        if matches!(self.top().opener, Opener::Object(_)) {
            return Some(Receiver::Literal(self.frames.len() - 1));
        }
        let object = self.member_that_is_assigned().and_then(|member| {
            let base = self.slice(member).split(|byte| *byte == b'.').next()?;
            self.lookup(base).filter(|value| matches!(value, Value::Object(_)))
        });
        Some(object.map_or(Receiver::Unknown, Receiver::Object))
    }

    pub(super) fn this(&mut self, token: Token) {
        let value = self.value_of_this();
        self.operand(value, token);
        self.top_mut().bare = Some(token.span());
    }

    fn value_of_this(&mut self) -> Value {
        let object = match self.receivers.last() {
            Some((_, Receiver::This(value))) => return value.clone(),
            Some((_, Receiver::Object(object))) => object.clone(),
            Some((_, Receiver::Literal(frame))) => {
                let frame = *frame;
                self.note_this(frame);
                self.object_so_far(frame)
            }
            _ => return Value::Unknown,
        };
        let value = match object {
            Value::Object(object) if object.entries.len() <= MOST_MEMBERS => self.as_this(&object),
            _ => Value::Unknown,
        };
        // The object gets no member while one of its functions is read.
        if let Some((_, receiver)) = self.receivers.last_mut() {
            *receiver = Receiver::This(value.clone());
        }
        value
    }

    /// The object of that frame, as a whole if an earlier reading has seen it to its end.
    fn object_so_far(&self, frame: usize) -> Value {
        let Some(frame) = self.frames.get(frame) else { return Value::Unknown };
        if let Some(early) = self.known_early.get(&(frame.opened_at, THIS)) {
            return early.value.clone();
        }
        match &frame.opener {
            Opener::Object(literal) if literal.object.entries.len() <= MOST_MEMBERS => {
                Value::object(literal.object.entries.clone(), true)
            }
            _ => Value::Unknown,
        }
    }

    /// Members that somebody changes may be anything, when a method runs.
    fn as_this(&mut self, object: &Object) -> Value {
        self.spend(object.entries.len());
        if self.is_spent() {
            return Value::Unknown;
        }
        let members = object.entries.iter().map(|(key, value)| match value {
            Value::Literal(_) | Value::Text(_) | Value::Array(_) | Value::OneOf(_) if self.is_changed(key) => {
                (Rc::clone(key), value.clone().or(Value::Unknown))
            }
            value => (Rc::clone(key), value.clone()),
        });
        let members = members.collect();
        Value::object(members, true)
    }

    /// Whether the file assigns to a member of that name, of any object.
    fn is_changed(&mut self, member: &Rc<str>) -> bool {
        if let Some(known) = self.changed_members.get(member) {
            return *known;
        }
        let is_too_much = self.source.len() > LONGEST_SEARCHED || self.changed_members.len() >= MOST_SEARCHES;
        let is_changed = is_too_much || needles::is_member_assigned(self.source, member.as_bytes());
        self.changed_members.insert(Rc::clone(member), is_changed);
        is_changed
    }

    /// A function of the object is read, or passed over, that may look at its members.
    fn note_this(&mut self, frame: usize) {
        if let Some(frame) = self.frames.get_mut(frame)
            && let Opener::Object(literal) = &mut frame.opener
        {
            literal.known_to_this.get_or_insert(literal.object.entries.len());
        }
    }

    /// Whether the function whose body opened is one of an object with members that mean something by themselves.
    pub(super) fn receiver_means_something(&mut self) -> bool {
        if !self.quiet.is_passing() {
            return false;
        }
        let Some((_, Receiver::Literal(frame))) = self.receivers.last() else { return false };
        let frame = *frame;
        if frame + 2 != self.frames.len() {
            return false;
        }
        self.note_this(frame);
        match self.object_so_far(frame) {
            Value::Object(object) => object.entries.iter().any(|(_, value)| self.is_data(value)),
            _ => false,
        }
    }

    fn is_data(&self, value: &Value) -> bool {
        !matches!(value, Value::Local(_)) && self.means_something(value)
    }

    /// The object ended. If its functions did not know all of it, the next reading tells them.
    pub(super) fn hoist_receiver(&mut self, literal: &Literal, opened_at: u32) {
        let Some(known) = literal.known_to_this else { return };
        let entries = &literal.object.entries;
        let is_told = entries.get(known..).unwrap_or_default().iter().any(|(_, value)| self.tells_something(value));
        if !is_told || entries.len() > MOST_MEMBERS {
            return;
        }
        let value = Value::object(entries.clone(), literal.object.open);
        let known = self.known_early.get(&(opened_at, THIS));
        if self.hoisted.len() >= MOST_HOISTS || known.is_some_and(|early| early.value.holds(&value)) {
            return;
        }
        self.hoisted.push(Hoisted { scope_at: opened_at, name: THIS, value, in_order: false });
    }

    /// `get name() { … }` stands there, in an object.
    pub(super) fn is_getter(&self, name: Span) -> bool {
        let before = self.source[..name.start as usize].trim_ascii_end();
        let Some(before) = before.strip_suffix(b"get").filter(|_| before.len() < name.start as usize) else {
            return false;
        };
        matches!(before.trim_ascii_end().last(), Some(b'{' | b',' | b'/'))
    }

    /// A getter's member is what it returns.
    pub(super) fn what_getter_gives(&mut self, argument: Argument) -> Argument {
        let is_getter = match &self.top().opener {
            Opener::Object(literal) => literal.property.as_ref().is_some_and(|property| property.is_getter),
            _ => false,
        };
        match argument {
            Argument { value: Value::Local(number), at } if is_getter => {
                let value = self.call_local(number, &[], at);
                Argument { value, at }
            }
            argument => argument,
        }
    }
}
