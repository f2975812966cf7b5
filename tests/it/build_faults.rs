//! A folder is made whole or not at all, whatever fails and whatever changes meanwhile.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use monotrace::{
    ArchiveOptions, BuildError, Built, Contents, Disk, EntryKind, FolderOptions, Host, InPlace, Layer, Links,
    OpenError, OpenFile, RealHost, Replacement, ScratchFile, Seen, StageError, Staging, TraceOptions, Tracer,
};

use crate::support::{Tree, shell};

/// What is asked before each operation on trees and stages: it may refuse, or change something.
type Hook = Arc<dyn Fn(&'static str, &Path) -> io::Result<()> + Send + Sync>;

struct Hooked(Hook);

impl Host for Hooked {
    fn list(&self, directory: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
        RealHost.list(directory, each)
    }

    fn kind(&self, path: &Path) -> io::Result<EntryKind> {
        RealHost.kind(path)
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        RealHost.len(path)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        RealHost.make_folder(folder)
    }

    fn link_target(&self, link: &Path) -> io::Result<PathBuf> {
        RealHost.link_target(link)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        RealHost.real_path(path)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError> {
        RealHost.open(path)
    }

    fn replace(&self, path: &Path) -> io::Result<Box<dyn Replacement>> {
        Ok(Box::new(HookedReplacement(RealHost.replace(path)?, path.to_path_buf(), Arc::clone(&self.0))))
    }

    fn tree(&self, root: &Path) -> io::Result<Box<dyn monotrace::Tree>> {
        (self.0)("tree", root)?;
        Ok(Box::new(HookedTree(RealHost.tree(root)?, Arc::clone(&self.0))))
    }

    fn stage(&self, place: &Path, clean: bool) -> Result<Box<dyn Staging>, StageError> {
        (self.0)("stage", place)?;
        Ok(Box::new(HookedStage(RealHost.stage(place, clean)?, Arc::clone(&self.0))))
    }

    fn may_stage(&self, place: &Path, clean: bool) -> Result<(), StageError> {
        RealHost.may_stage(place, clean)
    }

    fn scratch(&self, folder: &Path) -> io::Result<Box<dyn ScratchFile>> {
        RealHost.scratch(folder)
    }

    fn disk(&self, folder: &Path) -> io::Result<Disk> {
        RealHost.disk(folder)
    }
}

struct HookedReplacement(Box<dyn Replacement>, PathBuf, Hook);

impl io::Write for HookedReplacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Replacement for HookedReplacement {
    fn commit(self: Box<Self>) -> io::Result<()> {
        (self.2)("commit", &self.1)?;
        self.0.commit()
    }

    fn put(self: Box<Self>) -> io::Result<Box<dyn InPlace>> {
        (self.2)("put", &self.1)?;
        self.0.put()
    }
}

struct HookedTree(Box<dyn monotrace::Tree>, Hook);

impl monotrace::Tree for HookedTree {
    fn look(&mut self, path: &Path) -> io::Result<Seen> {
        (self.1)("look", path)?;
        self.0.look(path)
    }

    fn link_target(&mut self, path: &Path) -> io::Result<PathBuf> {
        (self.1)("link_target", path)?;
        self.0.link_target(path)
    }

    fn open(&mut self, path: &Path) -> Result<Box<dyn OpenFile>, OpenError> {
        (self.1)("open", path)?;
        self.0.open(path)
    }

    fn list(&mut self, folder: &Path, each: &mut dyn FnMut(&OsStr, EntryKind)) -> io::Result<()> {
        (self.1)("list", folder)?;
        self.0.list(folder, each)
    }
}

struct HookedStage(Box<dyn Staging>, Hook);

impl Staging for HookedStage {
    fn copy(&mut self, path: &Path, source: &dyn OpenFile, len: u64, mode: u32, only: bool) -> io::Result<()> {
        (self.1)("copy", path)?;
        self.0.copy(path, source, len, mode, only)
    }

    fn write(&mut self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
        (self.1)("write", path)?;
        self.0.write(path, bytes, mode)
    }

    fn link(&mut self, path: &Path, target: &Path) -> io::Result<()> {
        (self.1)("link", path)?;
        self.0.link(path, target)
    }

    fn commit(self: Box<Self>) -> Result<(), StageError> {
        (self.1)("commit", Path::new(""))?;
        self.0.commit()
    }
}

fn program() -> Tree {
    Tree::new(
        "//- a.js\nrequire('./l/b'); require('./c')\n//- d/b.js\n1\n//- l -> d\n//- c.js\n2\n//- more/x/y\n3\n//- more/z\n4\n",
    )
}

/// Builds into `out`, with a folder and a text from elsewhere.
fn build(tree: &Tree, hook: Hook, add: &dyn Fn(&mut Contents) -> Result<(), BuildError>) -> Result<Built, BuildError> {
    let mut tracer = Tracer::with_host(Arc::new(Hooked(hook)), TraceOptions::new(tree.root()));
    let entries = [tree.root().join("a.js")];
    let folder = tracer.claim(&tree.root().join("out"), &entries, FolderOptions::default())?;
    let trace = tracer.trace(&entries).unwrap();
    let mut contents = tracer.contents(&trace)?;
    add(&mut contents)?;
    folder.write(contents)
}

fn with_more(tree: &Tree) -> impl Fn(&mut Contents) -> Result<(), BuildError> {
    let more = tree.root().join("more");
    move |contents| {
        contents.add(&more, Path::new("static/more"))?;
        contents.add_text(Path::new("start.cjs"), "require('./a.js')", true)
    }
}

fn listing(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            all.push(format!("{} {:?}", path.strip_prefix(folder).unwrap().display(), fs::read(&path).ok()));
            if fs::symlink_metadata(&path).unwrap().is_dir() {
                folders.push(path);
            }
        }
    }
    all.sort();
    all
}

#[test]
fn whatever_fails_the_old_folder_is_there_and_nothing_is_left() {
    let tree = program();
    let fine: Hook = Arc::new(|_, _| Ok(()));
    build(&tree, Arc::clone(&fine), &|_| Ok(())).unwrap();
    let before = listing(&tree.root());
    let mut failed = Vec::new();
    for number in 0.. {
        let asked = AtomicUsize::new(0);
        let name = Arc::new(std::sync::Mutex::new(None));
        let told = Arc::clone(&name);
        let full: Hook = Arc::new(move |what, _| {
            if asked.fetch_add(1, Ordering::Relaxed) == number {
                *told.lock().unwrap() = Some(what);
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        });
        let built = build(&tree, full, &with_more(&tree));
        let Some(what) = *name.lock().unwrap() else {
            built.unwrap();
            break;
        };
        let error = built.expect_err(what);
        assert!(["look", "open", "link_target", "list"].contains(&what) || error.is_shortage(), "{what}: {error:?}");
        assert_eq!(listing(&tree.root()), before, "{what}");
        failed.push(what);
    }
    for what in ["tree", "stage", "look", "link_target", "open", "list", "copy", "write", "link", "commit"] {
        assert!(failed.contains(&what), "{what} never failed: {failed:?}");
    }
    assert_ne!(listing(&tree.root()), before);
}

#[test]
fn layers_take_their_places_together_or_not_at_all() {
    let tree = program();
    let layers = [(Layer::Dependencies, "x.dependencies.tar"), (Layer::App, "x.app.tar")];
    let publish = |hook: Hook| {
        let tracer = Tracer::with_host(Arc::new(Hooked(hook)), TraceOptions::new(tree.root()));
        let trace = tracer.trace(&[tree.root().join("a.js")]).unwrap();
        let contents = tracer.contents(&trace).unwrap();
        let archive = |(layer, name): (Layer, &str)| (ArchiveOptions { time: 0, layer }, tree.root().join(name));
        tracer.publish_archives(contents, layers.map(archive).into())
    };
    let failing: Hook = Arc::new(|what, path| match what == "put" && path.ends_with("x.app.tar") {
        true => Err(io::ErrorKind::PermissionDenied.into()),
        false => Ok(()),
    });
    let before = listing(&tree.root());
    let refused = publish(Arc::clone(&failing)).unwrap_err();
    assert!(matches!(&refused, BuildError::Io { path, .. } if path.ends_with("x.app.tar")), "{refused:?}");
    assert_eq!(listing(&tree.root()), before, "where nothing was, nothing is");
    publish(Arc::new(|_, _| Ok(()))).unwrap();
    tree.write("d/b.js", "'changed'");
    let before = listing(&tree.root());
    publish(failing).unwrap_err();
    assert_eq!(listing(&tree.root()), before, "what was there is there again");
}

#[test]
fn what_is_added_stands_where_it_is_wanted() {
    let tree = program();
    let elsewhere = Tree::new("//- pub/i.png\nPNG\n//- pub/in -> i.png\n//- pub/off -> ../other\n//- other\nO\n");
    let public = elsewhere.root().join("pub");
    let add = |contents: &mut Contents| {
        with_more(&tree)(contents)?;
        contents.add(&public, Path::new("public"))
    };
    let built = build(&tree, Arc::new(|_, _| Ok(())), &add).unwrap();
    assert_eq!((built.files, built.links), (8, 2));
    let out = tree.root().join("out");
    let read = |path: &str| fs::read_to_string(out.join(path)).unwrap();
    assert_eq!(
        [read("static/more/x/y"), read("static/more/z"), read("public/in"), read("public/off")],
        ["3\n", "4\n", "PNG\n", "O\n"]
    );
    assert_eq!(fs::read_link(out.join("public/in")).unwrap(), Path::new("i.png"));
    assert!(fs::read_link(out.join("public/off")).is_err(), "what a link leads out to is copied");
    for wrong in ["../x", "/x", "", "a/../../x"] {
        let add = |contents: &mut Contents| contents.add_text(Path::new(wrong), "", false);
        let refused = build(&tree, Arc::new(|_, _| Ok(())), &add).unwrap_err();
        assert!(refused.is_refusal() && refused.code().to_string() == "MT5004", "{wrong}: {refused:?}");
    }
    let twice = |contents: &mut Contents| contents.add_text(Path::new("c.js"), "other", false);
    let collision = build(&tree, Arc::new(|_, _| Ok(())), &twice).unwrap_err();
    assert!(matches!(collision, BuildError::Incomplete { files: 1, is_led_astray: false, .. }), "{collision:?}");
}

/// Builds, and does `change` just before the file `d/b.js` is opened for its copy.
fn changed_before_the_copy(change: impl Fn(&Path) + Send + Sync + 'static) -> (Tree, BuildError) {
    let tree = program();
    build(&tree, Arc::new(|_, _| Ok(())), &|_| Ok(())).unwrap();
    let before = listing(&tree.root().join("out"));
    let root = tree.root();
    let hook: Hook = Arc::new(move |what, path| {
        if (what, path) == ("open", Path::new("d/b.js")) {
            std::thread::sleep(std::time::Duration::from_millis(20));
            change(&root);
        }
        Ok(())
    });
    let error = build(&tree, hook, &|_| Ok(())).unwrap_err();
    assert_eq!(listing(&tree.root().join("out")), before);
    assert!(!tree.root().join(".monotrace-stage-out").exists());
    (tree, error)
}

#[test]
fn what_changes_after_it_was_traced_is_not_copied() {
    let changes: [fn(&Path); 5] = [
        |root| fs::write(root.join("d/b.js"), "other").unwrap(),
        // As long as before, and its time set back.
        |root| {
            let file = fs::File::options().write(true).open(root.join("d/b.js")).unwrap();
            let modified = file.metadata().unwrap().modified().unwrap();
            std::os::unix::fs::FileExt::write_all_at(&file, b"9", 0).unwrap();
            file.set_modified(modified).unwrap();
        },
        |root| fs::remove_file(root.join("d/b.js")).unwrap(),
        |root| {
            fs::remove_file(root.join("d/b.js")).unwrap();
            fs::create_dir(root.join("d/b.js")).unwrap();
        },
        |root| {
            fs::write(root.join("new"), "1\n").unwrap();
            fs::rename(root.join("new"), root.join("d/b.js")).unwrap();
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let (_tree, error) = changed_before_the_copy(change);
        let BuildError::Incomplete { files: 1, is_led_astray: false, findings } = &error else {
            panic!("{number}: {error:?}")
        };
        assert_eq!(error.code().to_string(), "MT6007");
        let finding = findings.iter().next().unwrap().unwrap();
        assert!(finding.file.ends_with("d/b.js") && finding.code.to_string() == "MT6007", "{number}: {finding:?}");
    }
}

#[test]
fn a_link_that_takes_a_files_or_a_folders_place_is_never_followed() {
    let file: fn(&Path) = |root| {
        fs::remove_file(root.join("d/b.js")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", root.join("d/b.js")).unwrap();
    };
    let (_tree, error) = changed_before_the_copy(file);
    assert!(error.is_refusal() && error.code().to_string() == "MT5003", "{error:?}");
    // A folder that is open already is read where it was; one that is not is refused.
    let tree = program();
    let root = tree.root();
    let hook: Hook = Arc::new(move |what, path| {
        if (what, path) == ("look", Path::new("c.js")) {
            fs::rename(root.join("d"), root.join("away")).unwrap();
            std::os::unix::fs::symlink("/etc", root.join("d")).unwrap();
        }
        Ok(())
    });
    let error = build(&tree, hook, &|_| Ok(())).unwrap_err();
    assert_eq!(error.code().to_string(), "MT5003", "{error:?}");
    assert!(!tree.root().join("out").exists());
}

#[test]
fn two_runs_at_one_time_do_not_mix() {
    let tree = program();
    let root = tree.root();
    let hook: Hook = Arc::new(move |what, _| {
        if what == "commit" {
            let other = shell(&root, "$MT build c.js -o out");
            assert_eq!(other.status, 4, "{}", other.stderr);
            assert!(other.stderr.contains("MT6009"), "{}", other.stderr);
        }
        Ok(())
    });
    build(&tree, hook, &|_| Ok(())).unwrap();
    assert!(tree.root().join("out/d/b.js").exists());
}

#[test]
fn a_reader_sees_only_whole_folders() {
    let tree = program();
    let built = shell(
        &tree.root(),
        "$MT build a.js -o out 2>/dev/null; i=0; while [ $i -lt 40 ]; do $MT build a.js -o out 2>/dev/null || exit 9; i=$((i+1)); done & \
         pid=$!; while kill -0 $pid 2>/dev/null; do cd out || exit 7; cat a.js d/b.js c.js .monotrace-build.json >/dev/null || exit 8; cd ..; done; wait $pid",
    );
    // A reader that is within a folder while it is replaced stays in the old one, whose files go.
    assert!([0, 8].contains(&built.status), "{} {}", built.status, built.stderr);
    assert!(tree.root().join("out/a.js").exists());
}

#[test]
fn copies_in_place_of_links_run_too() {
    let tree = Tree::new(
        "//- main.js\nconsole.log(require('a')(), require('@w/lib'))\n//- node_modules/a -> .pnpm/a@1/node_modules/a
//- node_modules/@w/lib -> ../../packages/lib\n//- packages/lib/index.js\nmodule.exports = 'lib'
//- node_modules/.pnpm/a@1/node_modules/a/index.js\nmodule.exports = () => 'a, ' + require('b').b()
//- node_modules/.pnpm/a@1/node_modules/b -> ../../b@2/node_modules/b
//- node_modules/.pnpm/b@2/node_modules/b/index.js\nexports.b = () => 'b, ' + typeof require('a')
//- node_modules/.pnpm/b@2/node_modules/a -> ../../a@1/node_modules/a\n",
    );
    let built = shell(
        &tree.root(),
        "node main.js > expected && $MT build main.js -o out --links dereference && mv out /tmp/monotrace-dereference-$$ && \
         cd /tmp/monotrace-dereference-$$ && test -z \"$(find . -type l)\" && node main.js && rm -r /tmp/monotrace-dereference-$$",
    );
    assert_eq!((built.status, built.stdout.as_str()), (0, "a, b, function lib\n"), "{}", built.stderr);
}

#[test]
fn links_in_circles_come_to_an_end() {
    let tree = Tree::new(
        "//- a.js\n//- d/x\n1\n//- d/up -> ..\n//- d/self -> .\n//- e/to-d -> ../d\n//- f -> g\n//- g -> f\n",
    );
    let mut tracer = Tracer::new(TraceOptions::new(tree.root()));
    let entries = [tree.root().join("a.js")];
    let folder = tracer.claim(&tree.root().join("out"), &entries, FolderOptions::default()).unwrap();
    let trace = tracer.trace(&entries).unwrap();
    let mut contents = tracer.contents(&trace).unwrap();
    contents.add(&tree.root().join("d"), Path::new("d")).unwrap();
    contents.add(&tree.root().join("e"), Path::new("e")).unwrap();
    contents.set_links(Links::Dereference);
    let built = folder.write(contents).unwrap();
    assert_eq!(built.links, 0);
    assert!(tree.root().join("out/d/x").exists());
}
