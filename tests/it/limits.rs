//! Where the memory limit comes from: recorded /proc and /sys of many machines.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use monotrace::{
    Disk, EntryKind, Host, LimitSource, MemoryLimit, OpenError, OpenFile, ProcessLimits, Replacement, ScratchFile,
    StageError, Staging, Stamp, Tree, memory_limit,
};

const MB: u64 = 1 << 20;

/// Files with their texts; `None` stands where reading is refused.
struct Recorded(BTreeMap<PathBuf, Option<Vec<u8>>>);

struct Text(Option<Vec<u8>>);

impl OpenFile for Text {
    /// As of files in /proc, whose length is not known before they are read.
    fn stamp(&self) -> io::Result<Stamp> {
        Ok(Stamp { len: 0, modified: 0, changed: 0 })
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let text = self.0.as_ref().ok_or(io::ErrorKind::PermissionDenied)?;
        let rest = text.get(offset as usize..).unwrap_or_default();
        // Never all at once: a seq_file hands out a page at a time.
        let count = rest.len().min(buffer.len()).min(100);
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn mappable(&self) -> Option<&File> {
        None
    }
}

impl Host for Recorded {
    fn open(&self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError> {
        let text = self.0.get(path).ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        Ok(Box::new(Text(text.clone())))
    }

    fn list(&self, directory: &Path, _: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
        panic!("nobody lists {}", directory.display())
    }

    fn kind(&self, path: &Path) -> io::Result<EntryKind> {
        panic!("nobody asks for {}", path.display())
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        panic!("nobody measures {}", path.display())
    }

    fn link_target(&self, link: &Path) -> io::Result<PathBuf> {
        panic!("nobody asks for {}", link.display())
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        panic!("nobody asks for {}", path.display())
    }

    fn make_folder(&self, _: &Path) -> io::Result<()> {
        panic!("nobody makes a folder")
    }

    fn replace(&self, path: &Path) -> io::Result<Box<dyn Replacement>> {
        panic!("nobody writes {}", path.display())
    }

    fn scratch(&self, folder: &Path) -> io::Result<Box<dyn ScratchFile>> {
        panic!("nobody writes in {}", folder.display())
    }

    fn tree(&self, _: &Path) -> io::Result<Box<dyn Tree>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn stage(&self, _: &Path, _: bool) -> Result<Box<dyn Staging>, StageError> {
        Err(io::Error::from(io::ErrorKind::Unsupported).into())
    }

    fn may_stage(&self, _: &Path, _: bool) -> Result<(), StageError> {
        Err(io::Error::from(io::ErrorKind::Unsupported).into())
    }

    fn disk(&self, folder: &Path) -> io::Result<Disk> {
        panic!("nobody asks for the disk of {}", folder.display())
    }
}

/// Each file begins with a line `//- PATH`; one that ends with ` !` cannot be read.
fn machine(text: &str) -> Recorded {
    let files = text.split("//- ").skip(1).map(|part| {
        let (path, body) = part.split_once('\n').unwrap_or((part, ""));
        match path.strip_suffix(" !") {
            Some(path) => (PathBuf::from(path), None),
            None => (PathBuf::from(path), Some(body.as_bytes().to_vec())),
        }
    });
    Recorded(files.collect())
}

fn found(text: &str) -> MemoryLimit {
    memory_limit(&machine(text), None, ProcessLimits::default())
}

/// Megabytes, and the file that they come from.
fn by_group(text: &str) -> (u64, String) {
    let MemoryLimit { bytes, source } = found(text);
    let LimitSource::ControlGroup(file) = source else { panic!("{source:?}") };
    (bytes / MB, file.to_str().unwrap().to_owned())
}

const MEMINFO: &str = "//- /proc/meminfo\nMemTotal:       65536000 kB\nMemFree:         1000 kB\n";

#[test]
fn where_nothing_is_known_the_default_counts() {
    assert_eq!(found(""), MemoryLimit { bytes: 6000 * MB, source: LimitSource::Default });
    assert_eq!(found(MEMINFO).source, LimitSource::Default);
    for broken in
        ["//- /proc/meminfo !\n", "//- /proc/meminfo\nMemTotal: lots\n", "//- /proc/self/cgroup\n\u{1}:::\n4\n:"]
    {
        assert_eq!(found(broken).source, LimitSource::Default, "{broken}");
    }
}

#[test]
fn a_machine_with_less_gives_a_share_of_it() {
    let limit = found("//- /proc/meminfo\nMemFree: 1 kB\nMemTotal:        1024000 kB\n");
    assert_eq!(limit, MemoryLimit { bytes: 800 * MB, source: LimitSource::Machine });
}

/// systemd with version 2: limits on several levels, the tightest in the middle.
const NESTED: &str = "\
//- /proc/self/cgroup
0::/user.slice/user-1000.slice/session-3.scope
//- /proc/self/mountinfo
22 1 0:20 / /proc rw,nosuid shared:5 - proc proc rw
31 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
//- /sys/fs/cgroup/user.slice/user-1000.slice/session-3.scope/memory.max
max
//- /sys/fs/cgroup/user.slice/user-1000.slice/memory.max
524288000
//- /sys/fs/cgroup/user.slice/memory.max
1048576000
";

#[test]
fn version_2_counts_all_ancestors() {
    let file = "/sys/fs/cgroup/user.slice/user-1000.slice/memory.max";
    assert_eq!(by_group(NESTED), (400, file.to_owned()));
    let own = NESTED.replace("\nmax\n", "\n104857600\n");
    assert_eq!(by_group(&own).0, 80);
    let all_free = NESTED.replace("524288000", "max").replace("1048576000", "max");
    assert_eq!(found(&all_free).source, LimitSource::Default);
    // One that cannot be read hides none of the others.
    let unreadable = NESTED.replace("session-3.scope/memory.max\nmax\n", "session-3.scope/memory.max !\n");
    assert_eq!(by_group(&unreadable).0, 400);
    assert_eq!(
        found(&NESTED.replace("/proc/self/mountinfo\n", "/proc/self/mountinfo !\n")).source,
        LimitSource::Default
    );
}

/// Version 1, each controller mounted by itself.
const VERSION_1: &str = "\
//- /proc/self/cgroup
12:cpu,cpuacct:/build/cpu
4:memory:/build/job
1:name=systemd:/init.scope
//- /proc/self/mountinfo
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:10 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:11 master:4 - cgroup cgroup rw,memory
//- /sys/fs/cgroup/memory/build/job/memory.limit_in_bytes
9223372036854771712
//- /sys/fs/cgroup/memory/build/memory.limit_in_bytes
262144000
//- /sys/fs/cgroup/memory/memory.limit_in_bytes
9223372036854771712
//- /sys/fs/cgroup/cpu,cpuacct/build/cpu/memory.limit_in_bytes
1
";

#[test]
fn version_1_counts_all_ancestors_and_knows_its_unlimited() {
    assert_eq!(by_group(VERSION_1), (200, "/sys/fs/cgroup/memory/build/memory.limit_in_bytes".to_owned()));
    for unlimited in ["9223372036854771712", "9223372036854710272", "18446744073709551615", "99999999999999999999"] {
        assert_eq!(found(&VERSION_1.replace("262144000", unlimited)).source, LimitSource::Default, "{unlimited}");
    }
}

#[test]
fn version_1_tells_of_ancestors_that_cannot_be_seen() {
    let stat = "//- /sys/fs/cgroup/memory/build/job/memory.stat\ncache 1\nhierarchical_memory_limit 131072000\n\
                hierarchical_memsw_limit 9223372036854771712\n";
    let (megabytes, file) = by_group(&format!("{VERSION_1}{stat}"));
    assert_eq!((megabytes, &*file), (100, "/sys/fs/cgroup/memory/build/job/memory.stat"));
}

#[test]
fn a_hybrid_machine_has_memory_in_version_1() {
    let text = VERSION_1
        .replace("1:name=", "0::/elsewhere\n1:name=")
        .replace("35 31", "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:12 - cgroup2 cgroup2 rw\n35 31");
    assert_eq!(by_group(&text).0, 200);
}

#[test]
fn a_container_sees_its_group_as_the_root() {
    // Version 1 without a namespace: the mount shows the group that the process names.
    let docker = "\
//- /proc/self/cgroup
5:memory:/docker/0123abcd
//- /proc/self/mountinfo
1077 1069 0:33 /docker/0123abcd /sys/fs/cgroup/memory ro,nosuid,nodev,noexec,relatime master:15 - cgroup cgroup rw,memory
//- /sys/fs/cgroup/memory/memory.limit_in_bytes
131072000
";
    assert_eq!(by_group(docker), (100, "/sys/fs/cgroup/memory/memory.limit_in_bytes".to_owned()));
    // A group below the one that is mounted.
    let below = docker.replace(":/docker/0123abcd\n", ":/docker/0123abcd/worker\n").replace(
        "//- /sys/fs/cgroup/memory/memory.limit_in_bytes",
        "//- /sys/fs/cgroup/memory/worker/memory.limit_in_bytes",
    );
    assert_eq!(by_group(&below), (100, "/sys/fs/cgroup/memory/worker/memory.limit_in_bytes".to_owned()));
    // A name that the mount does not have: what is mounted counts.
    for elsewhere in ["/kubepods/pod1/0123abcd", "/docker/0123abcdef", "/../../other"] {
        let text = docker.replace(":/docker/0123abcd\n", &format!(":{elsewhere}\n"));
        assert_eq!(by_group(&text).0, 100, "{elsewhere}");
    }
    // Version 2 with a namespace.
    let namespace = "\
//- /proc/self/cgroup
0::/
//- /proc/self/mountinfo
1077 1069 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw
//- /sys/fs/cgroup/memory.max
131072000
";
    assert_eq!(by_group(namespace), (100, "/sys/fs/cgroup/memory.max".to_owned()));
}

#[test]
fn a_mount_point_may_have_any_name() {
    let text = NESTED
        .replace("/ /sys/fs/cgroup ", "/ /mnt/my\\040groups\\134x ")
        .replace("/sys/fs/cgroup/", "/mnt/my groups\\x/");
    assert_eq!(by_group(&text).0, 400);
}

#[test]
fn limits_of_the_process_count_also_against_what_was_asked_for() {
    let bytes = |data, addresses, resident| ProcessLimits { data, addresses, resident };
    let limit = |asked, process| {
        let MemoryLimit { bytes, source } = memory_limit(&machine(MEMINFO), asked, process);
        (bytes / MB, source)
    };
    let data = bytes(Some(64 * MB), None, None);
    assert_eq!(limit(None, data), (64, LimitSource::Process("RLIMIT_DATA")));
    assert_eq!(limit(Some(100), data), (64, LimitSource::Process("RLIMIT_DATA")));
    assert_eq!(limit(Some(64), data), (64, LimitSource::Asked));
    assert_eq!(limit(None, bytes(None, Some(1000 * MB), None)), (800, LimitSource::Process("80 % of RLIMIT_AS")));
    assert_eq!(limit(None, bytes(None, None, Some(500 * MB))), (500, LimitSource::Process("RLIMIT_RSS")));
    assert_eq!(limit(Some(7000), ProcessLimits::default()), (7000, LimitSource::Asked));
    assert_eq!(limit(Some(u64::MAX), ProcessLimits::default()).0, u64::MAX / MB);
}
