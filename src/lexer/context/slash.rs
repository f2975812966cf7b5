//! What a `/` means.
//!
//! The grammar has two lexical goals; which of them holds is decided here and
//! nowhere else, from what the rest of the context has understood.

use super::frame::Expect;

/// The only place that decides what `/` means; its cases are in tests/it/slash.rs.
///
/// "InputElementRegExp" in the specification's "Lexical Grammar", read the
/// other way round: wherever an expression or a statement may begin.
pub(in crate::lexer) fn slash_begins_regex(expect: Expect) -> bool {
    match expect {
        Expect::Statement | Expect::Operand | Expect::Default | Expect::ArrowBody | Expect::Restricted => true,
        // Nothing continues what has ended, so a statement begins.
        Expect::Ended => true,
        // No key begins with a slash; a division cannot stand here either.
        Expect::Key => false,
        Expect::Operator | Expect::Name | Expect::Import | Expect::Body | Expect::AfterKey => false,
        Expect::Decorator | Expect::TypeOperand | Expect::TypeOperator => false,
        Expect::JsxTag | Expect::JsxChildren => false,
    }
}
