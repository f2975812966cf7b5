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
    /// Names that were used, or only mentioned, above the place where the file
    /// binds them to a function that loads files.
    pub(super) hoisted: Vec<Binding<'s>>,
    /// The bytes with which the names begin that may mean something.
    pub(super) meaningful: [bool; 256],
    pub(super) candidates: Vec<Candidate>,
    /// Names that stand where parameters may stand, in brackets still open.
    pub(super) parameters: Vec<Span>,
    /// Those of the parenthesis that closed last.
    pub(super) ready_parameters: Vec<Span>,
    /// The `try` blocks so far, each after the one around it; the first stands for none.
    pub(super) tries: Vec<Try>,
    /// The innermost that is open.
    pub(super) current_try: u32,
    /// Uses of the CommonJS wrapper's names so far.
    pub(super) wrapper_uses: u32,
    /// Brackets beyond [`MOST_FRAMES`], which have no frame.
    pub(super) frameless: u32,
    /// The parenthesis that closed last was a head: a block's names stand in it.
    pub(super) closed_head: bool,
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
    /// The `try` block that closed last: a `catch` may follow.
    pub(super) closed_try: Option<u32>,
    /// The name behind `function`, until its parameters open.
    pub(super) function_name: Option<Span>,
    /// The name of the function whose parameters closed last.
    pub(super) closed_function_name: Option<Span>,
}

/// A `try` block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Try {
    /// The one around it.
    pub(super) outer: u32,
    /// A `catch` follows it.
    pub(super) has_catch: bool,
}

/// More open brackets than any program has; further ones are passed over.
pub(super) const MOST_FRAMES: usize = 1 << 17;

/// How the names of `Value::of_global` begin, then `let`, `await`, and escapes.
const MEANINGFUL: &[u8] = b"rm_Ula\\";

const NO_TOKEN: Token =
    Token { start: 0, end: 0, kind: Kind::Semicolon, role: Role::None, newline_before: false, in_type: false };

impl<'s> Machine<'s> {
    pub(super) fn new(lexer: Lexer<'s>, interest_ends: usize, settings: &'s Settings) -> Self {
        let source = lexer.source();
        Self {
            lexer,
            source,
            settings,
            frames: vec![Frame::new(Role::None, Opener::Statements)],
            bindings: Vec::new(),
            hoisted: Vec::new(),
            meaningful: std::array::from_fn(|byte| MEANINGFUL.contains(&(byte as u8))),
            candidates: Vec::new(),
            parameters: Vec::new(),
            ready_parameters: Vec::new(),
            tries: vec![Try::default()],
            current_try: 0,
            wrapper_uses: 0,
            frameless: 0,
            closed_head: false,
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
            && self.current_try == 0
            && self.closed_try.is_none()
            && !self.top().operand().is_some_and(|operand| operand.is_known() && !matches!(operand, Value::Literal(_)))
            && !self.has_alias
    }

    /// The next token that is code: types are passed over.
    pub(super) fn advance(&mut self) -> Token {
        self.before = self.last;
        self.last = match self.peeked.take() {
            Some(token) => token,
            None => next_in_code(&mut self.lexer),
        };
        self.last
    }

    /// The token after the last one, which stays where it is.
    pub(super) fn peek(&mut self) -> Token {
        let lexer = &mut self.lexer;
        *self.peeked.get_or_insert_with(|| next_in_code(lexer))
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
                let source = self.source;
                self.top_mut().condition(token.span(), source);
                self.top_mut().conditions += 1;
            }
            Kind::And | Kind::Or | Kind::Coalesce => self.either(token),
            Kind::Colon => self.colon(token),
            // What `declare module "x" { … }` holds leaves no code behind.
            Kind::Import | Kind::Export if self.top().role == Role::Type => self.end_statement(),
            Kind::Import => self.import(token),
            Kind::Export => {
                self.end_statement();
                self.export_declaration();
            }
            Kind::Const | Kind::Var => self.declaration(token),
            Kind::Function => self.function(token),
            Kind::For => {
                self.end_statement();
                // `for await` outside of functions: only a module may.
                self.has_module_syntax |= self.function_depth == 0 && self.peek().kind == Kind::Identifier;
            }
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
            | Kind::If
            | Kind::Return
            | Kind::Switch
            | Kind::Throw
            | Kind::Try
            | Kind::While
            | Kind::With
    )
}

fn next_in_code(lexer: &mut Lexer<'_>) -> Token {
    loop {
        let token = lexer.next_token();
        if !token.in_type {
            return token;
        }
    }
}
