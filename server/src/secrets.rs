//! `secrets.toml`: the keys of this server, made at the first start and kept. Never logged.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};

use crate::b64;
use crate::push::vapid::{self, VapidKey};

const FILE: &str = "secrets.toml";

/// The file as it stands on the disk; all values base64url.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SecretsFile {
    /// Raw P-256 private key. A new one loses every subscription.
    vapid_private: String,
    /// Its public half, uncompressed.
    vapid_public: String,
    /// 32 bytes: seals report tokens.
    token_key: String,
    /// 32 bytes: opens the console.
    admin_secret: String,
}

/// The keys, loaded.
pub struct Secrets {
    /// Signs pushes.
    pub vapid: VapidKey,
    /// Seals report tokens.
    pub token_key: [u8; 32],
    /// Opens the console.
    pub admin: String,
}

impl Secrets {
    /// Reads the keys of a data folder, or makes them.
    ///
    /// # Errors
    /// One sentence for the operator, without any key in it.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let path = folder.join(FILE);
        if !path.exists() {
            write_new(&path)?;
        }
        let mode = fs::metadata(&path).map_err(|error| unreadable(&path, &error.to_string()))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(format!("Let only the owner read {}: chmod 600.", path.display()));
        }
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error.to_string()))?;
        // The error of the parser quotes the line, so it is not repeated.
        let file: SecretsFile = toml::from_str(&text).map_err(|_| unreadable(&path, "a fault in the TOML"))?;
        let vapid = VapidKey::from_raw(&file.vapid_private, &file.vapid_public)
            .map_err(|_| unreadable(&path, "the VAPID keys do not belong together"))?;
        let token_key =
            b64::decode_array(&file.token_key).ok_or_else(|| unreadable(&path, "token_key is not 32 bytes"))?;
        Ok(Self { vapid, token_key, admin: file.admin_secret })
    }
}

fn unreadable(path: &Path, why: &str) -> String {
    format!("Cannot use {}: {why}; put back a copy, or move it away to make new keys.", path.display())
}

fn write_new(path: &Path) -> Result<(), String> {
    let no_random = "The system gives no random bytes; keys cannot be made.";
    let (vapid_private, vapid_public) = vapid::generate().map_err(|_| no_random.to_owned())?;
    let random = || -> Result<String, String> {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).map_err(|_| no_random.to_owned())?;
        Ok(b64::encode(&bytes))
    };
    let file = SecretsFile { vapid_private, vapid_public, token_key: random()?, admin_secret: random()? };
    let text = toml::to_string(&file).map_err(|_| unreadable(path, "it cannot be written"))?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut handle| handle.write_all(text.as_bytes()).and_then(|()| handle.sync_all()))
        .map_err(|error| unreadable(path, &error.to_string()))
}
