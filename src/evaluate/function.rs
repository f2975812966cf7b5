//! Functions of the file: what they give, and what they ask for, by parameter.
//!
//! While a function's body is read, its first parameters are strings of one
//! mark each. A value that is returned, or a specifier that is asked for, then
//! shows by its marks how it is made of the arguments, and a call puts them
//! in. Nothing is read twice for it.

mod call;

use std::rc::Rc;

use super::{
    known::Method,
    machine::Machine,
    node_path,
    parameter::Part,
    value::{Argument, Value, mark, marked},
};
use crate::record::{HOLE, ReferenceKind, Span};

/// So many parameters of a function have marks, with what is made of them.
pub(super) const MOST_PARAMETERS: usize = 8;

/// Functions that are remembered; more than any file that a person wrote has.
const MOST_FUNCTIONS: usize = 1 << 16;

/// What is remembered of what a function asks for.
const MOST_ASKS: usize = 16;

/// What is remembered of how a function calls its parameters: a wrapper around
/// a whole file calls `require` for each of its modules.
const MOST_CALLS: usize = 1024;

/// So deep functions call what they were given.
const DEEPEST_CALL: usize = 8;

/// Steps that a call of a function of the file counts for.
const CALL_STEPS: usize = 64;

/// A function that is written in this file, or one that another file exports.
#[derive(Clone, Debug)]
pub(super) struct Function {
    marks: Marks,
    /// So many parameters it has.
    pub(super) positions: usize,
    /// What it makes of them.
    pub(super) parts: Vec<Part>,
    /// Where its name stands, if it is declared.
    name: Option<Span>,
    /// The folder of the file that exports it, which is another one.
    sibling: Option<Rc<str>>,
    /// What it may return.
    returns: Value,
    /// It may return something else, too.
    returns_other: bool,
    /// What it asks for, made of its parameters.
    asks: Vec<Ask>,
    /// Calls of its parameters, with their arguments.
    pub(super) calls: Vec<(usize, Vec<Value>)>,
    /// What it gives to `module.exports`, if that is its parameter.
    pub(super) exports: Value,
    /// Its first parameter is called `require`.
    pub(super) takes_require: bool,
    /// Its body was read to its end.
    closed: bool,
    /// Somebody else may call it, with anything.
    escaped: bool,
    /// It was called by its name.
    called: bool,
    /// What it returned at the first reading.
    earlier: Value,
}

/// Which marks stand for the parameters of a function.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    /// That of the first.
    base: usize,
    /// The position of `...rest`, which is a path's last parts.
    rest: Option<usize>,
}

impl Marks {
    /// The position of the parameter that a character marks.
    fn position(self, character: char) -> Option<usize> {
        marked(character)?.checked_sub(self.base).filter(|position| *position < MOST_PARAMETERS)
    }
}

impl Function {
    fn new(marks: Marks) -> Self {
        Self {
            marks,
            positions: 0,
            parts: Vec::new(),
            name: None,
            sibling: None,
            returns: Value::Unknown,
            returns_other: false,
            asks: Vec::new(),
            calls: Vec::new(),
            exports: Value::Unknown,
            takes_require: false,
            closed: false,
            escaped: false,
            called: false,
            earlier: Value::Unknown,
        }
    }

    /// Its last parameter is `...rest`.
    pub(super) fn has_rest(&self) -> bool {
        self.marks.rest.is_some()
    }

    /// The mark of its first parameter.
    pub(super) fn base(&self) -> usize {
        self.marks.base
    }

    /// It asks for files that its arguments name.
    pub(super) fn has_asks(&self) -> bool {
        !self.asks.is_empty()
    }

    /// What it asks for, made of its parameters.
    pub(super) fn asks(&self) -> &[Ask] {
        &self.asks
    }

    /// What it may return.
    pub(super) fn returns(&self) -> &Value {
        &self.returns
    }

    /// The same for use in other files: its marks are the first ones, and
    /// `copy` makes its values ready.
    pub(super) fn copied(&self, mut copy: impl FnMut(&Value) -> Value) -> Self {
        let asks = self.asks.iter().filter_map(|ask| match copy(&Value::Text(Rc::clone(&ask.specifier))) {
            Value::Text(specifier) => Some(Ask { specifier, ..ask.clone() }),
            _ => None,
        });
        let asks = asks.collect();
        let parts = self.parts.iter().map(|part| part.copied(&mut copy)).collect();
        Self {
            positions: self.positions,
            parts,
            returns: copy(&self.returns),
            returns_other: self.returns_other,
            asks,
            closed: true,
            ..Self::new(Marks { base: 0, ..self.marks })
        }
    }

    /// The same in a file that loads the one in `folder`.
    pub(super) fn of_sibling(&self, folder: &Rc<str>, relocated: impl Fn(&Value) -> Value) -> Self {
        Self { returns: relocated(&self.returns), sibling: Some(Rc::clone(folder)), ..self.clone() }
    }
}

/// Something that a function asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ask {
    pub(super) kind: ReferenceKind,
    specifier: Rc<str>,
    /// A relative path counts too: it is sure to be a file's.
    pub(super) is_file: bool,
    /// Where it asks, and in which `try` block.
    pub(super) at: Span,
    pub(super) in_try: u32,
}

impl Ask {
    /// A string that is no path by itself may become one here.
    pub(super) fn is_told_by_any_string(&self) -> bool {
        let loads = !matches!(self.kind, ReferenceKind::Path | ReferenceKind::Folder | ReferenceKind::Program);
        loads || self.is_file || self.specifier.starts_with('/')
    }

    /// An argument alone that is a path is asked for by whoever passes it to a
    /// function of which nothing is known; one that is loaded, or joined, is not.
    pub(super) fn is_more_than_an_argument(&self) -> bool {
        let loads = !matches!(self.kind, ReferenceKind::Path | ReferenceKind::Folder | ReferenceKind::Program);
        loads || sole_mark(&self.specifier).is_none()
    }
}

impl Machine<'_> {
    /// Stands for a function of which nothing is remembered.
    pub(super) const NO_FUNCTION: u32 = u32::MAX;

    /// A function begins; its body is at `at`.
    pub(super) fn open_function(&mut self, at: u32) -> u32 {
        if !self.follows_values {
            return Self::NO_FUNCTION;
        }
        let base = self.open_marks();
        if let Some(known) = self.function_at.get(&at).copied() {
            let function = &mut self.functions[known as usize];
            if function.base() != base {
                // Of broken text readings may see other functions around it: its marks are those of others then.
                *function = Function::new(Marks { base, rest: None });
            }
            function.earlier = std::mem::replace(&mut function.returns, Value::Unknown);
            function.closed = false;
            self.open_functions.push(known);
            return known;
        }
        let number = self.functions.len();
        if number >= MOST_FUNCTIONS {
            self.open_functions.push(Self::NO_FUNCTION);
            return Self::NO_FUNCTION;
        }
        let number = number as u32;
        self.functions.push(Function::new(Marks { base, rest: None }));
        self.function_at.insert(at, number);
        self.open_functions.push(number);
        number
    }

    /// Stands for a class or an object that was passed over, as if a function had given it.
    pub(super) fn stand_in_for(&mut self, at: u32) -> Option<u32> {
        if let Some(known) = self.function_at.get(&at) {
            return Some(*known);
        }
        let number = u32::try_from(self.functions.len()).ok().filter(|number| (*number as usize) < MOST_FUNCTIONS)?;
        self.functions.push(Function { closed: true, ..Function::new(Marks::default()) });
        self.function_at.insert(at, number);
        Some(number)
    }

    /// The first mark of a function that opens now.
    pub(super) fn marks_of(&self, function: u32) -> Option<usize> {
        self.functions.get(function as usize).map(Function::base)
    }

    /// The marks of all functions that are open.
    pub(super) fn open_marks(&self) -> usize {
        self.open_functions.len() * MOST_PARAMETERS
    }

    /// The body ended.
    pub(super) fn close_function(&mut self) -> Value {
        let Some(number) = self.open_functions.pop() else { return Value::Unknown };
        let Some(function) = self.functions.get_mut(number as usize) else { return Value::Unknown };
        function.closed = true;
        let name = function.name;
        // Calls above it were told what was known at the first reading.
        function.escaped |= function.called && function.returns != function.earlier;
        if function.escaped {
            self.give_away(number);
        }
        if let Some(name) = name {
            self.note_meaning(name, number);
        }
        Value::Local(number)
    }

    /// The function that begins is declared under this name, which is bound before its body is read.
    pub(super) fn name_function(&mut self, number: u32, name: Span) {
        if let Some(function) = self.functions.get_mut(number as usize) {
            function.name = Some(name);
        }
    }

    /// The innermost open function returns this.
    pub(super) fn note_return(&mut self, argument: &Argument) {
        if self.is_dead_code() {
            return;
        }
        match self.open_functions.last().copied() {
            Some(number) if (number as usize) < self.functions.len() => {
                let function = &mut self.functions[number as usize];
                let old = std::mem::replace(&mut function.returns, Value::Unknown);
                function.returns = match (old, &argument.value) {
                    // A promise is known by a number that is good in this reading alone.
                    (old, Value::Loading(_) | Value::LoadingThen(_)) => old,
                    (Value::Unknown, value) => value.clone(),
                    (old, Value::Unknown | Value::Sibling(_)) => old,
                    (old, value) => old.or(value.clone()),
                };
            }
            _ => self.consume(&argument.value, argument.at),
        }
    }

    /// The innermost open function returns something of which nothing is known.
    pub(super) fn note_other_return(&mut self) {
        if self.is_dead_code() {
            return;
        }
        if let Some(function) = self.open_functions.last().and_then(|number| self.functions.get_mut(*number as usize)) {
            function.returns_other = true;
        }
    }

    /// The innermost open function hands this on, or all that is in it: a generator is called for an array.
    pub(super) fn yield_value(&mut self, value: Value, all: bool) {
        if !value.is_known() {
            return self.note_other_return();
        }
        let at = Span { start: self.top().start.unwrap_or(0), end: self.top().end };
        // Whoever goes on without a loop gets it, too.
        self.consume(&value, at);
        let value = if all { value } else { Value::array(vec![value]) };
        self.note_return(&Argument { value, at });
    }

    /// The value of a parameter while the body is read: its mark, or what it
    /// has where nothing is passed.
    pub(super) fn parameter_value(&self, position: usize, base: usize, default: Value) -> Value {
        if position >= MOST_PARAMETERS {
            return default;
        }
        match Value::marked(base + position) {
            Value::Unknown => default,
            marked if default.is_known() => marked.or(default),
            marked => marked,
        }
    }

    /// The value of `...rest` in the function whose body begins.
    pub(super) fn rest_value(&mut self, position: usize, base: usize) -> Value {
        match self.parameter_value(position, base, Value::Unknown) {
            Value::Unknown => Value::Unknown,
            rest => {
                let open = self.open_functions.last().copied();
                if let Some(function) = open.and_then(|number| self.functions.get_mut(number as usize)) {
                    function.marks.rest = Some(position);
                }
                Value::some(vec![rest])
            }
        }
    }

    /// Whether a call of the function may ask for files by its arguments.
    pub(super) fn asks_for_files(&self, number: u32) -> bool {
        self.functions.get(number as usize).is_some_and(Function::has_asks)
    }

    /// Whether others get paths from it that its arguments are part of.
    pub(super) fn hands_on_paths(&self, number: u32) -> bool {
        let asks = self.functions.get(number as usize).map(Function::asks).unwrap_or_default();
        asks.iter().any(|ask| ask.kind == ReferenceKind::Path && !ask.is_file && ask.is_more_than_an_argument())
    }

    /// A function of this file is called: what it takes for a file, whatever string that is, may be
    /// what a function gives whose body was passed over.
    pub(super) fn want_for_local(&mut self, number: u32, arguments: &[Argument]) {
        let Some(function) = self.functions.get(number as usize) else { return };
        let (marks, origins) = (function.marks, function.origins());
        let told = function.asks.iter().filter(|ask| ask.is_told_by_any_string());
        let positions = told.flat_map(|ask| ask.specifier.chars()).filter_map(|character| marks.position(character));
        let positions = positions.filter_map(|place| origins[place]);
        let positions = positions.fold(0_u32, |all, position| all | 1 << position);
        for (position, argument) in arguments.iter().enumerate() {
            let is_rest = marks.rest.is_some_and(|rest| rest <= position && positions & 1 << rest != 0);
            if is_rest || (position < MOST_PARAMETERS && positions & 1 << position != 0) {
                self.want(&argument.value, true);
            }
        }
    }

    /// Somebody else got the function: what it returns may be used by anybody.
    pub(super) fn escape(&mut self, number: u32) {
        let Some(function) = self.functions.get_mut(number as usize) else { return };
        // What another file exports was given away there.
        if function.escaped || function.sibling.is_some() {
            return;
        }
        function.escaped = true;
        if function.closed {
            self.give_away(number);
        }
    }

    /// A function may return one that returns one, as deep as the file is long:
    /// so those that are met on the way wait for their turn.
    fn give_away(&mut self, number: u32) {
        self.given_away.push(number);
        if self.given_away.len() > 1 {
            return;
        }
        let at = Span { start: self.top().end, end: self.top().end };
        let mut next = 0;
        while let Some(number) = self.given_away.get(next).copied() {
            let value = self.functions[number as usize].returns.clone().forget_marks(0);
            self.consume(&value, at);
            next += 1;
        }
        self.given_away.clear();
    }

    /// Remembers what the function that owns the specifier's marks asks for;
    /// gives that function, if there is one.
    pub(super) fn note_ask(&mut self, kind: ReferenceKind, specifier: &str, is_file: bool, at: Span) -> Option<u32> {
        let last = specifier.chars().filter_map(marked).max()?;
        let number = self.owner_of_mark(last)?;
        let function = self.functions.get_mut(number as usize)?;
        let ask = Ask { kind, specifier: specifier.into(), is_file, at, in_try: self.current_try };
        if !function.asks.contains(&ask) {
            if function.asks.len() >= MOST_ASKS {
                function.escaped = true;
                return None;
            }
            function.asks.push(ask);
            // Calls above it did not know of this.
            function.escaped |= function.called;
        }
        Some(number)
    }

    /// Whether everything that the function asks for was asked for by its calls.
    pub(super) fn is_told_by_calls(&self, function: u32) -> bool {
        self.functions.get(function as usize).is_some_and(|function| function.called && !function.escaped)
    }

    /// The open function whose parameter has the mark.
    pub(super) fn owner_of_mark(&self, mark: usize) -> Option<u32> {
        self.open_functions.get(mark / MOST_PARAMETERS).copied()
    }

    /// A parameter of an open function is called.
    pub(super) fn note_call(&mut self, mark: usize, arguments: &[Argument]) {
        let Some(number) = self.owner_of_mark(mark) else { return };
        // Members that are called are methods, as a rule, and no functions of this file.
        if self.made_of_parameter(&Value::marked(mark)).is_some() {
            return;
        }
        if let Some(function) = self.functions.get_mut(number as usize)
            && function.calls.len() < MOST_CALLS
        {
            let values: Vec<Value> = arguments.iter().take(4).map(|argument| argument.value.clone()).collect();
            if !function.calls.iter().any(|(known, with)| *known == mark && *with == values) {
                function.calls.push((mark, values));
            }
        }
    }

    /// Functions within a value that somebody else gets.
    pub(super) fn escape_all(&mut self, value: &Value) {
        match value {
            Value::Local(number) => self.escape(*number),
            Value::OneOf(values) => values.iter().for_each(|value| self.escape_all(value)),
            Value::Array(array) => array.values.iter().for_each(|value| self.escape_all(value)),
            Value::Object(object) => object.entries.iter().for_each(|(_, value)| self.escape_all(value)),
            Value::Method(of) if of.1 == Method::Bound => self.escape_all(&of.0),
            _ => {}
        }
    }

    /// The second reading begins: who calls whom is found out anew.
    pub(super) fn forget_calls(&mut self) {
        for function in &mut self.functions {
            function.escaped = false;
            function.called = false;
        }
    }
}

/// The parameter that a text is, if it is one and nothing more.
pub(super) fn sole_mark(text: &str) -> Option<usize> {
    sole(text).and_then(marked)
}

fn sole(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let first = characters.next()?;
    characters.next().is_none().then_some(first)
}

/// The same text with the first marks in place of those from `base` on, and
/// holes in place of all others.
pub(super) fn rebased(text: &str, base: Option<usize>) -> String {
    let own = |number: usize| number.checked_sub(base?).filter(|position| *position < MOST_PARAMETERS);
    let rebased = |character| match marked(character) {
        Some(number) => own(number).and_then(mark).unwrap_or(HOLE),
        None => character,
    };
    text.chars().map(rebased).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evaluate::Settings,
        lexer::{Dialect, Lexer},
        record::Format,
    };

    #[test]
    fn a_function_that_is_found_at_another_depth_begins_anew() {
        // Readings of broken text may differ so.
        let dialect = Dialect { typescript: false, jsx: false, module: false };
        let settings = Settings {
            dialect,
            format: Format::CommonJs,
            mixed_modules: false,
            folds_strings: true,
            finds_files: true,
            location: None,
        };
        let mut machine = Machine::new(Lexer::new(b"", dialect), 0, &settings);
        machine.follows_values = true;
        let number = machine.open_function(10);
        machine.close_function();
        machine.open_function(5);
        assert_eq!(machine.open_function(10), number);
        assert_eq!(machine.marks_of(number), Some(MOST_PARAMETERS), "its marks are those of its place");
    }
}
