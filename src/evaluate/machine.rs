//! Reads tokens and moves frames.
//!
//! One turn of [`Machine::run`] takes one token. Brackets open and close
//! frames; what stands between them is folded by the frame on top. The machine
//! checks no grammar: of broken text it makes what it can.

use std::{borrow::Cow, rc::Rc};

use ahash::{AHashMap, AHashSet};

use super::{
    Candidate, Settings, Surroundings,
    exports::Exported,
    fold::{Operator, Waiting},
    frame::{Declaration, Frame, Key, Opener},
    function::Function,
    kept::Kept,
    libraries::Subcommands,
    needles::Meaningful,
    node_path,
    quiet::Quiet,
    receiver::Receiver,
    scope::{Early, Hoisted, Names},
    sibling::Siblings,
    switch::Switch,
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
    pub(super) settings: &'s Settings<'s>,
    /// Where the file lies, if values are followed.
    pub(super) places: Option<Location>,
    /// Strings, paths and functions are followed, not only what loads files.
    pub(super) follows_values: bool,
    /// They would be, if something in the file asks for it.
    pub(super) may_follow_values: bool,
    /// Something in the file is worth following values for.
    pub(super) wants_values: bool,
    /// The file's own frame, then one for each open bracket.
    pub(super) frames: Vec<Frame<'s>>,
    /// Shares of what may be kept, with the number of the frame that is being read.
    pub(super) kept_open: Vec<(usize, Kept)>,
    /// What waits for its right side, of all frames.
    pub(super) operators: Vec<Waiting>,
    pub(super) names: Names<'s>,
    /// Names that were used, or only mentioned, above the place where the file
    /// binds them to a function that loads files.
    pub(super) hoisted: Vec<Hoisted<'s>>,
    /// At a later reading: all such names with their scopes.
    pub(super) known_early: AHashMap<(u32, &'s [u8]), Early>,
    /// Those whose scope has not opened yet.
    pub(super) prebound: AHashMap<u32, Vec<(&'s [u8], Early)>>,
    /// In so many bytes names were looked for above their declarations.
    pub(super) searched: usize,
    /// The files that it loads from beside it.
    pub(super) siblings: Siblings,
    /// What it exports, where somebody asks.
    pub(super) exported: Option<Box<Exported>>,
    /// Which bodies of functions are passed over, or may be at the next reading.
    pub(super) quiet: Quiet<'s>,
    /// Which names may mean something.
    pub(super) meaningful: Meaningful,
    pub(super) candidates: Vec<Candidate>,
    /// Those that hang on the wrapper's `require`, unless a declaration was met that says otherwise.
    pub(super) uses_of_require: Vec<usize>,
    /// Those that hang on the wrapper's `module`.
    pub(super) uses_of_module: Vec<usize>,
    /// The paths among them, each once.
    pub(super) asked_paths: AHashSet<Rc<str>>,
    /// The functions of the file, and by the places of their bodies.
    pub(super) functions: Vec<Function>,
    pub(super) function_at: AHashMap<u32, u32>,
    /// Modules of Node's own that the file has bundled, by their keys.
    pub(super) bundled: AHashMap<Rc<str>, Value>,
    /// How many of them were known from the start.
    pub(super) bundled_before: usize,
    /// Functions that call what they were given, in each other.
    pub(super) call_depth: usize,
    /// Those whose bodies are being read.
    pub(super) open_functions: Vec<u32>,
    /// Those that somebody else got, while what they return is passed on.
    pub(super) given_away: Vec<u32>,
    /// What `this` is, with the numbers of the frames of functions and classes.
    pub(super) receivers: Vec<(usize, Receiver)>,
    /// Members of which it was looked whether the file changes them.
    pub(super) changed_members: AHashMap<Rc<str>, bool>,
    /// Variables of functions further out, or that nothing is known of yet, which a function puts into a path.
    pub(super) used_further_in: AHashSet<(u32, &'s [u8])>,
    /// Names that stand where parameters may stand, in brackets still open.
    pub(super) parameters: Vec<Parameter>,
    /// Those of the parenthesis that closed last.
    pub(super) ready_parameters: Vec<Parameter>,
    /// Folders that have a name in the file, and paths that others got: a
    /// template that is handed on may include its neighbours.
    pub(super) named_paths: AHashSet<Rc<str>>,
    pub(super) handed_on: Vec<(Rc<str>, Span)>,
    /// `switch`es that the target decides, each within the one before it.
    pub(super) switches: Vec<Switch>,
    /// So many blocks and sections are open that are never run.
    pub(super) dead: u32,
    /// Where Node looks for packages before and behind all other folders.
    pub(super) searched_first: Vec<Rc<str>>,
    pub(super) searched_last: Vec<Rc<str>>,
    /// References to view engines, which count unless one is given.
    pub(super) view_engines: Vec<usize>,
    pub(super) engine_given: bool,
    /// What commander was told.
    pub(super) subcommands: Subcommands,
    /// What was spent on values, and how much may be.
    pub(super) steps: usize,
    pub(super) most_steps: usize,
    /// Where the first value stands that was too much to work out.
    pub(super) gave_up: Option<u32>,
    /// The `try` blocks so far, each after the one around it; the first stands for none.
    pub(super) tries: Vec<Try>,
    /// The innermost that is open.
    pub(super) current_try: u32,
    /// Uses of the CommonJS wrapper's names so far.
    pub(super) wrapper_uses: u32,
    /// Brackets beyond [`MOST_FRAMES`], which have no frame.
    pub(super) frameless: u32,
    /// What the pattern takes for the one that opens in it.
    pub(super) under: Option<Key>,
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
    /// Those among them that take paths or specifiers.
    pub(super) open_path_calls: u32,
    /// `new URL(…)` that are open: what they take is a path if their base is a file's.
    pub(super) open_url_calls: u32,
    /// The `try` block that closed last: a `catch` may follow.
    pub(super) closed_try: Option<u32>,
    /// The name behind `function`, until its parameters open.
    pub(super) function_name: Option<Span>,
    /// The name of the function whose parameters closed last.
    pub(super) closed_function_name: Option<Span>,
}

/// A name that may be a parameter.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub(super) name: Span,
    /// Which one it is; `None` for what lies deeper, in a pattern.
    pub(super) position: Option<u8>,
    /// It is `...rest`.
    pub(super) rest: bool,
    /// What it is if nothing is passed.
    pub(super) value: Value,
    /// Of a name in a pattern: which parameter the pattern stands for, and what the name is of it.
    pub(super) taken: Option<(u8, Key)>,
}

impl Parameter {
    /// A name of which no more is known.
    pub(super) fn new(name: Span, position: Option<u8>, value: Value) -> Self {
        Self { name, position, rest: false, value, taken: None }
    }
}

/// Where the file lies, in strings as its own code has them.
#[derive(Debug)]
pub(super) struct Location {
    /// `__dirname`.
    pub(super) folder: Rc<str>,
    /// `__filename`.
    pub(super) file: Rc<str>,
    /// `process.cwd()`.
    pub(super) cwd: Rc<str>,
    /// `require.main.filename`, where that is known.
    pub(super) main: Option<Rc<str>>,
    /// The tracing root: only what lies in it is a file for us.
    pub(super) root: Rc<str>,
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
pub(super) const MOST_FRAMES: usize = 100 << 10;

/// Steps that a file may take, and bytes of strings it may make, beside its own length.
const STEPS: usize = 1 << 20;

const NO_TOKEN: Token =
    Token { start: 0, end: 0, kind: Kind::Semicolon, role: Role::None, newline_before: false, in_type: false };

/// Names that mean something only where values are followed.
const VALUE_NAMES: [&[u8]; 12] = [
    b"process",
    b"global",
    b"globalThis",
    b"GLOBAL",
    b"Object",
    b"Array",
    b"Promise",
    b"Map",
    b"Set",
    b"String",
    b"undefined",
    b"yield",
];

impl<'s> Machine<'s> {
    pub(super) fn new(lexer: Lexer<'s>, interest_ends: usize, settings: &'s Settings<'s>) -> Self {
        let source = lexer.source();
        Self {
            lexer,
            source,
            settings,
            places: None,
            follows_values: false,
            may_follow_values: settings.location.is_some(),
            wants_values: false,
            frames: vec![Frame::new(Role::None, Opener::Statements)],
            kept_open: Vec::new(),
            operators: Vec::new(),
            names: Names::default(),
            hoisted: Vec::new(),
            known_early: AHashMap::new(),
            prebound: AHashMap::new(),
            searched: 0,
            siblings: Siblings::default(),
            exported: None,
            quiet: Quiet::Off,
            meaningful: Meaningful::new(),
            candidates: Vec::new(),
            uses_of_require: Vec::new(),
            uses_of_module: Vec::new(),
            asked_paths: AHashSet::new(),
            functions: Vec::new(),
            function_at: AHashMap::new(),
            bundled: AHashMap::new(),
            bundled_before: 0,
            call_depth: 0,
            open_functions: Vec::new(),
            named_paths: AHashSet::new(),
            handed_on: Vec::new(),
            switches: Vec::new(),
            dead: 0,
            searched_first: Vec::new(),
            searched_last: Vec::new(),
            view_engines: Vec::new(),
            engine_given: false,
            subcommands: Subcommands::default(),
            given_away: Vec::new(),
            receivers: Vec::new(),
            changed_members: AHashMap::new(),
            used_further_in: AHashSet::new(),
            steps: 0,
            most_steps: source.len().saturating_mul(4) + STEPS,
            gave_up: None,
            parameters: Vec::new(),
            ready_parameters: Vec::new(),
            tries: vec![Try::default()],
            current_try: 0,
            wrapper_uses: 0,
            frameless: 0,
            under: None,
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
            open_path_calls: 0,
            open_url_calls: 0,
            closed_try: None,
            function_name: None,
            closed_function_name: None,
        }
    }

    /// Follows values too, of a file that lies there.
    pub(super) fn follow_values(&mut self, location: &Surroundings<'_>) {
        self.follows_values = true;
        self.places = Some(Location {
            folder: node_path::path::dirname(location.file).unwrap_or("/").into(),
            file: location.file.into(),
            cwd: location.cwd.into(),
            main: location.main.map(Rc::from),
            root: location.root.into(),
        });
        self.interest_ends = u32::MAX;
        for name in VALUE_NAMES {
            self.meaningful.add(name);
        }
    }

    /// Begins a second reading, which knows from the start what `first` found out late.
    pub(super) fn remember(&mut self, mut first: Machine<'s>) {
        self.quiet = first.next_quiet();
        self.functions = first.functions;
        self.function_at = first.function_at;
        self.siblings = first.siblings;
        self.forget_calls();
        self.bundled_before = first.bundled.len();
        self.bundled = first.bundled;
        for key in self.bundled.keys() {
            self.quiet.add_key(key.as_bytes());
        }
        self.known_early = first.known_early;
        for Hoisted { scope_at, name, value, in_order } in first.hoisted {
            let in_order = in_order && self.known_early.get(&(scope_at, name)).is_none_or(|known| known.in_order);
            self.known_early.insert((scope_at, name), Early { value, in_order });
        }
        for ((scope_at, name), early) in &self.known_early {
            self.prebound.entry(*scope_at).or_default().push((name, early.clone()));
        }
        self.bind_hoisted(0, Hoisted::FILE);
    }

    /// Reads to the end, or to where nothing can follow.
    pub(super) fn run(&mut self) {
        loop {
            let token = self.advance();
            if self.wants_values && !self.follows_values {
                // Somebody begins anew, and follows them; to the end of the file.
                if self.quiet.is_worth_going_on(self.source.len() - token.start as usize) {
                    self.skim(token);
                }
                return;
            }
            if token.kind == Kind::End || (token.start >= self.interest_ends && self.is_idle()) {
                break;
            }
            self.settle_try(token);
            self.take(token);
        }
        self.end_expression();
        self.end_bodies();
        self.ask_for_neighbours();
        self.ask_for_subcommands();
        self.quiet.want_assignments();
        let mut hoisted = std::mem::take(&mut self.hoisted);
        let is_passing = self.quiet.is_passing();
        hoisted.retain(|Hoisted { scope_at, name, value, .. }| match value {
            Value::Local(function) if self.quiet.is_used(name) && self.quiet.has_passed(*function) => {
                self.quiet.want_body(*function);
                true
            }
            value if is_passing => self.means_something(value) || self.quiet.is_used(name),
            value => self.tells_something(value) || self.is_used_in_paths(*scope_at, name),
        });
        self.hoisted = hoisted;
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

    pub(super) fn last_token(&self) -> Token {
        self.last
    }

    /// A token was looked at that has not been taken.
    pub(super) fn has_peeked(&self) -> bool {
        self.peeked.is_some()
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
    pub(super) fn spelling(&self, token: Token) -> &'s [u8] {
        token.text(self.source)
    }

    /// An identifier's name, its escapes decoded.
    pub(super) fn name(&self, token: Token) -> Cow<'s, [u8]> {
        let text = self.spelling(token);
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

    pub(super) fn top_mut(&mut self) -> &mut Frame<'s> {
        self.frames.last_mut().expect("the file's own frame is never closed")
    }

    pub(super) fn top(&self) -> &Frame<'s> {
        self.frames.last().expect("the file's own frame is never closed")
    }

    /// One token's effect.
    pub(super) fn take(&mut self, token: Token) {
        match token.kind {
            Kind::Identifier => self.identifier(token),
            Kind::String | Kind::Template => {
                self.note_key(token);
                self.operand(Value::Literal(token), token);
            }
            Kind::TemplateHead => self.open_template(token),
            Kind::TemplateMiddle | Kind::TemplateTail => self.continue_template(token),
            Kind::ParenOpen | Kind::BracketOpen | Kind::BraceOpen => self.open(token),
            Kind::ParenClose | Kind::BracketClose | Kind::BraceClose => self.close(token),
            Kind::Comma => self.comma(token),
            Kind::Semicolon => self.close_statement(),
            Kind::Plus => self.plus(token),
            Kind::Assign => self.assign(token),
            Kind::Arrow => self.arrow(token),
            // They change nothing by themselves.
            Kind::Dot | Kind::QuestionDot => {}
            Kind::Ellipsis => self.top_mut().spread = true,
            Kind::Not if self.is_type_assertion(token) => {}
            Kind::Question => self.condition(token.span()),
            Kind::And => self.binary(Operator::And, token.span()),
            Kind::Or => self.binary(Operator::Or, token.span()),
            Kind::Coalesce => self.binary(Operator::Coalesce, token.span()),
            Kind::Colon => self.colon(token),
            // What `declare module "x" { … }` holds leaves no code behind.
            Kind::Import | Kind::Export if self.top().role == Role::Type => self.end_statement(),
            Kind::Import => self.import(token),
            Kind::Export => {
                self.note_declaration(token);
                self.end_statement();
                self.top_mut().exports = true;
                if let Some(exported) = &mut self.exported {
                    exported.is_default = false;
                }
                self.export_declaration();
            }
            // `export default` goes on.
            Kind::Default if self.top().exports => {
                if let Some(exported) = &mut self.exported {
                    exported.is_default = true;
                }
            }
            Kind::Case | Kind::Default if self.is_in_switch() => self.label(token.kind),
            Kind::Break | Kind::Continue | Kind::Throw => {
                self.leave_section();
                self.end_statement();
            }
            Kind::Return => {
                self.leave_section();
                self.end_statement();
                self.top_mut().returns = true;
            }
            Kind::Const | Kind::Var => self.declaration(token),
            Kind::Function => self.function(token),
            Kind::For => {
                self.end_statement();
                // `for await` outside of functions: only a module may.
                self.has_module_syntax |= self.function_depth == 0 && self.peek().kind == Kind::Identifier;
            }
            Kind::PrivateName if self.follows_dot() => self.top_mut().change_operand(Value::Unknown, token.end),
            Kind::Regex if self.follows_values => self.operand(Value::Regex(token), token),
            Kind::Number => self.number(token),
            Kind::Null if self.follows_values => self.operand(Value::Nothing, token),
            Kind::True if self.follows_values => self.operand(Value::Boolean(true), token),
            Kind::False if self.follows_values => self.operand(Value::Boolean(false), token),
            Kind::This if self.follows_values => self.this(token),
            Kind::Regex | Kind::PrivateName | Kind::This | Kind::Super | Kind::Null | Kind::True | Kind::False => {
                self.operand(Value::Unknown, token)
            }
            Kind::Class | Kind::New | Kind::Typeof | Kind::Void | Kind::Delete => self.prefix(token),
            Kind::In if matches!(self.top().declaration, Declaration::Named(..)) && self.goes_through(true) => {}
            Kind::If => self.condition_of_if(),
            Kind::Else => self.other_arm(),
            kind if always_begins_statement(kind) => self.end_statement(),
            _ => self.operator(token),
        }
    }
}

/// Keywords that no expression holds: what came before them has ended.
fn always_begins_statement(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Case
            | Kind::Catch
            | Kind::Debugger
            | Kind::Default
            | Kind::Do
            | Kind::Enum
            | Kind::Finally
            | Kind::Switch
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
