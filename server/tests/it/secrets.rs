//! `secrets.toml`.

use std::os::unix::fs::PermissionsExt as _;

use softbell_server::b64;
use softbell_server::secrets::Secrets;
use tempfile::TempDir;

fn refusal(folder: &TempDir) -> String {
    match Secrets::open(folder.path()) {
        Ok(_) => panic!("opened"),
        Err(sentence) => sentence,
    }
}

#[test]
fn keys_are_made_once_for_the_owner_only() {
    let folder = TempDir::new().unwrap();
    let first = Secrets::open(folder.path()).unwrap();
    let file = folder.path().join("secrets.toml");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = Secrets::open(folder.path()).unwrap();
    assert_eq!(first.vapid.public(), again.vapid.public());
    assert_eq!(first.token_key, again.token_key);
    assert_eq!(first.admin, again.admin);
    assert_eq!(b64::decode(&first.admin).unwrap().len(), 32);
    let other = Secrets::open(TempDir::new().unwrap().path()).unwrap();
    assert_ne!(first.vapid.public(), other.vapid.public());
    assert_ne!(first.token_key, other.token_key);
    assert_ne!(first.admin, other.admin);
}

#[test]
fn keys_that_others_can_read_are_refused() {
    let folder = TempDir::new().unwrap();
    Secrets::open(folder.path()).unwrap();
    let file = folder.path().join("secrets.toml");
    for mode in [0o640, 0o604] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        assert!(refusal(&folder).contains("chmod 600"));
    }
}

#[test]
fn broken_keys_are_refused_without_being_shown() {
    let folder = TempDir::new().unwrap();
    Secrets::open(folder.path()).unwrap();
    let file = folder.path().join("secrets.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    let private = good.split('"').nth(1).unwrap().to_owned();
    let shorter = good.replacen(&private, &private[..20], 1);
    for broken in [shorter, good.replace("token_key", "token_kay"), format!("{good}x = "), String::new()] {
        std::fs::write(&file, &broken).unwrap();
        let sentence = refusal(&folder);
        assert!(sentence.contains("put back a copy"), "{sentence}");
        assert!(!sentence.contains(&private[..20]), "{sentence}");
    }
}
