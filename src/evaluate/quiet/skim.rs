//! The rest of a light reading, once it is known that values will be followed.
//!
//! Another reading begins anew then, so that nothing which this one finds
//! counts any more but its notes: where bodies begin and end, and where words
//! stand. So tokens are taken as they are. No frame is kept, and nothing is worked out.

use super::{
    super::{frame::Opener, machine::Machine},
    Quiet,
};
use crate::lexer::{Kind, Role, Token};

impl Machine<'_> {
    /// Reads from `token` to the end of the file, for the notes alone.
    pub(in super::super) fn skim(&mut self, mut token: Token) {
        let mut depth = self.count_brackets();
        // What stands before `before`.
        let mut earlier = Kind::Semicolon;
        while token.kind != Kind::End {
            match token.kind {
                Kind::Identifier if !is_name_of_function(earlier, self.before.kind) => self.note_name(token),
                Kind::String | Kind::Template => self.note_key(token),
                Kind::Number if self.before.kind == Kind::ParenOpen => self.note_key(token),
                Kind::Import => self.note_import(token),
                Kind::ParenOpen | Kind::BracketOpen | Kind::BraceOpen | Kind::TemplateHead => {
                    depth += 1;
                    match token.role {
                        Role::Function | Role::FunctionExpression => self.quiet.open_body(token.start, depth),
                        Role::Object | Role::Class | Role::ClassExpression => self.quiet.open_group(token.start, depth),
                        _ => {}
                    }
                }
                Kind::ParenClose | Kind::BracketClose | Kind::BraceClose | Kind::TemplateTail
                    if token.role != Role::None =>
                {
                    self.quiet.close(depth, token.start);
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
            earlier = self.before.kind;
            token = self.advance();
        }
    }

    /// How many brackets are open. From here on the notes count those: a loop's
    /// body without a bracket has a frame of its own.
    fn count_brackets(&mut self) -> usize {
        let mut depth = 0;
        let mut depths = Vec::with_capacity(self.frames.len());
        for frame in &self.frames {
            depths.push(depth);
            depth += usize::from(!matches!(frame.opener, Opener::Body));
        }
        if let Quiet::Noting(notes) = &mut self.quiet {
            for open in &mut notes.open {
                open.frame = depths.get(open.frame).copied().unwrap_or(depth);
            }
        }
        // The file's own frame is none.
        depth - 1
    }
}

/// Such a name is no use of it.
fn is_name_of_function(earlier: Kind, before: Kind) -> bool {
    before == Kind::Function || (before == Kind::Star && earlier == Kind::Function)
}
