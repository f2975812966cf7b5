//! What calls of known functions give and ask for, where values are followed.
//!
//! A string that is an absolute path leads somewhere as soon as it leaves what
//! can be followed: then it is asked for. Until then it is only a value.

use std::{borrow::Cow, rc::Rc};

use super::{
    collection::concat,
    frame::Call,
    function::sole_mark,
    known::{Function, Method, Module, PathFunction},
    machine::Machine,
    node_path, regex,
    value::{Argument, MOST_ALTERNATIVES, Object, Origin, Value, has_unknown_part, is_unknown_part, without_marks},
};
use crate::record::{HOLE, ReferenceKind, Span};

impl Machine<'_> {
    /// A call whose arguments were read.
    pub(super) fn call_value(&mut self, call: Call, at: Span) -> Value {
        let Call { callee, arguments, spread } = call;
        match &callee {
            Value::OneOf(callees) => {
                let results: Vec<Value> =
                    callees.iter().map(|callee| self.call_single(callee, &arguments, spread, at)).collect();
                Value::one_of(results)
            }
            callee => self.call_single(callee, &arguments, spread, at),
        }
    }

    pub(super) fn call_single(&mut self, callee: &Value, arguments: &[Argument], spread: bool, at: Span) -> Value {
        let first = arguments.first().map_or(Value::Unknown, |argument| argument.value.clone());
        self.want_for_call(callee, arguments);
        match callee {
            Value::Sibling(sibling) => return self.call_sibling(*sibling, arguments),
            Value::Local(number) if !spread => {
                let value = self.call_local(*number, arguments, at);
                let is_told = !matches!(value, Value::Unknown | Value::Sibling(_));
                return if is_told { value } else { self.bundled_module(arguments).unwrap_or(value) };
            }
            Value::Function(function) => return self.call_function(*function, arguments, at),
            Value::Method(of) => return self.call_method(&of.0, of.1, arguments, at),
            Value::Module(module) => return self.call_module(*module, arguments, at),
            Value::Require(origin) => return self.load_value(ReferenceKind::Require, arguments.first(), *origin),
            Value::RequireResolve(origin) => {
                let Some(options) = arguments.get(1) else {
                    self.load_value(ReferenceKind::RequireResolve, arguments.first(), *origin);
                    return self.resolved(&first, None);
                };
                return self.resolve_with_paths(arguments, &options.value, *origin);
            }
            Value::RequireCall(origin) => return self.load_value(ReferenceKind::Require, arguments.get(1), *origin),
            Value::RequireFrom(folder) => return self.load_from(ReferenceKind::Require, folder, arguments.first()),
            Value::ResolveFrom(folder) => {
                self.load_from(ReferenceKind::RequireResolve, folder, arguments.first());
                return self.resolved(&first, Some(folder));
            }
            Value::Import => {
                let index = self.candidates.len();
                let module = self.load_value(ReferenceKind::DynamicImport, arguments.first(), Origin::Anywhere);
                // Nobody asks a module we know for its `catch`.
                return match module {
                    module if module.is_known() => module,
                    _ if self.candidates.len() > index => Value::Loading(index),
                    _ => Value::Unknown,
                };
            }
            Value::ImportMetaResolve => {
                self.load_value(ReferenceKind::ImportMetaResolve, arguments.first(), Origin::Anywhere);
                return self.resolved(&first, None).map(|path| match path {
                    Value::Text(path) => Value::Url(Rc::clone(path)),
                    _ => Value::Unknown,
                });
            }
            Value::CreateRequire => return self.create_require(&first),
            Value::FileUrlToPath => return first.map(|url| self.path_of_url(url)),
            Value::UrlConstructor => return self.construct_url(arguments),
            Value::RequireBind(_) | Value::LoadingThen(_) => {
                let result = self.call_loader(callee, arguments);
                arguments.iter().for_each(|argument| self.escape_all(&argument.value));
                return result;
            }
            _ => {}
        }
        if let Value::Text(text) = callee
            && let Some(mark) = sole_mark(text)
        {
            self.note_call(mark, arguments);
        }
        self.consume_all(arguments);
        if let Some(module) = self.bundled_module(arguments) {
            return module;
        }
        match first {
            module @ (Value::Module(_) | Value::Function(_)) if !callee.is_known() => module,
            _ => Value::Unknown,
        }
    }

    fn call_function(&mut self, function: Function, arguments: &[Argument], at: Span) -> Value {
        let first = arguments.first().map_or(Value::Unknown, |argument| argument.value.clone());
        let place = arguments.first().map_or(at, |argument| argument.at);
        let rest = arguments.get(1..).unwrap_or_default();
        match function {
            Function::Path(function) => return self.call_path(function, arguments),
            Function::Read => {
                self.ask_file(ReferenceKind::Path, &first, place);
                self.consume_all(rest);
            }
            Function::RealPath => {
                self.ask_file(ReferenceKind::Path, &first, place);
                self.consume_all(rest);
                return first.map(|path| self.real_path(path));
            }
            Function::Glob => self.glob(&first, place, rest),
            Function::List => {
                self.ask_file(ReferenceKind::Folder, &first, place);
                self.consume_all(rest);
            }
            Function::Write => self.consume_all(rest),
            Function::WriteTwo => self.consume_all(rest.get(1..).unwrap_or_default()),
            Function::Copy => {
                self.ask_file(ReferenceKind::Path, &first, place);
                self.consume_all(rest.get(1..).unwrap_or_default());
            }
            Function::CommandFolder => {
                let folder = self.path_beside(&first);
                self.ask_file(ReferenceKind::Folder, &folder, place);
                self.consume_all(rest);
                return Value::Module(Module::Yargs);
            }
            Function::ServeFolder => {
                self.ask_file(ReferenceKind::Path, &first, place);
                self.consume_all(rest);
            }
            Function::GetReport => return self.report(),
            Function::AmdDefiner => return Value::Function(Function::AmdDefine),
            Function::AmdDefine => self.amd_define(arguments, at),
            Function::ExpressEngine => {
                // Which engine it is is told, and nothing is required by its name.
                for index in std::mem::take(&mut self.view_engines) {
                    if let Some(candidate) = self.candidates.get_mut(index) {
                        candidate.hidden = true;
                    }
                }
                self.engine_given = true;
                self.consume_all(rest);
            }
            Function::PathToFileUrl => {
                return first.map(|path| match self.real_path(path) {
                    Value::Text(path) if path.starts_with('/') => Value::Url(path),
                    Value::Filename => self.places.as_ref().map_or(Value::Unknown, |own| Value::Url(own.file.clone())),
                    _ => Value::Unknown,
                });
            }
            Function::BuiltinModule => {
                let name = self.text(&first).filter(|name| !has_unknown_part(name));
                return name.and_then(|name| Module::of(&name)).unwrap_or(Value::Unknown);
            }
            Function::Cwd => {
                return self.places.as_ref().map_or(Value::Unknown, |places| Value::Text(places.cwd.clone()));
            }
            Function::Dlopen => {
                if let Some(path) = rest.first() {
                    self.ask_file(ReferenceKind::Path, &path.value, path.at);
                }
            }
            Function::Fork => self.fork(&first, place, rest),
            Function::Spawn => self.spawn(&first, place, rest),
            Function::Exec => {
                // A shell's line: its words that are absolute paths.
                if let Some(line) = self.text(&first).map(Cow::into_owned) {
                    for word in line.split_ascii_whitespace() {
                        let word = Value::text_of(word.trim_matches(['"', '\'']));
                        self.consume(&word, place);
                        self.consume_flag(&word, place);
                    }
                }
                self.consume_all(rest);
            }
            Function::Worker => {
                let is_code = rest.first().is_some_and(|options| match &options.value {
                    Value::Object(object) => object.get("eval") == Some(&Value::Boolean(true)),
                    _ => false,
                });
                if !is_code {
                    self.ask_file(ReferenceKind::Path, &first, place);
                }
                self.take_worker_options(rest);
            }
            Function::SetupPrimary => match &first {
                Value::Object(object) => {
                    if let Some(exec) = object.get("exec").cloned() {
                        self.ask_file(ReferenceKind::Program, &exec, place);
                    }
                }
                _ => self.consume_all(arguments),
            },
            Function::Register => self.register(&first, place, rest.first()),
            Function::SearchFirst => self.search_also(true, arguments),
            Function::SearchLast => self.search_also(false, arguments),
            Function::Constant(constant) => return self.constant_of(constant),
            Function::Bindings => {
                let name = match &first {
                    Value::Object(object) => object.get("bindings").cloned().unwrap_or(Value::Unknown),
                    value => value.clone(),
                };
                for name in name.alternatives() {
                    if let Some(name) = self.text(name).filter(|name| !has_unknown_part(name)) {
                        let name = name.into_owned();
                        self.push_reference(ReferenceKind::Bindings, name, place, Origin::Anywhere, None);
                    }
                }
            }
            Function::NodeGypBuild => self.ask_file(ReferenceKind::NodeGypBuild, &first, place),
            Function::RequireAddon => self.require_addon(&first, place, rest),
            Function::Subcommand => return self.subcommand(&first, place, rest),
            Function::SubcommandFolder => return self.subcommand_folder(&first),
            Function::ProgramName => return self.program_name(&first),
            Function::PathOption(option) => self.path_option(option, arguments),
            Function::Umzug => self.umzug(arguments),
            Function::ThreadsWorker => {
                let script = self.path_beside(&first);
                self.ask_file(ReferenceKind::Program, &script, place);
                self.consume_all(rest);
            }
            Function::PreGypFind => {
                self.ask_file(ReferenceKind::PreGyp, &first, place);
                // What it gives is the addon's path, which is required then.
                return Value::Nothing;
            }
            Function::NBindInit => match &first {
                Value::Unknown if arguments.is_empty() => {
                    if let Some(cwd) = self.places.as_ref().map(|places| Value::Text(places.cwd.clone())) {
                        self.ask_file(ReferenceKind::NBind, &cwd, at);
                    }
                }
                value => self.ask_file(ReferenceKind::NBind, value, place),
            },
            Function::ResolveFrom => {
                for folder in first.alternatives() {
                    if let Some(folder) = self.text(folder).map(Rc::from) {
                        self.load_from(ReferenceKind::RequireResolve, &folder, rest.first());
                    }
                }
            }
            Function::SetRootDir => {
                let folder = self.plus_values(&first, &Value::text_of("/intl"));
                self.ask_file(ReferenceKind::Path, &folder, place);
            }
            Function::PackageInfo => self.ask_package_json(at),
            Function::PinoTransport => self.pino_transport(&first, place),
            Function::ExpressSet => self.express_set(&first, rest, at),
            Function::Identity => return first,
            Function::Members(_) | Function::ArrayFrom | Function::Set | Function::Map => {
                return self.make_collection(function, arguments, at);
            }
            Function::DefineProperty => {
                self.consume_all(arguments);
                return first;
            }
            Function::Assign => {
                self.assign_members(arguments);
                let objects: Option<Vec<&Rc<Object>>> = arguments
                    .iter()
                    .map(|argument| if let Value::Object(object) = &argument.value { Some(object) } else { None })
                    .collect();
                return match objects {
                    Some(objects) => {
                        let entries = objects.iter().flat_map(|object| object.entries.iter().cloned()).collect();
                        Value::object(entries, objects.iter().any(|object| object.open))
                    }
                    None => {
                        self.consume_all(arguments);
                        Value::Unknown
                    }
                };
            }
        }
        Value::Unknown
    }

    fn call_module(&mut self, module: Module, arguments: &[Argument], at: Span) -> Value {
        let first = arguments.first().map_or(Value::Unknown, |argument| argument.value.clone());
        let place = arguments.first().map_or(at, |argument| argument.at);
        match module {
            Module::Express => return Value::Module(Module::ExpressApp),
            // A getter, as webpack makes for default exports.
            _ if arguments.is_empty() => return Value::Module(module),
            Module::Yargs | Module::Commander => {
                self.consume_all(arguments);
                return Value::Module(module);
            }
            Module::Glob => self.glob(&first, place, arguments.get(1..).unwrap_or_default()),
            Module::Umzug => self.umzug(arguments),
            Module::ChildProcess => self.spawn(&first, place, arguments.get(1..).unwrap_or_default()),
            Module::Pino => {
                if let Value::Object(options) = &first
                    && let Some(transport) = options.get("transport").cloned()
                {
                    self.pino_transport(&transport, place);
                }
                self.consume_all(arguments);
            }
            Module::Fastify => {
                if let Value::Object(options) = &first
                    && let Some(Value::Object(logger)) = options.get("logger")
                    && let Some(transport) = logger.get("transport").cloned()
                {
                    self.pino_transport(&transport, place);
                }
                self.consume_all(arguments);
            }
            _ => self.consume_all(arguments),
        }
        Value::Unknown
    }

    fn call_path(&mut self, function: PathFunction, arguments: &[Argument]) -> Value {
        if let PathFunction::Format = function {
            return self.format_path(arguments);
        }
        let mut rows: Vec<Vec<Option<Rc<str>>>> = vec![Vec::new()];
        for argument in arguments {
            let value = argument.value.without_false();
            let values: Vec<Option<Rc<str>>> =
                value.alternatives().iter().map(|value| self.text(value).map(Rc::from)).collect();
            if rows.len() * values.len() > MOST_ALTERNATIVES {
                rows.iter_mut().for_each(|row| row.push(None));
                continue;
            }
            rows = rows
                .iter()
                .flat_map(|row| values.iter().map(move |value| [row.as_slice(), std::slice::from_ref(value)].concat()))
                .collect();
        }
        let results: Vec<Value> = rows.iter().map(|row| self.path_of(function, row)).collect();
        Value::one_of(results)
    }

    fn path_of(&mut self, function: PathFunction, arguments: &[Option<Rc<str>>]) -> Value {
        let hole = HOLE.to_string();
        // Where nothing is known, nothing comes out.
        if arguments.iter().all(Option::is_none) && function != PathFunction::Resolve {
            return Value::Unknown;
        }
        let texts: Vec<&str> = arguments.iter().map(|text| text.as_deref().unwrap_or(&hole)).collect();
        self.spend(texts.iter().map(|text| text.len()).sum());
        if self.is_spent() {
            return Value::Unknown;
        }
        let Some(cwd) = self.places.as_ref().map(|places| places.cwd.clone()) else { return Value::Unknown };
        // A mark is a hole to whoever looks at characters.
        let plain: Vec<Cow<'_, str>> = texts.iter().map(|text| without_marks(text)).collect();
        let text = match (function, plain.as_slice()) {
            (PathFunction::Join, _) => node_path::path::join(&texts),
            (PathFunction::Resolve, _) => {
                // What begins with something unknown may begin anywhere.
                let first = texts.iter().rposition(|text| text.starts_with('/')).unwrap_or(0);
                match texts.get(first) {
                    Some(text) if text.starts_with(HOLE) => None,
                    // The argument will tell.
                    Some(text) if text.starts_with(is_unknown_part) => node_path::path::join(&texts),
                    _ => node_path::path::resolve(&cwd, &texts),
                }
            }
            (PathFunction::Normalize, [_]) => node_path::path::normalize(texts[0]),
            // The folder of a name that is not known is not known either.
            (PathFunction::Dirname, [_]) if !texts[0].contains('/') && texts[0].contains(is_unknown_part) => None,
            (PathFunction::Dirname, [_]) => node_path::path::dirname(texts[0]).map(str::to_owned),
            (PathFunction::Basename, [path]) => node_path::path::basename(path, "").map(str::to_owned),
            (PathFunction::Basename, [path, suffix]) => node_path::path::basename(path, suffix).map(str::to_owned),
            (PathFunction::Extname, [path]) => node_path::path::extname(path).map(str::to_owned),
            (PathFunction::Relative, [from, to]) => node_path::path::relative(&cwd, from, to),
            (PathFunction::IsAbsolute, [path]) => {
                return node_path::path::is_absolute(path).map_or(Value::Unknown, Value::Boolean);
            }
            (PathFunction::Parse, [path]) => {
                let parts = node_path::path::parse(path);
                let members = [
                    ("root", parts.root),
                    ("dir", parts.dir),
                    ("base", parts.base),
                    ("ext", parts.ext),
                    ("name", parts.name),
                ];
                let members = members.into_iter();
                let members = members.map(|(key, part)| (Rc::from(key), part.map_or(Value::Unknown, Value::text_of)));
                return Value::object(members.collect(), false);
            }
            _ => None,
        };
        text.map_or(Value::Unknown, Value::text_of)
    }

    fn format_path(&mut self, arguments: &[Argument]) -> Value {
        let Some(Argument { value: Value::Object(object), .. }) = arguments.first() else { return Value::Unknown };
        if object.open {
            return Value::Unknown;
        }
        let hole = HOLE.to_string();
        let part = |key| match object.get(key) {
            Some(value) => self.text(value).unwrap_or(Cow::Borrowed(hole.as_str())),
            None => Cow::Borrowed(""),
        };
        let (root, dir, base, ext, name) = (part("root"), part("dir"), part("base"), part("ext"), part("name"));
        let parts = node_path::path::Parts { root: &*root, dir: &*dir, base: &*base, ext: &*ext, name: &*name };
        node_path::path::format(&parts).map_or(Value::Unknown, Value::text_of)
    }

    fn call_method(&mut self, receiver: &Value, method: Method, arguments: &[Argument], at: Span) -> Value {
        let first = arguments.first().map_or(Value::Unknown, |argument| argument.value.clone());
        if let Value::Array(array) = receiver
            && let Some(value) = self.call_array_method(array, method, arguments, at)
        {
            return value;
        }
        match (method, receiver) {
            (Method::Then, _) => {
                self.consume_all(arguments.get(1..).unwrap_or_default());
                return self.call_back(&first, vec![receiver.clone()], at);
            }
            (Method::Settle, _) => {
                self.consume_all(arguments);
                return receiver.clone();
            }
            (Method::Call, _) => {
                let arguments = arguments.get(1..).unwrap_or_default();
                return self.call_single(receiver, arguments, false, at);
            }
            (Method::Apply, _) => {
                if let Some(Argument { value: Value::Array(array), at: list }) = arguments.get(1)
                    && !array.grows()
                {
                    let arguments: Vec<Argument> =
                        array.values.iter().map(|value| Argument { value: value.clone(), at: *list }).collect();
                    return self.call_single(receiver, &arguments, false, at);
                }
            }
            (Method::Bind, _) if arguments.len() <= 1 => return receiver.clone(),
            (Method::Bind, _) => {
                let bound = arguments[1..].iter().map(|argument| argument.value.clone());
                let of = Value::array(std::iter::once(receiver.clone()).chain(bound).collect());
                return Value::Method(Rc::new((of, Method::Bound)));
            }
            (Method::Each | Method::Map | Method::Filter, Value::Array(_) | Value::Object(_)) => {
                return self.call_for_elements(receiver, method, arguments, at);
            }
            (Method::Join, Value::Array(array)) if array.is_in_order() => {
                let separator = if arguments.is_empty() { Value::text_of(",") } else { first };
                let mut joined = Value::text_of("");
                for (index, value) in array.values.iter().enumerate() {
                    if index > 0 {
                        joined = self.plus_values(&joined, &separator);
                    }
                    joined = self.plus_values(&joined, value);
                }
                return joined;
            }
            (Method::Concat, Value::Array(array)) => return concat(array, arguments),
            (Method::Concat, _) => {
                let mut joined = receiver.clone();
                for argument in arguments {
                    joined = self.plus_values(&joined, &argument.value);
                }
                return joined;
            }
            (Method::Members(members), _) => return self.members_of(receiver, members),
            (Method::Get, Value::Object(map)) => {
                self.consume_all(arguments);
                return self.value_in_map(map, &first);
            }
            (Method::Set, Value::Object(_)) => {
                self.consume_all(arguments);
                return self.with_more(receiver, arguments);
            }
            (Method::ToString, _) => return receiver.clone(),
            (Method::Push, _) => {}
            _ => {
                let result = match self.string_of_parameter(receiver, method, arguments) {
                    Value::Unknown => self.string_of(receiver, method, arguments),
                    part => part,
                };
                arguments.iter().for_each(|argument| self.escape_all(&argument.value));
                return result;
            }
        }
        self.consume_all(arguments);
        Value::Unknown
    }

    /// A method of a string whose value matters for paths.
    pub(super) fn string_of(&mut self, receiver: &Value, method: Method, arguments: &[Argument]) -> Value {
        let Some(receiver) = self.text(receiver).map(|text| without_marks(&text).into_owned()) else {
            return Value::Unknown;
        };
        let texts: Vec<Option<String>> = arguments
            .iter()
            .map(|argument| self.text(&argument.value).map(|text| without_marks(&text).into_owned()))
            .collect();
        let text = |index: usize| texts.get(index).and_then(Option::as_deref);
        let number = |index: usize| match arguments.get(index).map(|argument| &argument.value) {
            Some(Value::Number(number)) => Some(f64::from(*number)),
            _ => None,
        };
        self.spend(receiver.len());
        if let (Method::Replace | Method::ReplaceAll, Some(Argument { value: Value::Regex(token), .. })) =
            (method, arguments.first())
        {
            self.spend(regex::STEPS);
            if self.is_spent() {
                return Value::Unknown;
            }
            let replaced = text(1).and_then(|by| regex::replace(&receiver, self.spelling(*token), by));
            return replaced.map_or(Value::Unknown, Value::text_of);
        }
        let truth = |truth: Option<bool>| truth.map_or(Value::Unknown, Value::Boolean);
        let result = match (method, text(0), text(1)) {
            (Method::Replace, Some(pattern), Some(by)) => node_path::string::replace(&receiver, pattern, by),
            (Method::ReplaceAll, Some(pattern), Some(by)) => node_path::string::replace_all(&receiver, pattern, by),
            (Method::StartsWith, Some(part), None) => return truth(node_path::string::starts_with(&receiver, part)),
            (Method::EndsWith, Some(part), None) => return truth(node_path::string::ends_with(&receiver, part)),
            (Method::Includes, Some(part), None) => return truth(node_path::string::includes(&receiver, part)),
            (Method::Trim, ..) => node_path::string::trim(&receiver).map(str::to_owned),
            (Method::TrimStart, ..) => node_path::string::trim_start(&receiver).map(str::to_owned),
            (Method::TrimEnd, ..) => node_path::string::trim_end(&receiver).map(str::to_owned),
            (Method::CharAt, ..) => {
                number(0).and_then(|at| node_path::string::char_at(&receiver, at)).map(str::to_owned)
            }
            // Past the end there is no string, and none is known.
            (Method::At, ..) => number(0)
                .and_then(|at| node_path::string::at(&receiver, at))
                .filter(|unit| !unit.is_empty())
                .map(str::to_owned),
            (Method::PadStart, ..) if arguments.len() == 1 || text(1).is_some() => {
                number(0).and_then(|len| node_path::string::pad_start(&receiver, len, text(1).unwrap_or(" ")))
            }
            (Method::PadEnd, ..) if arguments.len() == 1 || text(1).is_some() => {
                number(0).and_then(|len| node_path::string::pad_end(&receiver, len, text(1).unwrap_or(" ")))
            }
            (Method::ToLowerCase, ..) => node_path::string::to_lower_case(&receiver),
            (Method::ToUpperCase, ..) => node_path::string::to_upper_case(&receiver),
            (Method::Split, Some(separator), None) => {
                return match node_path::string::split(&receiver, separator) {
                    Some(parts) => Value::array(parts.into_iter().map(Value::text_of).collect()),
                    None => Value::Unknown,
                };
            }
            (Method::Repeat, ..) => {
                let repeated = number(0).and_then(|count| node_path::string::repeat(&receiver, count));
                if repeated.is_none() && number(0).is_some() {
                    self.give_up();
                }
                repeated
            }
            (Method::Slice, ..) if arguments.len() <= 2 => number(0)
                .filter(|_| arguments.len() < 2 || number(1).is_some())
                .and_then(|from| node_path::string::slice(&receiver, from, number(1)).map(str::to_owned)),
            (Method::Substring, ..) if arguments.len() <= 2 => number(0)
                .filter(|_| arguments.len() < 2 || number(1).is_some())
                .and_then(|from| node_path::string::substring(&receiver, from, number(1)).map(str::to_owned)),
            (Method::Substr, ..) if arguments.len() <= 2 => number(0)
                .filter(|_| arguments.len() < 2 || number(1).is_some())
                .and_then(|from| node_path::string::substr(&receiver, from, number(1)).map(str::to_owned)),
            (Method::IndexOf, Some(part), None) if arguments.len() == 1 => {
                return node_path::string::index_of(&receiver, part).map_or(Value::Unknown, Value::Number);
            }
            (Method::LastIndexOf, Some(part), None) if arguments.len() == 1 => {
                return node_path::string::last_index_of(&receiver, part).map_or(Value::Unknown, Value::Number);
            }
            _ => None,
        };
        result.map_or(Value::Unknown, Value::text_of)
    }

    /// The modules that pino starts in its worker.
    fn pino_transport(&mut self, transport: &Value, at: Span) {
        let Value::Object(options) = transport else { return self.consume(transport, at) };
        let options = Rc::clone(options);
        for key in ["target", "targets", "pipeline"] {
            for value in options.get(key).map(Value::alternatives).unwrap_or_default() {
                match value {
                    Value::Array(list) => {
                        for each in &list.values {
                            if let Value::Object(each) = each
                                && let Some(target) = each.get("target")
                            {
                                self.pino_target(target, at);
                            }
                        }
                    }
                    target => self.pino_target(target, at),
                }
            }
        }
        self.consume(transport, at);
    }

    fn pino_target(&mut self, target: &Value, at: Span) {
        if self.text(target).is_some() || matches!(target, Value::Url(_)) {
            let argument = Argument { value: target.clone(), at };
            self.load_value(ReferenceKind::Require, Some(&argument), Origin::Anywhere);
        }
    }

    /// `app.set("view engine", name)` requires the engine at the first view,
    /// and looks for views in `views` below the working directory unless told.
    fn express_set(&mut self, setting: &Value, rest: &[Argument], at: Span) {
        let Some(value) = rest.first() else { return };
        match self.text(setting).as_deref() {
            Some("view engine") => {
                if !self.engine_given {
                    let from = self.candidates.len();
                    self.load_value(ReferenceKind::Require, Some(value), Origin::Anywhere);
                    self.view_engines.extend(from..self.candidates.len());
                }
                let views = Value::text_of("views");
                self.ask_file(ReferenceKind::Path, &views, at);
            }
            Some("views") => self.ask_file(ReferenceKind::Path, &value.value, value.at),
            _ => self.consume_all(rest),
        }
    }

    /// What `process.report.getReport()` tells of the C library.
    fn report(&self) -> Value {
        let libc = self.settings.location.and_then(|location| location.platform.libc.as_deref());
        // Which version it is nobody compares, only whether there is one.
        let version = libc.map_or(Value::Unknown, |libc| Value::told(if libc == "glibc" { libc } else { "" }));
        let header = Value::object(vec![("glibcVersionRuntime".into(), version)], true);
        Value::object(vec![("header".into(), header)], true)
    }

    /// `define(["./x"], factory)` and `define(factory)` with amdefine: what is named is required.
    fn amd_define(&mut self, arguments: &[Argument], at: Span) {
        for argument in arguments {
            match &argument.value {
                Value::Array(array) => {
                    for value in &array.values {
                        let special = self.text(value).is_none_or(|name| {
                            matches!(&*name, "require" | "exports" | "module") || has_unknown_part(&name)
                        });
                        if !special {
                            let argument = Argument { value: value.clone(), at: argument.at };
                            self.load_value(ReferenceKind::Require, Some(&argument), Origin::Anywhere);
                        }
                    }
                }
                Value::Local(number) => {
                    let require = Argument { value: Value::Require(Origin::WrapperRequire), at };
                    self.call_local(*number, &[require], at);
                }
                _ => {}
            }
        }
    }

    /// The package.json files above this file: `pkginfo` takes the nearest.
    fn ask_package_json(&mut self, at: Span) {
        let Some(folder) = self.places.as_ref().map(|places| places.folder.clone()) else { return };
        let mut folder = &*folder;
        loop {
            let file = Value::text_of(format!("{}/package.json", folder.trim_end_matches('/')));
            self.ask_file(ReferenceKind::Path, &file, at);
            match node_path::path::dirname(folder) {
                Some(above) if above.len() < folder.len() && !above.ends_with("/node_modules") => folder = above,
                _ => return,
            }
        }
    }
}
