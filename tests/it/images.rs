//! Native libraries for tests: the smallest files whose headers say what is asked.
//!
//! No system could run them: they hold no code. Sections are left out, as
//! `strip --strip-section-headers` does.

/// `EM_X86_64`.
pub const X86_64: u16 = 62;

/// `EM_AARCH64`.
pub const AARCH64: u16 = 183;

/// `CPU_TYPE_ARM64`.
pub const MAC_ARM64: u32 = 0x0100_000c;

/// `CPU_TYPE_X86_64`.
pub const MAC_X86_64: u32 = 0x0100_0007;

/// What a 64-bit ELF library says.
#[derive(Default)]
pub struct Elf<'a> {
    /// `EM_X86_64` if it is 0.
    pub machine: u16,
    pub needed: &'a [&'a str],
    pub rpath: Option<&'a str>,
    pub runpath: Option<&'a str>,
    /// Bytes behind all else.
    pub data: &'a str,
}

impl Elf<'_> {
    pub fn bytes(&self) -> Vec<u8> {
        const AT: u64 = 0x10000;
        const HEADERS: u64 = 64 + 2 * 56;
        let mut strings = vec![0_u8];
        let mut add = |text: &str| {
            let at = strings.len() as u64;
            strings.extend(text.bytes().chain([0]));
            at
        };
        let mut entries: Vec<(u64, u64)> = self.needed.iter().map(|name| (1, add(name))).collect();
        entries.extend(self.rpath.map(|path| (15, add(path))));
        entries.extend(self.runpath.map(|path| (29, add(path))));
        let dynamic_len = (entries.len() as u64 + 2) * 16;
        entries.push((5, AT + HEADERS + dynamic_len));
        entries.push((0, 0));
        let whole = HEADERS + dynamic_len + strings.len() as u64;

        let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        let machine = if self.machine == 0 { X86_64 } else { self.machine };
        put16(&mut bytes, &[3, machine]);
        put32(&mut bytes, &[1]);
        put64(&mut bytes, &[0, 64, 0]);
        put32(&mut bytes, &[0]);
        put16(&mut bytes, &[64, 56, 2, 64, 0, 0]);
        for (kind, offset, len) in [(1, 0, whole), (2, HEADERS, dynamic_len)] {
            put32(&mut bytes, &[kind, 4]);
            put64(&mut bytes, &[offset, AT + offset, AT + offset, len, len, 8]);
        }
        for (tag, value) in entries {
            put64(&mut bytes, &[tag, value]);
        }
        bytes.extend(strings);
        bytes.extend(self.data.bytes());
        bytes
    }
}

/// A 64-bit Mach-O library.
pub fn macho(cpu: u32, needed: &[&str], search: &[&str]) -> Vec<u8> {
    let mut commands = Vec::new();
    let mut add = |command: &[u32], text: &str| {
        let len = (command.len() + 1) * 4 + text.len() + 1;
        let padded = len.next_multiple_of(8);
        put32(&mut commands, &[command[0], padded as u32]);
        put32(&mut commands, &command[1..]);
        commands.extend(text.bytes());
        commands.resize(commands.len() + 1 + padded - len, 0);
    };
    for name in needed {
        add(&[0xc, 24, 0, 0, 0], name);
    }
    for folder in search {
        add(&[0x8000_001c, 12], folder);
    }
    let mut bytes = Vec::new();
    let count = (needed.len() + search.len()) as u32;
    put32(&mut bytes, &[0xfeed_facf, cpu, 0, 6, count, commands.len() as u32, 0, 0]);
    bytes.extend(commands);
    bytes
}

/// One Mach-O file of several.
pub fn fat(parts: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let put = |bytes: &mut Vec<u8>, words: &[u32]| bytes.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    put(&mut bytes, &[0xcafe_babe, parts.len() as u32]);
    let mut offset = 8 + 20 * parts.len() as u32;
    for (cpu, part) in parts {
        put(&mut bytes, &[*cpu, 0, offset, part.len() as u32, 0]);
        offset += part.len() as u32;
    }
    parts.iter().for_each(|(_, part)| bytes.extend(part));
    bytes
}

/// A 64-bit library for Windows, with what it imports at once and at first use.
pub fn pe(needed: &[&str], delayed: &[&str], data: &[u8]) -> Vec<u8> {
    const AT: u32 = 0x1000;
    const HEADERS: u32 = 64 + 4 + 20 + 240 + 40;
    let imports_len = (needed.len() as u32 + 1) * 20;
    let delayed_len = (delayed.len() as u32 + 1) * 32;
    let mut names = Vec::new();
    let mut section = Vec::new();
    let mut name = |text: &str| {
        let at = AT + imports_len + delayed_len + names.len() as u32;
        names.extend(text.bytes().chain([0]));
        at
    };
    for text in needed {
        put32(&mut section, &[1, 0, 0, name(text), 1]);
    }
    put32(&mut section, &[0; 5]);
    for text in delayed {
        put32(&mut section, &[1, name(text), 0, 0, 0, 0, 0, 0]);
    }
    put32(&mut section, &[0; 8]);
    section.extend(names);
    section.extend(data);

    let mut bytes = vec![0; 64];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[60] = 64;
    bytes.extend(b"PE\0\0");
    put16(&mut bytes, &[0x8664, 1]);
    put32(&mut bytes, &[0, 0, 0]);
    put16(&mut bytes, &[240, 0x2022]);
    let mut optional = vec![0; 112];
    optional[..2].copy_from_slice(&0x20b_u16.to_le_bytes());
    optional[108] = 16;
    let mut directories = [0; 32];
    directories[2..4].copy_from_slice(&[AT, imports_len]);
    if !delayed.is_empty() {
        directories[26..28].copy_from_slice(&[AT + imports_len, delayed_len]);
    }
    put32(&mut optional, &directories);
    bytes.extend(optional);
    bytes.extend(b".rdata\0\0");
    let len = section.len() as u32;
    put32(&mut bytes, &[len, AT, len, HEADERS, 0, 0, 0, 0x4000_0040]);
    bytes.extend(section);
    bytes
}

fn put16(bytes: &mut Vec<u8>, words: &[u16]) {
    bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}

fn put32(bytes: &mut Vec<u8>, words: &[u32]) {
    bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}

fn put64(bytes: &mut Vec<u8>, words: &[u64]) {
    bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}
