//! Calls of known functions, and the references that they are.

use super::{
    Candidate,
    frame::Call,
    machine::Machine,
    value::{Argument, Origin, Value},
};
use crate::record::ReferenceKind;

impl Machine<'_> {
    /// The call's parenthesis closed: what it gives, and what it asks for.
    pub(super) fn finish_call(&mut self, call: Call) -> Value {
        let Call { callee, arguments } = call;
        let Some(first) = arguments.first() else { return Value::Unknown };
        match callee {
            Value::RequireCall(origin) => match arguments.get(1) {
                Some(second) => self.load(ReferenceKind::Require, second, origin),
                None => Value::Unknown,
            },
            Value::RequireBind(origin) => Value::Require(origin),
            Value::Require(origin) => self.load(ReferenceKind::Require, first, origin),
            Value::RequireResolve(origin) => {
                // With `paths` the answer may lie anywhere else.
                if arguments.len() == 1 {
                    self.load(ReferenceKind::RequireResolve, first, origin);
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
                self.candidates[index].guarded |= arguments.len() > 1;
                Value::Loading(index)
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
        let Some(specifier) = argument.value.text(self.source).map(|text| text.into_owned()) else {
            return Value::Unknown;
        };
        let module = Value::of_module(&specifier);
        self.candidates.push(Candidate {
            kind,
            specifier,
            at: argument.at,
            guarded: false,
            in_try: self.current_try,
            origin: if self.in_import_equals { Origin::Anywhere } else { origin },
            hidden: false,
        });
        module
    }
}
