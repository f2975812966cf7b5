//! The steps that need nothing but the expectation and the token's kind.
//!
//! Four tokens of five are taken by one look-up in this table, which is why
//! it is one. What depends on a frame, a text or a line break is not in it.

use super::super::token::Kind;
use super::frame::Expect;

const KINDS: usize = Kind::With as usize + 1;
const EXPECTS: usize = Expect::JsxChildren as usize + 1;

/// Indexed by what was expected and by the token's kind.
static STEPS: [[Option<Expect>; KINDS]; EXPECTS] = {
    let mut table = [[None; KINDS]; EXPECTS];
    let mut rule = 0;
    while rule < RULES.len() {
        let (befores, kinds, after) = RULES[rule];
        let mut before = 0;
        while before < befores.len() {
            let mut kind = 0;
            while kind < kinds.len() {
                table[befores[before] as usize][kinds[kind] as usize] = Some(after);
                kind += 1;
            }
            before += 1;
        }
        rule += 1;
    }
    table
};

/// Where an expression may begin.
const BEGIN: &[Expect] = &[Expect::Statement, Expect::Operand, Expect::Default, Expect::ArrowBody];
const CODE: &[Expect] =
    &[Expect::Statement, Expect::Operand, Expect::Default, Expect::ArrowBody, Expect::Operator, Expect::Name];

/// From any of these expectations, with any of these tokens, to that expectation.
const RULES: &[(&[Expect], &[Kind], Expect)] = &[
    (CODE, &[Kind::Dot, Kind::QuestionDot], Expect::Name),
    (CODE, BINARY, Expect::Operand),
    (BEGIN, PREFIX, Expect::Operand),
    (BEGIN, &[Kind::Number, Kind::String, Kind::Template, Kind::Regex, Kind::PrivateName], Expect::Operator),
    (BEGIN, &[Kind::This, Kind::Super, Kind::Null, Kind::True, Kind::False], Expect::Operator),
    (&[Expect::Name], &[Kind::Identifier, Kind::PrivateName], Expect::Operator),
    (&[Expect::Operator], &[Kind::In, Kind::Instanceof], Expect::Operand),
    (&[Expect::Key], &[Kind::Ellipsis], Expect::Operand),
    (BEGIN, &[Kind::Return, Kind::Break, Kind::Continue], Expect::Restricted),
    (BEGIN, BEFORE_STATEMENT, Expect::Statement),
];

const BINARY: &[Kind] = &[
    Kind::Ellipsis,
    Kind::Assign,
    Kind::OperatorAssign,
    Kind::Plus,
    Kind::Minus,
    Kind::Slash,
    Kind::Percent,
    Kind::Power,
    Kind::And,
    Kind::Or,
    Kind::Coalesce,
    Kind::Equality,
    Kind::Less,
    Kind::Greater,
    Kind::Relational,
    Kind::Shift,
    Kind::Bitwise,
    Kind::Tilde,
];

/// What an expression follows, or the `(` of a head.
const PREFIX: &[Kind] = &[
    Kind::Increment,
    Kind::Not,
    Kind::Const,
    Kind::Delete,
    Kind::Extends,
    Kind::For,
    Kind::If,
    Kind::In,
    Kind::Instanceof,
    Kind::New,
    Kind::Switch,
    Kind::Throw,
    Kind::Typeof,
    Kind::Var,
    Kind::Void,
    Kind::While,
    Kind::With,
];

const BEFORE_STATEMENT: &[Kind] =
    &[Kind::Catch, Kind::Debugger, Kind::Do, Kind::Else, Kind::Export, Kind::Finally, Kind::Try];

/// What is expected after a token of this kind, where nothing else matters.
#[inline]
pub(super) fn step(expect: Expect, kind: Kind) -> Option<Expect> {
    STEPS[expect as usize][kind as usize]
}
