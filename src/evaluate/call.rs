//! Calls of known functions, and the references that they are.

use super::{
    Candidate,
    frame::Call,
    known::Module,
    machine::Machine,
    needles,
    value::{Argument, Origin, Value},
};
use crate::record::{ReferenceKind, Span};

/// A comment further in front of what it is about is about something else.
const COMMENT_REACH: usize = 1024;

impl Machine<'_> {
    /// The call's parenthesis closed: what it gives, and what it asks for.
    pub(super) fn finish_call(&mut self, call: Call, at: Span) -> Value {
        if self.follows_values {
            self.note_export_call(&call.arguments, at.start);
            return self.call_value(call, at);
        }
        let Call { callee, arguments, .. } = call;
        self.call_loader(&callee, &arguments)
    }

    /// A call of a function that loads files.
    pub(super) fn call_loader(&mut self, callee: &Value, arguments: &[Argument]) -> Value {
        let Some(first) = arguments.first() else { return Value::Unknown };
        match callee {
            Value::RequireCall(origin) => match arguments.get(1) {
                Some(second) => self.load(ReferenceKind::Require, second, *origin),
                None => Value::Unknown,
            },
            Value::RequireBind(origin) => Value::Require(*origin),
            Value::Require(origin) => self.load(ReferenceKind::Require, first, *origin),
            Value::RequireResolve(origin) => {
                // With `paths` the answer may lie anywhere else.
                if arguments.len() == 1 {
                    self.load(ReferenceKind::RequireResolve, first, *origin);
                }
                Value::Unknown
            }
            Value::Import => {
                let promise = Value::Loading(self.candidates.len());
                match self.load(ReferenceKind::DynamicImport, first, Origin::Anywhere) {
                    // Nobody asks a module we know for its `catch`.
                    module if module.is_known() => module,
                    _ if Value::Loading(self.candidates.len()) == promise => Value::Unknown,
                    _ => promise,
                }
            }
            Value::LoadingThen(index) => {
                self.guard(*index, arguments.len() > 1);
                Value::Loading(*index)
            }
            Value::ImportMetaResolve => {
                self.load(ReferenceKind::ImportMetaResolve, first, Origin::Anywhere);
                Value::Unknown
            }
            Value::CreateRequire if matches!(first.value, Value::ImportMetaUrl | Value::Filename) => {
                Value::Require(Origin::Anywhere)
            }
            Value::FileUrlToPath if first.value == Value::ImportMetaUrl => Value::Filename,
            Value::UrlConstructor => {
                if self.settings.finds_files
                    && let Some(base) = arguments.get(1)
                    && base.value == Value::ImportMetaUrl
                {
                    self.load(ReferenceKind::Url, first, Origin::Anywhere);
                }
                Value::Unknown
            }
            _ => Value::Unknown,
        }
    }

    /// Notes the reference, if the argument is known, and gives what is loaded.
    fn load(&mut self, kind: ReferenceKind, argument: &Argument, origin: Origin) -> Value {
        let specifier = argument.value.text(self.source).map(|text| text.into_owned());
        if self.is_switched_off(argument.at, specifier.is_some()) {
            return Value::Unknown;
        }
        let Some(specifier) = specifier else {
            // What it is may come out of values.
            self.wants_values |= self.may_follow_values;
            return Value::Unknown;
        };
        let module = self.module(&specifier);
        self.push_reference(kind, specifier, argument.at, origin, None);
        module
    }

    /// The reference may fail: the promise that it gave is caught.
    pub(super) fn guard(&mut self, index: usize, is_guarded: bool) {
        // A value that was remembered from an earlier reading has another's index.
        if let Some(candidate) = self.candidates.get_mut(index) {
            candidate.guarded |= is_guarded && candidate.kind == ReferenceKind::DynamicImport;
        }
    }

    /// Notes a reference.
    pub(super) fn push_reference(
        &mut self,
        kind: ReferenceKind,
        specifier: String,
        at: Span,
        origin: Origin,
        asked_by: Option<u32>,
    ) {
        let origin = if self.in_import_equals { Origin::Anywhere } else { origin };
        match origin {
            Origin::Anywhere => {}
            Origin::WrapperRequire => self.uses_of_require.push(self.candidates.len()),
            Origin::WrapperModule => self.uses_of_module.push(self.candidates.len()),
        }
        self.candidates.push(Candidate {
            kind,
            specifier,
            at,
            guarded: false,
            in_try: self.current_try,
            origin,
            hidden: false,
            from: None,
            asked_by,
        });
    }

    /// What loading the module `specifier` gives.
    pub(super) fn module(&mut self, specifier: &str) -> Value {
        if !self.may_follow_values {
            return Value::of_module(specifier);
        }
        let module = Module::of(specifier);
        if self.follows_values {
            return module.unwrap_or(Value::Unknown);
        }
        self.wants_values |= match module {
            Some(Value::Module(module)) => module.leads_to_files(),
            Some(Value::Function(_)) => true,
            Some(Value::ModuleNamespace) => needles::has_word(self.source, b"register", 0..u32::MAX),
            _ => false,
        };
        Value::of_module(specifier)
    }

    /// The file was installed. Its author tells the bundlers of others what
    /// they shall leave to the run: it is loaded then.
    fn is_in_package(&self) -> bool {
        self.settings.location.is_some_and(|location| location.file.contains("/node_modules/"))
    }

    /// A comment in front of the specifier says that no bundler, or none of
    /// us, shall follow it, be it known or not.
    pub(super) fn is_switched_off(&self, at: Span, is_known: bool) -> bool {
        let at = at.start as usize;
        let Some(before) = self.source.get(at.saturating_sub(COMMENT_REACH)..at) else { return false };
        let before = before.trim_ascii_end();
        let Some(comment) = before.strip_suffix(b"*/") else { return false };
        let Some(start) = memchr::memmem::rfind(&comment[comment.len().saturating_sub(200)..], b"/*") else {
            return false;
        };
        let comment = &comment[comment.len().saturating_sub(200) + start + 2..];
        let text = String::from_utf8_lossy(comment);
        let mut words = text.split(|character: char| character.is_whitespace() || character == ',');
        let tight: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        words.any(|word| word == "monotrace-ignore" || word == "@monotrace-ignore")
            || tight.contains("turbopackIgnore:true")
            || (tight.contains("webpackIgnore:true") && !(is_known && self.is_in_package()))
    }
}
