//! Servers of Next.js among the entries, and how they are traced.

use std::path::{Path, PathBuf};

use super::Tracing;
use crate::{Host, NextApp, RealHost, TraceOptions, absolute, cli::flags, find_next_app};

/// The apps that entries serve.
#[derive(Debug)]
pub(in crate::cli) struct Next {
    pub(in crate::cli) apps: Vec<NextApp>,
    /// What is traced where Next is used.
    pub(in crate::cli) options: TraceOptions,
    /// The entries, and what the apps' servers load besides.
    pub(in crate::cli) entries: Vec<PathBuf>,
}

/// Whether the user named the root and the working directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typed {
    has_root: bool,
    has_cwd: bool,
}

impl Typed {
    pub(super) fn of(flags: &flags::Tracing) -> Self {
        Self { has_root: flags.context_directory.is_some(), has_cwd: flags.process_cwd.is_some() }
    }
}

/// The version of Next that one of the first entries serves, for commands that trace the server alone.
pub(super) fn served(tracing: &Tracing) -> Option<String> {
    const LOOKED_AT: usize = 16;
    let options = &tracing.options;
    let mut found = tracing.entries.iter().take(LOOKED_AT).filter_map(|entry| {
        find_next_app(&RealHost, entry, &options.root, &options.process_cwd, &options.platform, None).ok().flatten()
    });
    found.find(NextApp::is_certain).map(|app| app.version().to_owned())
}

impl Next {
    /// None where no entry is beside an app, or the user wants to know of none.
    ///
    /// # Errors
    /// What cannot be done, in one line.
    pub(super) fn find(
        cwd: &Path,
        tracing: &Tracing,
        flags: flags::Next,
        typed: Typed,
    ) -> Result<Option<Self>, String> {
        if flags.no_next {
            return Ok(None);
        }
        let Typed { has_root, has_cwd } = typed;
        let dist = flags.next_dist.map(|dist| absolute(cwd, &dist));
        let mut options = tracing.options.clone();
        let mut apps = Vec::new();
        for entry in &tracing.entries {
            let found = find_next_app(
                &RealHost,
                entry,
                &options.root,
                &options.process_cwd,
                &options.platform,
                dist.as_deref(),
            );
            apps.extend(found.map_err(|error| error.to_string())?);
        }
        NextApp::settle(&mut apps);
        let Some(first) = apps.first() else { return Ok(None) };
        if !has_cwd {
            options.process_cwd = first.cwd().to_path_buf();
        }
        let mut entries = tracing.entries.clone();
        for app in &apps {
            let root = RealHost.real_path(&options.root).unwrap_or_else(|_| options.root.clone());
            // What Next's own lists are about must be inside.
            if !has_root && !app.root().starts_with(&root) {
                options.root = app.root().to_path_buf();
            }
            entries.extend(app.programs(&RealHost));
        }
        let root = RealHost.real_path(&options.root).unwrap_or_else(|_| options.root.clone());
        let needs_next = apps.iter().any(|app| !app.is_standalone());
        for app in &apps {
            options.ignore.extend(app.leave_out(&root, needs_next));
            options.recipes.extend(app.recipes(&RealHost));
        }
        if !options.env.iter().any(|(name, _)| name == "NODE_ENV") {
            options.env.push(("NODE_ENV".to_owned(), "production".to_owned()));
        }
        Ok(Some(Self { apps, options, entries }))
    }
}
