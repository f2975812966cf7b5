// What files ask for, by a syntax tree and real scopes, to check our evaluator with.
//
//   node references.mjs < LIST_OF_PATHS > REFERENCES
//
// Reads paths, one a line, and answers for each, in the same order, with two lines:
//
//   F <path>
//   R {"module":true,"references":[["require()",57,"./a",false],...]}     or   S <reason>
//
// A reference is its kind (the words of ReferenceKind::word), the byte offset in the file where the
// specifier's expression begins, the specifier, and whether failure is expected. They are sorted by
// offset. `module` says whether the file is an ES module: by its extension, else by its syntax.
// How files are read and parsed is told in acorn-files.mjs.
//
// The rules are those of src/evaluate, told once more for a tree:
//
// - A specifier is a string, a template, or several joined by + or put into a template's holes.
// - `require`, `module`, `__filename` and `URL` have their meaning where no scope binds them; in an ES
//   module only `URL` has. A `var` at the top of CommonJS does not bind: it is the wrapper's own
//   parameter, until it surely gets a value: not in a branch, nor from the parameter itself.
// - A name has the value of its last declaration before the use, else of its last one. Assignments
//   are not looked at; strings are not followed through names.
// - Of two values of which either may be had, the one counts that loads files.
// - A comment in front of the specifier switches it off.
// - Failure is expected in a `try` block with a `catch`, and of an `import()` whose promise is asked
//   for `catch`, or for `then` with two arguments.

import { parse } from 'acorn';
import { answerAll, PARSE_OPTIONS, parsedAs } from './acorn-files.mjs';

// The last thing before a specifier is a comment that says not to follow it.
const IGNORED =
  /\/\*(?:(?!\*\/)[^])*?(?:@?monotrace-ignore|(?:webpack|turbopack)Ignore\s*:\s*true)(?:(?!\*\/)[^])*\*\/\s*$/;

const WRAPPER_NAMES = new Set(['exports', 'require', 'module', '__filename', '__dirname']);

// What an expression is known to be; a string is itself.
const UNKNOWN = { name: 'unknown' };
const WRAPPER_REQUIRE = { name: 'require' };
const CREATED_REQUIRE = { name: 'require' };
const RESOLVE = { name: 'resolve' };
const MODULE_OBJECT = { name: 'module' };
const FILE = { name: 'this file' };
const MODULE_NAMESPACE = { name: 'node:module' };
const CREATE_REQUIRE = { name: 'createRequire' };
const IMPORT_META = { name: 'import.meta' };
const META_URL = { name: 'import.meta.url' };
const META_RESOLVE = { name: 'import.meta.resolve' };
const URL_CONSTRUCTOR = { name: 'URL' };
const URL_NAMESPACE = { name: 'node:url' };
const FILE_URL_TO_PATH = { name: 'fileURLToPath' };
const CALL = { name: 'require.call' };
const BIND = { name: 'require.bind' };

// What asks for a file when it is called, or has such a member.
const LOADERS = new Set([
  WRAPPER_REQUIRE,
  CREATED_REQUIRE,
  RESOLVE,
  CALL,
  BIND,
  MODULE_OBJECT,
  MODULE_NAMESPACE,
  CREATE_REQUIRE,
  META_RESOLVE,
]);

const GLOBALS = new Map([
  ['require', WRAPPER_REQUIRE],
  ['module', MODULE_OBJECT],
  ['__filename', FILE],
  ['URL', URL_CONSTRUCTOR],
]);

function member(object, name) {
  if (object === undefined || typeof object === 'string' || name === undefined) return UNKNOWN;
  switch (object.name) {
    case 'require':
      return { resolve: RESOLVE, call: CALL, bind: BIND }[name] ?? UNKNOWN;
    case 'module':
      return name === 'require' ? WRAPPER_REQUIRE : UNKNOWN;
    case 'node:module':
      if (name === 'createRequire') return CREATE_REQUIRE;
      return name === 'default' || name === 'Module' ? MODULE_NAMESPACE : UNKNOWN;
    case 'node:url':
      return { fileURLToPath: FILE_URL_TO_PATH, URL: URL_CONSTRUCTOR, default: URL_NAMESPACE }[name] ?? UNKNOWN;
    case 'import.meta':
      return { url: META_URL, resolve: META_RESOLVE, filename: FILE }[name] ?? UNKNOWN;
    case 'loading':
      if (name === 'catch') object.expected = true;
      return ['then', 'catch', 'finally'].includes(name) ? { name: 'then', loading: object } : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

class Scope {
  constructor(parent, isFunction) {
    this.parent = parent;
    this.isFunction = isFunction;
    this.names = new Map();
  }

  // `value` tells what the name is bound to, when asked; null where the declaration gives no value.
  declare(name, at, value, keeps = false) {
    let declarations = this.names.get(name);
    if (declarations === undefined) this.names.set(name, (declarations = []));
    declarations.push({ at, value, keeps });
  }

  function() {
    let scope = this;
    while (!scope.isFunction) scope = scope.parent;
    return scope;
  }
}

const unknown = () => UNKNOWN;

class File {
  constructor(program, isModule) {
    this.isModule = isModule;
    this.hasModuleSyntax = false;
    this.awaits = false;
    this.references = [];
    this.work = [];
    this.top = new Scope(null, true);
    this.scopes(program);
    if (this.isModule === undefined) this.isModule = this.hasModuleSyntax;
  }

  // First pass: gives each node its scope, and each scope its names.

  scopes(program) {
    const stack = [[program, this.top, 0, false]];
    while (stack.length > 0) {
      const [node, scope, depth, tried] = stack.pop();
      const below = [];
      this.enter(node, scope, depth, tried, (child, childScope = scope, childDepth = depth, childTried = tried) => {
        if (child) below.push([child, childScope, childDepth, childTried]);
      });
      // In the order of the text, so that declarations are.
      while (below.length > 0) stack.push(below.pop());
    }
  }

  enter(node, scope, depth, tried, visit) {
    node.scope = scope;
    switch (node.type) {
      case 'ImportDeclaration':
        return this.importDeclaration(node, scope);
      case 'ExportAllDeclaration':
      case 'ExportDefaultDeclaration':
      case 'ExportNamedDeclaration':
        this.hasModuleSyntax = true;
        if (node.source) this.note('export from', node.source, node.source.value, false);
        visit(node.declaration);
        return;
      case 'MetaProperty':
        if (node.meta.name === 'import') this.hasModuleSyntax = true;
        return;
      case 'AwaitExpression':
        this.awaits ||= depth === 0;
        break;
      case 'FunctionDeclaration':
        if (node.id) scope.declare(node.id.name, -1, unknown);
        return this.function(node, scope, depth, visit);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.function(node, scope, depth, visit);
      case 'ClassDeclaration':
        if (node.id) {
          this.lexical(scope, node.id.name);
          scope.declare(node.id.name, node.start, unknown);
        }
        return this.class(node, scope, visit);
      case 'ClassExpression':
        return this.class(node, scope, visit);
      case 'StaticBlock': {
        const inner = new Scope(scope, true);
        for (const child of node.body) visit(child, inner, depth + 1);
        return;
      }
      case 'PropertyDefinition':
        visit(node.computed && node.key);
        visit(node.value, scope, depth + 1);
        return;
      case 'BlockStatement':
      case 'SwitchStatement':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement': {
        if (node.await) this.awaits ||= depth === 0;
        const inner = new Scope(scope, false);
        children(node, (child) => visit(child, inner));
        return;
      }
      case 'CatchClause': {
        const inner = new Scope(scope, false);
        if (node.param) {
          names(node.param, (name, at) => inner.declare(name, at, unknown));
          visit(node.param, inner);
        }
        visit(node.body, inner);
        return;
      }
      case 'TryStatement':
        visit(node.block, scope, depth, tried || node.handler !== null);
        visit(node.handler);
        visit(node.finalizer);
        return;
      case 'VariableDeclaration':
        this.variables(node, scope);
        break;
      case 'CallExpression':
      case 'NewExpression':
      case 'ImportExpression':
      case 'MemberExpression':
        node.tried = tried;
        this.work.push(node);
        break;
      default:
    }
    children(node, visit);
  }

  function(node, scope, depth, visit) {
    let outer = scope;
    if (node.type === 'FunctionExpression' && node.id) {
      outer = new Scope(scope, false);
      outer.declare(node.id.name, node.start, unknown);
    }
    const parameters = new Scope(outer, true);
    for (const parameter of node.params) {
      names(parameter, (name, at) => parameters.declare(name, at, unknown));
      visit(parameter, parameters, depth + 1);
    }
    // The body's variables are no parameters: defaults do not see them.
    const body = new Scope(parameters, true);
    if (node.body.type !== 'BlockStatement') return visit(node.body, body, depth + 1);
    for (const child of node.body.body) visit(child, body, depth + 1);
  }

  class(node, scope, visit) {
    const inner = new Scope(scope, false);
    if (node.id) inner.declare(node.id.name, node.start, unknown);
    visit(node.superClass, inner);
    visit(node.body, inner);
    for (const decorator of node.decorators ?? []) visit(decorator, scope);
  }

  variables(node, scope) {
    const isVar = node.kind === 'var';
    const owner = isVar ? scope.function() : scope;
    for (const { id, init } of node.declarations) {
      if (id.type === 'Identifier') {
        if (!isVar) this.lexical(scope, id.name);
        const value = init ? () => this.alias(init) : unknown;
        const isWrapper = owner === this.top && WRAPPER_NAMES.has(id.name);
        const keeps = !init || (isWrapper && (scope !== this.top || mentionsWrapper(init)));
        owner.declare(id.name, id.start, value, isVar && keeps);
      } else {
        this.pattern(id, init, (name, at, value) => {
          if (!isVar) this.lexical(scope, name);
          owner.declare(name, at, value);
        });
      }
    }
  }

  // The members that `{ a, b: c }` takes have their values, and nothing deeper has.
  pattern(pattern, init, declare) {
    const simple = new Map();
    if (pattern.type === 'ObjectPattern' && init) {
      for (const property of pattern.properties) {
        if (property.type === 'Property' && !property.computed) {
          const target = property.value.type === 'AssignmentPattern' ? property.value.left : property.value;
          const key = property.key.name ?? property.key.value;
          if (target.type === 'Identifier') simple.set(target, () => member(this.alias(init), key));
        }
      }
    }
    names(pattern, (name, at, target) => declare(name, at, simple.get(target) ?? unknown));
  }

  // The CommonJS wrapper has these names already: only a module may declare them again.
  lexical(scope, name) {
    if (scope === this.top && WRAPPER_NAMES.has(name)) this.hasModuleSyntax = true;
  }

  importDeclaration(node, scope) {
    this.hasModuleSyntax = true;
    this.note('import', node.source, node.source.value, false);
    const module = builtin(node.source.value);
    for (const { type, imported, local } of node.specifiers) {
      const names = { ImportDefaultSpecifier: 'default', ImportNamespaceSpecifier: undefined };
      const name = type in names ? names[type] : imported.name ?? imported.value;
      const value = name === undefined ? module : member(module, name);
      scope.declare(local.name, -1, () => value);
    }
  }

  // Second pass: what calls ask for.

  finish() {
    for (const node of this.work) this.value(node);
    // Whoever asks a promise for `catch` may come after it.
    for (const reference of this.references) reference[3] ||= reference.loading?.expected === true;
    this.references.sort((a, b) => a[1] - b[1]);
  }

  note(kind, node, specifier, tried) {
    const reference = [kind, node.start, specifier.toWellFormed(), tried];
    this.references.push(reference);
    return reference;
  }

  lookup(node) {
    for (let scope = node.scope; scope !== null; scope = scope.parent) {
      const declarations = scope.names.get(node.name);
      if (declarations === undefined) continue;
      const before = declarations.filter(({ at }) => at < node.start);
      if (scope !== this.top || this.isModule || !WRAPPER_NAMES.has(node.name)) {
        const valued = (list) => list.findLast(({ keeps }) => !keeps);
        return (valued(before) ?? valued(declarations) ?? declarations[0]).value();
      }
      // A `var` is the wrapper's parameter.
      const valued = before.findLast(({ keeps }) => !keeps);
      if (valued) return valued.value();
    }
    if (this.isModule && node.name !== 'URL' && node.name !== '__filename') return UNKNOWN;
    return GLOBALS.get(node.name) ?? UNKNOWN;
  }

  // What a name that is bound to the expression means.
  alias(node) {
    const value = this.value(node);
    return typeof value === 'string' ? UNKNOWN : value;
  }

  value(node) {
    if (node.value_ === undefined) {
      node.value_ = UNKNOWN; // `var a = a`
      node.value_ = this.compute(node) ?? UNKNOWN;
    }
    return node.value_;
  }

  text(node) {
    const value = node && this.value(node);
    return typeof value === 'string' ? value : undefined;
  }

  compute(node) {
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'string' ? node.value : UNKNOWN;
      case 'TemplateLiteral':
        return this.template(node);
      case 'BinaryExpression':
        return this.sum(node);
      case 'LogicalExpression':
        return this.either(node.left, node.right);
      case 'ConditionalExpression':
        return this.either(node.consequent, node.alternate);
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        return this.value(node.expression);
      case 'AwaitExpression':
        return this.alias(node.argument);
      case 'SequenceExpression':
        return this.value(node.expressions.at(-1));
      case 'Identifier':
        return this.lookup(node);
      case 'MetaProperty':
        return node.meta.name === 'import' ? IMPORT_META : UNKNOWN;
      case 'MemberExpression':
        return member(this.value(node.object), node.computed ? this.text(node.property) : node.property.name);
      case 'ImportExpression':
        return this.import(node);
      case 'CallExpression':
      case 'NewExpression':
        return this.call(node);
      default:
        return UNKNOWN;
    }
  }

  template({ quasis, expressions }) {
    let text = '';
    for (let i = 0; i < quasis.length; i += 1) {
      const cooked = quasis[i].value.cooked;
      const hole = i < expressions.length ? this.text(expressions[i]) : '';
      if (typeof cooked !== 'string' || hole === undefined) return UNKNOWN;
      text += cooked + hole;
    }
    return text;
  }

  sum(node) {
    const right = [];
    let left = node;
    for (; left.type === 'BinaryExpression'; left = left.left) {
      const text = left.operator === '+' ? this.text(left.right) : undefined;
      if (text === undefined) return UNKNOWN;
      right.push(text);
    }
    const first = this.text(left);
    return first === undefined ? UNKNOWN : first + right.reverse().join('');
  }

  either(...nodes) {
    return nodes.map((node) => this.value(node)).find((value) => LOADERS.has(value)) ?? UNKNOWN;
  }

  import(node) {
    const specifier = this.text(node.source);
    if (specifier === undefined) return UNKNOWN;
    const reference = this.note('import()', node.source, specifier, node.tried);
    const module = builtin(specifier);
    if (module !== UNKNOWN) return module;
    return (reference.loading = { name: 'loading', expected: false });
  }

  call(node) {
    const callee = this.value(node.callee);
    const [first, second] = node.arguments;
    const load = (kind, argument = first) => {
      const specifier = this.text(argument);
      if (specifier === undefined) return UNKNOWN;
      this.note(kind, argument, specifier, node.tried);
      return builtin(specifier);
    };
    switch (callee.name) {
      case 'require':
        return load('require()');
      case 'require.call':
        return second ? load('require()', second) : UNKNOWN;
      case 'require.bind':
        return first ? WRAPPER_REQUIRE : UNKNOWN;
      case 'fileURLToPath':
        return first && this.value(first) === META_URL ? FILE : UNKNOWN;
      case 'resolve':
        // With `paths` the answer may lie anywhere else.
        if (second === undefined) load('require.resolve()');
        return UNKNOWN;
      case 'import.meta.resolve':
        load('import.meta.resolve()');
        return UNKNOWN;
      case 'createRequire': {
        const base = first ? this.value(first) : UNKNOWN;
        return base === META_URL || base === FILE ? CREATED_REQUIRE : UNKNOWN;
      }
      case 'URL':
        if (node.type === 'NewExpression' && second && this.value(second) === META_URL) load('new URL()');
        return UNKNOWN;
      case 'then':
        if (second !== undefined) callee.loading.expected = true;
        return callee.loading;
      default:
        return UNKNOWN;
    }
  }
}

// What loading a module gives that we know.
function builtin(specifier) {
  switch (specifier) {
    case 'module':
    case 'node:module':
      return MODULE_NAMESPACE;
    case 'url':
    case 'node:url':
      return URL_NAMESPACE;
    default:
      return UNKNOWN;
  }
}

function children(node, visit) {
  for (const key in node) {
    const child = node[key];
    if (child === null || typeof child !== 'object' || key === 'scope') continue;
    if (Array.isArray(child)) {
      for (const item of child) if (item !== null && typeof item.type === 'string') visit(item);
    } else if (typeof child.type === 'string') {
      visit(child);
    }
  }
}

// Whether the CommonJS wrapper's `require` or `module` is used somewhere in an expression.
function mentionsWrapper(node) {
  if (node.type === 'Identifier') return node.name === 'require' || node.name === 'module';
  let found = false;
  children(node, (child) => {
    const isName = (child === node.property || child === node.key) && !node.computed && child !== node.value;
    found ||= !isName && mentionsWrapper(child);
  });
  return found;
}

// The names that a pattern binds.
function names(pattern, bind) {
  switch (pattern?.type) {
    case 'Identifier':
      return bind(pattern.name, pattern.start, pattern);
    case 'ObjectPattern':
      return pattern.properties.forEach((property) => names(property.value ?? property.argument, bind));
    case 'ArrayPattern':
      return pattern.elements.forEach((element) => names(element, bind));
    case 'AssignmentPattern':
      return names(pattern.left, bind);
    case 'RestElement':
      return names(pattern.argument, bind);
    default:
  }
}

function parsed(text, sourceType, allowAwaitOutsideFunction = true) {
  return parse(text, { ...PARSE_OPTIONS, sourceType, preserveParens: true, allowAwaitOutsideFunction });
}

// Whether an `await` outside of functions is no call of a function of that name.
function needsModule(text) {
  try {
    parsed(text, 'script', false);
    return false;
  } catch {
    return true;
  }
}

await answerAll((path, text, toBytes) => {
  const program = parsedAs(path, text, (sourceType) => parsed(text, sourceType));
  const file = new File(program, path.endsWith('.mjs') ? true : path.endsWith('.cjs') ? false : undefined);
  if (!path.endsWith('.cjs') && !file.isModule && file.awaits) file.isModule = needsModule(text);
  file.finish();
  file.references = file.references.filter(([, at]) => !IGNORED.test(text.slice(Math.max(0, at - 200), at)));
  for (const reference of file.references) reference[1] = toBytes(reference[1]);
  return `R ${JSON.stringify({ module: file.isModule, references: file.references })}`;
});
