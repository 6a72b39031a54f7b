//! `secrets.toml`: the keys of this server, made at the first start and kept. Never logged.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::Path;

use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};

use crate::b64;
use crate::push::vapid::{self, VapidKey};

const FILE: &str = "secrets.toml";
const NO_RANDOM: &str = "The system gives no random bytes; keys cannot be made.";

/// The file as it stands on the disk; all values base64url.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SecretsFile {
    /// Raw P-256 private key. Subscriptions are made with it: see [`rotate_vapid`].
    vapid_private: String,
    /// Its public half, uncompressed.
    vapid_public: String,
    /// 32 bytes: seals report tokens.
    token_key: String,
    /// 32 bytes: opens the console.
    admin_secret: String,
    /// Keys before this one, the last first: they sign for the subscriptions that were made with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    vapid_previous: Vec<VapidPair>,
}

/// An earlier VAPID key.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct VapidPair {
    private: String,
    public: String,
}

/// The keys, loaded.
pub struct Secrets {
    /// Signs pushes.
    pub vapid: VapidKey,
    /// Sign pushes to subscriptions that were made with them.
    pub vapid_previous: Vec<VapidKey>,
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
        Self::load(&path, &read(&path)?)
    }

    fn load(path: &Path, file: &SecretsFile) -> Result<Self, String> {
        let key = |private: &str, public: &str| {
            VapidKey::from_raw(private, public).map_err(|_| unreadable(path, "the VAPID keys do not belong together"))
        };
        let previous: Result<Vec<VapidKey>, String> =
            file.vapid_previous.iter().map(|pair| key(&pair.private, &pair.public)).collect();
        let token_key =
            b64::decode_array(&file.token_key).ok_or_else(|| unreadable(path, "token_key is not 32 bytes"))?;
        Ok(Self {
            vapid: key(&file.vapid_private, &file.vapid_public)?,
            vapid_previous: previous?,
            token_key,
            admin: file.admin_secret.clone(),
        })
    }
}

/// Makes a new VAPID key and keeps the one so far among the previous ones; answers the new public key and how many there
/// are before it. A server that runs learns of it at its next start.
///
/// # Errors
/// One sentence for the operator, without any key in it.
pub fn rotate_vapid(folder: &Path) -> Result<(String, usize), String> {
    let path = folder.join(FILE);
    let mut file = read(&path)?;
    Secrets::load(&path, &file)?;
    let (private, public) = vapid::generate().map_err(|_| NO_RANDOM.to_owned())?;
    let private = std::mem::replace(&mut file.vapid_private, private);
    let before = std::mem::replace(&mut file.vapid_public, public);
    file.vapid_previous.insert(0, VapidPair { private, public: before });
    // Beside it first, so that no moment and no crash finds half a file.
    let new = folder.join(format!("{FILE}.new"));
    match fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unreadable(&new, &error.to_string())),
        _ => {}
    }
    write(&new, &file)?;
    // Who rotates may be root, and the server somebody else, who has to read the file at its next start.
    let owner = fs::metadata(&path).map_err(|error| unreadable(&path, &error.to_string()))?;
    chown(&new, Some(owner.uid()), Some(owner.gid())).map_err(|error| unreadable(&new, &error.to_string()))?;
    fs::rename(&new, &path).map_err(|error| unreadable(&path, &error.to_string()))?;
    Ok((file.vapid_public, file.vapid_previous.len()))
}

fn read(path: &Path) -> Result<SecretsFile, String> {
    let mode = fs::metadata(path).map_err(|error| unreadable(path, &error.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!("Let only the owner read {}: chmod 600.", path.display()));
    }
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error.to_string()))?;
    // The error of the parser quotes the line, so it is not repeated.
    toml::from_str(&text).map_err(|_| unreadable(path, "a fault in the TOML"))
}

fn unreadable(path: &Path, why: &str) -> String {
    format!("Cannot use {}: {why}; put back a copy, or move it away to make new keys.", path.display())
}

fn write_new(path: &Path) -> Result<(), String> {
    let (vapid_private, vapid_public) = vapid::generate().map_err(|_| NO_RANDOM.to_owned())?;
    let random = || -> Result<String, String> {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).map_err(|_| NO_RANDOM.to_owned())?;
        Ok(b64::encode(&bytes))
    };
    let (token_key, admin_secret, vapid_previous) = (random()?, random()?, Vec::new());
    write(path, &SecretsFile { vapid_private, vapid_public, token_key, admin_secret, vapid_previous })
}

fn write(path: &Path, file: &SecretsFile) -> Result<(), String> {
    let text = toml::to_string(file).map_err(|_| unreadable(path, "it cannot be written"))?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut handle| handle.write_all(text.as_bytes()).and_then(|()| handle.sync_all()))
        .map_err(|error| unreadable(path, &error.to_string()))
}
