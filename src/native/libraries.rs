//! From a native file to all the libraries that are loaded with it.
//!
//! First as the system's loader finds them, by the folders that the headers
//! name. What is not found so may still be loaded, because the program or an
//! installer prepares it: then libraries of the same name count that lie beside
//! the file, in its package, or in the packages that it depends on. What is
//! found nowhere is the system's. A library that no header names but whose
//! name stands in the bytes of one that lies beside it is what that one opens
//! by itself (`dlopen`), as onnxruntime does with its providers.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    rc::Rc,
};

use aho_corasick::AhoCorasick;

use super::{
    Native,
    image::{self, Image, Loader},
    is_shared_object,
};
use crate::{
    resolve::{Located, Trouble},
    source::{SourceError, SourceReader},
};

/// No program loads more with one file.
const LIBRARIES_MAX: usize = 512;

/// In a folder with more libraries than this none is looked for by its mention.
const MENTIONS_MAX: usize = 1024;

/// What a native file needs.
#[derive(Debug, Default)]
pub struct Libraries {
    /// The libraries, without the file itself.
    pub files: Vec<Located>,
    /// Files whose header cannot be read, and what is wrong. All libraries of
    /// the package are among the files then.
    pub broken: Vec<(PathBuf, &'static str)>,
    /// Libraries that are listed and cannot be read.
    pub unread: Vec<(PathBuf, SourceError)>,
    /// What is wrong with directories that were met.
    pub troubles: Vec<Trouble>,
}

/// An image whose needs are to be found.
struct Loaded {
    image: Image,
    /// Libraries beside it that its bytes mention.
    mentions: Vec<Vec<u8>>,
    /// The real folder that `$ORIGIN` and `@loader_path` stand for.
    origin: PathBuf,
    /// Folders that those who loaded it look into.
    inherited: Rc<[PathBuf]>,
}

/// One file's search.
struct Search<'s, 'a> {
    native: &'s Native<'a>,
    reader: &'s mut SourceReader,
    loader: Loader,
    /// The folder of the file that it is all about.
    top: PathBuf,
    /// The package around it, if there is one.
    package: Option<PathBuf>,
    /// Names that are loaded, as the loader compares them: a second library of the same name is never loaded.
    names: BTreeSet<Vec<u8>>,
    found: BTreeMap<PathBuf, Located>,
    broken: Vec<(PathBuf, &'static str)>,
    unread: Vec<(PathBuf, SourceError)>,
    pending: VecDeque<Loaded>,
    /// Shared libraries by folder.
    siblings: BTreeMap<PathBuf, Rc<[Vec<u8>]>>,
    /// All libraries of the package and of its dependencies, once they were asked for.
    nearby: Option<Rc<[PathBuf]>>,
}

impl Native<'_> {
    /// What is loaded with `file`, a real path. Nothing, if the target platform
    /// could not load the file itself.
    ///
    /// # Errors
    /// Why the file cannot be read, or that memory does not suffice.
    pub fn libraries(&self, reader: &mut SourceReader, file: &Path) -> Result<Libraries, SourceError> {
        let Some(loader) = Loader::of(&self.target.platform.os) else { return Ok(Libraries::default()) };
        let top = file.parent().unwrap_or(Path::new("/")).to_path_buf();
        let mut search = Search {
            native: self,
            reader,
            loader,
            top: top.clone(),
            package: self.resolver.package_of(file),
            names: BTreeSet::new(),
            found: BTreeMap::new(),
            broken: Vec::new(),
            unread: Vec::new(),
            pending: VecDeque::new(),
            siblings: BTreeMap::new(),
            nearby: None,
        };
        search.names.extend(file.file_name().map(|name| search.key(name.as_bytes())));
        search.open(file, top, Rc::from([]))?;
        while let Some(loaded) = search.pending.pop_front() {
            search.resolve(&loaded)?;
        }
        let Search { mut found, broken, unread, .. } = search;
        found.remove(file);
        Ok(Libraries { files: found.into_values().collect(), broken, unread, troubles: self.troubles.take() })
    }
}

impl Search<'_, '_> {
    /// Reads a file's header, and what it mentions.
    fn open(&mut self, file: &Path, origin: PathBuf, inherited: Rc<[PathBuf]>) -> Result<(), SourceError> {
        let siblings = self.siblings(&origin);
        let loader = self.loader;
        let look = |bytes: &[u8]| {
            let image = image::read(bytes)?;
            let mentions = if image.loader == loader { mentioned(&siblings, bytes, loader) } else { Vec::new() };
            Ok((image, mentions))
        };
        match self.reader.with_bytes(self.native.host, file, look)? {
            // The target cannot load it; whoever listed it may have another use for it.
            Ok((image, _)) if image.loader != self.loader || !image.runs_on(&self.native.target.platform.arch) => {}
            Ok((image, mentions)) => {
                self.pending.push_back(Loaded { image, mentions, origin, inherited });
            }
            Err(what) => {
                self.broken.push((file.to_path_buf(), what));
                let own = self.package.as_ref().map(|package| self.native.shared_objects(package));
                for path in own.unwrap_or_default() {
                    if let Some(located) = self.locate(&path) {
                        self.found.insert(located.path.clone(), located);
                    }
                }
            }
        }
        Ok(())
    }

    /// Finds all that an image needs.
    fn resolve(&mut self, loaded: &Loaded) -> Result<(), SourceError> {
        let own = loaded.image.search.iter().filter_map(|folder| expand(folder, &loaded.origin));
        let search: Rc<[PathBuf]> = match (self.loader, loaded.image.is_inherited) {
            (Loader::Elf, false) => own.collect(),
            _ => own.chain(loaded.inherited.iter().cloned()).collect(),
        };
        let passed_on = if loaded.image.is_inherited { Rc::clone(&search) } else { Rc::from([]) };
        for name in &loaded.image.needed {
            if self.found.len() >= LIBRARIES_MAX {
                break;
            }
            let base = base_of(name);
            let key = self.key(base);
            if base.is_empty() || self.names.contains(&key) || is_systems_own_path(self.loader, name) {
                continue;
            }
            if let Some((path, located)) = self.by_the_book(loaded, name, &search)? {
                self.names.insert(key);
                self.take(&path, located, Rc::clone(&passed_on))?;
            } else if !self.beside(&loaded.image, &loaded.origin, base)? && !is_systems_own(self.loader, base) {
                self.nearby(&loaded.image, &loaded.origin, base)?;
            }
        }
        // What the header itself mentions has been dealt with.
        let is_needed = |key: &Vec<u8>| loaded.image.needed.iter().any(|name| self.key(base_of(name)) == *key);
        let mentions: Vec<&Vec<u8>> = loaded.mentions.iter().filter(|name| !is_needed(&self.key(name))).collect();
        for name in mentions {
            self.beside(&loaded.image, &loaded.origin, name)?;
        }
        Ok(())
    }

    /// The first file where the loader looks that it would take.
    fn by_the_book(
        &mut self,
        loaded: &Loaded,
        name: &[u8],
        search: &[PathBuf],
    ) -> Result<Option<(PathBuf, Located)>, SourceError> {
        for path in self.candidates(name, search, &loaded.origin) {
            if let Some(located) = self.locate(&path)
                && self.agrees(&loaded.image, &located)?
            {
                return Ok(Some((path, located)));
            }
        }
        Ok(None)
    }

    /// Where the loader looks for a name, in order.
    fn candidates(&mut self, name: &[u8], search: &[PathBuf], origin: &Path) -> Vec<PathBuf> {
        let below = |folder: &Path, rest: &[u8]| folder.join(OsStr::from_bytes(rest));
        match self.loader {
            Loader::Elf if name.contains(&b'/') => expand(name, origin).into_iter().collect(),
            Loader::Elf => search.iter().map(|folder| below(folder, name)).collect(),
            Loader::MachO => match name.strip_prefix(b"@rpath/") {
                Some(rest) => search.iter().map(|folder| below(folder, rest)).collect(),
                None => expand(name, origin).into_iter().collect(),
            },
            // Node has Windows look beside the addon for all that is loaded with it.
            Loader::Pe => {
                let top = self.top.clone();
                let places = [origin.to_path_buf(), top];
                places.iter().filter_map(|folder| Some(below(folder, &self.sibling(folder, name)?))).collect()
            }
        }
    }

    /// Takes the library of this name beside an image, if it is for the same processor.
    fn beside(&mut self, image: &Image, origin: &Path, name: &[u8]) -> Result<bool, SourceError> {
        let key = self.key(name);
        if self.names.contains(&key) || self.found.len() >= LIBRARIES_MAX {
            return Ok(true);
        }
        let Some(own) = self.sibling(origin, name) else { return Ok(false) };
        let path = origin.join(OsStr::from_bytes(&own));
        let Some(located) = self.locate(&path) else { return Ok(false) };
        if !self.agrees(image, &located)? {
            return Ok(false);
        }
        self.names.insert(key);
        self.take(&path, located, Rc::from([]))?;
        Ok(true)
    }

    /// Takes the libraries of this name in the package and its dependencies that
    /// are for the same processor: of several, those nearest to the image.
    fn nearby(&mut self, image: &Image, origin: &Path, name: &[u8]) -> Result<(), SourceError> {
        let key = self.key(name);
        let all = self.all_nearby();
        let shared = |path: &Path| path.components().zip(origin.components()).take_while(|(a, b)| a == b).count();
        let mut same: Vec<&PathBuf> =
            all.iter().filter(|path| path.file_name().is_some_and(|own| self.key(own.as_bytes()) == key)).collect();
        same.sort_by_key(|path| std::cmp::Reverse(shared(path)));
        let mut nearest = None;
        for path in same {
            if nearest.is_some_and(|nearest| shared(path) < nearest) {
                break;
            }
            if let Some(located) = self.locate(path)
                && self.agrees(image, &located)?
            {
                nearest = Some(shared(path));
                self.names.insert(key.clone());
                self.take(path, located, Rc::from([]))?;
            }
        }
        Ok(())
    }

    /// A library that is loaded: it is listed, and its own needs come later.
    fn take(&mut self, path: &Path, located: Located, inherited: Rc<[PathBuf]>) -> Result<(), SourceError> {
        let real = located.path.clone();
        // `$ORIGIN` is the folder by whose name it was opened, not that of the file behind a link.
        let origin = path.parent().and_then(|folder| self.native.directory(folder));
        let origin = origin.or_else(|| real.parent().map(Path::to_path_buf)).unwrap_or_default();
        if self.found.insert(real.clone(), located).is_some() {
            return Ok(());
        }
        match self.open(&real, origin, inherited) {
            Err(error @ SourceError::Memory(_)) => Err(error),
            Err(error) => {
                self.unread.push((real, error));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// A library can be loaded with an image: the loader passes over those for
    /// other processors. One that cannot be read may be anything.
    fn agrees(&mut self, image: &Image, library: &Located) -> Result<bool, SourceError> {
        match self.reader.with_bytes(self.native.host, &library.path, image::read) {
            Ok(Ok(other)) => Ok(image.agrees_with(&other)),
            Ok(Err(_)) => Ok(true),
            Err(error @ SourceError::Memory(_)) => Err(error),
            Err(_) => Ok(true),
        }
    }

    /// A regular file inside the root.
    fn locate(&self, path: &Path) -> Option<Located> {
        self.native.file(path).filter(|located| located.inside)
    }

    /// The name under which a library stands in a folder.
    fn sibling(&mut self, folder: &Path, name: &[u8]) -> Option<Vec<u8>> {
        let key = self.key(name);
        let siblings = self.siblings(folder);
        siblings.iter().find(|own| self.key(own) == key).cloned()
    }

    /// The names of shared libraries in a folder.
    fn siblings(&mut self, folder: &Path) -> Rc<[Vec<u8>]> {
        if let Some(known) = self.siblings.get(folder) {
            return Rc::clone(known);
        }
        let mut names = Vec::new();
        if let Some(real) = self.native.directory(folder) {
            self.native.list(&real, &mut |name, _| {
                if is_shared_object(Path::new(name)) && names.len() <= MENTIONS_MAX {
                    names.push(name.as_bytes().to_vec());
                }
            });
        }
        names.sort_unstable();
        let names: Rc<[Vec<u8>]> = names.into();
        self.siblings.insert(folder.to_path_buf(), Rc::clone(&names));
        names
    }

    fn all_nearby(&mut self) -> Rc<[PathBuf]> {
        if let Some(known) = &self.nearby {
            return Rc::clone(known);
        }
        let mut all = Vec::new();
        if let Some(package) = &self.package {
            all = self.native.shared_objects(package);
            // A program's own package may name any number of others.
            if package.components().any(|name| name.as_os_str() == "node_modules") {
                let dependencies = self.native.dependencies(package);
                all.extend(dependencies.iter().flat_map(|folder| self.native.shared_objects(folder)));
            }
        }
        let all: Rc<[PathBuf]> = all.into();
        self.nearby = Some(Rc::clone(&all));
        all
    }

    /// A name as the loader compares it.
    fn key(&self, name: &[u8]) -> Vec<u8> {
        if self.loader == Loader::Pe { name.to_ascii_lowercase() } else { name.to_vec() }
    }
}

/// A folder or name with `$ORIGIN`, `@loader_path`; `None` for one that is not
/// below the image and not absolute: it depends on the process.
fn expand(text: &[u8], origin: &Path) -> Option<PathBuf> {
    for word in [b"$ORIGIN".as_slice(), b"${ORIGIN}", b"@loader_path"] {
        if let Some(rest) = text.strip_prefix(word)
            && matches!(rest.first(), None | Some(b'/'))
        {
            let mut path = origin.as_os_str().to_owned();
            path.push(OsStr::from_bytes(rest));
            return Some(PathBuf::from(path));
        }
    }
    (text.first() == Some(&b'/') && !text.contains(&b'$')).then(|| PathBuf::from(OsStr::from_bytes(text)))
}

/// The last part of a library's name as it is written.
fn base_of(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b'/').next().unwrap_or(name)
}

/// The siblings whose names stand in an image's bytes, also as UTF-16 in one
/// for Windows. `libx.so` is not mentioned by `libx.so.1`.
fn mentioned(siblings: &[Vec<u8>], bytes: &[u8], loader: Loader) -> Vec<Vec<u8>> {
    if siblings.is_empty() || siblings.len() > MENTIONS_MAX {
        return Vec::new();
    }
    let wide = |name: &Vec<u8>| name.iter().flat_map(|byte| [*byte, 0]).collect::<Vec<u8>>();
    let mut patterns = siblings.to_vec();
    if loader == Loader::Pe {
        patterns.extend(siblings.iter().map(wide));
    }
    // Fails only for more patterns than there can be here.
    let Ok(finder) = AhoCorasick::builder().ascii_case_insensitive(loader == Loader::Pe).build(&patterns) else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    for found in finder.find_overlapping_iter(bytes) {
        if bytes.get(found.end()) != Some(&b'.') {
            seen.insert(found.pattern().as_usize() % siblings.len());
        }
    }
    seen.into_iter().map(|at| siblings[at].clone()).collect()
}

/// A path to the system's own libraries, which are on every machine and often
/// not even files there.
fn is_systems_own_path(loader: Loader, name: &[u8]) -> bool {
    loader == Loader::MachO && (name.starts_with(b"/usr/lib/") || name.starts_with(b"/System/"))
}

/// A library that every machine has: the C library and the compiler's runtime.
/// One that a package brings along lies where the loader looks; no package is
/// walked through for it.
fn is_systems_own(loader: Loader, name: &[u8]) -> bool {
    const ELF: [&[u8]; 13] = [
        b"libc.",
        b"libm.",
        b"libdl.",
        b"librt.",
        b"libpthread.",
        b"libutil.",
        b"libresolv.",
        b"libgcc_s.",
        b"libstdc++.",
        b"libc++",
        b"libatomic.",
        b"ld-",
        b"liblog.",
    ];
    const PE: [&[u8]; 19] = [
        b"api-ms-",
        b"ext-ms-",
        b"kernel32.",
        b"ntdll.",
        b"user32.",
        b"advapi32.",
        b"ws2_32.",
        b"shell32.",
        b"ole32.",
        b"oleaut32.",
        b"crypt32.",
        b"bcrypt.",
        b"iphlpapi.",
        b"userenv.",
        b"psapi.",
        b"dbghelp.",
        b"node.",
        b"vcruntime",
        b"msvc",
    ];
    let name = name.to_ascii_lowercase();
    match loader {
        Loader::Elf => ELF.iter().any(|own| name.starts_with(own)),
        Loader::Pe => PE.iter().any(|own| name.starts_with(own)),
        Loader::MachO => false,
    }
}
