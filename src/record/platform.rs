//! The machine that will run the traced code.

use std::{fmt, str::FromStr};

/// A platform in Node's words: `linux-x64-gnu`, `darwin-arm64`, `win32-x64`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Platform {
    /// `process.platform`.
    pub os: String,
    /// `process.arch`.
    pub arch: String,
    /// The C library, on linux: `glibc` or `musl`, as package.json's `libc` has it.
    pub libc: Option<String>,
}

/// What is no platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsePlatformError;

impl fmt::Display for ParsePlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected OS-ARCH or OS-ARCH-LIBC in Node's words, such as linux-x64-gnu, linux-arm64-musl, \
                     darwin-arm64, win32-x64",
        )
    }
}

impl std::error::Error for ParsePlatformError {}

impl Platform {
    /// All values of `process.platform` that are known.
    pub const OSES: [&'static str; 8] = ["aix", "android", "darwin", "freebsd", "linux", "openbsd", "sunos", "win32"];
}

const ARCHES: [&str; 10] = ["arm", "arm64", "ia32", "loong64", "mips", "mipsel", "ppc64", "riscv64", "s390x", "x64"];

impl fmt::Display for Platform {
    /// As it is typed, C library and all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.os, self.arch)?;
        match self.libc.as_deref() {
            Some("glibc") => f.write_str("-gnu"),
            Some(libc) => write!(f, "-{libc}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Platform {
    type Err = ParsePlatformError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('-');
        let (Some(os), Some(arch)) = (parts.next(), parts.next()) else { return Err(ParsePlatformError) };
        let libc = match (os, parts.next()) {
            ("linux", None | Some("gnu" | "glibc")) => Some("glibc".to_owned()),
            ("linux", Some("musl")) => Some("musl".to_owned()),
            ("win32", None | Some("msvc")) => None,
            (_, None) => None,
            _ => return Err(ParsePlatformError),
        };
        if parts.next().is_some() || !Self::OSES.contains(&os) || !ARCHES.contains(&arch) {
            return Err(ParsePlatformError);
        }
        Ok(Self { os: os.to_owned(), arch: arch.to_owned(), libc })
    }
}

impl Default for Platform {
    /// This machine, as it was known when the command was built.
    fn default() -> Self {
        let os = match std::env::consts::OS {
            "macos" => "darwin",
            "windows" => "win32",
            "solaris" | "illumos" => "sunos",
            os => os,
        };
        let arch = match std::env::consts::ARCH {
            "x86_64" => "x64",
            "x86" => "ia32",
            "aarch64" => "arm64",
            "powerpc64" => "ppc64",
            "loongarch64" => "loong64",
            arch => arch,
        };
        let libc = (os == "linux").then(|| if cfg!(target_env = "musl") { "musl" } else { "glibc" }.to_owned());
        Self { os: os.to_owned(), arch: arch.to_owned(), libc }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_written_in_nodes_words() {
        let libc = |text: &str| text.parse::<Platform>().map(|platform| platform.libc);
        assert_eq!(libc("linux-x64"), Ok(Some("glibc".to_owned())));
        assert_eq!(libc("linux-arm64-musl"), Ok(Some("musl".to_owned())));
        assert_eq!(libc("win32-x64-msvc"), Ok(None));
        assert_eq!(libc("darwin-arm64"), Ok(None));
        let written = ["linux-x64-gnu", "linux-arm64-musl", "darwin-arm64"];
        assert_eq!(written.map(|text| text.parse::<Platform>().unwrap().to_string()), written);
        for wrong in ["", "linux", "linux-amd64", "windows-x64", "darwin-arm64-musl", "linux-x64-gnu-1"] {
            assert_eq!(libc(wrong), Err(ParsePlatformError), "{wrong}");
        }
    }
}
