//! The program that starts a server as Next's own standalone server would.
//!
//! It sets what Next's does: NODE_ENV, the working directory and, where this
//! version takes it so, the configuration that the build was made with. Then
//! Node runs the user's file as its main program, whatever module it is.

use std::path::Path;

/// What a launcher must know. Paths are relative to the launcher's folder, with `/`.
pub(super) struct Launch<'a> {
    pub(super) entry: &'a str,
    pub(super) cwd: &'a str,
    pub(super) dist: &'a str,
    /// What the build's folder is to the app's.
    pub(super) dist_dir: &'a str,
    pub(super) required: &'a str,
    pub(super) variable: Option<&'a str>,
}

impl Launch<'_> {
    /// The program's text.
    pub(super) fn text(&self) -> String {
        let Self { entry, cwd, dist, dist_dir, required, variable } = self;
        let name = entry.rsplit('/').next().unwrap_or(entry);
        let mut text = format!(
            "// Made by monotrace: starts {} in production, as Next.js starts its own standalone server.\n\
             'use strict';\n\
             const path = require('node:path');\n\
             const here = (file) => path.join(__dirname, file);\n\n\
             process.env.NODE_ENV = 'production';\n\
             process.chdir(here({}));\n",
            name.escape_default(),
            quoted(cwd),
        );
        if let Some(variable) = variable {
            text.push_str(&format!(
                "const {{ config }} = require(here({}));\n\
                 process.env.{variable} = JSON.stringify({{ ...config, distDir: {} }});\n",
                quoted(&format!("{dist}/{required}")),
                quoted(&format!("./{dist_dir}")),
            ));
        }
        text.push_str(&format!("\nprocess.argv[1] = here({});\nrequire('node:module').runMain();\n", quoted(entry)));
        text
    }
}

/// A string of JavaScript: JSON's are.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `to`, seen from the folder `from`; both relative to one root.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let common = from.components().zip(to.components()).take_while(|(from, to)| from == to).count();
    let up = from.components().skip(common).map(|_| "..".to_owned());
    let down = to.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn what_it_sets_is_what_nexts_own_server_sets() {
        let launch = Launch {
            entry: "server.js",
            cwd: ".",
            dist: ".next",
            dist_dir: ".next",
            required: "required-server-files.json",
            variable: Some("__NEXT_PRIVATE_STANDALONE_CONFIG"),
        };
        expect![[r#"
            // Made by monotrace: starts server.js in production, as Next.js starts its own standalone server.
            'use strict';
            const path = require('node:path');
            const here = (file) => path.join(__dirname, file);

            process.env.NODE_ENV = 'production';
            process.chdir(here("."));
            const { config } = require(here(".next/required-server-files.json"));
            process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify({ ...config, distDir: "./.next" });

            process.argv[1] = here("server.js");
            require('node:module').runMain();
        "#]]
        .assert_eq(&launch.text());
        let old = Launch { variable: None, ..launch };
        assert!(!old.text().contains("CONFIG"));
    }

    #[test]
    fn a_place_is_told_from_another_folder() {
        let relative = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(relative("", "server.js"), "server.js");
        assert_eq!(relative("apps/web/server", "apps/web"), "..");
        assert_eq!(relative("apps/web", "apps/web"), ".");
        assert_eq!(relative("a/b", "c/d"), "../../c/d");
    }
}
