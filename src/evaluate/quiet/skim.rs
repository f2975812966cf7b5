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
                Kind::Import | Kind::Export => self.note_declaration(token),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evaluate::{Settings, quiet::Notes},
        lexer::{Dialect, Lexer},
        record::Format,
    };

    /// Functions are long enough to be noted.
    const PROGRAM: &str = r"
        const module = await import('./b.mjs');
        function outer(list, { taken }) {
            const { long, names: { of: them } } = module;
            for (const require of list) if (process.platform === require) return 1; else see(list, { list, two: [list] });
            for (const each in list) while (each) { try { each.cwd(); } catch { other.process.cwd(); } }
            return `${list.map(item => `${item}/${require('x')}`)}` + /}{/.test(list) / 2;
        }
        class Kept extends Base(Other) {
            static #hidden = 1;
            method(name) { return this.#hidden + name.toString().padStart(80, 'a text that makes it long'); }
            async *generated() { yield* names.map(function* inner() { yield process; switch (names) { case 1: break; } }); }
        }
        export default async (value) => {
            label: for (;;) { if (value) continue label; __webpack_require__(4211); break label; }
            return { get key() { return value ? typeof process : (0, value)('module', 17, 'a text that makes it long'); } };
        };
    ";

    /// The notes of a reading that skims from so many tokens on.
    fn noted(source: &str, dialect: Dialect, tokens: usize) -> Option<Notes> {
        let settings = Settings {
            dialect,
            format: Format::BySyntax,
            mixed_modules: false,
            folds_strings: true,
            finds_files: true,
            location: None,
        };
        let mut machine = Machine::new(Lexer::new(source.as_bytes(), dialect), source.len(), &settings);
        machine.quiet = Quiet::Noting(Box::default());
        for _ in 0..tokens {
            let token = machine.advance();
            if token.kind == Kind::End {
                return None;
            }
            machine.settle_try(token);
            machine.take(token);
        }
        let token = machine.advance();
        machine.skim(token);
        let Quiet::Noting(mut notes) = machine.quiet else { return None };
        notes.bodies.sort_by_key(|body| body.start);
        Some(*notes)
    }

    fn told(notes: &Notes, source: &str) -> Vec<String> {
        let bodies = notes.bodies.iter().map(|body| source[body.start as usize..body.end as usize].to_owned());
        let words = notes.words.iter().map(|word| format!("word {}", &source[word.at as usize..][..8]));
        let loaders = notes.loaders.iter().map(|at| format!("loader {}", &source[*at as usize..][..8]));
        bodies.chain(words).chain(loaders).collect()
    }

    #[test]
    fn wherever_it_begins_the_notes_are_the_same() {
        let dialect = Dialect { typescript: false, jsx: true, module: true };
        let notes = told(&noted(PROGRAM, dialect, 0).unwrap(), PROGRAM);
        assert!(notes.len() > 50, "{notes:#?}");
        let mut tokens = 1;
        while let Some(others) = noted(PROGRAM, dialect, tokens) {
            assert!(others.open.is_empty());
            assert_same(&notes, &told(&others, PROGRAM), tokens);
            tokens += 1;
        }
        assert!(tokens > 200);
    }

    fn assert_same(one: &[String], other: &[String], tokens: usize) {
        let missing: Vec<_> = one.iter().filter(|note| !other.contains(note)).collect();
        let more: Vec<_> = other.iter().filter(|note| !one.contains(note)).collect();
        assert!(one == other, "after {tokens} tokens: missing {missing:#?}, more {more:#?}");
    }
}
