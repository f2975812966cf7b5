//! What the header of a native library says it needs.
//!
//! Reads ELF, Mach-O and PE as their loaders do: by segments and load commands,
//! never by sections that a tool may have stripped. Opens no file and decides
//! nothing. Whatever the bytes are, it ends in time and space proportional to
//! them, and names are bounded in length and number.

use std::collections::BTreeSet;

use object::{
    Endianness, FileKind, LittleEndian as LE,
    elf::{self, FileHeader32, FileHeader64},
    macho::{FatArch32, FatArch64, MachHeader32, MachHeader64},
    pe::{IMAGE_DIRECTORY_ENTRY_IMPORT, ImageNtHeaders32, ImageNtHeaders64},
    read::{
        elf::{Dyn, FileHeader, ProgramHeader},
        macho::{FatArch, LoadCommandVariant, MachHeader, MachOFatFile},
        pe::ImageNtHeaders,
    },
};

/// Longer names of libraries and folders are no file's.
const NAME_MAX: usize = 4096;

/// More names than this come from no linker.
const NAMES_MAX: usize = 1024;

/// Who loads an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loader {
    /// ld.so of linux, the BSDs, android, illumos.
    Elf,
    /// dyld of macOS.
    MachO,
    /// Windows.
    Pe,
}

impl Loader {
    /// The loader of a platform, by `process.platform`; `None` for one whose
    /// libraries cannot be read.
    pub(super) fn of(os: &str) -> Option<Self> {
        match os {
            "darwin" => Some(Self::MachO),
            "win32" => Some(Self::Pe),
            "aix" => None,
            _ => Some(Self::Elf),
        }
    }
}

/// A header, as far as it names other files.
#[derive(Debug, PartialEq, Eq)]
pub struct Image {
    /// Who loads it.
    pub loader: Loader,
    /// The processors that it is for, in the format's own numbers; ELF's is
    /// doubled, with 1 more for 64 bits.
    pub machines: Vec<u32>,
    /// Libraries that are loaded with it, as they are written, in order.
    pub needed: Vec<Vec<u8>>,
    /// Folders where they are looked for, as they are written, in order.
    pub search: Vec<Vec<u8>>,
    /// The folders hold for what its libraries need as well: ELF's `DT_RPATH`
    /// and Mach-O's `LC_RPATH`, not `DT_RUNPATH`.
    pub is_inherited: bool,
}

impl Image {
    /// A process of `process.arch` can load it, as far as that is known here.
    pub(super) fn runs_on(&self, arch: &str) -> bool {
        // (process.arch, ELF's e_machine with its class as in `machines`, Mach-O's cputype, PE's machine)
        const MACHINES: [(&str, u32, u32, u32); 10] = [
            ("arm", 40 << 1, 0, 0x1c4),
            ("arm64", 183 << 1 | 1, 0x0100_000c, 0xaa64),
            ("ia32", 3 << 1, 7, 0x14c),
            ("loong64", 258 << 1 | 1, 0, 0),
            ("mips", 8 << 1, 0, 0),
            ("mipsel", 8 << 1, 0, 0),
            ("ppc64", 21 << 1 | 1, 0, 0),
            ("riscv64", 243 << 1 | 1, 0, 0),
            ("s390x", 22 << 1 | 1, 0, 0),
            ("x64", 62 << 1 | 1, 0x0100_0007, 0x8664),
        ];
        let Some((_, elf, macho, pe)) = MACHINES.iter().find(|(known, ..)| *known == arch) else { return true };
        self.machines.contains(match self.loader {
            Loader::Elf => elf,
            Loader::MachO => macho,
            Loader::Pe => pe,
        })
    }

    /// Both are for the same processor, or for one that both know.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        self.loader == other.loader && self.machines.iter().any(|machine| other.machines.contains(machine))
    }
}

/// Reads a header.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read(bytes: &[u8]) -> Result<Image, &'static str> {
    let kind = FileKind::parse(bytes).map_err(|_| "it is no library of any system")?;
    let read = match kind {
        FileKind::Elf32 => elf::<FileHeader32<Endianness>>(bytes),
        FileKind::Elf64 => elf::<FileHeader64<Endianness>>(bytes),
        FileKind::MachO32 => macho::<MachHeader32<Endianness>>(bytes, 0),
        FileKind::MachO64 => macho::<MachHeader64<Endianness>>(bytes, 0),
        FileKind::MachOFat32 => fat::<FatArch32>(bytes),
        FileKind::MachOFat64 => fat::<FatArch64>(bytes),
        FileKind::Pe32 => pe::<ImageNtHeaders32>(bytes),
        FileKind::Pe64 => pe::<ImageNtHeaders64>(bytes),
        _ => return Err("it is no library that can be loaded"),
    };
    read.ok_or("its header is broken")
}

/// Names in the order in which they came, each once.
#[derive(Default)]
struct Names {
    order: Vec<Vec<u8>>,
    known: BTreeSet<Vec<u8>>,
}

impl Names {
    /// Adds what stands before the first NUL of `text`.
    fn add(&mut self, text: &[u8]) {
        let text = &text[..text.len().min(NAME_MAX)];
        let Some(name) = memchr::memchr(0, text).map(|end| &text[..end]) else { return };
        self.add_name(name);
    }

    fn add_name(&mut self, name: &[u8]) {
        if !name.is_empty() && self.order.len() < NAMES_MAX && self.known.insert(name.to_vec()) {
            self.order.push(name.to_vec());
        }
    }
}

fn elf<H: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Option<Image> {
    let header = H::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, bytes).ok()?;
    let machines = vec![u32::from(header.e_machine(endian).0) << 1 | u32::from(header.is_class_64())];
    let mut image = Image { loader: Loader::Elf, machines, needed: Vec::new(), search: Vec::new(), is_inherited: true };
    let Some(dynamic) = segments.iter().find(|segment| segment.p_type(endian) == elf::PT_DYNAMIC) else {
        // A program without libraries is a whole one.
        return Some(image);
    };
    let entries = dynamic.dynamic(endian, bytes).ok()??;
    let entries = || {
        let all = entries.iter().map(|entry| (entry.d_tag(endian), entry.d_val(endian).into()));
        all.take_while(|(tag, _)| *tag != elf::DT_NULL)
    };
    let value = |wanted| entries().find(|(tag, _)| *tag == wanted).map(|(_, value): (_, u64)| value);
    let strings = strings(segments, endian, bytes, value(elf::DT_STRTAB)?)?;
    let text = |offset: u64| strings.get(usize::try_from(offset).ok()?..);
    let mut needed = Names::default();
    for (_, offset) in entries().filter(|(tag, _)| *tag == elf::DT_NEEDED) {
        needed.add(text(offset)?);
    }
    image.needed = needed.order;
    // Where both stand, ld.so passes over DT_RPATH.
    image.is_inherited = value(elf::DT_RUNPATH).is_none();
    if let Some(offset) = value(elf::DT_RUNPATH).or_else(|| value(elf::DT_RPATH)) {
        let list = text(offset)?;
        let list = &list[..memchr::memchr(0, &list[..list.len().min(16 * NAME_MAX)])?];
        let mut search = Names::default();
        list.split(|byte| *byte == b':').for_each(|folder| search.add_name(folder));
        image.search = search.order;
    }
    Some(image)
}

/// The string table, which `DT_STRTAB` gives as an address in memory: from
/// there to the end of its segment.
fn strings<'d, P: ProgramHeader>(segments: &[P], endian: P::Endian, bytes: &'d [u8], address: u64) -> Option<&'d [u8]> {
    segments.iter().filter(|segment| segment.p_type(endian) == elf::PT_LOAD).find_map(|segment| {
        let offset = address.checked_sub(segment.p_vaddr(endian).into())?;
        let data = segment.data(endian, bytes).ok()?;
        data.get(usize::try_from(offset).ok()?..).filter(|rest| !rest.is_empty())
    })
}

fn macho<H: MachHeader<Endian = Endianness>>(bytes: &[u8], at: u64) -> Option<Image> {
    let header = H::parse(bytes, at).ok()?;
    let endian = header.endian().ok()?;
    let (mut needed, mut search) = (Names::default(), Names::default());
    let mut commands = header.load_commands(endian, bytes, at).ok()?;
    while let Some(command) = commands.next().ok()? {
        let (names, text) = match command.variant().ok()? {
            LoadCommandVariant::Dylib(library) => (&mut needed, library.dylib.name),
            LoadCommandVariant::Rpath(folder) => (&mut search, folder.path),
            _ => continue,
        };
        names.add_name(command.string(endian, text).ok()?);
    }
    Some(Image {
        loader: Loader::MachO,
        machines: vec![header.cputype(endian).0],
        needed: needed.order,
        search: search.order,
        is_inherited: true,
    })
}

/// A file with an image for each processor needs what any of them does.
fn fat<A: FatArch>(bytes: &[u8]) -> Option<Image> {
    let file = MachOFatFile::<A>::parse(bytes).ok()?;
    let (mut needed, mut search, mut machines) = (Names::default(), Names::default(), Vec::new());
    for part in file.arches().iter().take(NAMES_MAX) {
        let data = part.data(bytes).ok()?;
        let image = match FileKind::parse(data).ok()? {
            FileKind::MachO32 => macho::<MachHeader32<Endianness>>(data, 0)?,
            FileKind::MachO64 => macho::<MachHeader64<Endianness>>(data, 0)?,
            _ => return None,
        };
        image.needed.iter().for_each(|name| needed.add_name(name));
        image.search.iter().for_each(|name| search.add_name(name));
        machines.extend(image.machines);
    }
    Some(Image { loader: Loader::MachO, machines, needed: needed.order, search: search.order, is_inherited: true })
}

fn pe<H: ImageNtHeaders>(bytes: &[u8]) -> Option<Image> {
    let dos = object::pe::ImageDosHeader::parse(bytes).ok()?;
    let mut offset = dos.nt_headers_offset().into();
    let (headers, directories) = H::parse(bytes, &mut offset).ok()?;
    let sections = headers.sections(bytes, offset).ok()?;
    let mut names = Names::default();
    if directories.get(IMAGE_DIRECTORY_ENTRY_IMPORT).is_some_and(|imports| imports.virtual_address.get(LE) != 0) {
        let mut imports = directories.import_table(bytes, &sections).ok()??.descriptors().ok()?;
        let mut addresses = BTreeSet::new();
        while let Some(import) = imports.next().ok()?
            && addresses.len() < NAMES_MAX
        {
            addresses.insert(import.name.get(LE));
        }
        for address in addresses {
            names.add(sections.pe_data_at(bytes, address)?);
        }
    }
    // What is loaded at its first use; some linkers wrote addresses there that cannot be told from a file.
    let delayed = directories.delay_load_import_table(bytes, &sections);
    if let Ok(Some(Ok(mut imports))) = delayed.map(|table| table.map(|table| table.descriptors())) {
        let mut addresses = BTreeSet::new();
        while let Ok(Some(import)) = imports.next()
            && addresses.len() < NAMES_MAX
        {
            addresses.insert(import.dll_name_rva.get(LE));
        }
        addresses
            .into_iter()
            .filter_map(|address| sections.pe_data_at(bytes, address))
            .for_each(|name| names.add(name));
    }
    Some(Image {
        loader: Loader::Pe,
        machines: vec![u32::from(headers.file_header().machine.get(LE).0)],
        needed: names.order,
        search: Vec::new(),
        is_inherited: false,
    })
}
