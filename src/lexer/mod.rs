//! Bytes of a JavaScript or TypeScript file → tokens.
//!
//! A [`Lexer`] is pulled forward one [`Token`] at a time and never fails:
//! broken text gives tokens until the end. It keeps the stack of open
//! brackets, because only that tells a regular expression from a division, a
//! block from an object, a template's `}` from another.
//!
//! It builds no tree, copies no text and knows no names but the keywords.

mod token;

pub use token::{Dialect, Kind, Role, Token};
