//! The modules, functions and methods whose meaning is known, by name.
//!
//! Tables and nothing else: what a call of them does is in `apply`. To teach
//! another function, name it here and say there what it gives or asks for.

use super::{node_path, value::Value};

/// A module, or an object of the language, some of whose members are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Module {
    /// `path` and `path/posix`.
    Path,
    /// `fs`, and packages with its functions.
    Fs,
    /// `os`.
    Os,
    /// `process`, the global and the module.
    Process,
    /// `process.env`.
    Env,
    /// `process.versions`.
    Versions,
    /// `process.report`.
    Report,
    /// `child_process`.
    ChildProcess,
    /// `cluster`.
    Cluster,
    /// `worker_threads`.
    WorkerThreads,
    /// `globalThis`.
    Global,
    /// The global `Object`.
    Object,
    /// The global `Array`.
    Array,
    /// The global `Promise`.
    Promise,
    /// `module.paths`.
    SearchPaths,
    /// `node-pre-gyp`.
    PreGyp,
    /// `nbind`.
    NBind,
    /// `strong-globalize`.
    StrongGlobalize,
    /// `pino`.
    Pino,
    /// `fastify`.
    Fastify,
    /// `express`.
    Express,
    /// What calling `express` gives.
    ExpressApp,
    /// `yargs`, and what its methods give.
    Yargs,
    /// `glob`, `fast-glob`, `globby`, `tinyglobby`.
    Glob,
    /// `commander`, its `Command`, and what most of its methods give.
    Commander,
    /// `drizzle-orm/…/migrator`.
    DrizzleMigrator,
    /// `umzug`.
    Umzug,
    /// `threads`.
    Threads,
    /// `kuromoji`.
    Kuromoji,
}

/// A function that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// `path.join` and its like.
    Path(PathFunction),
    /// Reads the file, or asks about it, whose path is its first argument.
    Read,
    /// Gives the path of its first argument with no link in it.
    RealPath,
    /// `fs.glob`: lists what a pattern means below the folder that its options name.
    Glob,
    /// Reads the entries of a folder.
    List,
    /// Changes what its first argument names; reads nothing.
    Write,
    /// Changes what its first two arguments name.
    WriteTwo,
    /// Reads the first, writes the second.
    Copy,
    /// `url.pathToFileURL`.
    PathToFileUrl,
    /// `process.cwd`.
    Cwd,
    /// `process.getBuiltinModule`.
    BuiltinModule,
    /// `process.dlopen`.
    Dlopen,
    /// `process.report.getReport`.
    GetReport,
    /// `child_process.fork`.
    Fork,
    /// `child_process.spawn` and `execFile`.
    Spawn,
    /// `child_process.exec`.
    Exec,
    /// `worker_threads.Worker`.
    Worker,
    /// `cluster.setupPrimary`.
    SetupPrimary,
    /// `module.register`.
    Register,
    /// `module.paths.unshift`: where Node looks before all other folders.
    SearchFirst,
    /// `module.paths.push`: where it looks behind them.
    SearchLast,
    /// `os.platform`, `os.arch`.
    Constant(Constant),
    /// `bindings`.
    Bindings,
    /// `node-gyp-build`.
    NodeGypBuild,
    /// `node-pre-gyp`'s `find`.
    PreGypFind,
    /// `nbind.init`.
    NBindInit,
    /// `resolve-from`, `import-from`: a folder, then a specifier.
    ResolveFrom,
    /// `strong-globalize`'s `SetRootDir`.
    SetRootDir,
    /// `pkginfo`.
    PackageInfo,
    /// `pino.transport`.
    PinoTransport,
    /// `app.set` of express.
    ExpressSet,
    /// `express.static`.
    ServeFolder,
    /// `app.engine` of express.
    ExpressEngine,
    /// `commandDir` of yargs: a folder of modules, from the file's own.
    CommandFolder,
    /// `require-addon`: a specifier, then the path of the file that asks.
    RequireAddon,
    /// `command` of commander: may be a program of its own.
    Subcommand,
    /// `executableDir` of commander: where such programs are.
    SubcommandFolder,
    /// `name` of commander, with which their names begin.
    ProgramName,
    /// Takes options, one of which is a path from the working directory.
    PathOption(PathOption),
    /// `Umzug`, whose migrations are modules.
    Umzug,
    /// `Worker` of `threads`: a module, from the file's own folder.
    ThreadsWorker,
    /// `amdefine`: gives `define`.
    AmdDefiner,
    /// `define` of AMD, where it is at work in Node.
    AmdDefine,
    /// Gives its argument back, as strings, wrapped, frozen or as a promise.
    Identity,
    /// `Object.assign`.
    Assign,
    /// `Object.defineProperty`.
    DefineProperty,
    /// `Object.keys` and its like: gives an array.
    Members(Members),
    /// `Array.from`.
    ArrayFrom,
    /// `Set`, of which we know what we know of an array.
    Set,
    /// `Map`.
    Map,
}

/// What of an object is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are named as in ECMAScript")]
pub(super) enum Members {
    Keys,
    Values,
    /// Arrays of a key and a value.
    Entries,
}

/// The functions of `path`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are named as in Node's docs")]
pub(super) enum PathFunction {
    Join,
    Resolve,
    Normalize,
    Dirname,
    Basename,
    Extname,
    Relative,
    IsAbsolute,
    Parse,
    Format,
}

/// An option of a library that is a path from the working directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathOption {
    /// `migrate(db, { migrationsFolder })` of drizzle-orm.
    MigrationsFolder,
    /// `builder({ dicPath })` of kuromoji.
    DicPath,
}

impl PathOption {
    /// Its key.
    pub(super) fn key(self) -> &'static str {
        match self {
            PathOption::MigrationsFolder => "migrationsFolder",
            PathOption::DicPath => "dicPath",
        }
    }
}

/// What the target says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Constant {
    /// `process.platform`.
    Platform,
    /// `process.arch`.
    Arch,
}

/// A method of strings, arrays, functions or URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are named as in ECMAScript")]
pub(super) enum Method {
    Concat,
    Slice,
    Substring,
    Substr,
    IndexOf,
    LastIndexOf,
    Replace,
    ReplaceAll,
    Repeat,
    Split,
    StartsWith,
    EndsWith,
    Includes,
    Trim,
    TrimStart,
    TrimEnd,
    CharAt,
    At,
    PadStart,
    PadEnd,
    ToLowerCase,
    ToUpperCase,
    ToString,
    Join,
    /// Calls its argument with each element: `forEach`, `some`, `find` …
    Each,
    /// Gives what its argument gives for each element.
    Map,
    /// The same, and the elements of arrays in place of these.
    FlatMap,
    /// Gives a part of the elements.
    Filter,
    /// Puts its arguments into an array or a `Set`.
    Push,
    /// Puts a value into a `Map`, under a key.
    Set,
    /// Gives the value under a key.
    Get,
    Members(Members),
    Reduce,
    Reverse,
    Sort,
    /// Takes elements out of an array, and puts others in.
    Splice,
    Pop,
    Shift,
    /// `then` of a promise: calls its argument with what the promise holds.
    Then,
    /// `catch` and `finally` of a promise.
    Settle,
    /// What `bind` gave of a function and its first arguments.
    Bound,
    Call,
    Apply,
    Bind,
}

impl Function {
    /// It only makes values of others, and belongs to the language.
    pub(super) fn makes_values(self) -> bool {
        matches!(self, Self::Members(_) | Self::ArrayFrom | Self::Set | Self::Map)
    }
}

impl Module {
    /// The module of that specifier, `node:` and all.
    pub(super) fn of(specifier: &str) -> Option<Value> {
        let name = specifier.strip_prefix("node:").unwrap_or(specifier);
        let function = |function| Some(Value::Function(function));
        let module = match name {
            "module" => return Some(Value::ModuleNamespace),
            "url" => return Some(Value::UrlNamespace),
            "path" | "path/posix" => Module::Path,
            "fs" | "fs/promises" | "fs-extra" | "graceful-fs" | "original-fs" => Module::Fs,
            "os" => Module::Os,
            "process" => Module::Process,
            "child_process" | "cross-spawn" | "execa" => Module::ChildProcess,
            "cluster" => Module::Cluster,
            "worker_threads" => Module::WorkerThreads,
            "bindings" => return function(Function::Bindings),
            "node-gyp-build" | "@aminya/node-gyp-build" | "node-gyp-build-optional-packages" => {
                return function(Function::NodeGypBuild);
            }
            "node-pre-gyp"
            | "@mapbox/node-pre-gyp"
            | "node-pre-gyp/lib/pre-binding"
            | "node-pre-gyp/lib/pre-binding.js" => Module::PreGyp,
            "nbind" => Module::NBind,
            "resolve-from" | "import-from" => return function(Function::ResolveFrom),
            "strong-globalize" => Module::StrongGlobalize,
            "amdefine" => return function(Function::AmdDefiner),
            "pkginfo" => return function(Function::PackageInfo),
            "pino" => Module::Pino,
            "fastify" => Module::Fastify,
            "express" => Module::Express,
            "yargs" | "yargs/yargs" => Module::Yargs,
            "glob" | "fast-glob" | "globby" | "tinyglobby" => Module::Glob,
            "require-addon" => return function(Function::RequireAddon),
            "commander" => Module::Commander,
            "umzug" => Module::Umzug,
            "threads" => Module::Threads,
            "kuromoji" => Module::Kuromoji,
            name if name.starts_with("drizzle-orm/") && name.ends_with("/migrator") => Module::DrizzleMigrator,
            _ => return None,
        };
        Some(Value::Module(module))
    }

    /// A member of it.
    pub(super) fn member(self, name: &[u8]) -> Value {
        // Interop of all compilers: the namespace is the default export.
        if name == b"default" {
            return Value::Module(self);
        }
        match self {
            Module::Path => path_member(name),
            Module::Fs => fs_member(name),
            Module::Os => match name {
                b"platform" => Value::Function(Function::Constant(Constant::Platform)),
                b"arch" => Value::Function(Function::Constant(Constant::Arch)),
                b"EOL" => Value::text_of("\n"),
                _ => Value::Unknown,
            },
            Module::Process => match name {
                b"cwd" => Value::Function(Function::Cwd),
                b"getBuiltinModule" => Value::Function(Function::BuiltinModule),
                b"dlopen" => Value::Function(Function::Dlopen),
                b"env" => Value::Module(Module::Env),
                b"report" => Value::Module(Module::Report),
                b"mainModule" => Value::MainModule,
                b"versions" => Value::Module(Module::Versions),
                _ => Value::Unknown,
            },
            Module::ChildProcess => match name {
                b"fork" => Value::Function(Function::Fork),
                b"spawn" | b"spawnSync" | b"execFile" | b"execFileSync" | b"execa" | b"sync" | b"execaSync" => {
                    Value::Function(Function::Spawn)
                }
                b"exec" | b"execSync" => Value::Function(Function::Exec),
                _ => Value::Unknown,
            },
            Module::Report => match name {
                b"getReport" => Value::Function(Function::GetReport),
                _ => Value::Unknown,
            },
            Module::Cluster => match name {
                b"setupPrimary" | b"setupMaster" => Value::Function(Function::SetupPrimary),
                _ => Value::Unknown,
            },
            Module::WorkerThreads => match name {
                b"Worker" => Value::Function(Function::Worker),
                _ => Value::Unknown,
            },
            Module::Global => match name {
                b"process" => Value::Module(Module::Process),
                b"Object" => Value::Module(Module::Object),
                b"Promise" => Value::Module(Module::Promise),
                b"URL" => Value::UrlConstructor,
                b"globalThis" | b"global" | b"GLOBAL" => Value::Module(Module::Global),
                _ => Value::Unknown,
            },
            Module::Object => match name {
                b"freeze" | b"seal" | b"preventExtensions" => Value::Function(Function::Identity),
                b"assign" => Value::Function(Function::Assign),
                b"defineProperty" => Value::Function(Function::DefineProperty),
                b"keys" | b"getOwnPropertyNames" => Value::Function(Function::Members(Members::Keys)),
                b"values" => Value::Function(Function::Members(Members::Values)),
                b"entries" => Value::Function(Function::Members(Members::Entries)),
                _ => Value::Unknown,
            },
            Module::Array => match name {
                b"from" => Value::Function(Function::ArrayFrom),
                _ => Value::Unknown,
            },
            Module::Promise => match name {
                b"resolve" | b"all" => Value::Function(Function::Identity),
                _ => Value::Unknown,
            },
            Module::SearchPaths => match name {
                b"push" => Value::Function(Function::SearchLast),
                b"unshift" => Value::Function(Function::SearchFirst),
                _ => Value::Unknown,
            },
            Module::PreGyp => match name {
                b"find" => Value::Function(Function::PreGypFind),
                _ => Value::Unknown,
            },
            Module::NBind => match name {
                b"init" => Value::Function(Function::NBindInit),
                _ => Value::Unknown,
            },
            Module::StrongGlobalize => match name {
                b"SetRootDir" => Value::Function(Function::SetRootDir),
                _ => Value::Unknown,
            },
            Module::Pino => match name {
                b"transport" => Value::Function(Function::PinoTransport),
                b"pino" => Value::Module(Module::Pino),
                _ => Value::Unknown,
            },
            Module::Fastify => match name {
                b"fastify" => Value::Module(Module::Fastify),
                _ => Value::Unknown,
            },
            Module::ExpressApp => match name {
                b"set" => Value::Function(Function::ExpressSet),
                b"engine" => Value::Function(Function::ExpressEngine),
                _ => Value::Unknown,
            },
            Module::Yargs => match name {
                b"commandDir" => Value::Function(Function::CommandFolder),
                _ => Value::Module(Module::Yargs),
            },
            Module::Express => match name {
                b"static" => Value::Function(Function::ServeFolder),
                _ => Value::Unknown,
            },
            Module::Commander => commander_member(name),
            Module::DrizzleMigrator => match name {
                b"migrate" => Value::Function(Function::PathOption(PathOption::MigrationsFolder)),
                _ => Value::Unknown,
            },
            Module::Umzug => match name {
                b"Umzug" => Value::Function(Function::Umzug),
                _ => Value::Unknown,
            },
            Module::Threads => match name {
                b"Worker" => Value::Function(Function::ThreadsWorker),
                _ => Value::Unknown,
            },
            Module::Kuromoji => match name {
                b"builder" => Value::Function(Function::PathOption(PathOption::DicPath)),
                _ => Value::Unknown,
            },
            Module::Glob => match name {
                b"glob" | b"globSync" | b"sync" | b"async" | b"stream" | b"globStream" | b"globStreamSync"
                | b"globIterate" | b"globIterateSync" | b"globby" | b"globbySync" | b"globbyStream" | b"Glob"
                | b"GlobSync" => Value::Function(Function::Glob),
                _ => Value::Unknown,
            },
            Module::Env | Module::Versions => Value::Unknown,
        }
    }

    /// Whether the module itself is called, and may be told of files.
    pub(super) fn is_a_function(self) -> bool {
        matches!(
            self,
            Module::ChildProcess
                | Module::Pino
                | Module::Fastify
                | Module::Express
                | Module::Yargs
                | Module::Commander
                | Module::Umzug
        )
    }

    /// Whether requiring it is reason enough to follow values through a file.
    pub(super) fn leads_to_files(self) -> bool {
        !matches!(self, Module::Os | Module::Glob | Module::Array | Module::Promise | Module::SearchPaths)
    }
}

/// Methods that give the program itself go on from there; what options gave is nobody's to tell.
fn commander_member(name: &[u8]) -> Value {
    match name {
        b"command" => Value::Function(Function::Subcommand),
        b"executableDir" => Value::Function(Function::SubcommandFolder),
        b"name" => Value::Function(Function::ProgramName),
        b"program"
        | b"Command"
        | b"createCommand"
        | b"version"
        | b"description"
        | b"summary"
        | b"usage"
        | b"alias"
        | b"aliases"
        | b"option"
        | b"requiredOption"
        | b"addOption"
        | b"argument"
        | b"arguments"
        | b"addArgument"
        | b"action"
        | b"addCommand"
        | b"addHelpCommand"
        | b"helpCommand"
        | b"addHelpText"
        | b"helpOption"
        | b"configureHelp"
        | b"configureOutput"
        | b"showHelpAfterError"
        | b"showSuggestionAfterError"
        | b"allowUnknownOption"
        | b"allowExcessArguments"
        | b"enablePositionalOptions"
        | b"passThroughOptions"
        | b"storeOptionsAsProperties"
        | b"hook"
        | b"exitOverride"
        | b"on" => Value::Module(Module::Commander),
        _ => Value::Unknown,
    }
}

fn path_member(name: &[u8]) -> Value {
    let function = match name {
        b"join" => PathFunction::Join,
        b"resolve" => PathFunction::Resolve,
        b"normalize" => PathFunction::Normalize,
        b"dirname" => PathFunction::Dirname,
        b"basename" => PathFunction::Basename,
        b"extname" => PathFunction::Extname,
        b"relative" => PathFunction::Relative,
        b"isAbsolute" => PathFunction::IsAbsolute,
        b"parse" => PathFunction::Parse,
        b"format" => PathFunction::Format,
        b"toNamespacedPath" => return Value::Function(Function::Identity),
        b"sep" => return Value::text_of(node_path::path::SEP),
        b"delimiter" => return Value::text_of(node_path::path::DELIMITER),
        b"posix" => return Value::Module(Module::Path),
        _ => return Value::Unknown,
    };
    Value::Function(Function::Path(function))
}

/// Node's `fs`, `fs.promises`, and what fs-extra adds.
fn fs_member(name: &[u8]) -> Value {
    let name = name.strip_suffix(b"Sync").unwrap_or(name);
    Value::Function(match name {
        b"promises" => return Value::Module(Module::Fs),
        b"realpath" => Function::RealPath,
        b"glob" => Function::Glob,
        b"access" | b"createReadStream" | b"exists" | b"lstat" | b"open" | b"readFile" | b"readlink" | b"stat"
        | b"statfs" | b"watch" | b"watchFile" | b"openAsBlob" | b"pathExists" | b"readJson" | b"readJSON"
        | b"ReadStream" => Function::Read,
        b"copyFile" | b"cp" | b"copy" => Function::Copy,
        b"rename" | b"link" | b"symlink" | b"move" => Function::WriteTwo,
        b"readdir" | b"opendir" => Function::List,
        b"writeFile" | b"appendFile" | b"mkdir" | b"mkdtemp" | b"rm" | b"rmdir" | b"unlink" | b"createWriteStream"
        | b"chmod" | b"chown" | b"lchown" | b"utimes" | b"lutimes" | b"truncate" | b"unwatchFile" | b"emptyDir"
        | b"emptydir" | b"ensureDir" | b"mkdirp" | b"mkdirs" | b"ensureFile" | b"createFile" | b"outputFile"
        | b"outputJson" | b"outputJSON" | b"writeJson" | b"writeJSON" | b"remove" | b"WriteStream" => Function::Write,
        _ => return Value::Unknown,
    })
}

/// A method of strings.
pub(super) fn string_method(name: &[u8]) -> Option<Method> {
    Some(match name {
        b"concat" => Method::Concat,
        b"slice" => Method::Slice,
        b"substring" => Method::Substring,
        b"substr" => Method::Substr,
        b"indexOf" => Method::IndexOf,
        b"lastIndexOf" => Method::LastIndexOf,
        b"replace" => Method::Replace,
        b"replaceAll" => Method::ReplaceAll,
        b"repeat" => Method::Repeat,
        b"split" => Method::Split,
        b"startsWith" => Method::StartsWith,
        b"endsWith" => Method::EndsWith,
        b"includes" => Method::Includes,
        b"trim" => Method::Trim,
        b"trimStart" | b"trimLeft" => Method::TrimStart,
        b"trimEnd" | b"trimRight" => Method::TrimEnd,
        b"charAt" => Method::CharAt,
        b"at" => Method::At,
        b"padStart" => Method::PadStart,
        b"padEnd" => Method::PadEnd,
        b"toLowerCase" | b"toLocaleLowerCase" => Method::ToLowerCase,
        b"toUpperCase" | b"toLocaleUpperCase" => Method::ToUpperCase,
        b"toString" | b"valueOf" | b"normalize" => Method::ToString,
        _ => return None,
    })
}

/// A method of arrays.
pub(super) fn array_method(name: &[u8]) -> Option<Method> {
    Some(match name {
        b"concat" => Method::Concat,
        b"join" => Method::Join,
        b"forEach" | b"some" | b"every" | b"find" | b"findIndex" => Method::Each,
        b"map" => Method::Map,
        b"flatMap" => Method::FlatMap,
        b"reduce" => Method::Reduce,
        b"filter" | b"values" | b"flat" => Method::Filter,
        b"reverse" | b"toReversed" => Method::Reverse,
        b"sort" | b"toSorted" => Method::Sort,
        b"splice" => Method::Splice,
        b"slice" => Method::Slice,
        b"at" => Method::At,
        b"pop" => Method::Pop,
        b"shift" => Method::Shift,
        b"includes" => Method::Includes,
        b"push" | b"unshift" | b"add" => Method::Push,
        b"entries" => Method::Members(Members::Entries),
        _ => return None,
    })
}

/// A method of `Map`.
pub(super) fn map_method(name: &[u8]) -> Option<Method> {
    Some(match name {
        b"get" => Method::Get,
        b"set" => Method::Set,
        b"forEach" => Method::Each,
        b"keys" => Method::Members(Members::Keys),
        b"values" => Method::Members(Members::Values),
        b"entries" => Method::Members(Members::Entries),
        _ => return None,
    })
}

/// A method of promises. What a promise holds is taken for the promise.
pub(super) fn promise_method(name: &[u8]) -> Option<Method> {
    match name {
        b"then" => Some(Method::Then),
        b"catch" | b"finally" => Some(Method::Settle),
        _ => None,
    }
}

/// A method of functions.
pub(super) fn function_method(name: &[u8]) -> Option<Method> {
    Some(match name {
        b"call" => Method::Call,
        b"apply" => Method::Apply,
        b"bind" => Method::Bind,
        _ => return None,
    })
}
