//! Where statements and declarations begin and end.

use super::{
    frame::{Declaration, Keyword, Opener},
    machine::{MOST_FRAMES, Machine},
    value::Argument,
};
use crate::lexer::{Kind, Role, Token};

impl Machine<'_> {
    /// The expression at the top frame ended; gives what it is.
    pub(super) fn end_expression(&mut self) -> Option<Argument> {
        self.top_mut().assigned = false;
        if self.follows_values {
            self.hand_out();
        }
        let argument = self.take_expression();
        if !matches!(self.top().declaration, Declaration::None) {
            self.finish_declaration(argument.as_ref().map(|argument| self.initial(argument)));
        } else if self.follows_values && self.top().returns && !argument.as_ref().is_some_and(|a| a.value.is_known()) {
            self.note_other_return();
        } else if self.follows_values
            && let Some(argument) = &argument
            && argument.value.is_known()
        {
            if self.top().returns {
                self.note_return(argument);
            } else if self.top().exports || self.is_in_class_body() || self.is_only_a_value() {
                if self.top().exports {
                    self.note_exported_expression(&argument.value);
                }
                self.consume(&argument.value, argument.at);
            }
        }
        argument
    }

    /// The expression is a whole statement and does nothing: some write paths
    /// so, for tools like us to see.
    fn is_only_a_value(&self) -> bool {
        matches!(self.top().opener, Opener::Statements | Opener::Try) && !self.top().assigned
    }

    /// The statement at the top frame ended, with its declaration.
    pub(super) fn end_statement(&mut self) {
        // The declaration behind an `export` begins with the end of nothing.
        let ends_something = !self.top().is_empty() || !matches!(self.top().declaration, Declaration::None);
        self.end_expression();
        let frame = self.top_mut();
        frame.declaration = Declaration::None;
        frame.returns = false;
        frame.is_controlled = false;
        frame.spread = false;
        frame.exports &= !ends_something;
        if ends_something && let Some(from) = frame.dead_from.take() {
            self.bury(Some(from));
        }
        self.in_import_equals = false;
        // A statement ends with the next one's first word, if nothing else ends it.
        if ends_something && self.is_in_body() && self.last_token().kind != Kind::Semicolon {
            self.end_bodies_before(self.last_token().kind);
        }
    }

    /// A `;` was read, or a block closed: whatever statement that was has ended, even an empty one.
    pub(super) fn close_statement(&mut self) {
        self.end_statement();
        self.end_dead_statement();
        self.end_bodies_before_next();
    }

    /// The statement that is never run was `while (…) { … }` or the like: what follows may run.
    fn end_dead_statement(&mut self) {
        let dead_from = self.top_mut().dead_from.take();
        self.bury(dead_from);
    }

    /// Behind the head of a loop that binds names: a body without braces is a block of one statement.
    pub(super) fn begin_body(&mut self) {
        if self.peek().kind == Kind::BraceOpen || self.frames.len() >= MOST_FRAMES {
            return;
        }
        let at = self.last_token().start;
        self.push(Role::Block, Opener::Body).opened_at = at;
        self.bind_parameters(false, None);
    }

    fn is_in_body(&self) -> bool {
        matches!(self.top().opener, Opener::Body)
    }

    /// A statement ended; what ended it has been read.
    pub(super) fn end_bodies_before_next(&mut self) {
        if self.is_in_body() {
            let next = self.peek().kind;
            self.end_bodies_before(next);
        }
    }

    /// A statement ended, and this comes next: of `if (…) …; else …` another part, or nothing more.
    fn end_bodies_before(&mut self, next: Kind) {
        while self.is_in_body() {
            let goes_on = match next {
                Kind::Else => self.top().chain.is_some(),
                next => matches!(next, Kind::Catch | Kind::Finally),
            };
            if goes_on {
                return;
            }
            self.end_body();
        }
    }

    /// The bracket or the file ends that the loops stand in.
    pub(super) fn end_bodies(&mut self) {
        while self.is_in_body() {
            self.end_expression();
            self.end_body();
        }
    }

    fn end_body(&mut self) {
        self.pop();
        self.end_dead_statement();
    }

    /// The condition of an `if` closed: which arm is run, if that is known.
    pub(super) fn decide(&mut self, condition: Option<&Argument>) {
        if !self.follows_values {
            self.top_mut().chain = Some(false);
            return;
        }
        let truth = condition.and_then(|condition| self.truth(&condition.value));
        let decided = condition.is_some_and(|condition| self.is_decided(&condition.value));
        let was_taken = self.top().chain == Some(true);
        let is_dead = was_taken || (decided && truth == Some(false));
        let frame = self.top_mut();
        frame.chain = Some(was_taken || (decided && truth == Some(true)));
        self.begin_arm(is_dead);
    }

    /// `else`: the other arm comes, or the next condition.
    pub(super) fn other_arm(&mut self) {
        self.end_statement();
        self.top_mut().is_controlled = true;
        if self.peek().kind == Kind::If {
            return;
        }
        let is_dead = self.top_mut().chain.take() == Some(true);
        if self.follows_values {
            self.begin_arm(is_dead);
        }
    }

    /// `if` begins a chain, unless it goes on with one.
    pub(super) fn condition_of_if(&mut self) {
        self.end_statement();
        if self.before.kind != Kind::Else {
            self.top_mut().chain = None;
        }
    }

    fn begin_arm(&mut self, is_dead: bool) {
        let is_block = self.peek().kind == Kind::BraceOpen;
        let from = self.candidates.len();
        let frame = self.top_mut();
        frame.next_is_dead = is_dead && is_block;
        frame.dead_from = (is_dead && !is_block).then_some(from);
    }

    /// `const`, `var`, and `let` in front of a name.
    pub(super) fn declaration(&mut self, token: Token) {
        let is_ambient = self.before.kind == Kind::Identifier && self.spelling(self.before) == b"declare";
        self.end_statement();
        // TypeScript: `declare const require: any` describes what is there.
        if !(self.settings.dialect.typescript && is_ambient) {
            let keyword = match token.kind {
                Kind::Var => Keyword::Var,
                Kind::Const => Keyword::Constant,
                _ => Keyword::Lexical,
            };
            self.top_mut().declaration = Declaration::Awaiting(keyword);
        }
    }

    /// `function`, `function*` and the name behind it.
    pub(super) fn function(&mut self, token: Token) {
        self.begin_operand(token);
        if self.peek().kind == Kind::Star {
            self.advance();
        }
        self.function_name = None;
        if self.peek().kind == Kind::Identifier {
            self.function_name = Some(self.advance().span());
        }
        // What is read next are its parameters, and no part of an expression.
        self.top_mut().extend(token.span());
    }
}
