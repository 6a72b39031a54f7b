//! `rotate-vapid`: a new key for new subscriptions.

use std::path::PathBuf;

use super::serve::read;
use crate::secrets;

/// Makes the key. Prints one line of JSON: `{vapid, previous}`, the new public key and how many are kept before it.
///
/// # Errors
/// One sentence for the operator.
pub fn rotate_vapid(file: Option<PathBuf>) -> Result<(), String> {
    let (public, previous) = secrets::rotate_vapid(&read(file)?.data_dir)?;
    println!("{}", serde_json::json!({"vapid": public, "previous": previous}));
    Ok(())
}
