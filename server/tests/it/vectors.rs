//! Reading the files in `tests/vectors/`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A whole file.
pub fn file(name: &str) -> Value {
    let path = format!("{}/../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A section of cases; an empty one would prove nothing.
pub fn cases<'a>(file: &'a Value, section: &str, count: usize) -> &'a [Value] {
    let cases = file[section].as_array().unwrap();
    assert_eq!(cases.len(), count, "{section}");
    cases
}

/// A member as text.
pub fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_else(|| panic!("{name} in {case}"))
}

/// A member as bytes.
pub fn bytes(case: &Value, name: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text(case, name)).unwrap()
}
