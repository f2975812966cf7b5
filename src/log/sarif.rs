//! SARIF 2.1.0 (OASIS): the form that code scanning reads.
//!
//! Written piece by piece. Files are told relative to `%SRCROOT%`, which whoever
//! reads it knows: where the tree lies on this machine is in no report.

use std::{fmt, io::Write, os::unix::ffi::OsStrExt};

use serde_json::{Value, json};

use super::Log;
use crate::{
    finding::{Diagnostic, Entry, Level},
    output::ReportError,
    record::relative,
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const SOURCE_ROOT: &str = "%SRCROOT%";

pub(super) fn write(log: &Log<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    let entries: Vec<Entry> = Entry::all().collect();
    let rules: Vec<Value> = entries.iter().map(rule).collect();
    let version = env!("CARGO_PKG_VERSION");
    let driver =
        json!({ "name": env!("CARGO_PKG_NAME"), "version": version, "semanticVersion": version, "rules": rules });
    let root = json!({ "description": { "text": "The tracing root." } });
    write!(sink, "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}}")?;
    write!(sink, ",\"columnKind\":\"unicodeCodePoints\",\"originalUriBaseIds\":{{\"{SOURCE_ROOT}\":{root}}}")?;
    sink.write_all(b",\"results\":[")?;
    let mut comma: &[u8] = b"\n";
    for finding in log.findings {
        let finding = finding?;
        if finding.level <= log.style.level {
            sink.write_all(std::mem::replace(&mut comma, b",\n"))?;
            write!(sink, "{}", result(log, &entries, &finding))?;
        }
    }
    Ok(sink.write_all(b"\n]}]}\n")?)
}

fn rule(entry: &Entry) -> Value {
    json!({
        "id": entry.code.to_string(),
        "shortDescription": { "text": entry.title },
        "help": { "text": entry.text, "markdown": entry.text },
        "properties": { "tags": [entry.code.category().name()] },
    })
}

fn result(log: &Log<'_>, entries: &[Entry], finding: &Diagnostic) -> Value {
    let uri = Uri(relative(log.root, &finding.file).as_os_str().as_bytes()).to_string();
    let mut location = json!({ "artifactLocation": { "uri": uri, "uriBaseId": SOURCE_ROOT } });
    if let Some(place) = finding.place {
        location["region"] = json!({ "startLine": place.line, "startColumn": place.column });
    }
    let mut result = json!({
        "ruleId": finding.code.to_string(),
        "level": level(finding.level),
        "message": { "text": finding.message },
        "locations": [{ "physicalLocation": location }],
        "properties": { "level": finding.level.name(), "steps": finding.steps },
    });
    if let Some(index) = entries.iter().position(|entry| entry.code == finding.code) {
        result["ruleIndex"] = index.into();
    }
    if let Some(node_code) = &finding.node_code {
        result["properties"]["nodeCode"] = node_code.as_str().into();
    }
    result
}

/// SARIF knows three levels.
fn level(level: Level) -> &'static str {
    match level {
        Level::Bug | Level::Fatal | Level::Error => "error",
        Level::Warning => "warning",
        Level::Hint | Level::Note | Level::Suggestion | Level::Info => "note",
    }
}

/// A relative path as a URI reference (RFC 3986): what is not unreserved is
/// escaped byte by byte, so that `:` begins no scheme and no name is lost.
struct Uri<'p>(&'p [u8]);

impl fmt::Display for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' | b'+' => {
                write!(f, "{}", char::from(*byte))
            }
            byte => write!(f, "%{byte:02X}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_uri_of_its_bytes() {
        assert_eq!(Uri("a b/c:d#é?.js".as_bytes()).to_string(), "a%20b/c%3Ad%23%C3%A9%3F.js");
        assert_eq!(Uri(b"@s/x+y/[id]/\xff%").to_string(), "@s/x+y/%5Bid%5D/%FF%25");
    }
}
