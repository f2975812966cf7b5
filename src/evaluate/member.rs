//! Members that an object gets after it was written out.
//!
//! A variable that holds an object holds another one then. What has no such
//! object is known by its whole name, `base.member`. Who else has the object
//! is not known.

use std::rc::Rc;

use super::{
    frame::Opener,
    machine::Machine,
    needles,
    scope::is_worth_hoisting,
    value::{Argument, Value},
};
use crate::record::Span;

/// An object of more members is a table, which is not copied for each that it gets.
const MOST_MEMBERS: usize = 64;

impl<'s> Machine<'s> {
    /// `base['member']` or `[name, name]`, where that is what stands left of an assignment.
    pub(super) fn place_in_brackets(&self) -> Option<Span> {
        let frame = self.top();
        let at = Span { start: frame.start?, end: frame.end };
        let text = self.slice(at);
        let is_pattern = text.starts_with(b"[") && matches!(frame.opener, Opener::Statements | Opener::Try);
        let is_place = self.nothing_waits()
            && text.ends_with(b"]")
            && (is_pattern || in_brackets(text).is_some() || self.is_element(text));
        is_place.then_some(at)
    }

    /// `list[i]`, of an array that is known.
    fn is_element(&self, place: &[u8]) -> bool {
        let name = place.split(|byte| *byte == b'[').next().unwrap_or_default();
        matches!(self.names.value(name), Some(Value::Array(_)))
    }

    /// `[name, name] = value`, beside the declarations of the names as a rule.
    pub(super) fn assign_elements(&mut self, at: Span, value: &Value) {
        let inner = &self.slice(at)[1..];
        let inner = inner.strip_suffix(b"]").unwrap_or(inner);
        let mut start = at.start + 1;
        for (index, part) in inner.split(|byte| *byte == b',').take(MOST_MEMBERS).enumerate() {
            let name = part.trim_ascii();
            let name_at = start + (part.len() - part.trim_ascii_start().len()) as u32;
            start += part.len() as u32 + 1;
            if is_name(name) && self.names_contain(name) {
                let element = self.member_by_value(value, &Value::Number(index as i32));
                self.assign_value(Some(Span { start: name_at, end: name_at + name.len() as u32 }), &element);
            }
        }
    }

    /// `place`, which is no variable, gets a value: whether it is a member of an object that is known.
    pub(super) fn set_member_at(&mut self, place: &'s [u8], value: &Value, at: Span) -> bool {
        let mut parts = place.split(|byte| *byte == b'.');
        let dotted = match (parts.next(), parts.next(), parts.next()) {
            (Some(base), Some(member), None) => Some((base, member)),
            _ => None,
        };
        let Some((base, member)) = in_brackets(place).or(dotted) else { return false };
        let Ok(member) = std::str::from_utf8(member) else { return false };
        let is_new = |object: &Value| matches!(object, Value::Object(object) if object.get(member).is_none());
        match self.names.value(base) {
            // It is known by its whole name; one of names is in the list of those, too.
            Some(object) if dotted.is_some() && is_new(object) => {
                if self.is_of_names(value) {
                    self.set_members(base, &[(member.into(), value.clone())], at.start);
                }
                false
            }
            Some(Value::Object(_)) => {
                self.set_members(base, &[(member.into(), value.clone())], at.start);
                true
            }
            _ => false,
        }
    }

    /// `Object.assign(name, …)`: the object that has the name gets the members of the others.
    pub(super) fn assign_members(&mut self, arguments: &[Argument]) {
        let Some((target, sources)) = arguments.split_first() else { return };
        let base = self.slice(target.at);
        if !matches!(self.names.value(base), Some(Value::Object(_))) {
            return;
        }
        for source in sources {
            match &source.value {
                Value::Object(source_object) => {
                    self.set_members(base, &source_object.entries, target.at.start);
                }
                _ => self.forget_members(base, target.at.start),
            }
        }
    }

    /// Any member of the object may have got another value.
    fn forget_members(&mut self, base: &'s [u8], at: u32) {
        let Some(Value::Object(object)) = self.names.value(base) else { return };
        let members = object.entries.iter().take(MOST_MEMBERS).map(|(key, _)| (Rc::clone(key), Value::Unknown));
        let members: Vec<(Rc<str>, Value)> = members.collect();
        self.set_members(base, &members, at);
    }

    pub(super) fn set_members(&mut self, base: &'s [u8], members: &[(Rc<str>, Value)], at: u32) {
        let Some(owner) = self.owner_of(base) else { return };
        let settles = members.iter().all(|(_, value)| self.settles_in(base, value));
        let members = members.iter().take(MOST_MEMBERS);
        let members = members.map(|(key, value)| (Rc::clone(key), self.without_foreign_marks(value.clone(), owner)));
        let members: Vec<(Rc<str>, Value)> = members.collect();
        self.spend(1 + members.len() * self.names.value(base).map_or(0, Value::parts) / 8);
        let Some(bound) = self.names.innermost(base).filter(|_| self.steps <= self.most_steps) else { return };
        bound.value = with_members(&bound.value, &members, false);
        bound.now = bound.now.as_ref().map(|now| with_members(now, &members, settles));
        let (value, declared_at) = (bound.value.clone(), bound.at);
        if is_worth_hoisting(&value) {
            let between = declared_at.saturating_add(base.len() as u32)..at;
            self.hoist(owner, base, &value, &[between], settles);
        }
    }
}

/// The object with other values of these members, or with these as well as their own.
fn with_members(object: &Value, members: &[(Rc<str>, Value)], replaces: bool) -> Value {
    let Value::Object(object) = object else { return object.clone() };
    let mut entries = object.entries.clone();
    if entries.len() > MOST_MEMBERS {
        return Value::Object(Rc::clone(object));
    }
    for (key, value) in members {
        match entries.iter_mut().rfind(|(known, _)| known == key) {
            Some((_, own)) if replaces => *own = value.clone(),
            Some((_, own)) => *own = own.clone().or(value.clone()),
            None if replaces => entries.push((Rc::clone(key), value.clone())),
            None => entries.push((Rc::clone(key), value.clone().or(Value::Unknown))),
        }
    }
    match Value::object(entries, object.open) {
        Value::Unknown => Value::Object(Rc::clone(object)),
        changed => changed,
    }
}

/// `base['member']`, taken apart.
fn in_brackets(place: &[u8]) -> Option<(&[u8], &[u8])> {
    let open = memchr::memchr(b'[', place)?;
    let (base, key) = (&place[..open], place.get(open + 1..)?.strip_suffix(b"]")?);
    let member = [b"\"", b"'"].iter().find_map(|quote| key.strip_prefix(*quote)?.strip_suffix(*quote))?;
    (is_name(base) && is_name(member)).then_some((base, member))
}

fn is_name(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| needles::continues_a_name(*byte))
}
