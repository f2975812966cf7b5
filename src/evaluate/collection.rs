//! What is gone through: elements of arrays, keys and members of objects, and what they
//! are for the functions that get them.

use std::rc::Rc;

use super::{
    frame::Opener,
    known::{Members, Method},
    machine::{Machine, Parameter},
    value::{Object, Value},
};
use crate::lexer::{Kind, Role, Token};

impl Machine<'_> {
    /// The function that begins is called with each element of an array that
    /// is known: `["a", "b"].forEach(name => …)`.
    pub(super) fn name_elements(&mut self) {
        let Some(element) = self.element_for_callback(self.frames.len() - 1) else { return };
        if let Some(first) = self.ready_parameters.iter_mut().find(|parameter| parameter.position == Some(0)) {
            *first = Parameter { name: first.name, position: None, rest: false, value: element };
        }
    }

    /// What a function gets first that stands as the first argument of the call in that frame.
    fn element_for_callback(&mut self, frame: usize) -> Option<Value> {
        let Opener::Call(call) = &self.frames.get(frame)?.opener else { return None };
        let Value::Method(of) = &call.callee else { return None };
        if !call.arguments.is_empty() || !matches!(of.1, Method::Each | Method::Map | Method::Filter) {
            return None;
        }
        let element = of.0.elements();
        let element = self.another_use(element);
        element.is_known().then_some(element)
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
        match self.element_for_callback(callback) {
            Some(element) => self.member_by_value(&element, &key),
            None => Value::Unknown,
        }
    }

    /// What `Object.keys(value)` and its like give.
    pub(super) fn members_of(&mut self, value: &Value, members: Members) -> Value {
        self.spend(value.parts());
        value.map(|value| match value {
            Value::Object(object) => match members {
                Members::Keys => Value::array(parts(object, |(key, _)| Value::Text(Rc::clone(key)))),
                Members::Values => Value::array(parts(object, |(_, value)| value.clone())),
                Members::Entries => pairs(value.keys(), Value::one_of(parts(object, |(_, value)| value.clone()))),
            },
            Value::Array(_) => match members {
                Members::Keys => Value::Unknown,
                Members::Values => value.clone(),
                Members::Entries => pairs(Value::Unknown, value.elements()),
            },
            Value::Sibling(sibling) => sibling.member(),
            _ => Value::Unknown,
        })
    }

    /// What the pattern that is being read takes for the name that stands here.
    fn key_in_pattern(&self, name: Token) -> Option<Value> {
        let frame = self.top();
        match (&frame.opener, self.before.kind) {
            (Opener::Array(_), Kind::BracketOpen | Kind::Comma) => Some(Value::Number(u32::from(frame.commas))),
            (Opener::Object(_, Some(key)), Kind::Colon) => Some(Value::text_of(&**key)),
            (Opener::Object(_, None), Kind::BraceOpen | Kind::Comma) => {
                Some(Value::text_of(String::from_utf8_lossy(self.slice(name.span()))))
            }
            _ => None,
        }
    }
}

/// Something of each member of an object, and of those that are not known.
fn parts(object: &Object, of: impl Fn(&(Rc<str>, Value)) -> Value) -> Vec<Value> {
    object.entries.iter().map(of).chain(object.open.then_some(Value::Unknown)).collect()
}

/// An array of pairs. Which of them belong together nobody asks: one stands for all.
pub(super) fn pairs(first: Value, second: Value) -> Value {
    Value::array(vec![Value::array(vec![first, second])])
}
