//! Reads tokens and moves frames.
//!
//! One turn of [`Machine::run`] takes one token. Brackets open and close
//! frames; what stands between them is folded by the frame on top. The machine
//! checks no grammar: of broken text it makes what it can.

use std::borrow::Cow;

use super::{
    Candidate, Settings,
    frame::{Binding, Frame, Opener},
    value::Value,
};
use crate::{
    lexer::{Kind, Lexer, Role, Token, identifier_name},
    record::Span,
};

/// The evaluator's state while it reads one file.
pub(super) struct Machine<'s> {
    pub(super) lexer: Lexer<'s>,
    pub(super) source: &'s [u8],
    pub(super) settings: &'s Settings,
    /// The file's own frame, then one for each open bracket.
    pub(super) frames: Vec<Frame>,
    pub(super) bindings: Vec<Binding<'s>>,
    /// The bytes with which the names begin that may mean something.
    pub(super) meaningful: [bool; 256],
    pub(super) candidates: Vec<Candidate>,
    /// Names that stand where parameters may stand, in brackets still open.
    pub(super) parameters: Vec<Span>,
    /// Those of the parenthesis that closed last.
    pub(super) ready_parameters: Vec<Span>,
    /// `try` blocks that are open.
    pub(super) open_tries: u32,
    /// Functions that are open, arrows included.
    pub(super) function_depth: u32,
    /// A function that loads files has a name without any of the words that
    /// tell where the file's interest ends.
    pub(super) has_alias: bool,
    /// Something in the file makes it an ES module.
    pub(super) has_module_syntax: bool,
    /// The next call of `require` belongs to TypeScript's `import x = require()`.
    pub(super) in_import_equals: bool,
    /// The token before the last.
    pub(super) before: Token,
    last: Token,
    peeked: Option<Token>,
    interest_ends: u32,
    /// Calls of known functions that are open: reading may not stop inside.
    pub(super) open_interests: u32,
    /// The `try` block that closed last: what was found in it counts as
    /// guarded only if a `catch` follows.
    pub(super) closed_try: Option<usize>,
    /// The name behind `function`, until its parameters open.
    pub(super) function_name: Option<Span>,
    /// The name of the function whose parameters closed last.
    pub(super) closed_function_name: Option<Span>,
    /// The last `:` begins a type.
    pub(super) colon_begins_type: bool,
}

/// How the names of `Value::of_global` begin, then `let`, `await`, `type`, and escapes.
const MEANINGFUL: &[u8] = b"rm_Ulat\\";

const NO_TOKEN: Token = Token { start: 0, end: 0, kind: Kind::Semicolon, role: Role::None, newline_before: false };

impl<'s> Machine<'s> {
    pub(super) fn new(lexer: Lexer<'s>, interest_ends: usize, settings: &'s Settings) -> Self {
        let source = lexer.source();
        Self {
            lexer,
            source,
            settings,
            frames: vec![Frame::new(Role::None, Opener::Statements)],
            bindings: Vec::new(),
            meaningful: std::array::from_fn(|byte| MEANINGFUL.contains(&(byte as u8))),
            candidates: Vec::new(),
            parameters: Vec::new(),
            ready_parameters: Vec::new(),
            open_tries: 0,
            function_depth: 0,
            has_alias: false,
            has_module_syntax: false,
            in_import_equals: false,
            before: NO_TOKEN,
            last: NO_TOKEN,
            peeked: None,
            interest_ends: u32::try_from(interest_ends).unwrap_or(u32::MAX),
            open_interests: 0,
            closed_try: None,
            function_name: None,
            closed_function_name: None,
            colon_begins_type: false,
        }
    }

    /// Reads to the end, or to where nothing can follow.
    pub(super) fn run(&mut self) {
        loop {
            let token = self.advance();
            if token.kind == Kind::End || (token.start >= self.interest_ends && self.is_idle()) {
                break;
            }
            self.settle_try(token);
            self.take(token);
        }
        self.end_expression();
    }

    /// Nothing that was begun still waits for its end.
    fn is_idle(&self) -> bool {
        self.open_interests == 0
            && self.open_tries == 0
            && self.closed_try.is_none()
            && !self.top().operand().is_some_and(|operand| operand.is_known() && !matches!(operand, Value::Literal(_)))
            && !self.has_alias
    }

    /// The next token.
    pub(super) fn advance(&mut self) -> Token {
        self.before = self.last;
        self.last = match self.peeked.take() {
            Some(token) => token,
            None => self.lexer.next_token(),
        };
        self.last
    }

    /// The token after the last one, which stays where it is.
    pub(super) fn peek(&mut self) -> Token {
        let lexer = &mut self.lexer;
        *self.peeked.get_or_insert_with(|| lexer.next_token())
    }

    /// The token that was read last does not belong to what was read: it comes again.
    pub(super) fn reread(&mut self, token: Token) {
        if self.peeked.is_none() {
            self.peeked = Some(token);
            self.last = Token { kind: Kind::Semicolon, ..token };
        } else {
            // Two tokens cannot come again; this one is read in its turn.
            self.take(token);
        }
    }

    /// Its text as it stands in the file.
    pub(super) fn text(&self, token: Token) -> &'s [u8] {
        token.text(self.source)
    }

    /// An identifier's name, its escapes decoded.
    pub(super) fn name(&self, token: Token) -> Cow<'s, [u8]> {
        let text = self.text(token);
        if !text.contains(&b'\\') {
            return Cow::Borrowed(text);
        }
        match identifier_name(text) {
            Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
            Cow::Owned(name) => Cow::Owned(name.into_bytes()),
        }
    }

    /// The file's bytes at `span`.
    pub(super) fn slice(&self, span: Span) -> &'s [u8] {
        &self.source[span.start as usize..span.end as usize]
    }

    pub(super) fn top_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the file's own frame is never closed")
    }

    pub(super) fn top(&self) -> &Frame {
        self.frames.last().expect("the file's own frame is never closed")
    }

    /// One token's effect.
    pub(super) fn take(&mut self, token: Token) {
        match token.kind {
            Kind::Identifier => self.identifier(token),
            Kind::String | Kind::Template => self.operand(Value::Literal(token), token),
            Kind::TemplateHead => self.open_template(token),
            Kind::TemplateMiddle | Kind::TemplateTail => self.continue_template(token),
            Kind::ParenOpen | Kind::BracketOpen | Kind::BraceOpen => self.open(token),
            Kind::ParenClose | Kind::BracketClose | Kind::BraceClose => self.close(token),
            Kind::Comma => self.comma(token),
            Kind::Semicolon => self.end_statement(),
            Kind::Plus => self.plus(token),
            Kind::Assign => self.assign(token),
            Kind::Arrow => self.arrow(token),
            // They change nothing by themselves.
            Kind::Dot | Kind::QuestionDot | Kind::Ellipsis => {}
            Kind::Not if self.is_type_assertion(token) => {}
            Kind::Question => {
                self.operator(token);
                self.top_mut().conditions += 1;
            }
            Kind::Colon => self.colon(token),
            Kind::Import => self.import(token),
            Kind::Export => {
                self.end_statement();
                self.export_declaration();
            }
            Kind::Const | Kind::Var => self.declaration(token),
            Kind::Function => self.function(token),
            Kind::PrivateName if self.follows_dot() => self.top_mut().change_operand(Value::Unknown, token.end),
            Kind::Regex
            | Kind::Number
            | Kind::PrivateName
            | Kind::This
            | Kind::Super
            | Kind::Null
            | Kind::True
            | Kind::False => self.operand(Value::Unknown, token),
            Kind::Class | Kind::New | Kind::Typeof | Kind::Void | Kind::Delete => self.prefix(token),
            kind if always_begins_statement(kind) => self.end_statement(),
            _ => self.operator(token),
        }
    }
}

/// Keywords that no expression holds: what came before them has ended.
fn always_begins_statement(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Break
            | Kind::Case
            | Kind::Catch
            | Kind::Continue
            | Kind::Debugger
            | Kind::Default
            | Kind::Do
            | Kind::Else
            | Kind::Enum
            | Kind::Finally
            | Kind::For
            | Kind::If
            | Kind::Return
            | Kind::Switch
            | Kind::Throw
            | Kind::Try
            | Kind::While
            | Kind::With
    )
}
