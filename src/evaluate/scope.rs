//! Which names mean what, where.
//!
//! Only two kinds of names are kept: those whose value is known, and those
//! that hide such a name. All others mean nothing to us, so that a file with
//! a thousand variables usually costs no binding at all.

use super::{
    Candidate,
    frame::{Binding, Declaration, Keyword, PatternEntry},
    machine::Machine,
    needles,
    value::{Origin, Value},
};
use crate::{lexer::Role, record::Span};

/// The parameters of the CommonJS wrapper.
const WRAPPER_NAMES: [&[u8]; 5] = [b"exports", b"require", b"module", b"__filename", b"__dirname"];

/// More known names than any real file has; further ones are not kept.
const MOST_BINDINGS: usize = 256;

impl<'s> Machine<'s> {
    /// What a name means here.
    pub(super) fn lookup(&self, name: &[u8]) -> Option<Value> {
        match self.bindings.iter().rev().find(|binding| binding.name == name) {
            Some(binding) => Some(binding.value.clone()),
            None => Value::of_global(name),
        }
    }

    /// Whether a new binding of this name would hide something.
    pub(super) fn is_tracked(&self, name: &[u8]) -> bool {
        Value::of_global(name).is_some() || self.bindings.iter().any(|binding| binding.name == name)
    }

    /// The declarator at the top frame ended, with its initializer's value if it had one.
    pub(super) fn finish_declaration(&mut self, value: Option<Value>) {
        match std::mem::replace(&mut self.top_mut().declaration, Declaration::None) {
            Declaration::None => {}
            Declaration::Awaiting(keyword) => self.top_mut().declaration = Declaration::Awaiting(keyword),
            Declaration::Named(keyword, name) => {
                if !self.may_keep_wrapper(keyword, name, value.is_some()) {
                    self.declare(keyword, name, value.unwrap_or(Value::Unknown));
                }
                self.top_mut().declaration = Declaration::Awaiting(keyword);
            }
            Declaration::Destructured(keyword, entries) => {
                let value = value.unwrap_or(Value::Unknown);
                for PatternEntry { key, local } in entries {
                    let member = key.map_or(Value::Unknown, |key| value.member(self.slice(key)));
                    self.declare(keyword, local, member);
                }
                self.top_mut().declaration = Declaration::Awaiting(keyword);
            }
        }
    }

    /// A `var` of CommonJS itself leaves the wrapper's parameter of that name as
    /// it is, at least in some runs: without a value, in a branch, or with a
    /// value that is made from the wrapper's (`var require = require || …`).
    pub(super) fn may_keep_wrapper(&self, keyword: Keyword, name: Span, has_value: bool) -> bool {
        let frame = self.top();
        keyword == Keyword::Var
            && frame.function_scope == 0
            && WRAPPER_NAMES.contains(&self.slice(name))
            && (!has_value || self.frames.len() > 1 || self.wrapper_uses > frame.uses_at)
    }

    /// Binds a name in the scope that `keyword` names.
    pub(super) fn declare(&mut self, keyword: Keyword, at: Span, value: Value) {
        let name = self.slice(at);
        // A string has no use for us under another name.
        let value = if matches!(value, Value::Literal(_) | Value::Text(_)) { Value::Unknown } else { value };
        let in_head = self.top().role == Role::Head;
        let owner = self.scope_of(keyword);
        if owner == 0 && !in_head && keyword == Keyword::Lexical && WRAPPER_NAMES.contains(&name) {
            // The CommonJS wrapper has these names already: only a module may
            // declare them again (Node's syntax detection takes it as a sign).
            self.has_module_syntax = true;
        }
        if (!value.is_known() && !self.is_tracked(name)) || self.bindings.len() >= MOST_BINDINGS {
            return;
        }
        if in_head && keyword == Keyword::Lexical {
            // `for (const name of …)`: known in the loop's body alone.
            self.parameters.push(at);
            return;
        }
        let from = self.frames[owner].bindings_at;
        let is_new = !self.bindings[from..].iter().any(|binding| binding.name == name);
        match value {
            // `var` does not hide the wrapper's parameter of the same name: it is that parameter.
            _ if !is_new || (owner == 0 && keyword == Keyword::Var) => {}
            Value::Require(Origin::Anywhere) => self.adopt_earlier_uses(owner, name),
            _ => self.hide_earlier_uses(owner, name),
        }
        let is_asked =
            value.loads() || matches!(value, Value::ImportMeta | Value::ImportMetaUrl | Value::UrlConstructor);
        if owner == 0 && is_new && value.loads() && needles::has_word_before(self.source, name, at.start) {
            self.hoisted.push(Binding { name, value: value.clone(), arrow: false });
        }
        self.has_alias |= is_asked && !needles::is_word(name);
        self.bind(owner, Binding { name, value, arrow: false });
    }

    /// Names of the file that functions above their declarations may use.
    pub(super) fn bind_hoisted(&mut self, hoisted: Vec<Binding<'s>>) {
        self.has_alias = true;
        for binding in hoisted {
            self.bind(0, binding);
        }
    }

    /// The parameters that were collected belong to the body that opens now.
    pub(super) fn bind_parameters(&mut self, arrow: bool) {
        for at in std::mem::take(&mut self.ready_parameters) {
            let name = self.slice(at);
            let owner = self.frames.len() - 1;
            self.bind(owner, Binding { name, value: Value::Unknown, arrow });
        }
    }

    /// An expression ended: parameters of arrows whose bodies it was are gone.
    pub(super) fn end_arrows(&mut self) {
        let frame = self.top_mut();
        let arrows = std::mem::take(&mut frame.arrows);
        let from = frame.bindings_at;
        self.function_depth -= arrows;
        // Whatever else was bound since stood in brackets, and went with them.
        while self.bindings.len() > from && self.bindings.pop_if(|binding| binding.arrow).is_some() {}
    }

    /// The frame that owns a new binding.
    fn scope_of(&self, keyword: Keyword) -> usize {
        match keyword {
            Keyword::Var => self.top().function_scope,
            _ => self.top().block_scope,
        }
    }

    fn bind(&mut self, owner: usize, binding: Binding<'s>) {
        if self.bindings.len() >= MOST_BINDINGS {
            return;
        }
        if let Some(first) = binding.name.first() {
            self.meaningful[usize::from(*first)] = true;
        }
        let at = self.frames.get(owner + 1).map_or(self.bindings.len(), |inner| inner.bindings_at);
        self.bindings.insert(at, binding);
        for inner in &mut self.frames[owner + 1..] {
            inner.bindings_at += 1;
        }
    }

    /// Declarations count from the start of their scope: what was found in it
    /// through the wrapper's name was not the wrapper's.
    fn hide_earlier_uses(&mut self, owner: usize, name: &[u8]) {
        for candidate in self.earlier_uses(owner, name) {
            candidate.hidden = true;
        }
    }

    /// Functions above `const require = createRequire(…)` use that one too.
    fn adopt_earlier_uses(&mut self, owner: usize, name: &[u8]) {
        for candidate in self.earlier_uses(owner, name) {
            candidate.origin = Origin::Anywhere;
        }
    }

    /// What was found in this scope through that name of the wrapper.
    fn earlier_uses(&mut self, owner: usize, name: &[u8]) -> impl Iterator<Item = &mut Candidate> {
        let origin = match name {
            b"require" => Origin::WrapperRequire,
            b"module" => Origin::WrapperModule,
            _ => Origin::Anywhere,
        };
        let from = self.frames[owner].references_at;
        self.candidates[from..]
            .iter_mut()
            .filter(move |candidate| origin != Origin::Anywhere && candidate.origin == origin)
    }
}
