//! Operands and operators at the level of one frame.

use std::rc::Rc;

use super::{
    collection::or_another,
    fold::Operator,
    frame::{Call, Declaration, Key, Literal, Opener, PatternEntry, Property},
    kept::Kept,
    known::Method,
    machine::{Machine, Parameter},
    value::{Argument, Filling, LONGEST_TEXT, MEMBER_BYTES, MOST_PARTS, Origin, Value, has_unknown_part},
};
use crate::{
    lexer::{Kind, Role, Token, template_value},
    record::Span,
};

/// A file that picks a part of itself by the platform is no longer than this;
/// longer ones are bundles, which ask for it for other reasons.
const LONGEST_LOADER: usize = 128 * 1024;

/// Names that one pattern binds; more than these are not kept anyway.
const MOST_PATTERN_NAMES: usize = 1 << 14;

impl Machine<'_> {
    pub(super) fn identifier(&mut self, token: Token) {
        self.note_name(token);
        if self.follows_dot() {
            return self.member(token);
        }
        let is_declared = match self.top().declaration {
            Declaration::Awaiting(keyword) if self.top().is_empty() => {
                self.top_mut().declaration = Declaration::Named(keyword, token.span());
                self.top_mut().initialized = false;
                return;
            }
            Declaration::Named(..) | Declaration::Destructured(..) => true,
            _ => false,
        };
        // `for (const x of …)`: x is one of what follows.
        if is_declared && *self.name(token) == *b"of" && self.goes_through(false) {
            return;
        }
        self.note_pattern_name(token);
        let place = if self.top().binds && self.is_binding_place() { self.position() } else { None };
        let rest = self.before.kind == Kind::Ellipsis;
        // What ended on the line before may have given the name its meaning.
        if self.top().has_operand() && token.newline_before {
            self.begin_operand(token);
        }
        // Most names mean nothing, and few bytes of theirs tell.
        if !self.meaningful.may_have(self.spelling(token)) {
            if self.follows_values {
                self.note_possible_parameter(token, place, rest);
                self.operand(Value::Unknown, token);
                self.top_mut().bare = Some(token.span());
                self.note_use(token.span());
                return;
            }
            return self.operand(Value::Unknown, token);
        }
        let name = &*self.name(token);
        if name == b"let" && self.begins_let() {
            return self.declaration(token);
        }
        if name == b"yield" && self.begins_yield() {
            return self.yield_operator(token);
        }
        if name == b"await" && self.is_top_level_await() {
            self.has_module_syntax = true;
        }
        if place.is_some() && (self.follows_values || self.is_tracked(name)) && !self.is_key() {
            self.note_possible_parameter(token, place, rest);
        }
        // First, because it may end what the name would be looked up in.
        self.begin_operand(token);
        let value = self.lookup(name).unwrap_or(Value::Unknown);
        let value = self.another_use(value);
        self.note_use(token.span());
        if matches!(value, Value::Require(Origin::WrapperRequire) | Value::ModuleObject) {
            self.wrapper_uses += 1;
        }
        if !self.follows_values && matches!(name, b"__dirname" | b"__filename") && !self.names_contain(name) {
            self.wants_values |= self.may_follow_values;
        }
        self.operand(value, token);
        self.top_mut().bare = Some(token.span());
    }

    /// A name stands where one of a parameter may stand.
    fn note_possible_parameter(&mut self, token: Token, place: Option<Option<u8>>, rest: bool) {
        let Some(position) = place else { return };
        let value = self.part_of_element(position, token);
        let is_part = value.is_known() && !self.is_key();
        let is_taken = position.is_none() && self.follows_values && !value.is_known();
        let taken = if is_taken { self.taken_by_pattern(token) } else { None };
        if position.is_some() || is_part || taken.is_some() || self.is_tracked(&self.name(token)) {
            self.note_parameter(Parameter { rest, taken, ..Parameter::new(token.span(), position, value) });
        }
    }

    /// Which parameter a name at this place would be; within a pattern none.
    /// `None` altogether where the names of a pattern are noted elsewhere.
    fn position(&self) -> Option<Option<u8>> {
        let frame = self.top();
        let is_own = frame.bracket == Kind::ParenOpen
            && matches!(self.before.kind, Kind::ParenOpen | Kind::Comma | Kind::Ellipsis)
            && matches!(frame.role, Role::Parameters | Role::Group | Role::Call);
        Some(is_own.then_some(frame.commas))
    }

    /// In brackets that may be parameters or a pattern: what stands here is a
    /// name that they bind, if they do, and no part of a default value.
    pub(super) fn is_binding_place(&self) -> bool {
        match self.before.kind {
            Kind::ParenOpen | Kind::BracketOpen | Kind::BraceOpen | Kind::Comma | Kind::Ellipsis => true,
            Kind::Colon => self.top().role == Role::Object,
            _ => false,
        }
    }

    /// The name that was read last is the key of `key: …`.
    fn is_key(&mut self) -> bool {
        self.top().role == Role::Object && self.peek().kind == Kind::Colon
    }

    /// `let` followed by a name or a pattern: a declaration, not a variable.
    fn begins_let(&mut self) -> bool {
        let next = self.peek();
        match next.kind {
            Kind::Identifier => true,
            Kind::BraceOpen => !next.newline_before,
            // The lexer has told a pattern from a member of a variable of that name.
            Kind::BracketOpen => next.role == Role::Group,
            _ => false,
        }
    }

    /// `yield` in front of what is yielded: an operator, not a variable.
    fn begins_yield(&mut self) -> bool {
        let next = self.peek();
        let begins_operand = matches!(
            next.kind,
            Kind::Identifier | Kind::String | Kind::Template | Kind::TemplateHead | Kind::New | Kind::Star | Kind::This
        );
        self.follows_values && self.function_depth > 0 && begins_operand && !next.newline_before
    }

    fn yield_operator(&mut self, token: Token) {
        self.begin_operand(token);
        let all = self.peek().kind == Kind::Star;
        if all {
            self.advance();
        }
        self.prefix_operator(Operator::Yield { all }, token.span());
    }

    /// `await` outside of functions and in front of what cannot continue an
    /// expression: a syntax error in CommonJS, and so a sign of a module.
    fn is_top_level_await(&mut self) -> bool {
        self.function_depth == 0
            && matches!(
                self.peek().kind,
                Kind::Identifier
                    | Kind::String
                    | Kind::New
                    | Kind::Import
                    | Kind::This
                    | Kind::Number
                    | Kind::BraceOpen
                    | Kind::Not
                    | Kind::Null
                    | Kind::True
                    | Kind::False
                    | Kind::Function
                    | Kind::Class
                    | Kind::Typeof
                    | Kind::Void
                    | Kind::Delete
            )
            && !self.peek().newline_before
    }

    /// In `{ key: local = default }` after `const`: remembers both names.
    fn note_pattern_name(&mut self, token: Token) {
        let before = self.before.kind;
        let commas = self.top().commas;
        let is_object = self.top().role == Role::Object;
        let follows_values = self.follows_values;
        if let Opener::Pattern(entries) = &mut self.top_mut().opener
            && entries.len() < MOST_PATTERN_NAMES
        {
            let local = token.span();
            match (before, entries.last_mut()) {
                (Kind::BraceOpen | Kind::Comma, _) if is_object => {
                    entries.push(PatternEntry {
                        outer: Vec::new(),
                        key: Some(Key::Member(local)),
                        local,
                        default: Value::Unknown,
                    });
                }
                (Kind::Colon, Some(entry)) if is_object => entry.local = local,
                (Kind::Ellipsis, _) if follows_values => {
                    let key = Some(Key::Rest(commas));
                    entries.push(PatternEntry { outer: Vec::new(), key, local, default: Value::Unknown });
                }
                (Kind::BracketOpen | Kind::Comma, _) if !is_object && follows_values => {
                    entries.push(PatternEntry {
                        outer: Vec::new(),
                        key: Some(Key::Element(commas)),
                        local,
                        default: Value::Unknown,
                    });
                }
                _ => {}
            }
        }
    }

    pub(super) fn operand(&mut self, value: Value, token: Token) {
        self.begin_operand(token);
        self.top_mut().set_operand(value, token.span());
    }

    /// A number that is written in digits; any other is not worth knowing.
    pub(super) fn number(&mut self, token: Token) {
        if !self.follows_values {
            // A bundle asks for a module by its number.
            if self.before.kind == Kind::ParenOpen {
                self.note_key(token);
            }
            return self.operand(Value::Unknown, token);
        }
        let digits = std::str::from_utf8(self.spelling(token)).ok().and_then(|digits| digits.parse().ok());
        self.operand(digits.map_or(Value::Unknown, Value::Number), token);
    }

    /// Two operands without an operator between: a line ended in between, or
    /// the first was a contextual keyword. What was before is over.
    pub(super) fn begin_operand(&mut self, token: Token) {
        if self.top().has_operand() {
            let keyword = self.before.kind == Kind::Identifier && !token.newline_before;
            if keyword { self.forget_operand() } else { self.end_statement() }
        }
    }

    /// `new`, `typeof` and the like can only begin an operand.
    pub(super) fn prefix(&mut self, token: Token) {
        self.begin_operand(token);
        let operator = match token.kind {
            Kind::New => Operator::New,
            Kind::Typeof => Operator::Typeof,
            Kind::Void => Operator::Void,
            _ => Operator::OtherPrefix,
        };
        self.prefix_operator(operator, token.span());
    }

    /// `.name` or `?.name` is read, not a variable.
    pub(super) fn follows_dot(&self) -> bool {
        matches!(self.before.kind, Kind::Dot | Kind::QuestionDot)
    }

    /// TypeScript's `!` behind an operand.
    pub(super) fn is_type_assertion(&self, token: Token) -> bool {
        self.top().operand().is_some() && !token.newline_before
    }

    /// Where a path is put together, or a specifier: this name is a part of it.
    fn note_use(&mut self, name: Span) {
        if self.open_path_calls > 0 {
            self.note_use_further_in(self.slice(name));
            self.quiet.note_use(self.slice(name), name.start);
        } else if self.open_url_calls > 0 {
            self.quiet.note_possible_use(self.slice(name), name.start);
        }
    }

    /// What is worth following values for, by the name of a member alone.
    fn note_member(&mut self, token: Token) {
        let is_told = match self.spelling(token) {
            // `process` may have another name.
            b"dlopen" | b"cwd" => true,
            // Of `process` these decide what is loaded, if anything does.
            b"platform" | b"arch" | b"report" => self.source.len() <= LONGEST_LOADER && self.is_of_process(),
            b"mainModule" => self.is_of_process(),
            b"env" => self.is_of_process() && self.settings.location.is_some_and(|location| !location.env.is_empty()),
            _ => false,
        };
        self.wants_values |= is_told;
    }

    fn is_of_process(&self) -> bool {
        self.top().bare.is_some_and(|base| self.slice(base) == b"process") && !self.names_contain(b"process")
    }

    fn member(&mut self, token: Token) {
        if self.may_follow_values && !self.follows_values {
            self.note_member(token);
        }
        let mut dotted = None;
        let value = match self.top().operand() {
            Some(operand) if operand.is_known() => {
                let operand = operand.clone();
                let name = &*self.name(token);
                let value = self.member_of(&operand, name);
                match operand {
                    Value::Import if name == b"meta" => self.has_module_syntax = true,
                    Value::Loading(index) if name == b"catch" => self.guard(index, true),
                    Value::Require(_) if matches!(name, b"main" | b"apply") && !self.follows_values => {
                        self.wants_values |= self.may_follow_values;
                    }
                    Value::ImportMeta if !self.follows_values => {
                        self.wants_values |=
                            self.may_follow_values && matches!(name, b"url" | b"dirname" | b"filename");
                    }
                    _ => {}
                }
                value
            }
            _ => Value::Unknown,
        };
        let mut value = value;
        if self.follows_values
            && let Some(base) = self.top().bare.or(self.dotted_base()).or(self.base_of_change(&value))
        {
            let span = Span { start: base.start, end: token.end };
            dotted = Some(span);
            self.note_use(span);
            if matches!(value, Value::Unknown | Value::Sibling(_))
                && let Some(known) = self.lookup_member(self.slice(span))
            {
                // The object may have come with another.
                let is_given = self.top().operand().is_some_and(Value::is_known);
                value = if is_given { known.or(Value::Unknown) } else { known };
            }
        }
        if self.follows_values
            && !value.is_known()
            && let Some(parameter @ Value::Text(_)) = self.top().operand()
            && let parameter = parameter.clone()
        {
            value = self.member_of_parameter(&parameter, &self.name(token));
        }
        if dotted.is_some() && matches!(&value, Value::Method(of) if matches!(of.1, Method::Pop | Method::Shift)) {
            // What a variable holds differs from call to call.
            if let Value::Method(of) = &value {
                value = Value::Method(Rc::new((of.0.in_any_order(), of.1)));
            }
        }
        let value = self.another_use(value);
        self.top_mut().change_operand(value, token.end);
        self.top_mut().dotted = dotted;
    }

    pub(super) fn plus(&mut self, token: Token) {
        self.operator_between(Operator::Plus, token);
    }

    /// An operator that may also stand before its operand.
    fn operator_between(&mut self, operator: Operator, token: Token) {
        if self.top().has_operand() {
            self.binary(operator, token.span());
        } else {
            self.prefix_operator(Operator::OtherPrefix, token.span());
        }
    }

    pub(super) fn operator(&mut self, token: Token) {
        match token.kind {
            Kind::Equality => {
                let negated = self.spelling(token).first() == Some(&b'!');
                self.operator_between(Operator::Equality { negated }, token);
            }
            Kind::Not => self.prefix_operator(Operator::Not, token.span()),
            Kind::OperatorAssign => {
                let operator = match self.spelling(token) {
                    b"+=" => Operator::AddAssign,
                    b"||=" | b"??=" | b"&&=" => Operator::Assign,
                    _ => Operator::OtherAssign,
                };
                self.assignment(operator, token.span());
            }
            Kind::Increment if self.top().has_operand() && !token.newline_before => {
                // `i++`: an assignment to nothing that we know.
                let name = self.top().bare;
                if self.follows_values && name.is_some() {
                    self.assign_value(name, &Value::Unknown);
                }
                self.top_mut().change_operand(Value::Unknown, token.end);
            }
            Kind::Minus if self.top().has_operand() => self.binary(Operator::Minus, token.span()),
            Kind::Minus => self.prefix_operator(Operator::Negate, token.span()),
            _ => self.operator_between(Operator::Other, token),
        }
    }

    pub(super) fn colon(&mut self, token: Token) {
        if self.top().conditions > 0 {
            self.alternative(token.span());
        } else if self.follows_values && self.top().role == Role::Object {
            self.key();
        } else {
            // A label, a case, the value of a property.
            let label = self.end_expression();
            self.begin_section(label.as_ref());
        }
    }

    /// The `:` behind a key of an object.
    pub(super) fn key(&mut self) {
        let bare = self.top().bare;
        let literal = match self.top().operand() {
            Some(value @ (Value::Literal(_) | Value::Text(_))) => self.text(value).map(Box::from),
            Some(Value::Number(number)) => Some(Box::from(number.to_string())),
            // `[name]: …`
            Some(Value::Array(array)) => match array.values.as_slice() {
                [name] => self.text(name).filter(|name| !has_unknown_part(name)).map(Box::from),
                _ => None,
            },
            _ => None,
        };
        // A name is itself as a key, whatever it means as a variable.
        let key = bare.map(|at| Box::from(String::from_utf8_lossy(self.slice(at)))).or(literal);
        self.clear_expression();
        let is_getter = self.before.kind != Kind::Colon && bare.is_some_and(|name| self.is_getter(name));
        if let Opener::Object(literal) = &mut self.top_mut().opener {
            literal.object.open |= key.is_none();
            literal.property = key.map(|name| Property { name, at: bare, is_getter });
        }
    }

    pub(super) fn comma(&mut self, token: Token) {
        let spread = std::mem::take(&mut self.top_mut().spread);
        let bare = self.top().bare;
        let argument = self.end_expression();
        let frame = self.top_mut();
        frame.commas = frame.commas.saturating_add(1);
        let argument = argument.unwrap_or(Argument { value: Value::Unknown, at: token.span() });
        self.take_part(argument, spread, bare);
    }

    /// An argument, an element or a member of the bracket that is open was read.
    pub(super) fn take_part(&mut self, argument: Argument, spread: bool, bare: Option<Span>) {
        let source = self.source;
        let argument = self.what_getter_gives(argument);
        let most_members = match &self.top().opener {
            Opener::Object(literal) => {
                let len = literal.object.entries.len();
                if self.keep_open(len, MEMBER_BYTES) { MOST_PARTS } else { len }
            }
            _ => MOST_PARTS,
        };
        match &mut self.top_mut().opener {
            Opener::Call(call) if spread && matches!(&argument.value, Value::Array(array) if !array.grows()) => {
                if let Value::Array(array) = &argument.value {
                    let room = Call::KEPT.saturating_sub(call.arguments.len());
                    let values = array.values.iter().take(room);
                    call.arguments.extend(values.map(|value| Argument { value: value.clone(), at: argument.at }));
                }
            }
            Opener::Call(call) => {
                call.spread |= spread;
                if call.arguments.len() < Call::KEPT {
                    call.arguments.push(argument);
                } else if self.follows_values {
                    self.consume(&argument.value, argument.at);
                }
            }
            Opener::UnknownCall(_) => self.take_unknown_argument(&argument),
            Opener::Array(values, filling) => {
                match (spread, argument.value) {
                    (true, Value::Array(array)) => {
                        *filling = array.filling.max(*filling);
                        values.extend(array.values.iter().cloned());
                    }
                    (true, value) => {
                        *filling = Filling::Some.max(*filling);
                        values.push(if matches!(value, Value::Object(_)) { value.elements() } else { Value::Unknown });
                    }
                    (false, value) => values.push(value),
                }
                let len = values.len();
                if len > MOST_PARTS || !self.keep_open(len, size_of::<Value>()) {
                    let opener = std::mem::replace(&mut self.top_mut().opener, Opener::UnknownCall(Value::Unknown));
                    let Opener::Array(values, _) = opener else { return };
                    values.iter().for_each(|value| self.consume(value, argument.at));
                }
            }
            Opener::Object(literal) => {
                let Literal { object, property, .. } = &mut **literal;
                let key = property.take().map(|property| property.name);
                // `{ name }` is `{ name: name }`.
                let shorthand = bare.filter(|_| !spread);
                let name = key.or_else(|| {
                    shorthand.map(|at| Box::from(String::from_utf8_lossy(&source[at.start as usize..at.end as usize])))
                });
                match name {
                    Some(name) if object.entries.len() < most_members => {
                        object.open |= matches!(argument.value, Value::Sibling(_));
                        if argument.value.is_known() {
                            object.entries.push((Rc::from(name), argument.value));
                        } else {
                            object.open = true;
                        }
                    }
                    _ => {
                        if let (true, Value::Object(other)) = (spread, &argument.value)
                            && !other.is_map
                            && object.entries.len() + other.entries.len() <= MOST_PARTS
                        {
                            object.open |= other.open;
                            object.entries.extend(other.entries.iter().cloned());
                        } else {
                            object.open = true;
                            if spread {
                                // It may have any of these members, too.
                                object.entries.iter_mut().for_each(|(_, value)| *value = or_another(value));
                            }
                            self.consume(&argument.value, argument.at);
                        }
                    }
                }
            }
            // A sequence drops all of its values but the last.
            _ => {}
        }
    }

    /// Whether an array or object that is being read may have so many parts. Each time
    /// that they have doubled, room for as many is asked for.
    fn keep_open(&mut self, parts: usize, bytes: usize) -> bool {
        if parts < 4 || !parts.is_power_of_two() {
            return true;
        }
        let kept = Kept::of(parts * bytes);
        let has_room = kept.is_some();
        self.kept_open.extend(kept.map(|kept| (self.frames.len(), kept)));
        has_room
    }

    /// An argument of a call of which nothing is known.
    fn take_unknown_argument(&mut self, argument: &Argument) {
        let module = self.after_interop(&argument.value);
        if let Opener::UnknownCall(first @ Value::Unknown) = &mut self.top_mut().opener
            && let Some(module) = module
        {
            *first = module;
        }
        if argument.value.is_known() {
            self.consume(&argument.value, argument.at);
        }
    }

    /// `module.exports` and `process.env`, where the operand is one of them: their members get values.
    fn dotted_base(&self) -> Option<Span> {
        self.top().dotted.filter(|at| matches!(self.slice(*at), b"module.exports" | b"process.env"))
    }

    pub(super) fn assign(&mut self, token: Token) {
        let uses_at = self.wrapper_uses;
        let frame = self.top_mut();
        if matches!(frame.declaration, Declaration::Named(..) | Declaration::Destructured(..)) && !frame.initialized {
            frame.initialized = true;
            frame.uses_at = uses_at;
            self.clear_expression();
        } else {
            self.assignment(Operator::Assign, token.span());
        }
    }

    pub(super) fn arrow(&mut self, token: Token) {
        if self.before.kind == Kind::Identifier {
            // `x => …`: its parameter was noted only within brackets.
            let name = self.before;
            self.parameters.pop_if(|parameter| parameter.name == name.span());
            self.ready_parameters.clear();
            if self.follows_values || self.is_tracked(self.spelling(name)) {
                self.ready_parameters.push(Parameter::new(name.span(), Some(0), Value::Unknown));
            }
        }
        // What was read last were the parameters.
        let frame = self.top_mut();
        frame.operand = None;
        frame.bare = None;
        frame.extend(token.span());
        if self.peek().kind == Kind::BraceOpen {
            return;
        }
        // First, because it ends arrows.
        self.make_room(token.span());
        let names_at = self.top().names.len() as u32;
        let function = self.open_function(token.end);
        self.name_elements();
        self.note_first_parameter(Some(function));
        self.bind_parameters(true, self.marks_of(function));
        self.prefix_operator(Operator::Arrow { function, names_at }, token.span());
        self.function_depth += 1;
    }

    /// The expression that is an arrow's body ended.
    pub(super) fn end_arrow(&mut self, function: u32, names_at: usize, value: Value) -> Value {
        self.unbind_arrow(names_at);
        self.function_depth -= 1;
        if !self.follows_values {
            return Value::Unknown;
        }
        let at = Span { start: self.top().start.unwrap_or(0), end: self.top().end };
        if self.open_functions.last() == Some(&function) {
            self.note_return(&Argument { value, at });
        }
        self.close_function()
    }

    /// Whether the function that begins takes `require`, as bundled modules do.
    pub(super) fn note_first_parameter(&mut self, function: Option<u32>) {
        let first = self.ready_parameters.iter().find(|parameter| parameter.position == Some(0));
        let takes_require = first.is_some_and(|first| self.slice(first.name) == b"require");
        if let Some(function) = function.and_then(|number| self.functions.get_mut(number as usize)) {
            function.takes_require = takes_require;
        }
    }

    /// `import`: a call, `import.meta`, or a declaration.
    pub(super) fn import(&mut self, token: Token) {
        self.note_declaration(token);
        match self.peek().kind {
            Kind::Dot => self.operand(Value::Import, token),
            Kind::ParenOpen => self.operand(Value::Import, token),
            _ => {
                self.end_statement();
                self.import_declaration();
            }
        }
    }

    pub(super) fn open_template(&mut self, token: Token) {
        if self.passes_over_opening() {
            return;
        }
        self.begin_operand(token);
        let wanted = self.follows_values || (self.settings.folds_strings && self.open_interests > 0);
        let before = match template_value(self.spelling(token)) {
            Some(text) if wanted && !has_unknown_part(&text) => Value::text_of(text),
            _ => Value::Unknown,
        };
        self.push(Role::Template, Opener::Hole { before, start: token.start });
    }

    pub(super) fn continue_template(&mut self, token: Token) {
        if self.frameless > 0 {
            self.frameless -= u32::from(token.kind == Kind::TemplateTail);
            return;
        }
        let hole = self.end_expression().map_or(Value::Unknown, |argument| argument.value);
        let source = self.source;
        let Opener::Hole { before, start } = &mut self.top_mut().opener else { return };
        let start = *start;
        let mut text = std::mem::replace(before, Value::Unknown);
        if text.is_known() {
            text = match template_value(token.text(source)) {
                Some(part) if !has_unknown_part(&part) => self.extend_template(&text, &hole, &part),
                _ => Value::Unknown,
            };
        }
        if token.kind == Kind::TemplateMiddle {
            if let Opener::Hole { before, .. } = &mut self.top_mut().opener {
                *before = text;
            }
        } else {
            self.pop();
            self.top_mut().set_operand(text, Span { start, end: token.end });
        }
    }

    fn extend_template(&mut self, text: &Value, hole: &Value, part: &str) -> Value {
        if !self.follows_values {
            let source = self.source;
            return match (text.text(source), hole.text(source)) {
                (Some(text), Some(hole)) if text.len() + hole.len() + part.len() <= LONGEST_TEXT => {
                    Value::text_of([&*text, &*hole, part].concat())
                }
                _ => Value::Unknown,
            };
        }
        let text = self.plus_values(text, hole);
        self.plus_values(&text, &Value::text_of(part))
    }
}
