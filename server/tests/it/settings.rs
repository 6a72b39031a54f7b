//! Settings that are refused, each with a sentence that names the cure.

use softbell_server::settings::{Settings, check};

/// Settings of an operator, with a line added at the top and one in the site.
fn settings(top: &str, site: &str) -> Result<(), String> {
    let contact = if top.contains("contact") { "" } else { "contact = 'mailto:ops@example.com'" };
    let origins = if site.contains("origins") { "" } else { "origins = ['https://shop.example.com']" };
    Settings::parse(&format!("{contact}\n{top}\n[sites.shop]\n{origins}\n{site}")).and_then(|s| check(&s))
}

fn refused(top: &str, site: &str, part: &str) {
    let sentence = settings(top, site).expect_err(part);
    assert!(sentence.contains(part), "{sentence}");
    assert!(sentence.ends_with('.') && !sentence.contains('\n'), "{sentence}");
}

const WELCOME: &str = "[sites.shop.welcome]\ntitle = 'Hi'\nbody = ''\n";

#[test]
fn plain_settings_pass() {
    assert_eq!(settings("", ""), Ok(()));
    assert_eq!(settings("public_url = 'https://push.example.com:8443'", ""), Ok(()));
    assert_eq!(settings("push_hosts = ['fcm.googleapis.com', '.push.apple.com']", ""), Ok(()));
    assert_eq!(settings("public_url = 'http://127.0.0.1:8480'", "origins = ['http://localhost:1']"), Ok(()));
    let welcome = format!("{WELCOME}url = 'https://shop.example.com/hi?x=1'\nicon = 'https://cdn.example.com/i.png'");
    assert_eq!(settings("", &welcome), Ok(()));
}

#[test]
fn the_example_is_right() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("softbell.example.toml");
    let settings = Settings::read(&file, []).unwrap();
    assert_eq!(check(&settings), Ok(()));
    let defaults = Settings::default();
    assert_eq!((settings.listen, settings.data_dir, settings.kit), (defaults.listen, defaults.data_dir, defaults.kit));
    assert_eq!(settings.console, defaults.console);
}

#[test]
fn wrong_settings_are_refused_with_one_sentence() {
    refused("contact = 'ops@example.com'", "", "Set contact");
    refused("contact = 'mailto: ops@example.com'", "", "Set contact");
    refused("public_url = 'https://push.example.com/'", "", "Set public_url");
    refused("public_url = 'http://push.example.com'", "", "Set public_url");
    refused("colour = 'red'", "", "colour");
    // None of them would ever match, and every device would be refused.
    for host in
        ["*.push.apple.com", "https://fcm.googleapis.com", "FCM.googleapis.com", "fcm.googleapis.com:443", ".", ""]
    {
        refused(&format!("push_hosts = ['{host}']"), "", "push_hosts");
    }
    refused("listen = 'here'", "", "fault");
    refused("", "origins = []", "Add the origins");
    refused("", "origins = ['https://shop.example.com/']", "Write the origin");
    refused("", "origins = ['http://shop.example.com']", "Write the origin");
    refused("", "origins = ['*']", "Write the origin");
    refused("", "topics = [{ id = '', name = 'x' }]", "topics");
    refused("", "received_jitter = 26", "received_jitter");
    refused("", &format!("{WELCOME}url = 'https://evil.example/'"), "welcome url");
    refused("", &format!("{WELCOME}url = '/welcome'"), "welcome url");
    refused("", &format!("{WELCOME}url = 'https://shop.example.com/'\nicon = '/i.png'"), "welcome icon");
    refused("", "[sites.shop.welcome]\ntitle = ''\nbody = ''\nurl = 'https://shop.example.com/'", "a title");
    let no_sites = Settings::parse("contact = 'mailto:a@b.c'").and_then(|s| check(&s)).unwrap_err();
    assert!(no_sites.contains("at least one site"));
    let no_contact = Settings::parse("[sites.shop]\norigins = ['https://a.example']").and_then(|s| check(&s));
    assert!(no_contact.unwrap_err().contains("Set contact"));
    let bad_name = Settings::parse("contact = 'mailto:a@b.c'\n[sites.'a b']\norigins = ['https://a.example']");
    assert!(bad_name.and_then(|s| check(&s)).unwrap_err().contains("Name the site"));
}

#[test]
fn lab_mode_stays_on_this_machine() {
    let lab = |top: &str, origin: &str, url: &str| {
        Settings::parse(&format!("{top}\n[lab]\npush_url = '{url}'\n[sites.shop]\norigins = ['{origin}']"))
            .and_then(|settings| check(&settings))
    };
    let (origin, url) = ("http://localhost:1", "http://127.0.0.1:2");
    assert_eq!(lab("", origin, url), Ok(()));
    assert_eq!(lab("listen = '[::1]:80'", "http://127.0.0.1:1", "http://localhost:2"), Ok(()));
    assert!(lab("listen = '0.0.0.0:80'", origin, url).unwrap_err().contains("loopback"));
    assert!(lab("listen = '192.168.1.2:80'", origin, url).unwrap_err().contains("loopback"));
    assert!(lab("", "https://shop.example.com", url).unwrap_err().contains("shop.example.com"));
    assert!(lab("public_url = 'https://push.example.com'", origin, url).unwrap_err().contains("push.example.com"));
    for url in [
        "http://10.0.0.1:2",
        "http://127.0.0.1:2/path",
        "https://push.example.com",
        "x",
        "http://localhost.evil.example",
    ] {
        assert!(lab("", origin, url).unwrap_err().contains("lab.push_url"), "{url}");
    }
}

#[test]
fn the_environment_wins_over_the_file() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("softbell.toml");
    std::fs::write(&file, "listen = '127.0.0.1:1'\n[sites.shop]\norigins = ['http://localhost:1']").unwrap();
    let read = |name: &str, value: &str| {
        Settings::read(&file, [("HOME".to_owned(), "/".to_owned()), (name.to_owned(), value.to_owned())])
    };
    assert_eq!(read("SOFTBELL_LISTEN", "127.0.0.1:2").unwrap().listen.port(), 2);
    assert_eq!(read("SOFTBELL_PUBLIC_URL", "https://a.example").unwrap().public_url.unwrap(), "https://a.example");
    assert_eq!(read("SOFTBELL_DATA_DIR", "/d").unwrap().data_dir.to_str(), Some("/d"));
    assert_eq!(read("SOFTBELL_KIT", "/k").unwrap().kit.to_str(), Some("/k"));
    assert_eq!(read("SOFTBELL_CONSOLE", "/c").unwrap().console.to_str(), Some("/c"));
    assert_eq!(read("SOFTBELL_CONTACT", "mailto:a@b.c").unwrap().contact.unwrap(), "mailto:a@b.c");
    let lab = read("SOFTBELL_LAB_PUSH_URL", "http://127.0.0.1:3").unwrap().lab.unwrap();
    assert_eq!(lab.push_url.unwrap(), "http://127.0.0.1:3");
    assert!(read("SOFTBELL_LISTEN", "x").unwrap_err().contains("SOFTBELL_LISTEN"));
    for ours in ["SOFTBELL_SERVER", "SOFTBELL_LAB", "SOFTBELL_TOOLS", "SOFTBELL_PYTHON"] {
        assert!(read(ours, "/p").is_ok(), "{ours} is for building and testing");
    }
    assert!(read("SOFTBELL_LISTNE", "x").unwrap_err().contains("SOFTBELL_LISTNE"));
    let missing = Settings::read(&folder.path().join("none.toml"), []).unwrap_err();
    assert!(missing.contains("none.toml"));
}
