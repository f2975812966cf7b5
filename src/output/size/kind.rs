//! What a file is for, by its name.

/// Kinds of files, as a deployment's size is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// JavaScript and TypeScript.
    Js,
    /// Addons, libraries and programs for one kind of machine.
    Native,
    /// WebAssembly.
    Wasm,
    /// JSON.
    Json,
    /// Source maps.
    Maps,
    /// Type declarations: nothing at run time needs them.
    Types,
    /// All else.
    Data,
}

impl FileKind {
    pub(super) const ALL: [Self; 7] =
        [Self::Js, Self::Native, Self::Wasm, Self::Json, Self::Maps, Self::Types, Self::Data];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Js => "js",
            Self::Native => "native",
            Self::Wasm => "wasm",
            Self::Json => "json",
            Self::Maps => "maps",
            Self::Types => "types",
            Self::Data => "data",
        }
    }

    /// By the name alone; `None` for one without an extension.
    pub(super) fn by_name(path: &[u8]) -> Option<Self> {
        let name = path.rsplit(|byte| *byte == b'/').next()?.to_ascii_lowercase();
        let ends = |extensions: &[&str]| extensions.iter().any(|extension| name.ends_with(extension.as_bytes()));
        // `libvips.so.42` has its version behind.
        let is_library =
            || ends(&[".node", ".so", ".dylib", ".dll", ".exe"]) || memchr::memmem::find(&name, b".so.").is_some();
        let dot = memchr::memrchr(b'.', &name).filter(|at| *at > 0);
        Some(match () {
            () if ends(&[".d.ts", ".d.mts", ".d.cts"]) => Self::Types,
            () if ends(&[".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"]) => Self::Js,
            () if ends(&[".json", ".jsonc", ".json5"]) => Self::Json,
            () if ends(&[".map"]) => Self::Maps,
            () if ends(&[".wasm"]) => Self::Wasm,
            () if is_library() => Self::Native,
            () => dot.map(|_| Self::Data)?,
        })
    }

    /// By the first bytes: ELF, Mach-O (fat ones too), PE.
    pub(super) fn by_magic(magic: &[u8]) -> Self {
        const MAGICS: [&[u8]; 6] =
            [b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xcf", b"MZ"];
        if MAGICS.iter().any(|known| magic.starts_with(known)) { Self::Native } else { Self::Data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_kinds() {
        let kind = |path: &str| FileKind::by_name(path.as_bytes());
        assert_eq!(kind("a/b.mjs"), Some(FileKind::Js));
        assert_eq!(kind("a/b.d.ts"), Some(FileKind::Types));
        assert_eq!(kind("a/b.js.map"), Some(FileKind::Maps));
        assert_eq!(kind("a/libvips-cpp.so.42"), Some(FileKind::Native));
        assert_eq!(kind("a/x.PNG"), Some(FileKind::Data));
        assert_eq!(kind("a.b/esbuild"), None);
        assert_eq!(kind("a/.env"), None);
        assert_eq!(FileKind::by_magic(b"\x7fELF"), FileKind::Native);
        assert_eq!(FileKind::by_magic(b"#!/b"), FileKind::Data);
    }
}
