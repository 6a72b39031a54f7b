//! Settings from the environment, for containers: scalars only.

use super::{DatabaseUrl, Lab, Settings};

/// What all our variables begin with.
const PREFIX: &str = "SOFTBELL_";

/// Puts `SOFTBELL_…` variables over the file's values.
///
/// # Errors
/// One sentence that names the variable.
pub fn apply(settings: &mut Settings, variables: impl IntoIterator<Item = (String, String)>) -> Result<(), String> {
    for (name, value) in variables {
        if let Some(short) = name.strip_prefix(PREFIX) {
            set(settings, short, value)?;
        }
    }
    Ok(())
}

fn set(settings: &mut Settings, short: &str, value: String) -> Result<(), String> {
    match short {
        "LISTEN" => {
            settings.listen =
                value.parse().map_err(|_| format!("Set {PREFIX}LISTEN to an address and port, not {value}."))?;
        }
        "PUBLIC_URL" => settings.public_url = Some(value),
        "DATA_DIR" => settings.data_dir = value.into(),
        "DATABASE" => settings.database = Some(DatabaseUrl::new(value)),
        "KIT" => settings.kit = value.into(),
        "CONSOLE" => settings.console = value.into(),
        "CONTACT" => settings.contact = Some(value),
        "LAB_PUSH_URL" => settings.lab.get_or_insert_with(Lab::default).push_url = Some(value),
        // Read before the settings; the others are for building and testing (tools/, tests/e2e/).
        "SETTINGS" | "LOG" | "LAB" | "SERVER" | "TOOLS" | "PYTHON" | "TEST_DATABASE" => {}
        _ => return Err(format!("Remove or correct the variable {PREFIX}{short}; there is no such setting.")),
    }
    Ok(())
}
