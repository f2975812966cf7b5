//! Operators: how the value of an expression comes out of its operands.
//!
//! An expression is folded as it is read, by precedence. What waits for its
//! right side lies on one stack that all frames share; each frame owns what
//! lies above its `operators_at`. Conditionals fold into the values that they
//! may have, so that a chain of them takes no more room than one.

use super::{
    frame::Frame,
    machine::Machine,
    value::{Argument, LONGEST_PATH, LONGEST_TEXT, Origin, Value, has_unknown_part},
};
use crate::record::Span;

/// Values that weigh no more are used for nothing: a path, a short list.
const FREE_WEIGHT: usize = 256;

/// Operators that wait at one time: more than any expression that Node can read has.
const MOST_WAITING: usize = 1 << 16;

/// What waits for its right side.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    left: Value,
    operator: Operator,
    /// The name that is assigned to, or nothing.
    name: Option<Span>,
    /// The right side is never run; so many references were known before it.
    dead_from: Option<usize>,
}

/// An operator, as far as values differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `=>` of an arrow whose body is an expression.
    Arrow {
        /// The function, or [`Machine::NO_FUNCTION`].
        function: u32,
        /// How many names the frame owned before the parameters.
        names_at: u32,
    },
    /// `yield`, or `yield*` of all that is in something.
    Yield {
        all: bool,
    },
    /// `=`, and `||=`, `&&=`, `??=`, after which either value may be had.
    Assign,
    /// `+=`.
    AddAssign,
    /// `*=` and the others.
    OtherAssign,
    /// `?`, and what is had if its condition holds.
    Then(Option<bool>),
    /// `:`, and whether the left is taken; `None`: either.
    Else(Option<bool>),
    Or,
    Coalesce,
    And,
    /// `===`, or `!==` if negated.
    Equality {
        negated: bool,
    },
    /// `<`, `in`, `&`, `*` …: their values are nothing to us.
    Other,
    Plus,
    Minus,
    Not,
    Typeof,
    Void,
    New,
    /// `-x`.
    Negate,
    /// `+x`, `~x`, `delete x` …
    OtherPrefix,
}

impl Operator {
    /// Higher binds tighter. Multiplication and the like may stand with
    /// comparison: both give nothing that we know.
    fn rank(self) -> u8 {
        match self {
            Self::Arrow { .. } | Self::Yield { .. } | Self::Assign | Self::AddAssign | Self::OtherAssign => 0,
            Self::Then(_) | Self::Else(_) => 1,
            Self::Coalesce | Self::Or => 2,
            Self::And => 3,
            Self::Equality { .. } => 4,
            Self::Other => 5,
            Self::Plus | Self::Minus => 6,
            Self::Not | Self::Typeof | Self::Void | Self::New | Self::Negate | Self::OtherPrefix => 7,
        }
    }
}

impl Machine<'_> {
    /// An operator between two operands.
    pub(super) fn binary(&mut self, operator: Operator, at: Span) {
        let left = self.reduce(operator.rank());
        let is_dead = self.follows_values
            && match operator {
                Operator::And => self.truth(&left) == Some(false),
                Operator::Or => self.truth(&left) == Some(true) && self.is_decided(&left),
                _ => false,
            };
        self.wait(left, operator, None, at);
        self.skip_right_side(is_dead);
    }

    /// What waits last has a right side that never runs.
    fn skip_right_side(&mut self, is_dead: bool) {
        let from = self.candidates.len();
        if is_dead && let Some(waiting) = self.operators.last_mut() {
            waiting.dead_from = Some(from);
        }
    }

    /// A value that the target or the user decides, not one that is only
    /// written in the file: a path that is known may still not be there.
    pub(super) fn is_decided(&self, value: &Value) -> bool {
        matches!(value, Value::Boolean(_))
    }

    /// An operator before its operand.
    pub(super) fn prefix_operator(&mut self, operator: Operator, at: Span) {
        self.wait(Value::Unknown, operator, None, at);
    }

    /// An assignment: what stands left of it is a place, not a value.
    pub(super) fn assignment(&mut self, operator: Operator, at: Span) {
        let frame = self.top();
        let name = frame.bare.or(frame.dotted);
        let name = if self.follows_values { name.or_else(|| self.place_in_brackets()) } else { name };
        let frame = self.top_mut();
        let left = frame.operand.take().unwrap_or(Value::Unknown);
        self.wait(left, operator, name, at);
    }

    fn wait(&mut self, left: Value, operator: Operator, name: Option<Span>, at: Span) {
        let frame = self.top_mut();
        frame.bare = None;
        frame.dotted = None;
        frame.extend(at);
        self.make_room(at);
        self.operators.push(Waiting { left, operator, name, dead_from: None });
    }

    /// Forgets the expression that is being read at this level, if too much waits.
    pub(super) fn make_room(&mut self, at: Span) {
        if self.operators.len() >= MOST_WAITING {
            self.clear_expression();
            self.top_mut().extend(at);
        }
    }

    /// `?` was read: what is on its left is a condition.
    pub(super) fn condition(&mut self, at: Span) {
        let test = self.reduce(2);
        let is_decided = self.follows_values && self.is_decided(&test);
        let truth = if is_decided { self.truth(&test) } else { None };
        self.top_mut().conditions += 1;
        self.wait(Value::Unknown, Operator::Then(truth), None, at);
        self.skip_right_side(truth == Some(false));
    }

    /// The `:` of a `?` was read.
    pub(super) fn alternative(&mut self, at: Span) {
        self.top_mut().conditions -= 1;
        let mut left = self.top_mut().operand.take().unwrap_or(Value::Unknown);
        while let Some(waiting) = self.pop_waiting(0) {
            let Operator::Then(truth) = waiting.operator else {
                left = self.apply(waiting, left);
                continue;
            };
            let mut taken = truth;
            self.bury(waiting.dead_from);
            if truth == Some(false) {
                left = Value::Unknown;
            }
            // `a ? b : c ? d : …`: b and d are arms of one conditional.
            match self.operators[self.top().operators_at..].last() {
                Some(Waiting { operator: Operator::Else(None), .. }) if truth != Some(true) => {
                    if let Some(outer) = self.operators.pop() {
                        left = if truth.is_none() { self.either(outer.left, left) } else { outer.left };
                        taken = None;
                    }
                }
                Some(Waiting { operator: Operator::Else(Some(false)), .. }) => {
                    self.operators.pop();
                }
                _ => {}
            }
            self.wait(left, Operator::Else(taken), None, at);
            return self.skip_right_side(taken == Some(true));
        }
        self.wait(left, Operator::Else(None), None, at);
    }

    /// The `object.member` that gets what is being read at this level.
    pub(super) fn member_that_is_assigned(&self) -> Option<Span> {
        let waiting = self.operators.get(self.top().operators_at..)?.last()?;
        waiting.name.filter(|name| waiting.operator == Operator::Assign && self.slice(*name).contains(&b'.'))
    }

    /// Whether nothing at this level waits for what is being read.
    pub(super) fn nothing_waits(&self) -> bool {
        self.operators.len() <= self.top().operators_at
    }

    /// Takes the value of the expression that ended, and begins the next.
    pub(super) fn take_expression(&mut self) -> Option<Argument> {
        let value = self.reduce(0);
        let frame = self.top_mut();
        let at = frame.start.map(|start| Span { start, end: frame.end });
        frame.start = None;
        frame.bare = None;
        frame.dotted = None;
        frame.conditions = 0;
        at.map(|at| Argument { value, at })
    }

    /// Folds what waits at this level and binds at least as tightly as `rank`;
    /// gives the value so far.
    fn reduce(&mut self, rank: u8) -> Value {
        let mut value = self.top_mut().operand.take();
        while let Some(waiting) = self.pop_waiting(rank) {
            let right = value.unwrap_or(Value::Unknown);
            value = Some(self.apply(waiting, right));
        }
        value.unwrap_or(Value::Unknown)
    }

    fn pop_waiting(&mut self, rank: u8) -> Option<Waiting> {
        if self.operators.len() <= self.top().operators_at {
            return None;
        }
        self.operators.pop_if(|waiting| waiting.operator.rank() >= rank)
    }

    /// Forgets the expression that was being read.
    pub(super) fn clear_expression(&mut self) {
        // Arrows have names to give back.
        while let Some(waiting) = self.pop_waiting(0) {
            if matches!(waiting.operator, Operator::Arrow { .. }) {
                self.apply(waiting, Value::Unknown);
            }
        }
        let frame = self.top_mut();
        frame.operand = None;
        frame.start = None;
        frame.bare = None;
        frame.dotted = None;
        frame.conditions = 0;
    }

    /// The operand was a contextual keyword, such as `await`: the next one takes its place.
    pub(super) fn forget_operand(&mut self) {
        let is_first = self.operators.len() <= self.top().operators_at;
        let frame = self.top_mut();
        frame.operand = None;
        frame.bare = None;
        if is_first {
            frame.start = None;
        }
    }

    fn apply(&mut self, waiting: Waiting, right: Value) -> Value {
        let Waiting { left, operator, name, dead_from } = waiting;
        self.bury(dead_from);
        if let Operator::Arrow { function, names_at } = operator {
            return self.end_arrow(function, names_at as usize, right);
        }
        if !self.follows_values {
            let folds = self.settings.folds_strings && self.open_interests > 0;
            // `other = require`: it takes values to know the other name.
            self.wants_values |= self.may_follow_values && operator == Operator::Assign && right.loads();
            return apply_to_loaders(left, operator, right, folds, self.source);
        }
        match operator {
            Operator::Arrow { .. } => Value::Unknown,
            Operator::Yield { all } => {
                self.yield_value(right, all);
                Value::Unknown
            }
            Operator::Assign => {
                self.top_mut().assigned = true;
                self.assign_value(name, &right);
                right
            }
            Operator::AddAssign => {
                let sum = self.plus_values(&left, &right);
                self.assign_value(name, &sum);
                sum
            }
            Operator::OtherAssign => {
                self.assign_value(name, &Value::Unknown);
                Value::Unknown
            }
            Operator::Then(_) => Value::Unknown,
            Operator::Else(Some(true)) => left,
            Operator::Else(Some(false)) => right,
            Operator::Else(None) => self.either(left, right),
            Operator::Or => match self.truth(&left) {
                Some(true) => left,
                Some(false) => right,
                None => {
                    let left = left.without(|left| left.truth(self.source) == Some(false)).into_owned();
                    self.either(left, right)
                }
            },
            Operator::And => match self.truth(&left) {
                Some(true) => right,
                Some(false) => left,
                // `(test && 'a') || 'b'`: it may be either string.
                None if right.alternatives().iter().all(|right| self.text(right).is_some()) => {
                    self.either(right, Value::Boolean(false))
                }
                None => right,
            },
            Operator::Coalesce => match left {
                Value::Nothing => right,
                Value::Unknown | Value::Sibling(_) | Value::OneOf(_) => self.either(left, right),
                known => known,
            },
            Operator::Equality { negated } => match self.equal(&left, &right) {
                Some(equal) => Value::Boolean(equal != negated),
                None => Value::Unknown,
            },
            Operator::Plus => self.plus_values(&left, &right),
            Operator::Minus => {
                let difference = left.number().zip(right.number()).and_then(|(left, right)| left.checked_sub(right));
                difference.map_or(Value::Unknown, Value::Number)
            }
            Operator::Negate => right.number().and_then(i32::checked_neg).map_or(Value::Unknown, Value::Number),
            // Of a variable's value it is not known when it has it.
            Operator::Not => match right {
                Value::Boolean(truth) => Value::Boolean(!truth),
                Value::Told(text) => Value::Boolean(text.is_empty()),
                _ => Value::Unknown,
            },
            Operator::Typeof => type_of(&right).map_or(Value::Unknown, Value::told),
            Operator::Void => Value::Nothing,
            Operator::New => right,
            Operator::Other | Operator::OtherPrefix => Value::Unknown,
        }
    }

    /// What was asked for since then is never run.
    pub(super) fn bury(&mut self, dead_from: Option<usize>) {
        let Some(from) = dead_from else { return };
        for index in from..self.candidates.len() {
            let candidate = &mut self.candidates[index];
            candidate.hidden = true;
            let key = super::ask::key(candidate.kind, &candidate.specifier);
            // Somebody alive may ask for the same.
            self.asked_paths.remove(&*key);
        }
    }

    /// One of both, if there is room for it.
    pub(super) fn either(&mut self, left: Value, right: Value) -> Value {
        let both = left.or(right);
        self.spend(both.alternatives().len() * 4);
        both
    }

    pub(super) fn truth(&self, value: &Value) -> Option<bool> {
        match value {
            Value::Filename | Value::ImportMetaUrl => Some(true),
            value => value.truth(self.source),
        }
    }

    /// Whether two values are the same; `None` where that is not known for
    /// sure: a variable may have other values than those read so far.
    pub(super) fn equal(&self, left: &Value, right: &Value) -> Option<bool> {
        match (left, right) {
            (Value::Boolean(left), Value::Boolean(right)) => Some(left == right),
            (Value::Told(told), other) | (other, Value::Told(told)) => {
                let other = self.text(other)?;
                (!has_unknown_part(&other)).then(|| **told == *other)
            }
            _ => None,
        }
    }

    /// `left + right`: a string, if one of them is a string. What is not known
    /// of the other is a hole.
    pub(super) fn plus_values(&mut self, left: &Value, right: &Value) -> Value {
        let (left, right) = (&*left.without_false(), &*right.without_false());
        let count = left.alternatives().len() * right.alternatives().len();
        if count > super::value::MOST_ALTERNATIVES {
            // Too many to tell apart: what is common to all of them is what is fixed.
            let (left, right) = (self.blurred(left), self.blurred(right));
            return self.plus_single(&left, &right);
        }
        if count == 1 {
            return self.plus_single(left, right);
        }
        let mut sums = Vec::with_capacity(count);
        for left in left.alternatives() {
            for right in right.alternatives() {
                sums.push(self.plus_single(left, right));
            }
        }
        Value::one_of(sums)
    }

    /// A single value that stands for many.
    fn blurred(&self, value: &Value) -> Value {
        if matches!(value, Value::OneOf(_)) { Value::hole() } else { value.clone() }
    }

    fn plus_single(&mut self, left: &Value, right: &Value) -> Value {
        if let (Value::Number(left), Value::Number(right)) = (left, right) {
            return left.checked_add(*right).map_or(Value::Unknown, Value::Number);
        }
        let is_string = |value: &Value| self.text(value).is_some() && !matches!(value, Value::Number(_));
        if !is_string(left) && !is_string(right) {
            return Value::Unknown;
        }
        self.note_joined(left, right);
        let hole = Value::hole();
        let (left, right) = (self.text(left).or(hole.text(b"")), self.text(right).or(hole.text(b"")));
        let (Some(left), Some(right)) = (left, right) else { return Value::Unknown };
        let len = left.len() + right.len();
        if len > LONGEST_PATH {
            return Value::Unknown;
        }
        let sum = (self.steps.saturating_add(len) <= self.most_steps).then(|| [left, right].concat());
        self.spend(len);
        if self.is_spent() { Value::Unknown } else { sum.map_or(Value::Unknown, Value::text_of) }
    }

    /// What is being read is too much to work out; the first place is told.
    pub(super) fn give_up(&mut self) {
        let at = self.top().start.unwrap_or(self.top().end);
        self.gave_up.get_or_insert(at);
    }

    /// Notes that so many steps were made, or bytes of strings.
    pub(super) fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_add(steps);
    }

    /// The value for another use of it. Large ones have a price, since a file
    /// may name them as often as it has room for their names.
    pub(super) fn another_use(&mut self, value: Value) -> Value {
        let weight = value.weight();
        if weight <= FREE_WEIGHT {
            return value;
        }
        self.spend(weight);
        if self.is_spent() { Value::Unknown } else { value }
    }

    /// No more strings are put together: the file has had its share.
    pub(super) fn is_spent(&mut self) -> bool {
        let is_spent = self.steps > self.most_steps;
        if is_spent {
            self.give_up();
        }
        is_spent
    }
}

impl Frame<'_> {
    /// Whether an expression's operand was read and waits for its operator.
    pub(super) fn has_operand(&self) -> bool {
        self.operand.is_some()
    }
}

/// Where values are not followed, only functions that load files matter, and
/// strings within a call of one.
fn apply_to_loaders(left: Value, operator: Operator, right: Value, folds: bool, source: &[u8]) -> Value {
    match operator {
        Operator::Or | Operator::Coalesce | Operator::And | Operator::Else(_) => {
            if left.loads() {
                left
            } else if right.loads() {
                right
            } else {
                Value::Unknown
            }
        }
        Operator::Plus if folds => match (left.text(source), right.text(source)) {
            (Some(left), Some(right)) if left.len() + right.len() <= LONGEST_TEXT => {
                Value::text_of([left, right].concat())
            }
            _ => Value::Unknown,
        },
        _ => Value::Unknown,
    }
}

/// `typeof` of what is there in every run: the names that Node gives to each module.
fn type_of(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Filename | Value::ImportMetaUrl => "string",
        Value::Require(Origin::WrapperRequire) => "function",
        Value::ModuleObject => "object",
        _ => return None,
    })
}
