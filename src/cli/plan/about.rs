//! `explain`, `completions` and `man`, decided.

use clap::CommandFactory;

use crate::{
    Code, Entry,
    cli::flags::{self, Flags},
};

/// Something to tell about monotrace itself.
#[derive(Debug)]
pub(in crate::cli) enum About {
    /// All codes.
    Codes,
    /// One of them.
    Code(Entry),
    /// A shell's completions.
    Completions(clap_complete::Shell),
    /// A page of the manual.
    Man(Box<clap::Command>),
}

impl About {
    /// # Errors
    /// There is no such code; the nearest is named.
    pub(super) fn explain(flags: &flags::Explain) -> Result<Self, String> {
        let Some(typed) = &flags.code else { return Ok(Self::Codes) };
        let code = typed.trim().to_ascii_uppercase();
        let number = code.strip_prefix("MT").unwrap_or(&code);
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let known = number.parse().ok().filter(|_| is_number).and_then(|number| Entry::of(Code(number)));
        known.map(Self::Code).ok_or_else(|| unknown(typed, number))
    }

    /// # Errors
    /// There is no such command.
    pub(super) fn man(flags: &flags::Man) -> Result<Self, String> {
        let mut page = Flags::command();
        // Names and usage of the commands are worked out when they are asked for.
        page.build();
        let Some(name) = &flags.command else { return Ok(Self::Man(Box::new(page))) };
        match page.find_subcommand(name) {
            Some(command) => Ok(Self::Man(Box::new(command.clone()))),
            None => Err(format!("MT0013 there is no command {name:?}; `monotrace help` lists all")),
        }
    }
}

/// The code whose digits are the most like those that were typed, and among such the nearest number.
fn unknown(typed: &str, number: &str) -> String {
    let distance = |entry: &Entry| {
        let digits = format!("{:04}", entry.code.0);
        let away = number.parse().unwrap_or(0_u64).abs_diff(entry.code.0.into());
        (strsim::osa_distance(number, &digits), away)
    };
    let nearest = Entry::all().min_by_key(distance);
    let nearest = nearest.map(|Entry { code, title, .. }| format!("; the nearest is {code} ({title})"));
    format!("MT0012 there is no code {typed:?}{}; `monotrace explain` lists all", nearest.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let explain = |code: &str| About::explain(&flags::Explain { code: Some(code.to_owned()) });
        for typed in ["MT2001", "mt2001", "2001", " Mt2001 "] {
            assert!(matches!(explain(typed), Ok(About::Code(entry)) if entry.code == Code(2001)), "{typed}");
        }
        let nearest = |code: &str| {
            let told = explain(code).unwrap_err();
            told.split("nearest is ").nth(1).unwrap().split(' ').next().unwrap().to_owned()
        };
        assert_eq!(nearest("MT2010"), "MT2001", "two digits have changed places");
        assert_eq!(nearest("MT7005"), "MT7004");
        assert_eq!(nearest("9003"), "MT9002");
        for odd in ["", "MT", "+2001", "MT-1", "MT99999999999999999999", "ENOENT", "\u{1b}[31m", "MTMT2001"] {
            assert!(explain(odd).is_err(), "{odd}");
        }
        assert!(matches!(About::explain(&flags::Explain { code: None }), Ok(About::Codes)));
    }
}
