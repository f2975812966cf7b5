//! Whether a value can lead to a file: by itself, or in the hands of a function.
//!
//! These are guesses on the safe side, which decide what is read again and what
//! may be passed over. Nothing here reads code or notes anything.

use super::{
    function::Ask,
    known::{self, Method, Module},
    machine::{Location, Machine},
    value::Value,
};

/// A longer file is a bundle, and what its functions return, or put into lists, is no part of a specifier.
pub(super) const LONGEST_LOADER: usize = 128 * 1024;

/// More members than anything has that a person hands around.
const MOST_MEMBERS: usize = 64;

impl Machine<'_> {
    /// Whether code that has a name for the value may find a file by it, and by
    /// nothing else that has one.
    pub(super) fn means_something(&self, value: &Value) -> bool {
        match value {
            Value::Text(text) => text.starts_with("file:") || self.is_within_reach(text),
            Value::OneOf(values) => values.iter().any(|value| self.means_something(value)),
            // Whatever puts something into it must be read.
            value if value.grows() => true,
            // Larger ones are tables of a bundle's modules.
            Value::Array(array) if array.values.len() > MOST_MEMBERS => false,
            Value::Object(object) if object.entries.len() > MOST_MEMBERS => false,
            Value::Array(array) => array.values.iter().any(|value| self.means_something(value)),
            Value::Object(object) => object.entries.iter().any(|(_, value)| self.means_something(value)),
            Value::Method(of) => self.means_something(&of.0),
            Value::Local(number) => self.function_means_something(*number),
            // Under another name than its own.
            Value::Module(Module::Process) => true,
            value => leads_to_files(value),
        }
    }

    /// A path below the root, or one to which others are relative. `/*`, which
    /// code that takes paths apart puts together, is nowhere.
    fn is_within_reach(&self, path: &str) -> bool {
        let Some(Location { root, cwd, .. }) = &self.places else { return path.starts_with('/') };
        path.starts_with('/') && (path.starts_with(&**root) || path.starts_with(&**cwd))
    }

    /// Whether a value that is known late is worth another reading: a function
    /// is if it asks, calls or returns what leads to files.
    pub(super) fn tells_something(&self, value: &Value) -> bool {
        match value {
            Value::Local(number) => self.functions.get(*number as usize).is_some_and(|function| {
                function.asks().iter().any(Ask::is_more_than_an_argument)
                    || function.takes_require
                    || function.calls.iter().any(|(_, arguments)| self.hands_on_a_loader(arguments))
                    || function.exports.is_known()
                    || self.leads_to_files(function.returns())
            }),
            Value::OneOf(values) => values.iter().any(|value| self.tells_something(value)),
            Value::Array(array) => array.values.iter().any(|value| self.tells_something(value)),
            Value::Object(object) => object.entries.iter().any(|(_, value)| self.tells_something(value)),
            Value::Literal(_) | Value::Number(_) | Value::Boolean(_) | Value::Nothing | Value::Unknown => false,
            _ => true,
        }
    }

    /// Whether a function leads to files whatever it is called with: it loads,
    /// it opens what it is told, or it returns what means something by itself.
    pub(super) fn function_means_something(&self, number: u32) -> bool {
        self.functions.get(number as usize).is_some_and(|function| {
            function.asks().iter().any(Ask::is_told_by_any_string)
                || function.calls.iter().any(|(_, arguments)| self.hands_on_a_loader(arguments))
                || self.means_something_but_functions(function.returns())
        })
    }

    /// Whether a function that is an argument is a bundled module, for whom `require` is called.
    pub(super) fn loads_for_others(&self, argument: &Value) -> bool {
        let Value::Local(number) = argument else { return false };
        self.functions.get(*number as usize).is_some_and(|function| function.takes_require)
    }

    /// Whether a function that was passed over may find a file by the argument.
    pub(super) fn may_become_a_reference(&self, argument: &Value) -> bool {
        match argument {
            Value::Local(_) => false,
            Value::OneOf(values) => values.iter().any(|value| self.may_become_a_reference(value)),
            Value::Object(_) | Value::Array(_) | Value::Module(Module::Process) => false,
            value => self.means_something(value),
        }
    }

    fn means_something_but_functions(&self, value: &Value) -> bool {
        match value {
            // Functions return each other as deep as the file is long.
            Value::Local(number) => {
                let function = self.functions.get(*number as usize);
                function.is_some_and(|function| function.asks().iter().any(Ask::is_told_by_any_string))
            }
            Value::Array(array) => array.values.iter().any(|value| self.means_something_but_functions(value)),
            Value::Object(object) => object.entries.iter().any(|(_, value)| self.means_something_but_functions(value)),
            Value::OneOf(values) => values.iter().any(|value| self.means_something_but_functions(value)),
            value => self.means_something(value),
        }
    }

    fn hands_on_a_loader(&self, arguments: &[Value]) -> bool {
        arguments.iter().any(|argument| match argument {
            Value::Require(_) => true,
            Value::Local(number) => self.functions.get(*number as usize).is_some_and(|function| function.takes_require),
            _ => false,
        })
    }

    /// A value that a function returns and that may be a path, or a part of one.
    fn leads_to_files(&self, value: &Value) -> bool {
        match value {
            Value::Text(text) => text.contains('/') || text.contains('.'),
            Value::OneOf(values) => values.iter().any(|value| self.leads_to_files(value)),
            Value::Array(array) => array.values.iter().any(|value| self.leads_to_files(value)),
            Value::Object(object) => object.entries.iter().any(|(_, value)| self.leads_to_files(value)),
            // A short one may be a part of a specifier, in a loader.
            Value::Literal(token) => token.end - token.start <= 64 && self.source.len() <= LONGEST_LOADER,
            Value::Module(_)
            | Value::Function(_)
            | Value::Url(_)
            | Value::Filename
            | Value::ImportMetaUrl
            | Value::UrlConstructor => true,
            value => value.loads(),
        }
    }
}

/// Whether a value leads to files that is none of this file's functions, and has none within.
pub(super) fn leads_to_files(value: &Value) -> bool {
    match value {
        Value::Module(module) => {
            module.leads_to_files() && !matches!(module, Module::Process | Module::Global | Module::Object)
        }
        Value::Function(function) => {
            use known::Function::{Assign, Constant, DefineProperty, Identity, Write, WriteTwo};
            !function.makes_values()
                && !matches!(function, Assign | Constant(_) | DefineProperty | Write | WriteTwo | Identity)
        }
        // What takes paths goes on to take them.
        Value::Method(of) if of.1 == Method::Bound => of.0.elements().alternatives().iter().any(leads_to_files),
        Value::Url(_)
        | Value::Filename
        | Value::ImportMetaUrl
        | Value::ModuleNamespace
        | Value::CreateRequire
        | Value::UrlNamespace
        | Value::FileUrlToPath
        | Value::UrlConstructor => true,
        value => value.loads(),
    }
}
