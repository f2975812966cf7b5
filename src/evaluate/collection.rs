//! Arrays, sets and maps: what loops and callbacks get of them, how they are made of
//! others, and how they grow.
//!
//! A set is an array to us, and a map an object whose members are no members. What was
//! made empty grows until somebody gets it of whom nothing is known.

use std::rc::Rc;

use super::{
    frame::{Call, Declaration, Opener},
    known::{Function, Members, Method},
    machine::{Machine, Parameter},
    meaning::LONGEST_LOADER,
    value::{Argument, Array, Filling, MOST_ALTERNATIVES, Object, Value, has_unknown_part, is_unknown_part},
};
use crate::{
    lexer::{Kind, Role, Token},
    record::{HOLE, Span},
};

impl<'s> Machine<'s> {
    /// The function that begins is called with each element of an array that
    /// is known: `["a", "b"].forEach(name => …)`; of a map with each value and its key.
    pub(super) fn name_elements(&mut self) {
        let Some((element, key)) = self.elements_for_callback(self.frames.len() - 1) else { return };
        for parameter in &mut self.ready_parameters {
            let value = match parameter.position {
                Some(0) => &element,
                Some(1) => &key,
                _ => continue,
            };
            if value.is_known() {
                *parameter = Parameter::new(parameter.name, None, value.clone());
            }
        }
    }

    /// What a function gets that stands as the first argument of the call in that frame.
    fn elements_for_callback(&mut self, frame: usize) -> Option<(Value, Value)> {
        let Opener::Call(call) = &self.frames.get(frame)?.opener else { return None };
        let Value::Method(of) = &call.callee else { return None };
        if !call.arguments.is_empty() {
            return None;
        }
        let (element, key) = match of.1 {
            Method::Each | Method::Map | Method::FlatMap | Method::Filter => for_callback(&of.0),
            // What a promise holds.
            Method::Then => (of.0.clone(), Value::Unknown),
            _ => return None,
        };
        let element = self.another_use(element);
        element.is_known().then_some((element, key))
    }

    /// What a name of a pattern is, if that is the first parameter of such a function:
    /// `.forEach(([key, value]) => …)`, `.map(({ file }) => …)`.
    pub(super) fn part_of_element(&mut self, position: Option<u8>, name: Token) -> Value {
        if !self.follows_values || position.is_some() {
            return Value::Unknown;
        }
        let Some(callback) = self.frames.len().checked_sub(3) else { return Value::Unknown };
        let parameters = &self.frames[callback + 1];
        let may_be_parameters =
            matches!(parameters.role, Role::Parameters | Role::Group) && parameters.commas == 0 && parameters.binds;
        let Some(key) = self.key_in_pattern(name).filter(|_| may_be_parameters) else { return Value::Unknown };
        match self.elements_for_callback(callback) {
            Some((element, _)) => self.member_by_value(&element, &key),
            None => Value::Unknown,
        }
    }

    /// `list.forEach(f)` and its like.
    pub(super) fn call_for_elements(
        &mut self,
        receiver: &Value,
        method: Method,
        arguments: &[Argument],
        at: Span,
    ) -> Value {
        let (element, key) = for_callback(receiver);
        let passed = std::iter::once(element).chain(Some(key).filter(Value::is_known)).collect();
        let callee = arguments.first().map_or(&Value::Unknown, |argument| &argument.value);
        let result = self.call_back(callee, passed, at);
        self.consume_all(arguments.get(1..).unwrap_or_default());
        match (method, result) {
            (Method::Map, result) => {
                Value::array_of(vec![result], if receiver.grows() { Filling::Grows } else { Filling::Some })
            }
            (Method::Filter, _) => receiver.clone(),
            _ => Value::Unknown,
        }
    }

    /// `Object.keys(value)`, `Array.from(list)`, `new Set(list)`, `new Map(pairs)`.
    pub(super) fn make_collection(&mut self, function: Function, arguments: &[Argument], at: Span) -> Value {
        let [Argument { value: of, at: place }, rest @ ..] = arguments else { return Value::Unknown };
        self.spend(of.parts());
        // Not all that is done with it later may be known.
        self.consume(of, *place);
        let made = match function {
            Function::Members(members) => self.members_of(of, members),
            Function::Map => of.map(|pairs| self.map_of(pairs)),
            _ => of.map(|list| match list {
                Value::Array(_) => list.clone(),
                Value::Object(map) if map.is_map => Value::array(vec![list.elements()]),
                _ => Value::Unknown,
            }),
        };
        if function == Function::ArrayFrom && made.is_known() && !rest.is_empty() {
            return self.call_for_elements(&made, Method::Map, rest, at);
        }
        self.consume_all(rest);
        made
    }

    /// What `Object.keys(value)` and its like give.
    pub(super) fn members_of(&mut self, value: &Value, members: Members) -> Value {
        self.spend(value.parts());
        value.map(|value| match (value, members) {
            (Value::Object(object), Members::Keys) => Value::array(object.keys().collect()),
            (Value::Object(object), Members::Values) => Value::array(object.values().collect()),
            (Value::Object(_), Members::Entries) => pairs(value.keys(), value.members()),
            (Value::Array(_), Members::Values) => value.clone(),
            (Value::Array(_), Members::Entries) => pairs(Value::Unknown, value.elements()),
            (Value::Sibling(sibling), _) => sibling.member(),
            _ => Value::Unknown,
        })
    }

    /// A map of pairs of a key and a value.
    fn map_of(&self, pairs: &Value) -> Value {
        match pairs {
            Value::Array(array) => {
                let pairs = array.values.iter().flat_map(Value::alternatives);
                Value::map_that(false, pairs.map(|pair| self.entry_of(pair)).collect())
            }
            Value::Object(map) if map.is_map => pairs.clone(),
            _ => Value::Unknown,
        }
    }

    fn entry_of(&self, pair: &Value) -> (Rc<str>, Value) {
        match pair {
            Value::Array(pair) => match pair.values.as_slice() {
                [key, value, ..] => (self.key_in_map(key), value.clone()),
                _ => (hole(), Value::Unknown),
            },
            _ => (hole(), Value::Unknown),
        }
    }

    /// A key as maps keep it.
    fn key_in_map(&self, key: &Value) -> Rc<str> {
        let key = self.text(key).filter(|key| !has_unknown_part(key));
        key.map_or_else(hole, Rc::from)
    }

    /// `map.get(key)`.
    pub(super) fn value_in_map(&mut self, map: &Object, key: &Value) -> Value {
        self.spend(map.entries.len());
        key.map(|key| {
            let key = self.key_in_map(key);
            if has_unknown_part(&key) {
                return Value::one_of(map.values().chain([Value::Unknown]));
            }
            let found = map.entries.iter().filter(|(known, _)| *known == key || has_unknown_part(known));
            Value::one_of(found.map(|(_, value)| value.clone()))
        })
    }

    /// `list.push(x)`, `set.add(x)`, `map.set(key, x)`: from now on there is more in what has that name.
    /// `list.sort()`, `list.shift()`: from now on its elements stand anywhere.
    pub(super) fn grow(&mut self, call: &Call) {
        let changed = call.callee.alternatives().iter().find_map(|callee| match callee {
            Value::Method(of) => first_put_in(of.1),
            _ => None,
        });
        let Some(first_put_in) = changed else { return };
        let Some(dotted) = self.top().dotted.map(|at| self.slice(at)) else { return };
        let Some(dot) = memchr::memrchr(b'.', dotted) else { return };
        let name = dotted[..dot].trim_ascii_end();
        let name = name.strip_suffix(b"?").unwrap_or(name);
        let Some(old) = self.named_collection(name) else { return };
        let old = if first_put_in > 0 { old.in_any_order() } else { old };
        if first_put_in >= Call::KEPT {
            return self.keep_collection(name, old);
        }
        let is_more = call.spread || call.arguments.len() >= Call::KEPT;
        let other = is_more.then_some(Argument { value: Value::Unknown, at: Span::default() });
        let arguments: Vec<Argument> = call.arguments.iter().skip(first_put_in).cloned().chain(other).collect();
        let more = match &old {
            Value::OneOf(values) => {
                let values: Vec<Value> = values.iter().map(|value| self.with_more(value, &arguments)).collect();
                Value::one_of(values)
            }
            value => self.with_more(value, &arguments),
        };
        self.keep_collection(name, more);
    }

    /// Of `name.member.push`, `name.member`: that changes.
    pub(super) fn base_of_change(&self, method: &Value) -> Option<Span> {
        let Value::Method(of) = method else { return None };
        self.top().dotted.filter(|_| first_put_in(of.1).is_some())
    }

    /// The value of `name`, or of `name.member`, of an object that is known.
    fn named_collection(&self, name: &[u8]) -> Option<Value> {
        if let Some(value) = self.names.value(name) {
            return Some(value.clone());
        }
        let (base, member) = base_and_member(name)?;
        match self.names.value(base)? {
            Value::Object(object) => object.get(member).cloned(),
            _ => None,
        }
    }

    fn keep_collection(&mut self, name: &'s [u8], value: Value) {
        match base_and_member(name).filter(|_| self.names.value(name).is_none()) {
            Some((base, member)) => {
                let at = self.last_token().start;
                self.set_members(base, &[(member.into(), value)], at);
            }
            None => self.rebind(name, value),
        }
    }

    /// An array or a map with these in it, too.
    pub(super) fn with_more(&mut self, value: &Value, arguments: &[Argument]) -> Value {
        self.spend(value.parts() + value.weight());
        match value {
            Value::Array(array) => {
                let mut values = array.values.clone();
                for Argument { value, .. } in arguments {
                    let more = if self.is_of_names(value) { value.clone() } else { Value::Unknown };
                    // Of an array that is written out the written elements count.
                    if (more.is_known() || array.grows()) && !values.contains(&more) {
                        values.push(more);
                    }
                }
                let is_told = values.len() <= MOST_ALTERNATIVES && values.iter().any(Value::is_known);
                match (is_told, array.grows()) {
                    (true, _) => Value::array_of(values, array.filling),
                    (false, true) => Value::Unknown,
                    (false, false) => value.clone(),
                }
            }
            Value::Object(map) if map.is_map => {
                let [key, value, ..] = arguments else { return Value::Unknown };
                let mut entries = map.entries.clone();
                let entry = (self.key_in_map(&key.value), value.value.clone());
                if !entries.contains(&entry) {
                    entries.push(entry);
                }
                let is_told = entries.len() <= MOST_ALTERNATIVES && entries.iter().any(|(_, value)| value.is_known());
                if is_told { map.with(entries) } else { Value::Unknown }
            }
            value => value.clone(),
        }
    }

    /// Whether a value is a string, or is made of strings, of which something is known.
    pub(super) fn is_of_names(&self, value: &Value) -> bool {
        match value {
            Value::OneOf(values) => values.iter().all(|value| self.is_of_names(value)),
            Value::Array(array) => array.values.iter().all(|value| self.is_of_names(value)),
            Value::Object(object) => !object.is_map && object.entries.iter().all(|(_, value)| self.is_of_names(value)),
            Value::Number(_) | Value::Boolean(_) | Value::Nothing => true,
            value => self.text(value).is_some_and(|text| !text.chars().all(is_unknown_part)),
        }
    }

    /// What a declared name begins with: an empty array, set or map counts, since it is filled later.
    pub(super) fn initial(&self, value: &Argument) -> Value {
        let is_named = matches!(self.top().declaration, Declaration::Named(..)) && !self.top().exports;
        if self.follows_values && is_named && !value.value.is_known() && self.source.len() <= LONGEST_LOADER {
            return self.empty_collection(self.slice(value.at)).unwrap_or(Value::Unknown);
        }
        value.value.clone()
    }

    fn empty_collection(&self, text: &[u8]) -> Option<Value> {
        if let Some(inner) = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")) {
            return inner.trim_ascii().is_empty().then(|| Value::array_of(Vec::new(), Filling::Grows));
        }
        let made = text.strip_prefix(b"new")?.trim_ascii_start();
        let made = made.strip_suffix(b"()").unwrap_or(made);
        // `new Set<string>()`
        let name = made.strip_suffix(b">").and_then(|made| made.split(|byte| *byte == b'<').next()).unwrap_or(made);
        match name.trim_ascii() {
            name if self.names_contain(name) => None,
            b"Set" => Some(Value::array_of(Vec::new(), Filling::Grows)),
            b"Map" => Some(Value::map_that(true, Vec::new())),
            _ => None,
        }
    }

    /// What was made empty is given to somebody, who may put something into it.
    pub(super) fn hand_out(&mut self) {
        let frame = self.top();
        let goes_through = matches!(frame.declaration, Declaration::Each(..) | Declaration::EachDestructured(..));
        let Some(name) = frame.bare.filter(|_| !frame.spread && !goes_through) else { return };
        let Some(value) = frame.operand().filter(|value| value.grows()).cloned() else { return };
        let name = self.slice(name);
        // What a function has made for itself is the caller's from now on.
        if frame.returns && frame.function_scope > 0 && self.owner_of(name) >= Some(frame.function_scope) {
            return;
        }
        let value = self.with_unknown(&value);
        self.rebind(name, value.clone());
        self.top_mut().operand = Some(value);
    }

    /// `list[i] = value`: it is one of its elements from now on, as far as the places are known.
    pub(super) fn put_element(&mut self, place: &'s [u8], value: &Value, at: Span) {
        let Some(open) = memchr::memchr(b'[', place) else { return };
        let name = &place[..open];
        let Some(list @ Value::Array(_)) = self.names.value(name).map(Value::in_any_order) else { return };
        let more = self.with_more(&list, &[Argument { value: value.clone(), at }]);
        self.rebind(name, more);
    }

    /// `list[i] = …`: what is put in is not known.
    pub(super) fn put_in(&mut self, list: &Value) {
        if list.grows()
            && let Some(name) = self.top().bare
            && self.peek().kind == Kind::Assign
        {
            let value = self.with_unknown(list);
            self.rebind(self.slice(name), value);
        }
    }

    fn with_unknown(&mut self, value: &Value) -> Value {
        let unknown = Argument { value: Value::Unknown, at: Span::default() };
        self.with_more(value, &[unknown.clone(), unknown])
    }

    /// What the pattern that is being read takes for the name that stands here.
    fn key_in_pattern(&self, name: Token) -> Option<Value> {
        let frame = self.top();
        match (&frame.opener, self.before.kind) {
            (Opener::Array(..), Kind::BracketOpen | Kind::Comma) => Some(Value::Number(i32::from(frame.commas))),
            (Opener::Object(literal), before) => match (&literal.property, before) {
                (Some(property), Kind::Colon) => Some(Value::text_of(&*property.name)),
                (None, Kind::BraceOpen | Kind::Comma) => {
                    Some(Value::text_of(String::from_utf8_lossy(self.slice(name.span()))))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// A string or an array, or any other value. Functions and modules are seldom given another way.
pub(super) fn or_another(value: &Value) -> Value {
    match value {
        Value::Literal(_) | Value::Text(_) | Value::Number(_) | Value::Array(_) | Value::OneOf(_) | Value::Url(_) => {
            value.clone().or(Value::Unknown)
        }
        value => value.clone(),
    }
}

/// `base.member`, taken apart.
fn base_and_member(dotted: &[u8]) -> Option<(&[u8], &str)> {
    let dot = memchr::memrchr(b'.', dotted)?;
    Some((&dotted[..dot], std::str::from_utf8(&dotted[dot + 1..]).ok()?))
}

/// Which is the first argument that a method puts into its array or map. Methods that put in
/// what does not come first move the elements; some of those put in nothing.
fn first_put_in(method: Method) -> Option<usize> {
    match method {
        Method::Push | Method::Set => Some(0),
        Method::Splice => Some(2),
        Method::Reverse | Method::Sort | Method::Pop | Method::Shift => Some(Call::KEPT),
        _ => None,
    }
}

/// What functions get that are called for all that is in something: an element or a value, and its key.
fn for_callback(receiver: &Value) -> (Value, Value) {
    match receiver {
        Value::Object(map) if map.is_map => (receiver.members(), receiver.keys()),
        list => (list.elements(), Value::Unknown),
    }
}

/// `list.concat(…)`.
pub(super) fn concat(list: &Array, arguments: &[Argument]) -> Value {
    let mut values = list.values.clone();
    let mut filling = list.filling;
    for argument in arguments {
        match &argument.value {
            Value::Array(more) => {
                filling = filling.max(more.filling);
                values.extend(more.values.iter().cloned());
            }
            value => {
                if !value.is_known() {
                    filling = filling.max(Filling::Some);
                }
                values.push(value.clone());
            }
        }
    }
    Value::array_of(values, filling)
}

/// The key of a map that is not known.
fn hole() -> Rc<str> {
    HOLE.to_string().into()
}

/// An array of pairs. Which of them belong together nobody asks: one stands for all.
fn pairs(first: Value, second: Value) -> Value {
    Value::array(vec![Value::array(vec![first, second])])
}
