//! `monotrace explain`, `completions` and `man`: what monotrace says of itself, on stdout.

use std::io::{self, Write};

use clap::CommandFactory;

use super::{exit::Exit, fail, flags::Flags, plan::About};
use crate::Entry;

/// Tells.
pub(super) fn run(plan: &About) -> Exit {
    match text(plan).and_then(|text| io::stdout().lock().write_all(&text)) {
        Ok(()) => Exit::Done,
        // A reader that went away wants no more words.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::BrokenPipe,
        Err(error) => fail(Exit::Io, &format!("MT6002 cannot write to stdout: {error}")),
    }
}

fn text(plan: &About) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    match plan {
        About::Codes => Entry::all().try_for_each(|Entry { code, title, .. }| writeln!(out, "{code}  {title}"))?,
        About::Code(Entry { code, title, text }) => {
            writeln!(out, "{code} [{}] {title}\n\n{text}", code.category())?;
        }
        About::Completions(shell) => clap_complete::generate(*shell, &mut Flags::command(), "monotrace", &mut out),
        About::Man(page) => clap_mangen::Man::new((**page).clone()).render(&mut out)?,
    }
    Ok(out)
}
