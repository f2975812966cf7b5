//! What a server's own file says of Next: that it uses it, and which folder it
//! hands over as `dir`.
//!
//! The file is evaluated as every traced file is; besides, strings that are
//! given the name `dir` are read off its tokens. That a folder is an app must
//! be found out by others: nothing here asks the disk.

use std::path::{Path, PathBuf};

use crate::{
    evaluate::{Settings, Surroundings, evaluate},
    lexer::{Dialect, Kind, Lexer, identifier_name, string_value, template_value},
    record::{Format, Platform, ReferenceKind},
};

/// A name that no folder has: what changes with it depends on `process.cwd()`.
const NOWHERE: &str = "/\u{10fffd}";

/// What one file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// It imports or requires `next` itself.
    pub(super) uses_next: bool,
    /// Folders that it names as `dir`, as they are written: relative to `process.cwd()`.
    pub(super) written: Vec<String>,
    /// Paths that it makes of `__dirname` and the like.
    pub(super) fixed: Vec<PathBuf>,
    /// Paths that it makes of `process.cwd()`.
    pub(super) from_cwd: Vec<PathBuf>,
}

/// Reads the file at `path`, a real path.
pub(super) fn read(source: &[u8], path: &Path, root: &Path, cwd: &Path, platform: &Platform) -> Said {
    let (Some(file), Some(root), Some(cwd)) = (path.to_str(), root.to_str(), cwd.to_str()) else {
        return Said::default();
    };
    let dialect = dialect(path);
    let paths = |cwd: &str| {
        let here = Surroundings { neighbours: None, file, root, cwd, main: Some(file), platform, env: &[] };
        let settings = Settings {
            dialect,
            format: Format::BySyntax,
            mixed_modules: true,
            folds_strings: true,
            finds_files: true,
            location: Some(&here),
        };
        evaluate(source, &settings).references
    };
    let mut said = Said::default();
    let elsewhere = paths(NOWHERE);
    for reference in paths(cwd) {
        match reference.kind {
            ReferenceKind::Path | ReferenceKind::Folder => {
                let stays = elsewhere.iter().any(|other| other.specifier == reference.specifier);
                let group = if stays { &mut said.fixed } else { &mut said.from_cwd };
                group.push(PathBuf::from(reference.specifier));
            }
            ReferenceKind::RequireResolve | ReferenceKind::ImportMetaResolve => {}
            _ => said.uses_next |= reference.specifier == "next",
        }
    }
    if said.uses_next {
        said.written = written(source, dialect);
    }
    said
}

/// How the file is to be read, by its name.
fn dialect(path: &Path) -> Dialect {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    Dialect {
        typescript: matches!(extension, "ts" | "mts" | "cts"),
        jsx: extension == "js",
        module: matches!(extension, "mjs" | "mts"),
    }
}

/// Strings that stand alone behind `dir:` or `dir =`.
fn written(source: &[u8], dialect: Dialect) -> Vec<String> {
    let mut found = Vec::new();
    let mut lexer = Lexer::new(source, dialect);
    // What the tokens before are: the name `dir`, an assignment of it, a string put into it.
    let (mut is_name, mut is_assigned, mut value) = (false, false, None::<String>);
    loop {
        let token = lexer.next_token();
        let text = token.text(source);
        let ends =
            matches!(token.kind, Kind::Comma | Kind::Semicolon | Kind::BraceClose | Kind::ParenClose | Kind::End);
        if let Some(value) = value.take().filter(|_| ends || token.newline_before) {
            found.push(value);
        }
        value = match token.kind {
            Kind::String if is_assigned => Some(string_value(text).into_owned()),
            Kind::Template if is_assigned => template_value(text).map(|text| text.into_owned()),
            _ => None,
        };
        is_assigned = is_name && matches!(token.kind, Kind::Colon | Kind::Assign);
        is_name = token.kind == Kind::Identifier && identifier_name(text) == "dir";
        if token.kind == Kind::End {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        read(text.as_bytes(), Path::new("/r/s/server.js"), Path::new("/r"), Path::new("/r/cwd"), &Platform::default())
    }

    #[test]
    fn a_file_uses_next_if_it_loads_it() {
        for text in ["const next = require('next')", "import next from 'next'", "const n = await import('next')"] {
            assert!(said(text).uses_next, "{text}");
        }
        for text in
            ["require('next/server')", "require.resolve('next')", "const next = 'next'", "import x from './next'"]
        {
            assert!(!said(text).uses_next, "{text}");
        }
    }

    #[test]
    fn a_folder_that_is_written_out_is_read_off() {
        let dir = |text: &str| said(&format!("const next = require('next');\n{text}")).written;
        assert_eq!(dir("next({ dev, dir: './web', port })"), ["./web"]);
        assert_eq!(dir("const dir = 'apps/web'\nnext({ dir })"), ["apps/web"]);
        assert_eq!(dir("next({ dir: `./a` })"), ["./a"]);
        assert_eq!(dir("next({ dir: './a' + b })"), [""; 0]);
        assert_eq!(dir("next({ dir: x ? './a' : './b' })"), [""; 0]);
    }

    #[test]
    fn a_folder_that_is_worked_out_is_known_by_what_it_is_made_of() {
        let text = |dir: &str| {
            format!("const next = require('next'), path = require('path');\nnext({{ dev: false, dir: {dir} }});")
        };
        let paths = |dir: &str| {
            let said = said(&text(dir));
            (said.fixed, said.from_cwd)
        };
        let path = |path: &str| vec![PathBuf::from(path)];
        assert_eq!(paths("path.join(__dirname, '..', 'web')"), (path("/r/web"), vec![]));
        assert_eq!(paths("path.resolve('web')"), (vec![], path("/r/cwd/web")));
        assert_eq!(paths("path.join(process.cwd(), 'web')"), (vec![], path("/r/cwd/web")));
    }
}
