//! Which sections of a `switch` run, where the target decides.
//!
//! Sections come one after another, and each goes on into the next unless it
//! ends with a `break` or the like. Where that is not plain, the next one is
//! taken to run. Nothing here knows what is in them.

use super::{
    machine::Machine,
    value::{Argument, Value},
};
use crate::lexer::Kind;

/// A `switch` over a value that the target or the user told.
#[derive(Debug)]
pub(super) struct Switch {
    /// How many frames are open in its head, and so in its block.
    frame: usize,
    /// What it is over; unknown while its head is read.
    value: Value,
    /// Its block is open.
    is_open: bool,
    /// The label whose colon has not come.
    label: Option<Kind>,
    /// A label was met that is the value.
    is_matched: bool,
    /// What is being read may run.
    is_live: bool,
    /// It ended with a jump.
    has_left: bool,
    /// What is being read never runs; so many references were known before it.
    dead_from: Option<usize>,
    /// Where the brace stands that the section is in.
    brace: Option<u32>,
}

impl Machine<'_> {
    /// A bracket opened: the head of a `switch`, its block, or the block of a section.
    pub(super) fn open_switch(&mut self) {
        if !self.follows_values {
            return;
        }
        let (frame, opened_at) = (self.frames.len(), self.top().opened_at);
        if self.before.kind == Kind::Switch && self.top().bracket == Kind::ParenOpen {
            self.switches.push(Switch {
                frame,
                value: Value::Unknown,
                is_open: false,
                label: None,
                is_matched: false,
                is_live: false,
                has_left: false,
                dead_from: None,
                brace: None,
            });
            return;
        }
        let after_colon = self.before.kind == Kind::Colon;
        let Some(switch) = self.switches.last_mut() else { return };
        if switch.frame == frame {
            switch.is_open = true;
        } else if switch.frame + 1 == frame && after_colon {
            switch.brace = Some(opened_at);
        }
    }

    /// A bracket closes, with that value: perhaps the head of a `switch`, or its block.
    pub(super) fn close_switch(&mut self, last: Option<&Argument>) {
        let frame = self.frames.len();
        let Some(switch) = self.switches.last_mut().filter(|switch| switch.frame >= frame) else { return };
        let told = match last {
            Some(Argument { value: value @ Value::Told(_), .. }) if !switch.is_open => Some(value.clone()),
            _ => None,
        };
        match told {
            Some(told) => switch.value = told,
            None => {
                self.end_section();
                self.switches.pop();
            }
        }
    }

    /// Whether what is being read stands in the block of a `switch`, and no deeper.
    pub(super) fn is_in_switch(&self) -> bool {
        self.switches.last().is_some_and(|switch| switch.is_open && switch.frame == self.frames.len())
    }

    /// `case` or `default`: the section before it ends.
    pub(super) fn label(&mut self, kind: Kind) {
        self.end_statement();
        self.end_section();
        if let Some(switch) = self.switches.last_mut() {
            switch.label = Some(kind);
        }
    }

    fn end_section(&mut self) {
        let Some(switch) = self.switches.last_mut() else { return };
        switch.brace = None;
        switch.is_live &= !std::mem::take(&mut switch.has_left);
        let dead_from = switch.dead_from.take();
        self.dead -= u32::from(dead_from.is_some());
        self.bury(dead_from);
    }

    /// The colon of a label: what follows runs, or does not.
    pub(super) fn begin_section(&mut self, label: Option<&Argument>) {
        if !self.is_in_switch() {
            return;
        }
        let label_of = |switch: &mut Switch| Some((switch.label.take()?, switch.value.clone()));
        let Some((kind, value)) = self.switches.last_mut().and_then(label_of) else { return };
        let is_value = match (kind, label) {
            (Kind::Case, Some(label)) => self.equal(&value, &label.value),
            _ => None,
        };
        let from = self.candidates.len();
        let Some(switch) = self.switches.last_mut() else { return };
        // A label that is not known may be the value, and `default` is what is left.
        switch.is_live |= match is_value {
            Some(is_value) => is_value,
            None => !switch.is_matched,
        };
        switch.is_matched |= is_value == Some(true);
        if !switch.is_live {
            switch.dead_from = Some(from);
            self.dead += 1;
        }
    }

    /// `break`, `return` and the like: if no condition stands before it, the section ends there.
    pub(super) fn leave_section(&mut self) {
        if self.switches.is_empty() {
            return;
        }
        let (frame, opened_at) = (self.frames.len(), self.top().opened_at);
        let is_conditional = match self.before.kind {
            Kind::ParenClose => self.closed_head,
            before => matches!(before, Kind::Else | Kind::Do),
        };
        let Some(switch) = self.switches.last_mut() else { return };
        let is_own = switch.frame == frame || switch.brace.is_some_and(|brace| brace == opened_at);
        switch.has_left |= is_own && !is_conditional;
    }

    /// What is being read never runs.
    pub(super) fn is_dead_code(&self) -> bool {
        self.dead > 0 || self.top().dead_from.is_some()
    }
}
