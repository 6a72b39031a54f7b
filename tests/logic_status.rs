//! Push status and its reasons, from every kind of browser (features.md A1, A2).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod support;

use softbell::contract::PushStatus;
use support::{Device, Facts, status};

fn status_of(facts: Facts) -> (&'static str, &'static str) {
    let mut device = Device { facts, ..Device::default() };
    let (status, reason, ..) = status(&device.load());
    (status, reason)
}

#[test]
fn a1_permission_decides_the_status() {
    for (permission, expected) in [("default", "ask"), ("granted", "allowed"), ("denied", "blocked")] {
        assert_eq!(status_of(Facts { permission, ..Facts::default() }), (expected, ""), "{permission}");
    }
}

#[test]
fn a1_numbers_are_the_fields_own() {
    let codes = [
        (PushStatus::Allowed, 0, "allowed"),
        (PushStatus::Ask, 1, "ask"),
        (PushStatus::Blocked, 2, "blocked"),
        (PushStatus::Suspended, 3, "suspended"),
        (PushStatus::Unsupported, 4, "unsupported"),
        (PushStatus::OptedOut, 5, "opted_out"),
    ];
    for (status, code, word) in codes {
        assert_eq!((status.code(), status.as_str()), (code, word));
    }
}

#[test]
fn a2_each_thing_that_is_missing_has_a_reason_of_its_own() {
    let full = Facts::default;
    let table = [
        (Facts { secure: false, ..full() }, "insecure_context"),
        (Facts { top: false, ..full() }, "cross_origin_iframe"),
        (Facts { ios_tab: true, ..full() }, "ios_not_installed"),
        (Facts { workers: false, ..full() }, "no_service_worker"),
        (Facts { push: false, ..full() }, "no_push_manager"),
        (Facts { permission: "", ..full() }, "no_notification_api"),
        // A tab on iOS has neither API: what helps there is the Home Screen.
        (Facts { ios_tab: true, push: false, permission: "", ..full() }, "ios_not_installed"),
        // An insecure page has no service workers: what helps there is https.
        (Facts { secure: false, workers: false, push: false, ..full() }, "insecure_context"),
    ];
    for (facts, reason) in table {
        assert_eq!(status_of(facts), ("unsupported", reason));
    }
}
