//! Calls of the file's own functions: what is known of them, with the arguments
//! in the place of the parameters.
//!
//! Nothing is read again here, and a call that nobody can tell apart from
//! others makes its function one that anybody calls.

use std::rc::Rc;

use super::{
    super::{
        frame::Call,
        node_path,
        parameter::Origins,
        sibling::Sibling,
        value::{Argument, LONGEST_PATH, MOST_ALTERNATIVES, Value, has_unknown_part, marked},
    },
    Ask, CALL_STEPS, DEEPEST_CALL, Machine, Marks, sole,
};
use crate::record::{HOLE, ReferenceKind, Span};

impl Machine<'_> {
    /// A call of a function of the file.
    pub(in super::super) fn call_local(&mut self, number: u32, arguments: &[Argument], at: Span) -> Value {
        let Some(function) = self.functions.get(number as usize) else { return Value::Unknown };
        let marks = function.marks;
        let sibling = function.sibling.clone();
        let is_open = !function.closed;
        self.spend(CALL_STEPS);
        let is_too_much = self.call_depth >= DEEPEST_CALL || self.is_spent();
        let function = &mut self.functions[number as usize];
        if is_open || is_too_much {
            // It calls itself, with arguments that nobody tells apart.
            function.escaped = true;
            return Value::Unknown;
        }
        function.called = true;
        // Which of its returns is taken is not known, and a flag that it returns decides nothing.
        let mut returns = function.returns.clone().map(|value| match value {
            Value::Boolean(_) => Value::Unknown,
            value => value.clone(),
        });
        if function.returns_other {
            returns = returns.or(Value::Unknown);
        }
        let is_passed = self.quiet.has_passed(number);
        if is_passed {
            returns = Sibling::returned_by(number);
        }
        let function = &self.functions[number as usize];
        let asks = function.asks.clone();
        let calls = function.calls.clone();
        let (places, origins) = self.with_parts(number, arguments, at);
        self.call_depth += 1;
        if is_passed && arguments.iter().any(|argument| self.loads_for_others(&argument.value)) {
            self.quiet.want_body(number);
        } else if is_passed && arguments.iter().any(|argument| self.may_become_a_reference(&argument.value)) {
            self.quiet.want_body_for_path(number);
        }
        self.call_arguments(&calls, marks, &places, at);
        self.call_depth -= 1;
        if sibling.is_some() {
            // It may do more with a path than is known of it here.
            self.consume_all(arguments);
        } else {
            self.consume_unused(&returns, &asks, (marks, origins), arguments);
        }
        let returns = self.another_use(returns);
        self.spend(asks.iter().map(|ask| ask.specifier.len()).sum());
        for ask in asks {
            for specifier in self.with_arguments(&ask.specifier, marks, &places) {
                match &sibling {
                    Some(folder) => self.ask_for_sibling(&ask, folder, specifier, at),
                    None => self.ask_again(&ask, &specifier),
                }
            }
        }
        for argument in arguments {
            // A function that is passed on may be called with anything.
            self.escape_all(&argument.value);
        }
        let value = self.value_with_arguments(&returns, marks, &places);
        if self.is_spent() {
            // What it asks for was not worked out for this call.
            self.functions[number as usize].escaped = true;
        }
        match arguments.first().and_then(|argument| self.after_interop(&argument.value)) {
            // Interop helpers of compilers give back the module that they get, or a getter of it.
            Some(module)
                if value
                    .alternatives()
                    .iter()
                    .all(|value| matches!(value, Value::Unknown | Value::Nothing | Value::Local(_))) =>
            {
                module
            }
            _ => value.forget_marks(self.open_marks()),
        }
    }

    /// A function of another file asks: it loads from where it lies, and
    /// expects failures that only it knows of.
    fn ask_for_sibling(&mut self, ask: &Ask, folder: &str, specifier: String, at: Span) {
        let is_relative = specifier.starts_with("./") || specifier.starts_with("../");
        let loads = !matches!(ask.kind, ReferenceKind::Path | ReferenceKind::Folder | ReferenceKind::Program);
        let specifier = match is_relative && loads {
            true => node_path::path::join(&[folder, &specifier]).unwrap_or(specifier),
            false => specifier,
        };
        // What its arguments leave open is told by the other file as a pattern of its own.
        if loads && has_unknown_part(&specifier) {
            return;
        }
        let from = self.candidates.len();
        // Its own place is one in the other file.
        let ask = Ask { at, in_try: self.current_try, ..ask.clone() };
        self.ask_again(&ask, &specifier);
        self.candidates[from..].iter_mut().for_each(|candidate| candidate.guarded = true);
    }

    /// What is passed for the parameter at `position`.
    fn passed(&mut self, position: usize, rest: Option<usize>, arguments: &[Argument]) -> Value {
        let mut passed = arguments.get(position..).unwrap_or_default().iter().map(|argument| argument.value.clone());
        let first = passed.next();
        if rest != Some(position) {
            return first.unwrap_or(Value::Unknown);
        }
        let slash = Value::text_of("/");
        passed.fold(first.unwrap_or(Value::text_of("")), |path, part| {
            let path = self.plus_values(&path, &slash);
            self.plus_values(&path, &part)
        })
    }

    /// The function calls what it was given.
    fn call_arguments(&mut self, calls: &[(usize, Vec<Value>)], marks: Marks, arguments: &[Argument], at: Span) {
        for (parameter, values) in calls {
            let Some(callee) = parameter.checked_sub(marks.base).and_then(|index| arguments.get(index)) else {
                continue;
            };
            if !matches!(callee.value, Value::Local(_) | Value::Require(_) | Value::Function(_) | Value::OneOf(_)) {
                continue;
            }
            let arguments = values
                .iter()
                .map(|value| Argument { value: self.value_with_arguments(value, marks, arguments), at })
                .collect();
            let call = Call { callee: callee.value.clone(), arguments, spread: false };
            self.call_value(call, at);
            if self.is_spent() {
                return;
            }
        }
    }

    /// Arguments of which the function's own text does not tell what becomes of them.
    fn consume_unused(
        &mut self,
        returns: &Value,
        asks: &[Ask],
        (marks, origins): (Marks, Origins),
        arguments: &[Argument],
    ) {
        for (index, argument) in arguments.iter().enumerate() {
            let position = marks.rest.map_or(index, |rest| index.min(rest));
            let is_used = |text: &str| {
                text.chars()
                    .filter_map(|character| marks.position(character))
                    .any(|place| origins[place] == Some(position))
            };
            let is_string = matches!(argument.value, Value::Text(_) | Value::Literal(_) | Value::Told(_));
            let is_told = asks.iter().any(|ask| is_used(&ask.specifier))
                || returns.alternatives().iter().any(|value| matches!(value, Value::Text(text) if is_used(text)));
            if !(is_string && is_told) {
                self.consume(&argument.value, argument.at);
            }
        }
    }

    /// `text` with the arguments in place of the marks.
    fn with_arguments(&mut self, text: &str, marks: Marks, arguments: &[Argument]) -> Vec<String> {
        let mut texts = vec![String::with_capacity(text.len())];
        for character in text.chars() {
            let Some(position) = marks.position(character) else {
                self.spend(texts.len().saturating_sub(1));
                texts.iter_mut().for_each(|text| text.push(character));
                continue;
            };
            let argument = self.passed(position, marks.rest, arguments);
            let values: Vec<String> = argument
                .alternatives()
                .iter()
                // There no path comes out.
                .filter(|value| **value != Value::Nothing)
                .map(|value| self.text(value).map_or(HOLE.to_string(), |text| text.into_owned()))
                .collect();
            if texts.len() * values.len() > MOST_ALTERNATIVES {
                texts.iter_mut().for_each(|text| text.push(HOLE));
                continue;
            }
            texts = texts.iter().flat_map(|text| values.iter().map(move |value| format!("{text}{value}"))).collect();
            self.spend(texts.iter().map(String::len).sum());
            if self.is_spent() {
                return Vec::new();
            }
        }
        if self.is_spent() {
            return Vec::new();
        }
        texts.retain(|text| text.len() <= LONGEST_PATH);
        for text in &mut texts {
            // `path.join` has seen a mark where there is now a path.
            if text.starts_with('/') {
                *text = super::node_path::path::normalize(text).unwrap_or_default();
            }
        }
        texts
    }

    fn value_with_arguments(&mut self, value: &Value, marks: Marks, arguments: &[Argument]) -> Value {
        match value {
            Value::Text(text) if text.contains(|character| marked(character).is_some()) => {
                // A parameter that is given back as it is may be anything, not only a string.
                if let Some(position) = sole(text).and_then(|mark| marks.position(mark)) {
                    return self.passed(position, marks.rest, arguments);
                }
                let texts = self.with_arguments(text, marks, arguments);
                Value::one_of(texts.into_iter().map(Value::text_of))
            }
            Value::OneOf(values) => {
                let values: Vec<Value> =
                    values.iter().map(|value| self.value_with_arguments(value, marks, arguments)).collect();
                Value::one_of(values)
            }
            Value::Array(array) => array.map(|value| self.value_with_arguments(value, marks, arguments)),
            Value::Object(object) => {
                let members = object.entries.iter();
                let members =
                    members.map(|(k, value)| (Rc::clone(k), self.value_with_arguments(value, marks, arguments)));
                object.with(members.collect())
            }
            value => value.clone(),
        }
    }
}
