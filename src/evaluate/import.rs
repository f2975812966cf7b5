//! Import and export declarations.
//!
//! `import` and `export` at the start of a statement are read here, up to the
//! specifier or to the first token that does not belong; that token is then
//! read as any other.

use super::{
    Candidate,
    frame::Keyword,
    machine::Machine,
    sibling::is_called_require,
    value::{Origin, Value},
};
use crate::{
    lexer::{Kind, Token},
    record::{ReferenceKind, Span},
};

/// A name that an import declaration binds, and what it is bound to.
struct Imported {
    /// The exported name; `None` for the namespace.
    export: Option<Span>,
    local: Span,
    is_default: bool,
}

impl<'s> Machine<'s> {
    /// After `import`, when neither `(` nor `.` follows.
    pub(super) fn import_declaration(&mut self) {
        let mut names = Vec::new();
        let mut token = self.advance();
        if self.settings.dialect.typescript && self.is_type_modifier(token) {
            return self.skip_type_declaration();
        }
        if self.is_name(token, b"defer") || self.is_name(token, b"source") {
            let next = self.peek();
            if next.kind == Kind::Star || (next.kind == Kind::Identifier && !self.is_name(next, b"from")) {
                token = self.advance();
            }
        }
        if token.kind == Kind::Identifier {
            let local = token.span();
            token = self.advance();
            if token.kind == Kind::Assign {
                // TypeScript: `import x = require("y")` loads in either format.
                self.in_import_equals = true;
                return;
            }
            names.push(Imported { export: None, local, is_default: true });
            if token.kind == Kind::Comma {
                token = self.advance();
            }
        }
        token = self.import_clause(token, &mut names);
        if self.is_name(token, b"from") {
            token = self.advance();
        }
        if token.kind == Kind::String {
            self.has_module_syntax = true;
            let module = self.declared_reference(ReferenceKind::Import, token);
            for Imported { export, local, is_default } in names {
                self.wants_values |= self.may_follow_values
                    && !self.follows_values
                    && !module.is_known()
                    && is_called_require(self.slice(local));
                let value = match export {
                    Some(export) => self.member_of(&module, self.slice(export)),
                    None if is_default => self.default_of(&module),
                    None => module.clone(),
                };
                self.declare(Keyword::Lexical, local, value);
            }
        } else {
            self.reread(token);
        }
    }

    /// `* as name` or `{ a, b as c }`; gives the token behind it.
    fn import_clause(&mut self, token: Token, names: &mut Vec<Imported>) -> Token {
        match token.kind {
            Kind::Star => {
                let mut token = self.advance();
                if self.is_name(token, b"as") {
                    token = self.advance();
                    names.push(Imported { export: None, local: token.span(), is_default: false });
                    token = self.advance();
                }
                token
            }
            Kind::BraceOpen => self.import_names(names),
            _ => token,
        }
    }

    fn import_names(&mut self, names: &mut Vec<Imported>) -> Token {
        loop {
            let mut token = self.advance();
            if self.settings.dialect.typescript && self.is_inline_type(token) {
                token = self.advance();
            }
            if token.kind == Kind::BraceClose {
                return self.advance();
            }
            if !is_export_name(token) {
                return token;
            }
            let export = token.span();
            let mut local = export;
            token = self.advance();
            if self.is_name(token, b"as") {
                local = self.advance().span();
                token = self.advance();
            }
            names.push(Imported { export: Some(export), local, is_default: false });
            match token.kind {
                Kind::Comma => {}
                Kind::BraceClose => return self.advance(),
                _ => return token,
            }
        }
    }

    /// After `export` at the start of a statement.
    pub(super) fn export_declaration(&mut self) {
        let mut names = Vec::new();
        let mut token = self.advance();
        if token.kind != Kind::Assign {
            self.has_module_syntax = true;
        }
        if self.settings.dialect.typescript && self.is_name(token, b"type") {
            let next = self.peek();
            if next.kind == Kind::BraceOpen || next.kind == Kind::Star {
                return self.skip_type_declaration();
            }
        }
        match token.kind {
            Kind::Star => {
                token = self.advance();
                if self.is_name(token, b"as") {
                    self.advance();
                    token = self.advance();
                }
            }
            Kind::BraceOpen => token = self.export_names(&mut names),
            _ => return self.reread(token),
        }
        if !self.is_name(token, b"from") {
            names.into_iter().for_each(|(local, name)| self.note_renamed_export(local, name));
            return self.reread(token);
        }
        token = self.advance();
        if token.kind == Kind::String {
            self.declared_reference(ReferenceKind::ExportFrom, token);
        } else {
            self.reread(token);
        }
    }

    /// `{ a, b as c }`: what they are here, and what others call them.
    fn export_names(&mut self, names: &mut Vec<(Span, Span)>) -> Token {
        loop {
            let token = self.advance();
            if is_export_name(token) {
                match (self.before.kind, names.last_mut()) {
                    (Kind::BraceOpen | Kind::Comma, _) => names.push((token.span(), token.span())),
                    // `as`, and then the name itself.
                    (_, Some((_, name))) => *name = token.span(),
                    _ => {}
                }
            }
            if self.follows_values && token.kind == Kind::Identifier && !matches!(self.before.kind, Kind::Identifier) {
                // What is exported may be used by anybody.
                let name = &*self.name(token);
                let value = self.lookup(name).unwrap_or(Value::Unknown);
                self.consume(&value, token.span());
            }
            match token.kind {
                Kind::BraceClose => return self.advance(),
                Kind::Comma => {}
                _ if is_export_name(token) => {}
                _ => return token,
            }
        }
    }

    /// `type` that makes the whole declaration one of types: not `import type
    /// from "x"`, whose `type` is the default import, but `import type from from "x"`.
    fn is_type_modifier(&mut self, token: Token) -> bool {
        if !self.is_name(token, b"type") {
            return false;
        }
        let next = self.peek();
        match next.kind {
            Kind::BraceOpen | Kind::Star => true,
            Kind::Identifier if self.is_name(next, b"from") => {
                // One more token would tell; a type named `from` is rarer
                // than a default import named `type`, and losing a file is
                // worse than listing one.
                false
            }
            Kind::Identifier => true,
            _ => false,
        }
    }

    /// `type` in front of a name within braces.
    fn is_inline_type(&mut self, token: Token) -> bool {
        if !self.is_name(token, b"type") {
            return false;
        }
        let next = self.peek();
        is_export_name(next) && !self.is_name(next, b"as")
    }

    /// Types leave no code behind: reads on behind the specifier.
    fn skip_type_declaration(&mut self) {
        loop {
            let token = self.advance();
            match token.kind {
                Kind::String if !matches!(self.before.kind, Kind::BraceOpen | Kind::Comma) => return,
                Kind::Semicolon | Kind::End => return self.reread(token),
                Kind::ParenOpen => {
                    // `import type x = require("y")`
                    while !matches!(self.advance().kind, Kind::ParenClose | Kind::End) {}
                    return;
                }
                Kind::Identifier | Kind::Comma | Kind::BraceOpen | Kind::BraceClose | Kind::Star => {}
                Kind::Assign | Kind::Dot | Kind::String => {}
                _ if is_export_name(token) => {}
                _ => return self.reread(token),
            }
        }
    }

    fn declared_reference(&mut self, kind: ReferenceKind, string: Token) -> Value {
        let literal = Value::Literal(string);
        let specifier = literal.text(self.source).map(|text| text.into_owned()).unwrap_or_default();
        let module = self.loaded(kind, &specifier);
        self.candidates.push(Candidate {
            asked_by: None,
            from: None,
            kind,
            specifier,
            at: string.span(),
            guarded: false,
            in_try: 0,
            origin: Origin::Anywhere,
            hidden: false,
        });
        module
    }

    fn is_name(&self, token: Token, name: &[u8]) -> bool {
        token.kind == Kind::Identifier && self.spelling(token) == name
    }
}

/// A ModuleExportName: any name (the lexer knows that keywords are names here) or a string.
fn is_export_name(token: Token) -> bool {
    token.kind == Kind::Identifier || token.kind == Kind::String
}
