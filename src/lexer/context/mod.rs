//! What the tokens so far say about the next one.
//!
//! A [`Context`] takes each token once, in order, and keeps one byte of
//! expectation and a stack of frames: a parser's skeleton, without its tree.
//! It looks at no byte of the file but the text of the token in hand, and
//! never looks ahead.

mod bracket;
pub(super) mod frame;
mod slash;
mod step;
mod types;
mod word;

pub(super) use slash::slash_begins_regex;

use super::token::{Dialect, Kind, Role};
use frame::{ASYNC_ARROW, AWAIT, CASE, Expect, Frame, FrameKind, PENDING_ASYNC, PENDING_GENERATOR, Pending};
use word::Word;

/// The token in hand.
#[derive(Clone, Copy)]
struct Taken<'t> {
    kind: Kind,
    text: &'t [u8],
    newline: bool,
    /// What the token before it was, where that was a contextual keyword.
    word: Word,
}

/// The state between two tokens.
///
/// 1. `top` is the innermost frame; `outer` holds the others, and the file's
///    own frame is never closed.
/// 2. `depth` counts the frames with brackets, `braces` those with braces.
/// 3. In a frame of types, `expect` is one of the two type expectations.
#[derive(Debug)]
pub(super) struct Context {
    expect: Expect,
    /// As the automaton read it: a keyword that is a name is still a keyword here.
    previous: Kind,
    before_previous: Kind,
    /// What was expected where the previous token stood.
    stood: Expect,
    /// What is expected where the token in hand stands.
    stands: Expect,
    word: Word,
    /// The token in hand belongs to a type.
    in_type: bool,
    run: types::Run,
    dialect: Dialect,
    top: Frame,
    outer: Vec<Frame>,
    /// How many were opened in it that have no frame of their own.
    beyond: u32,
    depth: usize,
    braces: usize,
}

impl Context {
    pub(super) fn new(dialect: Dialect) -> Self {
        let top = Frame {
            kind: FrameKind::File,
            after: Expect::Statement,
            pending: Pending::Nothing,
            // A script may use `await` as a name, but no real one divides it.
            flags: AWAIT,
            questions: 0,
        };
        Self {
            expect: Expect::Statement,
            previous: Kind::End,
            before_previous: Kind::End,
            stood: Expect::Statement,
            stands: Expect::Statement,
            word: Word::Other,
            in_type: false,
            run: types::Run::default(),
            dialect,
            top,
            outer: Vec::new(),
            beyond: 0,
            depth: 0,
            braces: 0,
        }
    }

    pub(super) fn expect(&self) -> Expect {
        self.expect
    }

    /// Whether the token that was taken last belongs to a type.
    pub(super) fn in_type(&self) -> bool {
        self.in_type
    }

    pub(super) fn previous(&self) -> Kind {
        self.previous
    }

    /// The next `<` belongs to a head that is being read: of a class, or of a function before its parameters.
    pub(super) fn in_head(&self) -> bool {
        self.top.kind.is_class_head() || matches!(self.top.pending, Pending::Function | Pending::FunctionExpression)
    }

    /// Remembers a token that the lexer has judged by itself.
    pub(super) fn pass(&mut self, kind: Kind) {
        self.before_previous = self.previous;
        self.previous = kind;
        self.stood = std::mem::replace(&mut self.stands, self.expect);
        self.word = Word::Other;
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Takes the next token and says what it is here, and for what its bracket stands.
    pub(super) fn take(&mut self, kind: Kind, text: &[u8], newline: bool) -> (Kind, Role) {
        let word = std::mem::replace(&mut self.word, Word::Other);
        self.stood = std::mem::replace(&mut self.stands, self.expect);
        self.in_type = false;
        let taken = match step::step(self.expect, kind) {
            Some(expect) => {
                self.expect = expect;
                (kind, Role::None)
            }
            None => self.take_slowly(Taken { kind, text, newline, word }),
        };
        self.before_previous = self.previous;
        self.previous = kind;
        taken
    }

    /// Takes a token that more than its kind decides on.
    fn take_slowly(&mut self, token: Taken<'_>) -> (Kind, Role) {
        if self.expect >= Expect::Ended {
            self.settle(token);
            self.stands = self.expect;
        }
        if matches!(self.expect, Expect::TypeOperand | Expect::TypeOperator) {
            self.take_in_type(token)
        } else {
            self.take_in_code(token)
        }
    }

    /// Decides what was open until this token was seen.
    fn settle(&mut self, token: Taken<'_>) {
        match self.expect {
            Expect::Ended if self.begins_anew(token.kind) => self.begin_statement(),
            Expect::Ended => self.expect = Expect::Operator,
            // "[no LineTerminator here]"
            Expect::Restricted => {
                self.expect = if token.newline { Expect::Statement } else { Expect::Operand };
            }
            Expect::Decorator if !self.continues_decorator(token.kind) => self.expect = self.top.kind.start(),
            _ => {}
        }
    }

    fn continues_decorator(&self, kind: Kind) -> bool {
        matches!(self.previous, Kind::At | Kind::Dot) || matches!(kind, Kind::Dot | Kind::ParenOpen)
    }

    /// A token of this kind cannot continue an expression that is complete.
    fn begins_anew(&self, kind: Kind) -> bool {
        match kind {
            Kind::In | Kind::Instanceof | Kind::Extends => false,
            Kind::Star => self.top.kind.start() == Expect::Key,
            Kind::ParenOpen | Kind::BracketOpen | Kind::BraceOpen | Kind::Increment | Kind::Not | Kind::Tilde => true,
            Kind::At | Kind::Less => true,
            _ => (kind as u8) >= (Kind::Break as u8) || is_literal(kind) || kind == Kind::Identifier,
        }
    }

    /// What came before is complete, by a `;` or without one.
    fn begin_statement(&mut self) {
        self.top.pending = Pending::Nothing;
        self.top.questions = 0;
        self.expect = self.top.kind.start();
        self.stands = self.expect;
    }

    fn take_in_code(&mut self, token: Taken<'_>) -> (Kind, Role) {
        let kind = token.kind;
        match kind {
            Kind::Identifier => self.identifier(token),
            Kind::Dot if self.expect == Expect::Decorator => {}
            Kind::Dot | Kind::QuestionDot => self.expect = Expect::Name,
            Kind::Comma => self.comma(),
            Kind::Semicolon => self.semicolon(),
            Kind::ParenOpen => return (kind, self.open_paren(token)),
            Kind::BracketOpen => return (kind, self.open_bracket(token)),
            Kind::BraceOpen => return (kind, self.open_brace(token)),
            Kind::ParenClose | Kind::BracketClose | Kind::BraceClose => return (kind, self.close(kind)),
            Kind::TemplateHead | Kind::TemplateMiddle | Kind::TemplateTail => return (kind, self.template(token)),
            Kind::Colon => self.colon(),
            Kind::Question => self.question(),
            Kind::Arrow => self.arrow(),
            Kind::Star => self.star(token),
            Kind::Increment => self.increment(token),
            Kind::Not => self.not(token),
            Kind::At => self.expect = Expect::Decorator,
            Kind::End | Kind::Unknown => {}
            _ if is_literal(kind) => self.literal(token),
            _ if (kind as u8) >= (Kind::Break as u8) => return (self.keyword(token), Role::None),
            _ => self.expect = Expect::Operand,
        }
        (kind, Role::None)
    }

    fn semicolon(&mut self) {
        while self.top.kind.closer() == Kind::End && self.top.kind != FrameKind::File {
            // A head without its body, a `<` without its `>`: nothing spans a `;`.
            self.pop();
        }
        self.top.flags &= !(CASE | ASYNC_ARROW);
        self.begin_statement();
    }

    fn comma(&mut self) {
        if self.previous == Kind::Question {
            // TypeScript's `(a?, b)`.
            self.top.questions = self.top.questions.saturating_sub(1);
        }
        self.expect = if self.top.kind.start() == Expect::Key { Expect::Key } else { Expect::Operand };
    }

    fn arrow(&mut self) {
        if self.top.flags & ASYNC_ARROW != 0 {
            // It stays so for what follows the body: nobody divides `await` there.
            self.top.flags = self.top.flags & !ASYNC_ARROW | AWAIT;
        }
        self.expect = Expect::ArrowBody;
    }

    fn literal(&mut self, token: Taken<'_>) {
        if self.expect == Expect::Operator && token.newline {
            self.begin_statement();
        }
        self.expect = match self.expect {
            Expect::Key | Expect::AfterKey => Expect::AfterKey,
            // The end of an import or export: `/` on the next line is no division.
            _ if token.kind == Kind::String && (token.word == Word::From || self.stands == Expect::Import) => {
                Expect::Ended
            }
            _ => Expect::Operator,
        };
        if token.word == Word::Namespace && token.kind == Kind::String {
            self.top.pending = Pending::Namespace;
        }
    }

    fn colon(&mut self) {
        let optional = self.previous == Kind::Question && self.dialect.typescript;
        let top = &mut self.top;
        if self.expect == Expect::AfterKey {
            match top.kind {
                FrameKind::Object => self.expect = Expect::Operand,
                _ => self.annotation(),
            }
        } else if self.expect == Expect::Body {
            self.annotation();
        } else if top.questions > 0 {
            top.questions -= 1;
            if optional {
                self.annotation();
            } else {
                self.expect = Expect::Operand;
            }
        } else if top.flags & CASE != 0 {
            top.flags &= !CASE;
            self.expect = Expect::Statement;
        } else if self.stood == Expect::Statement && self.previous == Kind::Identifier {
            self.expect = Expect::Statement;
        } else {
            self.annotation();
        }
    }

    /// `:` that no expression explains.
    fn annotation(&mut self) {
        if self.dialect.typescript {
            self.begin_type();
        } else {
            self.expect = Expect::Operand;
        }
    }

    fn question(&mut self) {
        if self.expect != Expect::AfterKey {
            self.top.questions = self.top.questions.saturating_add(1);
            self.expect = Expect::Operand;
        }
    }

    fn star(&mut self, token: Taken<'_>) {
        if matches!(self.expect, Expect::Key | Expect::AfterKey) {
            if token.word == Word::Async {
                self.top.flags |= PENDING_ASYNC;
            }
            self.top.flags |= PENDING_GENERATOR;
            self.expect = Expect::Key;
        } else {
            if self.previous == Kind::Function {
                self.top.flags |= PENDING_GENERATOR;
            }
            self.expect = Expect::Operand;
        }
    }

    fn increment(&mut self, token: Taken<'_>) {
        if self.expect != Expect::Operator || token.newline {
            self.expect = Expect::Operand;
        }
    }

    fn not(&mut self, token: Taken<'_>) {
        // TypeScript's `x!` and `x!: T`.
        let postfix = self.dialect.typescript && !token.newline;
        if !(postfix && matches!(self.expect, Expect::Operator | Expect::AfterKey)) {
            self.expect = Expect::Operand;
        }
    }
}

fn is_literal(kind: Kind) -> bool {
    matches!(kind, Kind::PrivateName | Kind::Number | Kind::String | Kind::Template | Kind::TemplateHead | Kind::Regex)
}
