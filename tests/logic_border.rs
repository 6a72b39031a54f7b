//! The generated files agree with the enums they come from. `BLESS=1 cargo test --test logic_border` writes them anew.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

use std::fmt::Write as _;
use std::path::Path;

use softbell::contract::report::{GOES_FIRST, NEVER_GOES};
use softbell::contract::{ReportType, limits};
use softbell::logic::border::Shape;
use softbell::logic::config::ALLOWED;
use softbell::logic::why::Why;
use softbell::logic::{Effect, Event};

const BORDER: &str = "// The border's codes and field orders, for the shell.
// Generated from src/logic/event.rs and src/logic/effect.rs (BLESS=1 cargo test --test logic_border); do not edit.
";

const CONTRACT: &str = "// Words and limits that the worker shares with the client and the server.
// Generated from src/contract (BLESS=1 cargo test --test logic_border); do not edit.
";

fn agree(path: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, wanted).expect("the generated file can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, wanted, "{} is stale: run BLESS=1 cargo test --test logic_border", path.display());
}

/// `prompt.shown`, `PromptShown` and `batch` alike become `PROMPT_SHOWN`.
fn upper(name: &str) -> String {
    let mut upper = String::new();
    for letter in name.chars() {
        match letter {
            '.' => upper.push('_'),
            _ if letter.is_uppercase() && !upper.is_empty() => upper.extend(['_', letter]),
            _ => upper.push(letter.to_ascii_uppercase()),
        }
    }
    upper
}

fn side(out: &mut String, prefix: &str, shapes: &[Shape]) {
    for shape in shapes {
        let fields: Vec<String> = shape.fields.iter().map(|field| format!("{field}: string")).collect();
        // Leaves, members and nodes are lists that take the rest of the fields.
        let rest = ["config", "state", "nodes", "topics"];
        let fields = fields.iter().map(|f| match f.split(':').next() {
            Some(name) if rest.contains(&name) || (shape.name == "Report" && name == "data") => {
                format!("...{name}: string[]")
            }
            _ => f.clone(),
        });
        let fields: Vec<String> = fields.collect();
        writeln!(out, "\n/** @typedef {{[{}]}} {}Fields */", fields.join(", "), shape.name).expect("a string");
        writeln!(out, "export const {prefix}_{} = {};", upper(shape.name), shape.code).expect("a string");
    }
}

#[test]
fn the_shell_spells_every_event_and_effect_as_rust_does() {
    let mut out = String::from(BORDER);
    side(&mut out, "EVENT", Event::SHAPES);
    side(&mut out, "EFFECT", Effect::SHAPES);
    agree("src/shell/border.js", &out);
}

const WORDS: &str = "// Sentences for developers: why the popup shows or does not show, and what each field of the configuration allows.
// Generated from src/logic/why.rs and src/logic/config.rs (BLESS=1 cargo test --test logic_border); do not edit.
";

fn table(out: &mut String, doc: &str, name: &str, rows: &[(&str, &str)]) {
    writeln!(out, "\n/** {doc} @type {{Record<string, string>}} */\nexport const {name} = {{").expect("a string");
    for (key, text) in rows {
        writeln!(out, "  {key:?}: {text:?},").expect("a string");
    }
    writeln!(out, "}};").expect("a string");
}

#[test]
fn the_shell_has_a_sentence_for_every_reason_and_every_field() {
    let mut out = String::from(WORDS);
    table(&mut out, "By the code of the explanation.", "WHY", Why::WORDS);
    table(&mut out, "By field; a field that ends in a dot stands for everything below it.", "ALLOWED", ALLOWED);
    agree("src/shell/words.js", &out);
}

#[test]
fn codes_are_unique_on_each_side() {
    for shapes in [Event::SHAPES, Effect::SHAPES] {
        for shape in shapes {
            let same = shapes.iter().filter(|other| other.code == shape.code).count();
            assert_eq!(same, 1, "{} shares its code", shape.name);
        }
    }
}

#[test]
fn the_worker_spells_every_report_type_and_limit_as_rust_does() {
    let mut out = String::from(CONTRACT);
    for kind in ReportType::ALL {
        let name = upper(kind.as_str());
        write!(out, "\nexport const {name} = \"{}\";", kind.as_str()).expect("a string");
    }
    writeln!(
        out,
        "\n\n/** What the outbox is told: bounds of a batch and of itself, and which report types go first or never. */"
    )
    .expect("a string");
    writeln!(out, "export const OUTBOX = {{").expect("a string");
    for (name, number) in [
        ("batchBytes", limits::BATCH_BYTES),
        ("batchReports", limits::BATCH_REPORTS),
        ("maxReports", limits::OUTBOX_REPORTS),
        ("maxBytes", limits::OUTBOX_BYTES),
    ] {
        writeln!(out, "  {name}: {number},").expect("a string");
    }
    for (name, words) in [("goesFirst", GOES_FIRST), ("neverGoes", NEVER_GOES)] {
        writeln!(out, "  {name}: {words:?},").expect("a string");
    }
    writeln!(out, "}};").expect("a string");
    writeln!(out, "\n/** What the server takes of a user: bytes of an id, and of a token. */").expect("a string");
    let (id, token) = (limits::ID_BYTES, limits::TOKEN_BYTES);
    writeln!(out, "export const USER = {{ idBytes: {id}, tokenBytes: {token} }};").expect("a string");
    writeln!(out, "\n/** What the page refuses, because the server would. */\nexport const LIMITS = {{")
        .expect("a string");
    for (name, number) in [("topics", limits::TOPICS), ("tags", limits::TAGS), ("idBytes", limits::ID_BYTES)] {
        writeln!(out, "  {name}: {number},").expect("a string");
    }
    writeln!(out, "}};").expect("a string");
    agree("sw/contract.js", &out);
}
