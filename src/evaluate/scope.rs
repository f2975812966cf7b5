//! Which names mean what, where.
//!
//! Only two kinds of names are kept: those whose value is known, and those
//! that hide such a name. All others mean nothing to us, so that a file with
//! a thousand variables usually costs no binding at all. Where values are
//! followed, variables that may get one later are kept too.

mod declaration;

use std::ops::Range;

use ahash::AHashMap;

use super::{
    frame::{Keyword, Opener},
    function::sole_mark,
    known::{Function, Method, Module},
    machine::{Machine, Parameter},
    needles,
    sibling::is_called_require,
    value::{Origin, Value},
};
use crate::{
    lexer::{Kind, Role},
    record::{Format, Span},
};

/// The parameters of the CommonJS wrapper.
const WRAPPER_NAMES: [&[u8]; 5] = [b"exports", b"require", b"module", b"__filename", b"__dirname"];

/// The name under which a bundle's place of assets is kept.
const ASSET_BASE: &[u8] = b".ab";

/// More known names than any real file has; further ones are not kept.
pub(super) const MOST_BINDINGS: usize = 1 << 14;

/// Names that may be parameters, of all brackets that are open.
const MOST_PARAMETER_NAMES: usize = 1 << 16;

/// So many names are remembered for the next reading.
pub(super) const MOST_HOISTS: usize = 1 << 12;

/// Bytes in which names are looked for above their declarations.
const MOST_SEARCHED: usize = 1 << 30;

/// A name's meaning in one scope.
#[derive(Debug)]
pub(super) struct Bound {
    /// The frame that owns it.
    pub(super) owner: usize,
    /// All that it may be.
    pub(super) value: Value,
    /// What it is now, to the function that declares it; `None`: anything of that.
    pub(super) now: Option<Value>,
    /// It gets its values one after another, as they stand in the text.
    pub(super) in_order: bool,
    /// So many functions were open.
    pub(super) depth: usize,
    /// A parameter of an arrow without braces: it ends with the expression.
    pub(super) arrow: bool,
    /// Where it was declared.
    pub(super) at: u32,
    /// Code in which the name stands may find files.
    means_something: bool,
    /// It hides a binding of which that is true.
    hides: bool,
}

/// All names that mean something now.
#[derive(Debug, Default)]
pub(super) struct Names<'s> {
    /// For each name its meanings, the innermost last.
    pub(super) table: AHashMap<&'s [u8], Vec<Bound>>,
    count: usize,
}

/// A name that stands above the place where its scope gives it a value.
#[derive(Debug)]
pub(super) struct Hoisted<'s> {
    /// Where its scope opens; [`Hoisted::FILE`] for the file's own.
    pub(super) scope_at: u32,
    pub(super) name: &'s [u8],
    pub(super) value: Value,
    /// The variable gets its values one after another; only functions have need of this one.
    pub(super) in_order: bool,
}

/// What an earlier reading found out about a name.
#[derive(Clone, Debug)]
pub(super) struct Early {
    pub(super) value: Value,
    pub(super) in_order: bool,
}

impl Hoisted<'_> {
    pub(super) const FILE: u32 = u32::MAX;
}

impl<'s> Machine<'s> {
    /// What a name means here.
    pub(super) fn lookup(&self, name: &[u8]) -> Option<Value> {
        match self.names.table.get(name).and_then(|meanings| meanings.last()) {
            Some(Bound { now: Some(now), depth, .. }) if *depth == self.open_functions.len() => Some(now.clone()),
            Some(bound) => Some(bound.value.clone()),
            None => self.global(name),
        }
    }

    fn global(&self, name: &[u8]) -> Option<Value> {
        let value = Value::of_global(name);
        if value.is_some() || !self.follows_values {
            return value;
        }
        Some(match name {
            b"__dirname" => Value::Text(self.places.as_ref()?.folder.clone()),
            b"process" => Value::Module(Module::Process),
            b"global" | b"globalThis" | b"GLOBAL" => Value::Module(Module::Global),
            b"Object" => Value::Module(Module::Object),
            b"Array" => Value::Module(Module::Array),
            b"Map" => Value::Function(Function::Map),
            b"Set" => Value::Function(Function::Set),
            b"Promise" => Value::Module(Module::Promise),
            b"String" => Value::Function(Function::Identity),
            b"undefined" => Value::Nothing,
            _ => return None,
        })
    }

    /// Whether a new binding of this name would hide something.
    pub(super) fn is_tracked(&self, name: &[u8]) -> bool {
        self.global(name).is_some() || self.names.table.contains_key(name)
    }

    /// Binds a name in the scope that `keyword` names.
    pub(super) fn declare(&mut self, keyword: Keyword, at: Span, value: Value) {
        let name = self.slice(at);
        // A string has no use under another name, unless values are followed.
        let value = match value {
            value if !self.follows_values => loader_or_nothing(value),
            // Flags and counters change in places that are not read in the order of their runs.
            Value::Boolean(_) | Value::Number(_) if keyword != Keyword::Constant => Value::Unknown,
            Value::Told(text) if keyword != Keyword::Constant => Value::Text(text),
            value => value,
        };
        let in_head = self.top().role == Role::Head;
        let owner = self.scope_of(keyword);
        if owner == 0 && !in_head && keyword.is_lexical() && WRAPPER_NAMES.contains(&name) {
            // The CommonJS wrapper has these names already: only a module may
            // declare them again (Node's syntax detection takes it as a sign).
            self.has_module_syntax = true;
        }
        if !value.is_known() && !self.is_tracked(name) {
            return;
        }
        if self.names.count >= MOST_BINDINGS {
            self.give_up();
            return self.consume(&value, at);
        }
        if in_head && keyword.is_lexical() {
            // `for (const name of …)`: known in the loop's body alone.
            return self.note_parameter(Parameter::new(at, None, value));
        }
        let is_new = !self
            .names
            .table
            .get(name)
            .is_some_and(|meanings| meanings.iter().any(|bound| bound.owner >= owner && !bound.arrow));
        match value {
            // `var` does not hide the wrapper's parameter of the same name: it is that parameter.
            _ if !is_new || (owner == 0 && keyword == Keyword::Var) => {}
            Value::Require(Origin::Anywhere) => self.adopt_earlier_uses(owner, name),
            _ => self.hide_earlier_uses(owner, name),
        }
        self.note_alias(owner, name, &value, at, is_new);
        if self.follows_values && !is_new {
            return self.assign_to(name, value, at.start);
        }
        let now = self.settles(owner, &value).then(|| value.clone());
        self.bind(owner, name, value, false, at.start);
        self.settle(name, now);
    }

    /// A name that stands for something known has uses that its spelling does
    /// not tell, and perhaps some above its declaration.
    fn note_alias(&mut self, owner: usize, name: &'s [u8], value: &Value, at: Span, is_new: bool) {
        let is_asked =
            value.loads() || matches!(value, Value::ImportMeta | Value::ImportMetaUrl | Value::UrlConstructor);
        self.has_alias |= is_asked && !needles::is_word(name);
        if !is_new {
            return;
        }
        if self.follows_values {
            // Functions of an object may name the object.
            let until = if matches!(value, Value::Object(_)) { self.top().end } else { at.end };
            if is_worth_hoisting(value) || self.is_used_further_in(name) {
                self.hoist(owner, name, value, &[self.frames[owner].opened_at..at.start, at.end..until], true);
            }
        } else if owner == 0 && value.loads() {
            self.searched += at.start as usize;
            if self.searched <= MOST_SEARCHED && !needles::has_word(self.source, name, 0..at.start) {
                return;
            }
            self.hoisted.push(Hoisted { scope_at: Hoisted::FILE, name, value: value.clone(), in_order: true });
        }
    }

    /// Remembers a value for the second reading, if the name stands in one of these parts.
    pub(super) fn hoist(&mut self, owner: usize, name: &'s [u8], value: &Value, parts: &[Range<u32>], in_order: bool) {
        let scope_at = self.scope_at(owner);
        let known = self.known_early.get(&(scope_at, name));
        let is_known = known.is_some_and(|known| known.value.holds(value) && known.in_order <= in_order);
        if is_known {
            return;
        }
        if self.hoisted.len() >= MOST_HOISTS || self.searched >= MOST_SEARCHED {
            return self.give_up();
        }
        let (source, searched) = (self.source, &mut self.searched);
        if parts.iter().any(|part| self.quiet.is_used_between(source, name, value, part.clone(), searched)) {
            self.hoisted.push(Hoisted { scope_at, name, value: value.clone(), in_order });
        }
    }

    /// By what an earlier reading knows the scope of a frame.
    pub(super) fn scope_at(&self, owner: usize) -> u32 {
        if owner == 0 { Hoisted::FILE } else { self.frames[owner].opened_at }
    }

    /// Names of this scope that are used above their declarations.
    pub(super) fn bind_hoisted(&mut self, owner: usize, scope_at: u32) {
        let Some(names) = self.prebound.remove(&scope_at) else { return };
        self.has_alias |= owner == 0;
        for (name, Early { value, in_order }) in names {
            self.bind(owner, name, value, false, self.frames[owner].opened_at);
            if let Some(bound) = self.names.innermost(name) {
                bound.in_order = in_order;
            }
        }
    }

    /// A variable got a value, after its declaration.
    pub(super) fn assign_value(&mut self, place: Option<Span>, value: &Value) {
        if self.is_dead_code() {
            return;
        }
        let Some(at) = place else {
            let here = Span { start: self.top().start.unwrap_or(0), end: self.top().end };
            return self.consume(value, here);
        };
        let name = self.slice(at);
        if let Opener::Pattern(entries) = &mut self.top_mut().opener
            && let Some(entry) = entries.iter_mut().find(|entry| entry.local == at)
        {
            entry.default = value.clone();
            return;
        }
        if self.top().binds && self.top().bracket != Kind::ParenOpen {
            // `({ name = value }) =>`: what is passed may have another.
            if let Some(parameter) = self.parameters.last_mut().filter(|last| last.name == at && last.taken.is_some()) {
                parameter.value = value.clone();
                return;
            }
            return self.note_parameter(Parameter::new(at, None, value.clone().or(Value::Unknown)));
        }
        if self.top().binds
            && let from = self.top().parameters_at
            // They stand in the order of the text.
            && let found = self.parameters[from..].partition_point(|parameter| parameter.name < at)
            && let Some(parameter) = self.parameters.get_mut(from + found)
            && parameter.name == at
            && parameter.position.is_some()
        {
            // `(name = value) =>`, or an assignment in parentheses.
            parameter.value = value.clone();
            if self.top().role == Role::Parameters {
                return;
            }
        }
        if self.is_in_class_body() {
            // A field, not a variable.
            return self.consume(value, at);
        }
        if name.starts_with(b"[") {
            return self.assign_elements(at, value);
        }
        if name.contains(&b'.') || name.ends_with(b"]") {
            return self.assign_member(name, value, at);
        }
        if self.names_contain(name) || (value.is_known() && !WRAPPER_NAMES.contains(&name)) {
            self.assign_or_bind(name, self.top().function_scope, value, at);
        }
    }

    /// `base.member` got a value; `name` is both.
    fn assign_member(&mut self, name: &'s [u8], value: &Value, at: Span) {
        // What a member holds may be used by anybody who has the object.
        self.consume(value, at);
        self.note_assigned_export(name, value);
        if name.ends_with(b"]") {
            self.put_element(name, value, at);
        }
        let base = name.split(|byte| *byte == b'.').next().unwrap_or(name);
        self.assign_global(base, name, value, at);
        if name == b"process.env.NODE_OPTIONS" {
            self.ask_for_node_options(value, None, at);
        }
        if name.ends_with(b".exports") && self.note_exports(base, value) {
            return;
        }
        if self.set_member_at(name, value, at)
            || matches!(base, b"module" | b"this")
            || name.ends_with(b"]")
            || !value.is_known()
        {
            return;
        }
        // ncc's place of assets, whatever its runtime is called.
        let (name, owner) = match (name.ends_with(ASSET_BASE), value) {
            (true, Value::Text(_)) => (ASSET_BASE, 0),
            _ if base.ends_with(b"require__") => (name, 0),
            _ => (name, self.owner_of(base).unwrap_or(self.top().function_scope)),
        };
        self.assign_or_bind(name, owner, value, at);
    }

    /// `global.name` got a value: `name` is a variable everywhere.
    fn assign_global(&mut self, base: &[u8], name: &'s [u8], value: &Value, at: Span) {
        if !value.is_known() || self.lookup(base) != Some(Value::Module(Module::Global)) {
            return;
        }
        let name = name.get(base.len() + 1..).unwrap_or_default().trim_ascii();
        // CommonJS has a `require` of its own.
        let is_free = match WRAPPER_NAMES.contains(&name) {
            true => self.has_module_syntax || self.settings.format == Format::Module,
            false => self.global(name).is_none(),
        };
        if !is_free || self.names_contain(name) {
            return;
        }
        if matches!(value, Value::Require(Origin::Anywhere)) {
            self.adopt_earlier_uses(0, name);
        }
        self.assign_or_bind(name, 0, value, at);
    }

    /// A name that is known may have this value from now on; any other gets it, in `owner`.
    fn assign_or_bind(&mut self, name: &'s [u8], owner: usize, value: &Value, at: Span) {
        if self.names_contain(name) {
            return self.assign_to(name, value.clone(), at.start);
        }
        if is_worth_hoisting(value) {
            let above = self.frames[owner].opened_at..at.start;
            self.hoist(owner, name, value, &[above], true);
        }
        self.bind(owner, name, value.clone(), false, at.start);
    }

    /// A known name may have this value from now on.
    fn assign_to(&mut self, name: &'s [u8], value: Value, at: u32) {
        let Some(bound) = self.names.table.get(name).and_then(|meanings| meanings.last()) else { return };
        let (owner, declared_at, old) = (bound.owner, bound.at, bound.value.clone());
        let settles = !name.contains(&b'.') && self.settles_in(name, &value);
        let value = self.without_foreign_marks(value, owner);
        let now = match (settles, &bound.now) {
            (true, _) => Some(value.clone()),
            (false, Some(now)) => Some(now.clone().or(value.clone())),
            (false, None) => None,
        };
        self.note_named(&value);
        let is_new = !old.holds(&value);
        let is_worth = is_worth_hoisting(&value) || self.is_put_into_paths(owner, name);
        let both = match old {
            Value::Nothing => value,
            old if old.grows() && old.parts() == 0 => value,
            old => old.or(value),
        };
        if is_new && is_worth {
            let between = declared_at.saturating_add(name.len() as u32)..at;
            self.hoist(owner, name, &both, &[between], settles);
        }
        self.set_value(name, both, now);
    }

    /// A known name has another value from now on.
    pub(super) fn rebind(&mut self, name: &'s [u8], value: Value) {
        let Some(owner) = self.owner_of(name) else { return };
        let value = self.without_foreign_marks(value, owner);
        self.set_value(name, value, None);
    }

    fn set_value(&mut self, name: &'s [u8], value: Value, now: Option<Value>) {
        let means_something = self.quiet.is_passing() && self.means_something(&value);
        if let Some(bound) = self.names.innermost(name) {
            if means_something && !bound.means_something {
                bound.means_something = true;
                bound.hides = false;
                self.quiet.add_name(name, &value);
            }
            bound.value = value;
            bound.now = now;
        }
    }

    /// What `name.member` was assigned, if that is remembered.
    pub(super) fn lookup_member(&self, dotted: &[u8]) -> Option<Value> {
        let dotted = if dotted.ends_with(ASSET_BASE) { ASSET_BASE } else { dotted };
        self.names.value(dotted).cloned()
    }

    /// `module.exports = …` in a bundled module, whose `module` is a parameter.
    fn note_exports(&mut self, base: &[u8], value: &Value) -> bool {
        let Some(Value::Text(text)) = self.names.table.get(base).and_then(|meanings| meanings.last()).map(|b| &b.value)
        else {
            return false;
        };
        let Some(mark) = sole_mark(text) else { return false };
        if matches!(value, Value::Module(_) | Value::Function(_) | Value::ModuleNamespace | Value::UrlNamespace) {
            self.note_bundled(mark, value.clone());
        }
        true
    }

    /// Whether the file itself gives the name a meaning here.
    pub(super) fn names_contain(&self, name: &[u8]) -> bool {
        self.names.table.contains_key(name)
    }

    pub(super) fn owner_of(&self, name: &[u8]) -> Option<usize> {
        self.names.table.get(name)?.last().map(|bound| bound.owner)
    }

    pub(super) fn is_in_class_body(&self) -> bool {
        matches!(self.top().role, Role::Class | Role::ClassExpression)
    }

    /// A name that may be a parameter. What has more of them than this is no list of parameters.
    pub(super) fn note_parameter(&mut self, parameter: Parameter) {
        if self.parameters.len() < MOST_PARAMETER_NAMES {
            self.parameters.push(parameter);
        }
    }

    /// The parameters that were collected belong to the body that opens now.
    /// Those of a function have marks from `base` on.
    pub(super) fn bind_parameters(&mut self, arrow: bool, base: Option<usize>) {
        let owner = self.frames.len() - 1;
        let parameters = std::mem::take(&mut self.ready_parameters);
        if base.is_some() {
            self.note_positions(&parameters);
        }
        for parameter in parameters {
            let name = self.slice(parameter.name);
            let value = match (parameter.position, base) {
                (Some(position), Some(base)) if parameter.rest => self.rest_value(usize::from(position), base),
                (Some(position), Some(base)) => self.parameter_value(usize::from(position), base, parameter.value),
                (None, base) => match (parameter.taken, base) {
                    (Some((position, key)), Some(base)) => self.value_of_taken(position, key, base, parameter.value),
                    _ => parameter.value,
                },
                _ => Value::Unknown,
            };
            // Wrappers hand `require` on: it takes values to see who gets it.
            self.wants_values |= self.may_follow_values && !self.follows_values && name == b"require";
            self.bind(owner, name, value, arrow, parameter.name.start);
        }
    }

    /// An arrow's body ended: its parameters are gone.
    pub(super) fn unbind_arrow(&mut self, names_at: usize) {
        let owner = self.frames.len() - 1;
        while self.top().names.len() > names_at {
            let Some(name) = self.top_mut().names.pop() else { return };
            self.unbind(name, owner);
        }
    }

    /// A frame was popped: what it owned is gone.
    pub(super) fn unbind_all(&mut self, names: Vec<&'s [u8]>, owner: usize) {
        for name in names.into_iter().rev() {
            self.unbind(name, owner);
        }
    }

    fn unbind(&mut self, name: &'s [u8], owner: usize) {
        let Some(bound) = self.names.remove(name, owner) else { return };
        if bound.means_something {
            self.quiet.remove_name(name);
        }
        if bound.hides
            && let Some(hidden) = self.names.table.get(name).and_then(|meanings| meanings.last())
        {
            self.quiet.add_name(name, &hidden.value);
        }
    }

    /// The frame that owns a new binding.
    fn scope_of(&self, keyword: Keyword) -> usize {
        match keyword {
            Keyword::Var => self.top().function_scope,
            _ => self.top().block_scope,
        }
    }

    pub(super) fn bind(&mut self, owner: usize, name: &'s [u8], value: Value, arrow: bool, at: u32) {
        if self.names.count >= MOST_BINDINGS {
            return;
        }
        self.meaningful.add(name);
        self.note_named(&value);
        // An arrow's parameter goes when its marks go.
        let value = if arrow { value } else { self.without_foreign_marks(value, owner) };
        let means_something = self.quiet.is_passing()
            && (self.means_something(&value) || (matches!(value, Value::Sibling(_)) && is_called_require(name)));
        let hides = !means_something && self.names.means_something(name, owner);
        if means_something {
            self.quiet.add_name(name, &value);
        } else if hides {
            self.quiet.remove_name(name);
        }
        let depth = self.open_functions.len();
        let bound = Bound { owner, value, now: None, in_order: true, depth, arrow, at, means_something, hides };
        self.names.insert(name, bound);
        self.frames[owner].names.push(name);
    }

    /// The body of a function was read that is declared under this name: now it shows what a call of it means.
    pub(super) fn note_meaning(&mut self, at: Span, number: u32) {
        if !self.quiet.is_passing() || !self.function_means_something(number) {
            return;
        }
        let (name, value) = (self.slice(at), Value::Local(number));
        let bound = self.names.innermost(name);
        if let Some(bound) = bound.filter(|bound| !bound.means_something && bound.value.holds(&value)) {
            bound.means_something = true;
            bound.hides = false;
            self.quiet.add_name(name, &value);
        }
    }

    /// A value that outlives the function that is being read has no marks of its parameters.
    pub(super) fn without_foreign_marks(&self, value: Value, owner: usize) -> Value {
        if self.open_marks() > self.frames[owner].marks { value.forget_marks(self.frames[owner].marks) } else { value }
    }

    /// Declarations count from the start of their scope: what was found in it
    /// through the wrapper's name was not the wrapper's.
    fn hide_earlier_uses(&mut self, owner: usize, name: &[u8]) {
        for index in self.take_earlier_uses(owner, name) {
            self.candidates[index].hidden = true;
        }
    }

    /// Functions above `const require = createRequire(…)` use that one too.
    fn adopt_earlier_uses(&mut self, owner: usize, name: &[u8]) {
        for index in self.take_earlier_uses(owner, name) {
            self.candidates[index].origin = Origin::Anywhere;
        }
    }

    /// What was found in this scope through that name of the wrapper, and has
    /// not been told from it yet: no scope around this one need look at it again.
    fn take_earlier_uses(&mut self, owner: usize, name: &[u8]) -> Vec<usize> {
        let from = self.frames[owner].references_at;
        let uses = match name {
            b"require" => &mut self.uses_of_require,
            b"module" => &mut self.uses_of_module,
            _ => return Vec::new(),
        };
        uses.split_off(uses.partition_point(|index| *index < from))
    }
}

impl<'s> Names<'s> {
    /// What the name means here.
    pub(super) fn innermost(&mut self, name: &[u8]) -> Option<&mut Bound> {
        self.table.get_mut(name).and_then(|meanings| meanings.last_mut())
    }

    /// All that the name may be here.
    pub(super) fn value(&self, name: &[u8]) -> Option<&Value> {
        self.table.get(name)?.last().map(|bound| &bound.value)
    }

    /// Adds a meaning, innermost owners last.
    fn insert(&mut self, name: &'s [u8], bound: Bound) {
        // Nearly all names have one meaning at a time.
        let meanings = self.table.entry(name).or_insert_with(|| Vec::with_capacity(1));
        let at = meanings.partition_point(|known| known.owner <= bound.owner);
        meanings.insert(at, bound);
        self.count += 1;
    }

    /// Whether a new meaning in `owner` would hide one that leads to files.
    fn means_something(&self, name: &[u8], owner: usize) -> bool {
        let innermost = self.table.get(name).and_then(|meanings| meanings.last());
        innermost.is_some_and(|bound| bound.means_something && bound.owner < owner)
    }

    /// Takes away the last meaning that `owner` gave.
    fn remove(&mut self, name: &'s [u8], owner: usize) -> Option<Bound> {
        let meanings = self.table.get_mut(name)?;
        let at = meanings.iter().rposition(|bound| bound.owner == owner);
        let removed = at.map(|at| meanings.remove(at));
        self.count -= usize::from(removed.is_some());
        if meanings.is_empty() {
            self.table.remove(name);
        }
        removed
    }
}

/// Where values are not followed, names keep functions that load files alone.
fn loader_or_nothing(value: Value) -> Value {
    match value {
        Value::Literal(_) | Value::Text(_) => Value::Unknown,
        value => value,
    }
}

/// Whether functions above the declaration may need the value to find a file.
pub(super) fn is_worth_hoisting(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.starts_with('/') || text.starts_with('.'),
        Value::OneOf(values) => values.iter().any(is_worth_hoisting),
        Value::Array(array) => array.values.iter().any(is_worth_hoisting),
        Value::Object(object) => object.entries.iter().any(|(_, value)| is_worth_hoisting(value)),
        Value::Module(module) => module.leads_to_files() || *module == Module::Process,
        Value::Function(function) => {
            use Function::{Constant, Identity, Write, WriteTwo};
            !function.makes_values() && !matches!(function, Constant(_) | Write | WriteTwo | Identity)
        }
        Value::Method(of) => of.1 == Method::Bound && is_worth_hoisting(&of.0),
        // What of it is wanted shows where it is used.
        Value::Sibling(_) => true,
        Value::Local(_) | Value::Url(_) | Value::Filename | Value::ImportMetaUrl => true,
        value => value.loads() || matches!(value, Value::UrlConstructor | Value::FileUrlToPath),
    }
}
