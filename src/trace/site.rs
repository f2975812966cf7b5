//! Where one file asks for another: found out again, for those who ask why.
//!
//! An edge of a trace tells that a file needs another, not where. So the file is
//! evaluated once more, and its references are followed one by one until one
//! leads there. Only files that are asked about are read; nothing is listed.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Trace, TraceError, TraceOptions, at_real_places, coordinator,
    follow::{Follower, shown},
    look::{Looker, Nearby, surroundings},
    outbox::{Answer, Outbox},
    recipes::Context,
    threads::unbounded,
};
use crate::{
    finding::seen_from,
    host::Host,
    memory::Governor,
    native,
    recipe::Recipes,
    record::{Excerpt, FileId, Format, Place, Reason, Reference},
    resolve::Resolver,
    source::SourceReader,
};

/// Where, and how, a file asks for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// How it comes to need the other.
    pub how: How,
    /// The reference, if one leads there: how it is written, such as "require()",
    /// and what it asks for, with `*` for what is not known.
    pub reference: Option<(&'static str, String)>,
    /// Its place.
    pub place: Option<Place>,
    /// The line around the place.
    pub excerpt: Option<Excerpt>,
}

/// How a file comes to need another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// A reference leads to it.
    Reference,
    /// A reference needs it on the way: a package.json, or a link.
    Resolution,
    /// Its package.json, or a link to that, tells in which format the file is.
    Format,
    /// A recipe for this package adds it.
    Recipe(String),
    /// The system's loader loads it with this library.
    Library,
    /// Nobody can tell any more: the file cannot be read, or it changed.
    Unknown,
}

/// Finds out where files of one trace ask for others.
pub struct Sites<'a> {
    host: Arc<dyn Host>,
    governor: &'a Governor,
    options: TraceOptions,
    resolver: Resolver,
    recipes: Recipes,
    reader: SourceReader,
    /// The program's entry, if there is only one.
    main: Option<String>,
}

impl<'a> Sites<'a> {
    pub(crate) fn new(
        host: &Arc<dyn Host>,
        governor: &'a Governor,
        options: &TraceOptions,
        trace: &Trace,
    ) -> Result<Self, TraceError> {
        let options = at_real_places(&**host, options)?;
        let resolve = coordinator::resolve_options(&options, governor.room());
        let resolver = Resolver::new(Arc::clone(host), governor, resolve)?;
        let main = match trace.entries.as_slice() {
            [entry] => path_of(&options.root, &entry.file).to_str().map(str::to_owned),
            _ => None,
        };
        let recipes = Recipes::with(&options.recipes);
        Ok(Self {
            host: Arc::clone(host),
            governor,
            resolver,
            recipes,
            reader: SourceReader::new(governor)?,
            main,
            options,
        })
    }

    /// Where `parent` asks for `child`, both relative to the root: the first place, if there are several.
    pub fn site(&mut self, parent: &[u8], child: &[u8]) -> Site {
        let path = path_of(&self.options.root, parent);
        let format = self.resolver.format(&path);
        let plain = |how| Site { how, reference: None, place: None, excerpt: None };
        if !native::is_library(&path)
            && let Some(site) = self.reference(&path, format.format, child)
        {
            return site;
        }
        if native::is_library(&path) {
            return plain(How::Library);
        }
        let child = path_of(&self.options.root, child);
        if format.package_json.iter().chain(&format.links).any(|needed| *needed == child) {
            return plain(How::Format);
        }
        plain(How::Unknown)
    }

    fn reference(&mut self, path: &Path, format: Format, child: &[u8]) -> Option<Site> {
        if matches!(format, Format::Json | Format::Addon | Format::Wasm) {
            return None;
        }
        let depends_on_entry = Cell::new(false);
        let nearby = Nearby { resolver: &self.resolver, path, depends_on_entry: &depends_on_entry };
        let surroundings = surroundings(&self.options, self.main.as_deref(), &nearby, path);
        let looker = Looker {
            host: &*self.host,
            resolver: &self.resolver,
            options: &self.options,
            surroundings: surroundings.as_ref(),
            depends_on_entry: &depends_on_entry,
        };
        let evaluation = looker.look_at(&mut self.reader, path, format).ok()?;
        let (host, resolver, options) = (&*self.host, &self.resolver, &self.options);
        let recipes = Context { host, resolver, recipes: &self.recipes, options }.recipes_for(path);
        let follower = Follower { host, resolver, options, path };
        // One that leads to the file itself is a better answer than one that meets it on the way.
        let mut on_the_way = None;
        let mut found = None;
        for reference in evaluation.references.iter().filter(|reference| !recipes.ignores(&reference.specifier)) {
            match self.leads(follower, reference, child) {
                Some(Reason::Resolve) => {
                    on_the_way.get_or_insert((reference, How::Resolution));
                }
                Some(_) => {
                    found = Some((reference, How::Reference));
                    break;
                }
                None => {}
            }
        }
        if found.is_none() {
            let mut is_added = false;
            let place = path_of(&options.root, child);
            recipes.add(&mut |path, _, _| is_added |= path == place);
            if is_added {
                let how = How::Recipe(recipes.package().unwrap_or_default().to_owned());
                return Some(Site { how, reference: None, place: None, excerpt: None });
            }
        }
        let (reference, how) = found.or(on_the_way)?;
        let place = reference.place;
        let excerpt = self.reader.with_bytes(host, path, |bytes| Excerpt::of(bytes, place)).ok().flatten();
        let reference =
            Some((reference.kind.word(), seen_from(&options.root, &shown(&reference.specifier)).into_owned()));
        Some(Site { how, reference, place: Some(place), excerpt })
    }

    /// Why following a reference finds `child`, if it does.
    fn leads(&self, follower: Follower<'_>, reference: &Reference, child: &[u8]) -> Option<Reason> {
        let (answers, parts) = unbounded::<Answer>();
        let mut out = Outbox::new(FileId(0), &self.options.root, &answers, self.governor.counters());
        follower.follow(reference, &mut out);
        drop(out);
        drop(answers);
        let mut why = None;
        while let Ok(part) = parts.recv() {
            for found in part.found.iter().filter(|found| found.path == child) {
                why = why.filter(|why| *why != Reason::Resolve).or(Some(found.reason));
            }
        }
        why
    }
}

/// An absolute path from one that is relative to the root.
fn path_of(root: &Path, path: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    root.join(std::ffi::OsStr::from_bytes(path))
}
