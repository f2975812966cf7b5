//! Every problem that can be found: its code, its usual level, its words.
//!
//! To add one, add a variant and its three lines below. A code is never
//! reused: MT0 usage, MT1 text, MT2 resolution, MT3 file system, MT4 memory,
//! MT5 containment, MT6 output, MT7 evaluation, MT9 internal. What ends a run
//! has a code too: `TraceError::code` and `SpillError::code` have those of the
//! library, `cli` MT0002, MT0004 to MT0014, MT6002, MT6012, MT6014 and MT9002, `memory` MT4002.

use std::{
    borrow::Cow,
    fmt, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::Level;
use crate::record::{QuotedName, relative};

/// A finding's stable code, such as `MT2001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MT{:04}", self.0)
    }
}

/// Why Node would refuse a specifier, by the error code that it would give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResolutionError {
    /// `MODULE_NOT_FOUND` of `require`.
    ModuleNotFound,
    /// `ERR_MODULE_NOT_FOUND` of `import`.
    ImportNotFound,
    /// `ERR_UNSUPPORTED_DIR_IMPORT`.
    UnsupportedDirectoryImport,
    /// `ERR_INVALID_MODULE_SPECIFIER`.
    InvalidModuleSpecifier,
    /// `ERR_PACKAGE_PATH_NOT_EXPORTED`.
    PackagePathNotExported,
    /// `ERR_PACKAGE_IMPORT_NOT_DEFINED`.
    PackageImportNotDefined,
    /// `ERR_INVALID_PACKAGE_TARGET`.
    InvalidPackageTarget,
    /// `ERR_INVALID_PACKAGE_CONFIG`.
    InvalidPackageConfig,
    /// `ERR_UNKNOWN_BUILTIN_MODULE`.
    UnknownBuiltin,
    /// `ERR_UNSUPPORTED_ESM_URL_SCHEME`.
    UnsupportedUrlScheme,
    /// `ERR_INVALID_FILE_URL_PATH` and its like: a `file:` URL that is no path.
    InvalidFileUrl,
    /// `ERR_INVALID_ARG_VALUE`: an empty specifier, or one with a NUL byte.
    InvalidArgument,
}

impl ResolutionError {
    /// Node's own code.
    pub fn node_code(self) -> &'static str {
        match self {
            Self::ModuleNotFound => "MODULE_NOT_FOUND",
            Self::ImportNotFound => "ERR_MODULE_NOT_FOUND",
            Self::UnsupportedDirectoryImport => "ERR_UNSUPPORTED_DIR_IMPORT",
            Self::InvalidModuleSpecifier => "ERR_INVALID_MODULE_SPECIFIER",
            Self::PackagePathNotExported => "ERR_PACKAGE_PATH_NOT_EXPORTED",
            Self::PackageImportNotDefined => "ERR_PACKAGE_IMPORT_NOT_DEFINED",
            Self::InvalidPackageTarget => "ERR_INVALID_PACKAGE_TARGET",
            Self::InvalidPackageConfig => "ERR_INVALID_PACKAGE_CONFIG",
            Self::UnknownBuiltin => "ERR_UNKNOWN_BUILTIN_MODULE",
            Self::UnsupportedUrlScheme => "ERR_UNSUPPORTED_ESM_URL_SCHEME",
            Self::InvalidFileUrl => "ERR_INVALID_FILE_URL_PATH",
            Self::InvalidArgument => "ERR_INVALID_ARG_VALUE",
        }
    }

    fn code(self) -> Code {
        Code(match self {
            Self::ModuleNotFound | Self::ImportNotFound | Self::UnsupportedDirectoryImport => 2001,
            Self::InvalidArgument => 2002,
            Self::UnknownBuiltin => 2003,
            Self::UnsupportedUrlScheme | Self::InvalidFileUrl => 2004,
            Self::InvalidModuleSpecifier => 2102,
            Self::InvalidPackageTarget => 2103,
            Self::InvalidPackageConfig => 2104,
            Self::PackagePathNotExported => 2105,
            Self::PackageImportNotDefined => 2107,
        })
    }
}

/// What is wrong, with what is needed to say it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// The text ends inside a string, template, comment or regular expression,
    /// or cannot be a token.
    BrokenText {
        /// What is broken, such as "template without end".
        what: &'static str,
    },
    /// The file is in an encoding that Node does not read.
    Encoding {
        /// Its name, such as "UTF-16 LE".
        encoding: &'static str,
    },
    /// The file is too large to be a program: it is listed, not read.
    TooLargeToScan {
        /// Its length in bytes.
        len: u64,
    },
    /// A reference cannot be resolved.
    Unresolved {
        /// How it was written, such as "require()".
        kind: &'static str,
        /// The specifier.
        specifier: String,
        /// Node's error.
        error: ResolutionError,
    },
    /// A package.json is not JSON.
    BrokenPackageJson {
        /// What the parser expected or met.
        what: String,
    },
    /// A package.json is larger than what is read.
    PackageJsonTooLarge {
        /// Its length in bytes.
        len: u64,
        /// The most that is read, in bytes.
        cap: u64,
    },
    /// A pnpm-workspace.yaml cannot be used.
    BrokenWorkspace {
        /// What the parser or the system said.
        what: String,
    },
    /// There is no such file.
    Missing,
    /// It is there but cannot be used: permissions, I/O.
    Unreadable {
        /// What the system said.
        why: String,
    },
    /// The process has no descriptor left to look at it with.
    OutOfDescriptors,
    /// A directory, FIFO, socket or device where a file is needed.
    NotAFile {
        /// "a directory", "not a regular file".
        what: &'static str,
    },
    /// Too many links in a row (ELOOP).
    LinkLoop,
    /// The file changed while it was read, twice.
    ChangedWhileRead,
    /// A name that is not UTF-8 and so cannot stand in JSON as it is.
    NameNotUtf8,
    /// A name or path that is longer than the system allows.
    NameTooLong,
    /// Something outside the tracing root is asked for.
    OutsideRoot {
        /// What was asked for.
        target: PathBuf,
    },
    /// A specifier of which too little is known to tell what it means.
    UnknownTarget {
        /// How it was written, such as "require()".
        kind: &'static str,
        /// The specifier, with `*` for what is not known.
        specifier: String,
    },
    /// A folder or pattern means more files than one reference may have.
    TooManyFiles {
        /// How it was written, such as "readdir()".
        kind: &'static str,
        /// What was asked for, with `*` for what is not known.
        specifier: String,
        /// How many of them are listed.
        matches: usize,
    },
    /// A folder is asked for that holds the workspace, or all that is installed.
    TooBroad {
        /// How it was written, such as "readdir()".
        kind: &'static str,
        /// What was asked for, with `*` for what is not known.
        specifier: String,
        /// The folder.
        folder: PathBuf,
    },
    /// A file makes strings or calls that are too much to follow.
    TooMuchToWorkOut,
    /// None of the files is there that an addon's loader would try.
    AddonMissing {
        /// The loader, such as "bindings()".
        kind: &'static str,
        /// What it was asked for: a name, or a path.
        asked: PathBuf,
    },
    /// A package that npm would not have installed on the target platform.
    OtherPlatform {
        /// Its name.
        package: String,
        /// The target platform.
        target: String,
    },
    /// A native library whose header cannot be read.
    BrokenLibrary {
        /// What is wrong with it.
        what: &'static str,
    },
    /// No file has a name that a glob of manifests allows.
    NoManifest {
        /// The glob.
        glob: String,
    },
    /// A file is no manifest (`.nft.json`).
    BrokenManifest {
        /// What the parser expected or met.
        what: String,
    },
    /// A manifest lists what cannot be listed.
    ListedUnusable {
        /// What it lists.
        file: PathBuf,
        /// What is wrong with it, such as "is not there".
        why: &'static str,
    },
    /// A recipe means more files than are looked at.
    RecipeCutShort {
        /// The package that the recipe is for.
        package: String,
    },
    /// It is not what was traced any more: written anew, replaced or gone.
    ChangedSince,
    /// A link has taken its place, or that of a folder on the way to it, since it was traced.
    LedAstray,
    /// Another file has its place in the output.
    Collision,
    /// A link whose target is not in the output.
    LinkToNothing {
        /// What it says.
        target: String,
    },
    /// Two places in an output differ in nothing but the case of letters.
    CaseCollision {
        /// The other one.
        other: PathBuf,
    },
    /// A path leads out of what is copied to another place in place of a link.
    PathLeavesCopy {
        /// Where it leads from the original, relative to the root.
        target: PathBuf,
    },
    /// A link leads back to a folder around it: no copy of that has an end.
    LinkInCircle {
        /// The folder, relative to the root.
        target: String,
    },
    /// A glob of the user's does nothing.
    GlobMatchesNothing {
        /// Where it was given, such as "--include".
        option: &'static str,
        /// The glob.
        glob: String,
    },
    /// A worker failed on this file.
    WorkerPanic,
}

impl Problem {
    /// What the system said of a file that cannot be used.
    pub fn unreadable(error: &io::Error) -> Self {
        match error.raw_os_error() {
            Some(libc::EMFILE | libc::ENFILE) => Self::OutOfDescriptors,
            _ => Self::Unreadable { why: error.to_string() },
        }
    }

    /// Its stable code.
    pub fn code(&self) -> Code {
        Code(match self {
            Self::BrokenText { .. } => 1001,
            Self::Encoding { .. } => 1003,
            Self::TooLargeToScan { .. } => 1005,
            Self::Unresolved { error, .. } => return error.code(),
            Self::BrokenPackageJson { .. } => 2101,
            Self::PackageJsonTooLarge { .. } => 2106,
            Self::BrokenWorkspace { .. } => 2108,
            Self::Missing => 3001,
            Self::Unreadable { .. } => 3003,
            Self::NotAFile { .. } => 3004,
            Self::OutOfDescriptors => 4005,
            Self::LinkLoop => 3005,
            Self::ChangedWhileRead => 3006,
            Self::NameNotUtf8 => 3007,
            Self::NameTooLong => 3008,
            Self::OutsideRoot { .. } => 5001,
            Self::NoManifest { .. } => 6101,
            Self::BrokenManifest { .. } => 6102,
            Self::ListedUnusable { .. } => 6103,
            Self::UnknownTarget { .. } => 7001,
            Self::TooManyFiles { .. } => 7002,
            Self::TooBroad { .. } => 7003,
            Self::TooMuchToWorkOut => 7004,
            Self::AddonMissing { .. } => 7010,
            Self::OtherPlatform { .. } => 7011,
            Self::BrokenLibrary { .. } => 7012,
            Self::RecipeCutShort { .. } => 7101,
            Self::LedAstray => 5003,
            Self::ChangedSince => 6007,
            Self::Collision => 6010,
            Self::LinkToNothing { .. } => 6011,
            Self::PathLeavesCopy { .. } => 6016,
            Self::CaseCollision { .. } => 6018,
            Self::LinkInCircle { .. } => 6017,
            Self::GlobMatchesNothing { .. } => 7020,
            Self::WorkerPanic => 9001,
        })
    }

    /// How bad it is where nothing makes it better.
    pub fn usual_level(&self) -> Level {
        match self {
            Self::BrokenText { .. }
            | Self::Encoding { .. }
            | Self::TooLargeToScan { .. }
            | Self::BrokenWorkspace { .. }
            | Self::NameNotUtf8
            | Self::UnknownTarget { .. }
            | Self::TooManyFiles { .. }
            | Self::AddonMissing { .. }
            | Self::LinkToNothing { .. }
            | Self::LinkInCircle { .. }
            | Self::CaseCollision { .. }
            | Self::BrokenLibrary { .. } => Level::Warning,
            Self::NoManifest { .. } | Self::BrokenManifest { .. } => Level::Fatal,
            Self::TooBroad { .. } => Level::Hint,
            Self::TooMuchToWorkOut => Level::Note,
            Self::OtherPlatform { .. } => Level::Note,
            Self::WorkerPanic => Level::Bug,
            _ => Level::Error,
        }
    }
}

impl Problem {
    /// Node's own error code, where Node would fail with one.
    pub fn node_code(&self) -> Option<&'static str> {
        match self {
            Self::Unresolved { error, .. } => Some(error.node_code()),
            _ => None,
        }
    }

    /// What to tell the user, in one line; paths are told relative to `root`.
    pub fn message(&self, root: &Path) -> String {
        match self {
            Self::BrokenText { what } => format!("{what}; the rest of the file is still traced"),
            Self::Encoding { encoding } => format!("this is {encoding}, which Node does not read; not looked into"),
            Self::TooLargeToScan { len } => format!("{len} bytes are too many for a program; not looked into"),
            Self::Unresolved { kind, specifier, error } => {
                format!("cannot resolve {kind} of {:?} ({})", seen_from(root, specifier), error.node_code())
            }
            Self::BrokenPackageJson { what } => format!("this package.json is not JSON: {what}"),
            Self::PackageJsonTooLarge { len, cap } => {
                format!("this package.json has {len} bytes, more than the {cap} that are read")
            }
            Self::BrokenWorkspace { what } => {
                format!("this pnpm-workspace.yaml cannot be used: {what}; its folder is taken for the workspace's root")
            }
            Self::Missing => "there is no such file".to_owned(),
            Self::Unreadable { why } => format!("cannot read it: {why}"),
            Self::OutOfDescriptors => "no descriptor is left to open it with (EMFILE)".to_owned(),
            Self::NotAFile { what } => format!("this is {what}, and a file is needed"),
            Self::LinkLoop => "too many symbolic links in a row (ELOOP)".to_owned(),
            Self::ChangedWhileRead => "it changed while it was read, twice; not looked into".to_owned(),
            Self::NameNotUtf8 => "its name is not UTF-8; in JSON its bytes stand as escapes".to_owned(),
            Self::NameTooLong => "the name is longer than the file system allows (ENAMETOOLONG)".to_owned(),
            Self::OutsideRoot { target } => {
                let target = relative(root, target);
                format!("{} is outside the tracing root and is not listed", QuotedName(target.as_os_str().as_bytes()))
            }
            Self::UnknownTarget { kind, specifier } => {
                format!("dynamic {kind} of {specifier:?}: cannot tell what is loaded, and nothing is listed for it")
            }
            Self::TooManyFiles { kind, specifier, matches } => {
                let specifier = seen_from(root, specifier);
                format!("{kind} of {specifier:?} means too many files or folders; the first {matches} files are listed")
            }
            Self::TooBroad { kind, specifier, folder } => {
                let folder = relative(root, folder);
                let folder = QuotedName(folder.as_os_str().as_bytes());
                let specifier = seen_from(root, specifier);
                format!("{kind} of {specifier:?} means all of {folder}, which is too much; nothing is listed for it")
            }
            Self::TooMuchToWorkOut => {
                "the expressions of this file are too much to work out; from here on some paths may \
                                       be missing"
                    .to_owned()
            }
            Self::AddonMissing { kind, asked } => {
                let asked = if asked.is_absolute() { relative(root, asked) } else { asked.clone() };
                let asked = QuotedName(asked.as_os_str().as_bytes());
                format!("{kind} of {asked} finds no addon for the target platform")
            }
            Self::OtherPlatform { package, target } => {
                format!("{package} is not for {target} (\"os\", \"cpu\" or \"libc\" of its package.json); left out")
            }
            Self::BrokenLibrary { what } => {
                format!("cannot tell what this library needs: {what}; all libraries of its package are listed")
            }
            Self::NoManifest { glob } => {
                format!("no file matches {glob:?}; build the app first, or correct the glob")
            }
            Self::BrokenManifest { what } => format!("this is no manifest: {what}; none of its list is taken"),
            Self::ListedUnusable { file, why } => {
                let file = relative(root, file);
                let file = QuotedName(file.as_os_str().as_bytes());
                format!("it lists {file}, which {why}; build again, or correct the manifest")
            }
            Self::RecipeCutShort { package } => {
                format!("a recipe for {package} means too many files; not all of them are listed")
            }
            Self::GlobMatchesNothing { option, glob } => format!(
                "{option} {glob:?} matches no file; globs are relative to the tracing root, and a folder needs /**"
            ),
            Self::ChangedSince => "it changed, or is gone, since it was traced".to_owned(),
            Self::LedAstray => {
                "a symbolic link has taken its place, or a folder's on the way, since it was traced; not followed"
                    .to_owned()
            }
            Self::Collision => "another file has its place in the output already; rename one of them".to_owned(),
            Self::LinkToNothing { target } => {
                format!("nothing that this link leads to ({target:?}) is in the output; the link is left out")
            }
            Self::PathLeavesCopy { target } => {
                let target = QuotedName(target.as_os_str().as_bytes());
                format!(
                    "it asks for {target} by a path, which leads elsewhere from its copy; keep links, or ask by name"
                )
            }
            Self::CaseCollision { other } => {
                let other = QuotedName(other.as_os_str().as_bytes());
                format!("its name and {other} differ in case alone; on macOS and Windows there is room for one of them")
            }
            Self::LinkInCircle { target } => {
                let target = if target.is_empty() { "." } else { target };
                format!("this link leads back to {target:?}, which is around it; it is left out")
            }
            Self::WorkerPanic => {
                "monotrace failed on this file; all others are still traced. Please report it".to_owned()
            }
        }
    }
}

/// A specifier as it is, but a path inside the root as it is seen from there.
pub(crate) fn seen_from<'s>(root: &Path, specifier: &'s str) -> Cow<'s, str> {
    let path = Path::new(specifier);
    match path.starts_with(root) && root != Path::new("/") {
        true => Cow::Owned(relative(root, path).to_string_lossy().into_owned()),
        false => Cow::Borrowed(specifier),
    }
}

impl fmt::Display for Problem {
    /// The message with whole paths.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Path::new("/")))
    }
}
