//! What a function makes of its parameters before it asks for files by them.
//!
//! A member of a parameter, a parameter in other letters, the URL that one
//! names: each has a mark of its own, as if it were one more parameter, and a
//! call works it out from the arguments.

use std::{borrow::Cow, rc::Rc};

use super::{
    frame::{Key, Opener},
    function::{Function, MOST_PARAMETERS, sole_mark},
    known::Method,
    machine::{Machine, Parameter},
    node_path,
    value::{Argument, Value, has_unknown_part, without_marks},
};
use crate::{
    lexer::{Kind, Token},
    record::Span,
};

/// How a part is made.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Made {
    /// The member of that name.
    Member(Rc<str>),
    /// The element of that number.
    Element(u8),
    /// What a method of strings gives, with these arguments.
    Method(Method, Rc<[Value]>),
    /// The path of the URL that it is, as seen from that file.
    Url(Rc<str>),
}

/// Something that a function makes of a parameter, or of such a part.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Where it stands among the parameters: behind those that the function has, from the last place on.
    place: usize,
    /// Of what it is made.
    of: usize,
    made: Made,
}

impl Part {
    /// The same for use in other files: `copy` makes its values ready.
    pub(super) fn copied(&self, copy: &mut impl FnMut(&Value) -> Value) -> Self {
        let made = match &self.made {
            Made::Method(method, arguments) => Made::Method(*method, arguments.iter().map(copy).collect()),
            made => made.clone(),
        };
        Self { made, ..*self }
    }
}

/// For each place among the parameters the parameter that what stands there is made of, if it could be made.
pub(super) type Origins = [Option<usize>; MOST_PARAMETERS];

impl Function {
    /// Of what it is made that stands in each place among the parameters.
    pub(super) fn origins(&self) -> Origins {
        let mut origins = std::array::from_fn(Some);
        for part in &self.parts {
            origins[part.place] = origins[part.of];
        }
        origins
    }

    /// The mark of what is made so, if there is room for it.
    fn part(&mut self, of: usize, made: Made) -> Option<usize> {
        let known = self.parts.iter().find(|part| part.of == of && part.made == made).map(|part| part.place);
        let place = match known {
            Some(place) => place,
            None => {
                let place = (MOST_PARAMETERS - 1).checked_sub(self.parts.len())?;
                if place < self.positions || self.has_rest() {
                    return None;
                }
                self.parts.push(Part { place, of, made });
                place
            }
        };
        Some(self.base() + place)
    }

    /// How the part is made that has this mark.
    fn made(&self, mark: usize) -> Option<&Made> {
        let place = mark.checked_sub(self.base())?;
        self.parts.iter().find(|part| part.place == place).map(|part| &part.made)
    }
}

impl<'s> Machine<'s> {
    /// What is made so of a parameter of an open function; unknown for all other values.
    pub(super) fn part_of(&mut self, value: &Value, made: Made) -> Value {
        let Value::Text(text) = value else { return Value::Unknown };
        let Some(mark) = sole_mark(text) else { return Value::Unknown };
        let function = self.owner_of_mark(mark).and_then(|number| self.functions.get_mut(number as usize));
        let part = function.and_then(|function| function.part(mark.checked_sub(function.base())?, made));
        part.map_or(Value::Unknown, Value::marked)
    }

    /// How the value is made of a parameter, if it is no parameter itself.
    pub(super) fn made_of_parameter(&self, value: &Value) -> Option<&Made> {
        let Value::Text(text) = value else { return None };
        let mark = sole_mark(text)?;
        self.functions.get(self.owner_of_mark(mark)? as usize)?.made(mark)
    }

    /// `parameter.name`, where the name is no method's.
    pub(super) fn member_of_parameter(&mut self, value: &Value, name: &[u8]) -> Value {
        match std::str::from_utf8(name) {
            Ok("href" | "pathname") if matches!(self.made_of_parameter(value), Some(Made::Url(_))) => value.clone(),
            // What tells only how much there is has no part in a path.
            Ok("length") | Err(_) => Value::Unknown,
            Ok(name) => self.part_of(value, Made::Member(name.into())),
        }
    }

    /// `parameter.method(…)`, a string that a call can work out.
    pub(super) fn string_of_parameter(&mut self, receiver: &Value, method: Method, arguments: &[Argument]) -> Value {
        let gives_string = matches!(
            method,
            Method::Replace
                | Method::ReplaceAll
                | Method::ToLowerCase
                | Method::ToUpperCase
                | Method::Trim
                | Method::TrimStart
                | Method::TrimEnd
                | Method::Slice
                | Method::Substring
        );
        let is_plain = |value: &Value| match value {
            Value::Regex(_) | Value::Number(_) => true,
            value => self.text(value).is_some_and(|text| !has_unknown_part(&text)),
        };
        if !gives_string || !arguments.iter().all(|argument| is_plain(&argument.value)) {
            return Value::Unknown;
        }
        let arguments = arguments.iter().map(|argument| argument.value.clone()).collect();
        self.part_of(receiver, Made::Method(method, arguments))
    }

    /// The arguments of a call with what the function makes of them, each in its place.
    pub(super) fn with_parts<'a>(
        &mut self,
        number: u32,
        arguments: &'a [Argument],
        at: Span,
    ) -> (Cow<'a, [Argument]>, Origins) {
        let Some(function) = self.functions.get(number as usize) else {
            return (Cow::Borrowed(arguments), [None; MOST_PARAMETERS]);
        };
        let mut origins = function.origins();
        if function.parts.is_empty() {
            return (Cow::Borrowed(arguments), origins);
        }
        let (parts, positions) = (function.parts.clone(), function.positions);
        let mut places: Vec<Argument> = arguments.iter().take(positions).cloned().collect();
        places.resize(MOST_PARAMETERS, Argument { value: Value::Nothing, at });
        for Part { place, of, made } in parts {
            let value = self.make(&places[of].value.clone(), &made);
            places[place].value = self.another_use(value);
            if !places[place].value.is_known() {
                origins[place] = None;
            }
        }
        // Of parameters that nothing is passed for nothing is known.
        places.iter_mut().take(positions).skip(arguments.len()).for_each(|place| place.value = Value::Unknown);
        (Cow::Owned(places), origins)
    }

    fn make(&mut self, value: &Value, made: &Made) -> Value {
        self.spend(value.alternatives().len());
        match made {
            Made::Member(_) | Made::Element(_) if *value == Value::Nothing => Value::Nothing,
            Made::Member(name) => value.map(|value| match value {
                Value::Object(object) if !object.open && object.get(name).is_none() => Value::Nothing,
                value => self.member_of(value, name.as_bytes()),
            }),
            Made::Element(index) => value.map(|value| match value {
                Value::Array(array) => array.values.get(usize::from(*index)).cloned().unwrap_or(Value::Nothing),
                _ => Value::Unknown,
            }),
            Made::Method(method, arguments) => {
                let at = Span { start: self.top().end, end: self.top().end };
                let arguments: Vec<Argument> =
                    arguments.iter().map(|value| Argument { value: value.clone(), at }).collect();
                let results: Vec<Value> =
                    value.alternatives().iter().map(|value| self.string_of(value, *method, &arguments)).collect();
                Value::one_of(results)
            }
            Made::Url(base) => value.map(|value| match value {
                Value::Url(path) => Value::Text(Rc::clone(path)),
                value => self.path_from(base, value).map_or(Value::Unknown, Value::text_of),
            }),
        }
    }

    /// The path of `new URL(reference, base)`.
    fn path_from(&self, base: &str, reference: &Value) -> Option<String> {
        let reference = self.text(reference)?;
        let base = node_path::url::path_to_file_url("/", base)?;
        let href = node_path::url::resolve_url(&without_marks(&reference), Some(&base))?;
        node_path::url::file_url_to_path(&href)
    }

    /// Of `{ key: name }` and `[name]` in the place of a parameter: which one that is, and what it takes of it.
    pub(super) fn taken_by_pattern(&self, name: Token) -> Option<(u8, Key)> {
        let [.., around, pattern] = self.frames.as_slice() else { return None };
        if around.bracket != Kind::ParenOpen || !around.binds || !pattern.binds || self.before.kind == Kind::Ellipsis {
            return None;
        }
        let key = match &pattern.opener {
            Opener::Object(literal) => match &literal.property {
                Some(property) => Key::Member(property.at?),
                None => Key::Member(name.span()),
            },
            Opener::Array(..) => Key::Element(pattern.commas),
            _ => return None,
        };
        Some((around.commas, key))
    }

    /// So many parameters the function has whose body begins, patterns among them.
    pub(super) fn note_positions(&mut self, parameters: &[Parameter]) {
        let positions = parameters.iter().filter_map(|parameter| {
            let taken = parameter.taken.as_ref().map(|(position, _)| *position);
            parameter.position.or(taken)
        });
        let positions = positions.max().map_or(0, |last| usize::from(last) + 1);
        let open = self.open_functions.last().copied();
        if let Some(function) = open.and_then(|number| self.functions.get_mut(number as usize)) {
            function.positions = positions;
        }
    }

    /// The value of a name that a pattern takes of a parameter, or what it has where there is nothing.
    pub(super) fn value_of_taken(&mut self, position: u8, key: Key, base: usize, default: Value) -> Value {
        let made = match key {
            Key::Member(name) => Made::Member(String::from_utf8_lossy(self.slice(name)).into()),
            Key::Element(index) => Made::Element(index),
            Key::Rest(_) => return default,
        };
        let whole = self.parameter_value(usize::from(position), base, Value::Unknown);
        match self.part_of(&whole, made) {
            Value::Unknown if default.is_known() => default.or(Value::Unknown),
            part if default.is_known() => part.or(default),
            part => part,
        }
    }
}
