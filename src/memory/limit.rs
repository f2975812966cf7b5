//! How much memory a run may take when nobody says.
//!
//! The least of a fixed default, the control groups around this process (both
//! versions, all ancestors that can be seen), this machine's memory and the
//! process's own limits. Files are read by whoever asks: this room opens none.
//! What cannot be read or understood limits nothing.

use std::{
    fmt,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// A limit, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryLimit {
    /// Bytes.
    pub bytes: u64,
    /// Who set it.
    pub source: LimitSource,
}

/// Where a limit comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitSource {
    /// The user named it.
    Asked,
    /// Nothing is tighter than what a run takes at the most by itself.
    Default,
    /// This file of a control group.
    ControlGroup(PathBuf),
    /// The memory of this machine.
    Machine,
    /// A limit of the process (`ulimit`, `prlimit`), by its name.
    Process(&'static str),
}

impl fmt::Display for LimitSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("--memory-limit"),
            Self::Default => f.write_str("the default"),
            Self::ControlGroup(file) => write!(f, "{SHARE} % of {}", file.display()),
            Self::Machine => write!(f, "{SHARE} % of this machine's memory"),
            Self::Process(name) => write!(f, "{name}"),
        }
    }
}

/// Limits that the kernel holds this process to, in bytes; `None`: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessLimits {
    /// `RLIMIT_DATA`: what is written to and no file's.
    pub data: Option<u64>,
    /// `RLIMIT_AS`: all addresses.
    pub addresses: Option<u64>,
    /// `RLIMIT_RSS`: what is resident. No kernel of today holds anybody to it, but somebody meant it.
    pub resident: Option<u64>,
}

/// What a run takes at the most if nothing is tighter.
const DEFAULT: u64 = 6000 << 20;

/// Of a group's or machine's memory this share, in percent: others live there too.
const SHARE: u64 = 80;

/// What version 1 calls "unlimited" is the largest number of whole pages, which
/// depends on their size; nobody has so much.
const UNLIMITED_FROM: u64 = 1 << 62;

/// Reads a whole file; `None` if it cannot be read.
pub type ReadFile<'r> = dyn FnMut(&Path) -> Option<Vec<u8>> + 'r;

impl MemoryLimit {
    /// A limit that the user named, in megabytes, no higher than the process's own limits.
    pub fn asked(megabytes: u64, process: ProcessLimits) -> Self {
        let asked = Self { bytes: megabytes.saturating_mul(1 << 20), source: LimitSource::Asked };
        process.limits().fold(asked, Self::lower)
    }

    /// The limit of a run for which the user named none.
    pub fn discover(read: &mut ReadFile<'_>, process: ProcessLimits) -> Self {
        let mut limit = Self { bytes: DEFAULT, source: LimitSource::Default };
        for group in Groups::of_this_process(read).files() {
            if let Some(bytes) = read(&group.file).and_then(|text| group.limit_in(&text)) {
                limit = limit.lower(Self { bytes: share(bytes), source: LimitSource::ControlGroup(group.file) });
            }
        }
        if let Some(bytes) = read(Path::new("/proc/meminfo")).and_then(|text| machine_bytes(&text)) {
            limit = limit.lower(Self { bytes: share(bytes), source: LimitSource::Machine });
        }
        process.limits().fold(limit, Self::lower)
    }

    /// The tighter of two; the first where they are the same.
    fn lower(self, other: Self) -> Self {
        if other.bytes < self.bytes { other } else { self }
    }
}

impl ProcessLimits {
    fn limits(self) -> impl Iterator<Item = MemoryLimit> {
        // Addresses are taken by what is not resident too: the program itself,
        // files that are mapped, room that the allocator keeps.
        let limits = [
            ("RLIMIT_DATA", self.data),
            ("80 % of RLIMIT_AS", self.addresses.map(share)),
            ("RLIMIT_RSS", self.resident),
        ];
        limits
            .into_iter()
            .filter_map(|(name, bytes)| Some(MemoryLimit { bytes: bytes?, source: LimitSource::Process(name) }))
    }
}

fn share(bytes: u64) -> u64 {
    // Not bytes × 80 ÷ 100: some groups' numbers are near the largest.
    bytes / 100 * SHARE + bytes % 100 * SHARE / 100
}

/// `MemTotal` of /proc/meminfo, which is in kB.
fn machine_bytes(text: &[u8]) -> Option<u64> {
    let line = lines(text).find_map(|line| line.strip_prefix(b"MemTotal:"))?;
    number(words(line).next()?)?.checked_mul(1024)
}

/// The places of this process in the hierarchies of control groups that know memory.
struct Groups {
    /// From its own group to the outermost that can be seen, by hierarchy.
    folders: Vec<(Version, Vec<PathBuf>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// A file in which a limit of a group stands.
struct LimitFile {
    file: PathBuf,
    /// The limit is the word behind this one; if empty, the only word.
    key: &'static [u8],
}

impl LimitFile {
    fn limit_in(&self, text: &[u8]) -> Option<u64> {
        let word = match self.key {
            b"" => words(text).next()?,
            key => lines(text).find_map(|line| {
                let mut words = words(line);
                (words.next()? == key).then(|| words.next())?
            })?,
        };
        // `max` is no number.
        number(word).filter(|bytes| *bytes < UNLIMITED_FROM)
    }
}

impl Groups {
    fn of_this_process(read: &mut ReadFile<'_>) -> Self {
        let memberships = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
        let mounts = read(Path::new("/proc/self/mountinfo")).unwrap_or_default();
        let mounts: Vec<Mount<'_>> = lines(&mounts).filter_map(Mount::of_line).collect();
        let mut folders = Vec::new();
        for (version, path) in lines(&memberships).filter_map(membership) {
            let of_version: Vec<&Mount<'_>> = mounts.iter().filter(|mount| mount.version == version).collect();
            let before = folders.len();
            for mount in &of_version {
                if let Some(below) = path_below(path, &mount.root) {
                    folders.push((version, ancestors(&mount.point, below)));
                }
            }
            // A container may see its group under a name that the mount does
            // not have; what is mounted is then its own group, or holds it.
            if folders.len() == before {
                folders.extend(of_version.iter().map(|mount| (version, vec![mount.point.clone()])));
            }
        }
        Self { folders }
    }

    fn files(&self) -> Vec<LimitFile> {
        let mut files = Vec::new();
        for (version, folders) in &self.folders {
            for folder in folders {
                let mut add = |name: &str, key: &'static [u8]| files.push(LimitFile { file: folder.join(name), key });
                match version {
                    Version::Two => add("memory.max", b""),
                    Version::One => {
                        add("memory.limit_in_bytes", b"");
                        // Knows of ancestors too that cannot be seen from here.
                        add("memory.stat", b"hierarchical_memory_limit");
                    }
                }
            }
        }
        files
    }
}

/// The folders from `point` + `below` up to `point`.
fn ancestors(point: &Path, below: &[u8]) -> Vec<PathBuf> {
    let below = Path::new(std::ffi::OsStr::from_bytes(below));
    below
        .ancestors()
        .map(|part| if part.as_os_str().is_empty() { point.to_path_buf() } else { point.join(part) })
        .collect()
}

/// A line of /proc/self/cgroup: `0::/path`, or `4:cpu,memory:/path` in version 1.
fn membership(line: &[u8]) -> Option<(Version, &[u8])> {
    let mut parts = line.splitn(3, |byte| *byte == b':');
    let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
    let version = match controllers {
        b"" => Version::Two,
        _ if controllers.split(|byte| *byte == b',').any(|controller| controller == b"memory") => Version::One,
        _ => return None,
    };
    Some((version, path))
}

/// What of a group's path lies below a mount's root, without a slash in front;
/// `None` if it is elsewhere.
fn path_below<'p>(path: &'p [u8], root: &[u8]) -> Option<&'p [u8]> {
    let root = root.strip_suffix(b"/").unwrap_or(root);
    let below = match path.strip_prefix(root)? {
        b"" => b"",
        rest => rest.strip_prefix(b"/")?,
    };
    // `/../x`: a group that is beside what this process can see.
    let leaves = below.split(|byte| *byte == b'/').any(|part| part == b"..");
    (!leaves).then_some(below)
}

/// A mounted hierarchy of control groups that may know memory.
struct Mount<'t> {
    version: Version,
    /// Which group it shows at its point.
    root: std::borrow::Cow<'t, [u8]>,
    point: PathBuf,
}

impl<'t> Mount<'t> {
    /// A line of /proc/self/mountinfo: `36 35 0:33 ROOT POINT OPTIONS [TAG…] - TYPE SOURCE OPTIONS`.
    fn of_line(line: &'t [u8]) -> Option<Self> {
        let mut fields = words(line);
        let (root, point) = (fields.nth(3)?, fields.next()?);
        let mut behind = fields.skip_while(|field| *field != b"-").skip(1);
        let (kind, _source, options) = (behind.next()?, behind.next()?, behind.next().unwrap_or(b""));
        let version = match kind {
            b"cgroup2" => Version::Two,
            b"cgroup" if options.split(|byte| *byte == b',').any(|option| option == b"memory") => Version::One,
            _ => return None,
        };
        let point = PathBuf::from(std::ffi::OsStr::from_bytes(&unescaped(point)));
        Some(Self { version, root: unescaped(root), point })
    }
}

/// Spaces, tabs, line ends and backslashes of names stand as `\` and three octal digits.
fn unescaped(field: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if !field.contains(&b'\\') {
        return field.into();
    }
    let mut whole = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match behind {
            [high @ b'0'..=b'3', middle @ b'0'..=b'7', low @ b'0'..=b'7', after @ ..] if *first == b'\\' => {
                whole.push((high - b'0') << 6 | (middle - b'0') << 3 | (low - b'0'));
                rest = after;
            }
            _ => whole.push(*first),
        }
    }
    whole.into()
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

/// A number; one that is larger than all is the largest.
fn number(word: &[u8]) -> Option<u64> {
    if word.is_empty() || !word.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(std::str::from_utf8(word).ok()?.parse().unwrap_or(u64::MAX))
}
