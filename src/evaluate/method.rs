//! What methods of arrays give, where each element is known by itself, and what
//! they ask for in the hands of a function that they call.

use std::rc::Rc;

use super::{
    known::Method,
    machine::Machine,
    value::{Argument, Array, Value, has_unknown_part},
};
use crate::record::Span;

impl Machine<'_> {
    /// A method of an array; `None` where strings and functions have it too.
    pub(super) fn call_array_method(
        &mut self,
        array: &Rc<Array>,
        method: Method,
        arguments: &[Argument],
        at: Span,
    ) -> Option<Value> {
        let first = arguments.first().map_or(&Value::Unknown, |argument| &argument.value);
        let elements = || Value::one_of(array.values.iter().cloned());
        let element = |value: Option<&Value>| match value {
            _ if !array.is_in_order() => elements(),
            value => value.cloned().unwrap_or(Value::Unknown),
        };
        self.spend(array.values.len());
        match method {
            Method::Bound => {
                let (callee, bound) = array.values.split_first()?;
                let bound = bound.iter().map(|value| Argument { value: value.clone(), at });
                let arguments: Vec<Argument> = bound.chain(arguments.iter().cloned()).collect();
                Some(self.call_single(callee, &arguments, false, at))
            }
            Method::FlatMap => {
                let given = self.call_back(first, vec![elements()], at);
                self.consume_all(arguments.get(1..).unwrap_or_default());
                Some(flattened(&given))
            }
            Method::Reduce => Some(self.reduced(array, first, arguments.get(1), at)),
            Method::Slice => Some(sliced(array, arguments)),
            Method::At => Some(element(first.number().and_then(|index| array.values.get(place(index, array)?)))),
            Method::Reverse if array.is_in_order() => Some(Value::array(array.values.iter().rev().cloned().collect())),
            Method::Sort if array.is_in_order() && arguments.is_empty() => Some(self.sorted(array)),
            Method::Reverse | Method::Sort => Some(Value::some(array.values.clone())),
            Method::Splice => Some(Value::some(array.values.clone())),
            Method::Pop => Some(element(array.values.last())),
            Method::Shift => Some(element(array.values.first())),
            _ => None,
        }
    }

    /// The array as `sort()` leaves it: by what the elements are as strings.
    fn sorted(&mut self, array: &Array) -> Value {
        self.spend(array.values.iter().map(Value::weight).sum());
        if self.is_spent() {
            return Value::Unknown;
        }
        let texts: Option<Vec<(Vec<u16>, Value)>> = array
            .values
            .iter()
            .map(|value| {
                let text = self.text(value).filter(|text| !has_unknown_part(text))?;
                Some((text.encode_utf16().collect(), value.clone()))
            })
            .collect();
        match texts {
            Some(mut texts) => {
                texts.sort_by(|(one, _), (other, _)| one.cmp(other));
                Value::array(texts.into_iter().map(|(_, value)| value).collect())
            }
            None => Value::some(array.values.clone()),
        }
    }

    /// Somebody calls a function that was given to him.
    pub(super) fn call_back(&mut self, callee: &Value, values: Vec<Value>, at: Span) -> Value {
        let arguments: Vec<Argument> = values.into_iter().map(|value| Argument { value, at }).collect();
        match callee {
            Value::Local(number) => self.call_local(*number, &arguments, at),
            callee => self.call_single(callee, &arguments, false, at),
        }
    }

    /// Somebody gets what `bind` gave: he calls it, with what else is not known.
    pub(super) fn call_bound(&mut self, bound: &Array, at: Span) {
        if let Some((callee, arguments @ [_, ..])) = bound.values.split_first() {
            self.call_back(callee, arguments.to_vec(), at);
        }
    }

    /// `array.reduce(function, initial)`.
    fn reduced(&mut self, array: &Array, callee: &Value, initial: Option<&Argument>, at: Span) -> Value {
        let mut values = array.values.iter().cloned();
        let first = initial.map(|initial| initial.value.clone());
        if !array.is_in_order() {
            let elements = Value::one_of(values);
            self.call_back(callee, vec![Value::Unknown, elements], at);
            return Value::Unknown;
        }
        let Some(mut reduced) = first.or_else(|| values.next()) else { return Value::Unknown };
        for value in values {
            if self.is_spent() {
                return Value::Unknown;
            }
            reduced = self.call_back(callee, vec![reduced, value], at);
        }
        // A path that is only handed on may be a module's, without its extension: what fits is listed too.
        if let Value::Local(number) = callee
            && self.hands_on_paths(*number)
        {
            self.escape(*number);
        }
        reduced
    }
}

/// The elements of arrays in place of these. Which of them there are is not known.
fn flattened(given: &Value) -> Value {
    let parts = given.alternatives().iter().flat_map(|value| match value {
        Value::Array(array) => array.values.as_slice(),
        value => std::slice::from_ref(value),
    });
    Value::some(parts.cloned().collect())
}

/// `array.slice(from, to)`; the array, where those are not known.
fn sliced(array: &Rc<Array>, arguments: &[Argument]) -> Value {
    let whole_array = || Value::Array(Rc::clone(array));
    let bound = |index: usize, absent: usize| match arguments.get(index) {
        None => Some(absent),
        Some(argument) => argument.value.number().map(|number| clamped(number, array)),
    };
    let (Some(from), Some(to)) = (bound(0, 0), bound(1, array.values.len())) else { return whole_array() };
    if !array.is_in_order() {
        return whole_array();
    }
    Value::array(array.values.get(from..to).unwrap_or_default().to_vec())
}

/// The place of an index that may count from the end.
fn place(index: i32, array: &Array) -> Option<usize> {
    let len = i64::try_from(array.values.len()).ok()?;
    let index = i64::from(index);
    usize::try_from(if index < 0 { len + index } else { index }).ok()
}

fn clamped(index: i32, array: &Array) -> usize {
    place(index, array).unwrap_or(0).min(array.values.len())
}
