//! Flags of the commands that tell about monotrace itself: `explain`, `completions`, `man`.

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "Example: monotrace explain MT2001")]
pub(in crate::cli) struct Explain {
    /// A finding's code, such as MT2001 or 2001; without it all are listed
    #[arg(value_name = "CODE")]
    pub(in crate::cli) code: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: monotrace completions bash > ~/.local/share/bash-completion/completions/monotrace")]
pub(in crate::cli) struct Completions {
    /// The shell that will read them
    #[arg(value_enum, value_name = "SHELL")]
    pub(in crate::cli) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: monotrace man print | man -l -")]
pub(in crate::cli) struct Man {
    /// A command's own page [default: the page of all]
    #[arg(value_name = "COMMAND")]
    pub(in crate::cli) command: Option<String>,
}
