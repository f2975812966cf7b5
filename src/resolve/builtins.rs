//! The modules that are part of Node itself, by version.
//!
//! Only names: nothing here knows what a module does.

use crate::record::NodeVersion;

/// Modules that have a name with and without `node:`, in order.
const PLAIN: &[&str] = &[
    "_http_agent",
    "_http_client",
    "_http_common",
    "_http_incoming",
    "_http_outgoing",
    "_http_server",
    "_stream_duplex",
    "_stream_passthrough",
    "_stream_readable",
    "_stream_transform",
    "_stream_wrap",
    "_stream_writable",
    "_tls_common",
    "_tls_wrap",
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// Modules that have no name without `node:`, and the `(major, minor)` of each
/// line of Node since which they are there.
const PREFIX_ONLY: &[(&str, &[(u32, u32)])] = &[
    ("sea", &[(20, 12), (21, 7)]),
    ("sqlite", &[(22, 5)]),
    ("test", &[(16, 17), (18, 0)]),
    ("test/reporters", &[(18, 15), (19, 6)]),
];

/// The name with its prefix if `specifier` is a module of Node's own.
pub(super) fn canonical(node: NodeVersion, specifier: &str) -> Option<String> {
    let (name, prefixed) = match specifier.strip_prefix("node:") {
        Some(name) => (name, true),
        None => (specifier, false),
    };
    let known = PLAIN.binary_search(&name).is_ok() && (name != "inspector/promises" || node.since(&[(19, 0)]));
    let known = known || (prefixed && PREFIX_ONLY.iter().any(|(only, lines)| *only == name && node.since(lines)));
    known.then(|| format!("node:{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_for_the_search() {
        assert!(PLAIN.is_sorted());
    }

    #[test]
    fn the_version_decides() {
        let known = |version: &str, name: &str| canonical(version.parse().unwrap(), name).is_some();
        assert!(known("20", "fs") && known("20", "node:fs/promises") && known("18", "sys"));
        assert!(!known("20", "node:nope") && !known("20", "fs/") && !known("20", "node:"));
        assert!(known("20", "node:test") && !known("20", "test"));
        assert!(known("22.5", "node:sqlite") && !known("20", "node:sqlite") && !known("24", "sqlite"));
        assert!(known("20.12", "node:sea") && !known("20.11", "node:sea") && !known("21.6", "node:sea"));
        assert!(!known("18", "inspector/promises") && known("19", "inspector/promises"));
    }
}
