//! What an expression is known to be.

use std::borrow::Cow;

use crate::{
    lexer::{Kind, Token, string_value, template_value},
    record::Span,
};

/// The longest string that is kept; a longer one becomes unknown.
pub(super) const LONGEST_TEXT: usize = 64 * 1024;

/// A value, as far as reading the file tells.
///
/// Literals stay where they are in the file until somebody needs their text:
/// most never are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Anything.
    Unknown,
    /// A string or template literal, still in the file.
    Literal(Token),
    /// A string that was put together.
    Text(String),
    /// `require`, or what `createRequire` made for this file.
    Require(Origin),
    /// `require.resolve`, with the same meaning.
    RequireResolve(Origin),
    /// `require.call`: what is loaded is its second argument.
    RequireCall(Origin),
    /// `require.bind`: calling it gives `require`.
    RequireBind(Origin),
    /// The CommonJS wrapper's `module`.
    ModuleObject,
    /// `__filename`, `import.meta.filename`: this file's path.
    Filename,
    /// The namespace or the default export of `node:module`.
    ModuleNamespace,
    /// `createRequire` of `node:module`.
    CreateRequire,
    /// The namespace or the default export of `node:url`.
    UrlNamespace,
    /// `fileURLToPath` of `node:url`.
    FileUrlToPath,
    /// `import`, before its parenthesis or its dot.
    Import,
    /// `import.meta`.
    ImportMeta,
    /// `import.meta.url`: this file's URL.
    ImportMetaUrl,
    /// `import.meta.resolve`.
    ImportMetaResolve,
    /// What `import()` gave for the candidate of this index: a promise.
    Loading(usize),
    /// `then` or `finally` of such a promise.
    LoadingThen(usize),
    /// The global `URL`.
    UrlConstructor,
}

/// Where a function that loads files was got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// From `createRequire`, or `import` itself: it is good in any file.
    Anywhere,
    /// It is the `require` of the CommonJS wrapper, which no ES module has.
    WrapperRequire,
    /// It is a method of the wrapper's `module`.
    WrapperModule,
}

impl Value {
    /// What a name means where no scope binds it.
    pub(super) fn of_global(name: &[u8]) -> Option<Value> {
        match name {
            b"require" => Some(Value::Require(Origin::WrapperRequire)),
            b"module" => Some(Value::ModuleObject),
            b"__filename" => Some(Value::Filename),
            b"URL" => Some(Value::UrlConstructor),
            _ => None,
        }
    }

    /// What loading the module `specifier` gives.
    pub(super) fn of_module(specifier: &str) -> Value {
        match specifier {
            "module" | "node:module" => Value::ModuleNamespace,
            "url" | "node:url" => Value::UrlNamespace,
            _ => Value::Unknown,
        }
    }

    /// `self.name`.
    pub(super) fn member(&self, name: &[u8]) -> Value {
        match (self, name) {
            (Value::Require(origin), b"resolve") => Value::RequireResolve(*origin),
            (Value::Require(origin), b"call") => Value::RequireCall(*origin),
            (Value::Require(origin), b"bind") => Value::RequireBind(*origin),
            (Value::ModuleObject, b"require") => Value::Require(Origin::WrapperModule),
            (Value::ModuleNamespace, b"createRequire") => Value::CreateRequire,
            (Value::ModuleNamespace, b"default" | b"Module") => Value::ModuleNamespace,
            (Value::UrlNamespace, b"fileURLToPath") => Value::FileUrlToPath,
            (Value::UrlNamespace, b"URL") => Value::UrlConstructor,
            (Value::UrlNamespace, b"default") => Value::UrlNamespace,
            (Value::Import, b"meta") => Value::ImportMeta,
            // `import.source("x")` and `import.defer("x")` load what `import("x")` loads.
            (Value::Import, b"source" | b"defer") => Value::Import,
            (Value::Loading(index), b"then" | b"catch" | b"finally") => Value::LoadingThen(*index),
            (Value::ImportMeta, b"url") => Value::ImportMetaUrl,
            (Value::ImportMeta, b"resolve") => Value::ImportMetaResolve,
            (Value::ImportMeta, b"filename") => Value::Filename,
            _ => Value::Unknown,
        }
    }

    /// Whether calling it, or a member of it, asks for a file.
    pub(super) fn loads(&self) -> bool {
        matches!(
            self,
            Value::Require(_)
                | Value::RequireResolve(_)
                | Value::RequireCall(_)
                | Value::RequireBind(_)
                | Value::ModuleObject
                | Value::ModuleNamespace
                | Value::CreateRequire
                | Value::ImportMetaResolve
        )
    }

    /// Whether somebody could make use of it.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Value::Unknown)
    }

    /// The string that it is.
    pub(super) fn text<'a>(&'a self, source: &'a [u8]) -> Option<Cow<'a, str>> {
        match self {
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Literal(token) if token.kind == Kind::String => Some(string_value(token.text(source))),
            Value::Literal(token) => template_value(token.text(source)),
            _ => None,
        }
    }

    /// `self + right`, where both are strings.
    pub(super) fn plus(self, right: &Value, source: &[u8]) -> Value {
        let mut text = match (self, right.text(source)) {
            (Value::Text(text), Some(_)) => text,
            (left, Some(_)) => match left.text(source) {
                Some(text) => text.into_owned(),
                None => return Value::Unknown,
            },
            (_, None) => return Value::Unknown,
        };
        match right.text(source) {
            Some(right) if text.len() + right.len() <= LONGEST_TEXT => {
                text.push_str(&right);
                Value::Text(text)
            }
            _ => Value::Unknown,
        }
    }
}

/// A value and the expression that gave it.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    /// The value.
    pub(super) value: Value,
    /// From its first token to its last.
    pub(super) at: Span,
}
