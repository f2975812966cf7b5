//! `monotrace.schema.json`: what editors know of the configuration, made from the flags.
//!
//! The file is made by this test (`UPDATE_EXPECT=1`), which holds that it is up to date.

use clap::{Command, CommandFactory};
use serde_json::{Map, Value, json};

use super::keys::{self, ConfigOption, Kind};
use crate::cli::flags::Flags;

fn schema(command: &Command) -> Value {
    let mut properties = Map::new();
    properties.insert("$schema".to_owned(), json!({ "type": "string" }));
    for option in keys::of(command) {
        let mut names = option.names();
        let Some(own) = names.next() else { continue };
        let help = option.definition.get_long_help().or(option.definition.get_help());
        // What help sets off as a paragraph is a sentence more here.
        let description = help.map(ToString::to_string).unwrap_or_default().replace("\n\n", ". ");
        properties.insert(own.clone(), with_description(value(&option), &description));
        for synonym in names {
            properties.insert(synonym.clone(), with_description(value(&option), &format!("The same as {own}.")));
        }
        if let Some(inverse) = option.inverse() {
            let description = format!("false is {own}: true.");
            properties.insert(inverse, with_description(value(&option), &description));
        }
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "monotrace",
        "description": "Defaults of monotrace's flags: monotrace.json, monotrace.jsonc, or \"monotrace\" in package.json.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn with_description(mut schema: Value, description: &str) -> Value {
    schema["description"] = description.into();
    schema
}

/// The schema of an option's value.
fn value(option: &ConfigOption) -> Value {
    let one = match option.kind {
        Kind::Flag => return json!({ "type": "boolean" }),
        Kind::Number => return json!({ "type": "integer", "minimum": 0 }),
        Kind::Path => json!({ "type": "string" }),
        Kind::Text => {
            let possible: Vec<_> = option.definition.get_possible_values();
            match possible.is_empty() {
                true => json!({ "type": ["string", "number"] }),
                false => json!({ "enum": possible.iter().map(|value| value.get_name()).collect::<Vec<_>>() }),
            }
        }
    };
    let mut any = vec![one.clone()];
    if option.is_list {
        any.push(json!({ "type": "array", "items": one }));
    }
    if option.has_by_entry {
        any.push(json!({ "type": "object", "additionalProperties": any.clone().pop() }));
    }
    if option.takes_pairs() {
        any.push(json!({ "type": "object", "additionalProperties": one }));
    }
    if option.may_be_bare {
        any.push(json!({ "type": "boolean" }));
    }
    if any.len() == 1 { one } else { json!({ "anyOf": any }) }
}

#[test]
fn the_schema_that_is_shipped_is_that_of_the_flags() {
    let mut text = serde_json::to_string_pretty(&schema(&Flags::command())).unwrap();
    text.push('\n');
    expect_test::expect_file!["../../../monotrace.schema.json"].assert_eq(&text);
    let schema = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    let good = json!({
        "$schema": "monotrace.schema.json", "node": 22, "logLevel": "warning", "ignore": ["a"], "env": {"A": "1"},
        "memoryLimit": 512, "analysis": false, "stats": true, "outputFileTracingRoot": "..",
    });
    assert!(schema.is_valid(&good));
    for wrong in [json!({"nod": 22}), json!({"memoryLimit": "much"}), json!({"logAll": "yes"}), json!([])] {
        assert!(!schema.is_valid(&wrong), "{wrong}");
    }
}
