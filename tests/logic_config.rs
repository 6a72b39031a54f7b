//! Configuration: what is taken, and how a mistake is answered.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use softbell::logic::Effect;
use softbell::logic::config::ALLOWED;
use support::{Device, has};

fn refusal(settings: &[(&'static str, &'static str, &'static str)]) -> Option<String> {
    Device::with(settings).load().into_iter().find_map(|effect| match effect {
        Effect::Fail { code: "config_invalid", field } => Some(field),
        _ => None,
    })
}

#[test]
fn the_configuration_of_the_server_is_fetched() {
    let effects = Device::default().load();
    let url = "https://push.example.com/v1/sites/shop/config".into();
    assert_eq!(effects.first(), Some(&Effect::FetchConfig { url, fresh: false }));
}

#[test]
fn good_values_are_taken() {
    let good = [
        ("server", "s", "http://localhost:8480"),
        ("server", "s", "http://127.0.0.1:8480"),
        ("worker.url", "s", "/assets/sw.js"),
        ("worker.scope", "s", "/assets/"),
        ("replaces", "o", ""),
        ("replaces.0", "s", "/firebase-cloud-messaging-push-scope"),
        ("prompt", "b", ""),
        ("prompt", "o", ""),
        ("prompt.events", "o", ""),
        ("worker", "o", ""),
        ("texts", "o", ""),
        ("prompt.delaySeconds", "n", "0"),
        ("prompt.pageViews", "n", "3"),
        ("prompt.backoffDays.0", "n", "1"),
        ("prompt.maxAsks", "n", "0"),
        ("prompt.events.0", "s", "cart_opened"),
        ("locale", "s", "pt-BR"),
        ("theme", "s", "dark"),
        ("texts.title", "s", "May we?"),
    ];
    for setting in good {
        assert_eq!(refusal(&[setting]), None, "{setting:?}");
    }
}

#[test]
fn a_mistake_is_answered_with_its_field() {
    let long: &'static str = Box::leak("x".repeat(129).into_boxed_str());
    let bad = [
        ("site", "s", ""),
        ("site", "s", "a/b"),
        ("site", "s", long),
        ("site", "n", "7"),
        ("server", "s", "push.example.com"),
        ("server", "s", "http://push.example.com"),
        ("server", "s", "https://push.example.com/"),
        ("server", "s", "https://user@push.example.com"),
        ("server", "s", "https://"),
        ("worker.url", "s", "https://elsewhere.example/sw.js"),
        ("worker.url", "s", "//elsewhere.example/sw.js"),
        ("replaces", "s", "/"),
        ("replaces.0", "s", "https://elsewhere.example/"),
        ("replaces.0", "s", "//elsewhere.example/"),
        ("replaces.0", "n", "1"),
        ("prompt", "b", "1"),
        ("prompt", "s", "no"),
        ("prompt.delaySeconds", "n", "-1"),
        ("prompt.delaySeconds", "n", "86401"),
        ("prompt.delaySeconds", "n", "1.5"),
        ("prompt.delaySeconds", "s", "5"),
        ("prompt.backoffDays.0", "n", "0"),
        ("prompt.backoffDays.0", "s", "3"),
        ("prompt.events.0", "s", ""),
        ("prompt.events.0", "s", "a|b"),
        ("prompt.events.0", "s", "a,b"),
        ("prompt.events.0", "n", "1"),
        ("prompt.backoffDays", "n", "3"),
        ("prompt.events", "s", "cart_opened"),
        ("locale", "s", "de at"),
        ("theme", "s", "pink"),
        ("texts.headline", "s", "x"),
        ("promt.delaySeconds", "n", "1"),
        ("promt", "o", ""),
        ("prompt.", "o", ""),
        ("site", "o", ""),
        ("__proto__.polluted", "s", "x"),
        ("worker", "x", "function"),
    ];
    for setting in bad {
        let field = refusal(&[setting]).unwrap_or_else(|| panic!("{setting:?} was taken"));
        assert_eq!(field, setting.0);
    }
}

#[test]
fn site_and_server_are_needed() {
    for missing in ["site", "server"] {
        let mut device = Device::default();
        device.config.retain(|(path, ..)| *path != missing);
        let effects = device.load();
        assert!(matches!(effects.as_slice(), [Effect::Fail { field, .. }] if field.as_str() == missing), "{effects:?}");
    }
}

#[test]
fn after_a_refused_configuration_nothing_happens() {
    let mut device = Device::with(&[("theme", "s", "pink")]);
    device.load();
    assert_eq!(device.remote(), []);
    assert_eq!(device.why(), "config_invalid");
    assert!(!has(&device.ask(true), "Draw"));
}

#[test]
fn every_field_that_can_be_refused_has_its_sentence() {
    let sentence = |field: &str| {
        ALLOWED.iter().find(|(path, _)| field == *path || (path.ends_with('.') && field.starts_with(path)))
    };
    for field in ["site", "server", "prompt.backoffDays.7", "prompt.events.0", "texts.headline", "theme"] {
        assert!(sentence(field).is_some(), "{field}");
    }
}
