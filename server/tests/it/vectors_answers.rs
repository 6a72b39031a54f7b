//! Answers of push services against `push_service_responses.json`.

use std::time::{Duration, SystemTime};

use softbell_server::push::outcome::{Outcome, of_answer, wait};

use crate::vectors::{cases, file};

#[test]
fn every_status_is_classified_as_the_field_does() {
    let file = file("push_service_responses.json");
    for case in cases(&file, "classify", 15) {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let outcome = of_answer(status, None, SystemTime::UNIX_EPOCH);
        let is_ok = case["action"] == "ok";
        let (prune, retry) = (case["prune"] == true, case["retry"] == true);
        assert_eq!(outcome == Outcome::Sent, is_ok, "{case}");
        assert_eq!(outcome == Outcome::Gone, prune, "{case}");
        assert_eq!(matches!(outcome, Outcome::Retry(..)), retry, "{case}");
        assert_eq!(matches!(outcome, Outcome::Failed(_)), !is_ok && !prune && !retry, "{case}");
    }
}

#[test]
fn retry_after_is_read_in_both_forms_and_nonsense_is_absent() {
    let file = file("push_service_responses.json");
    let now = httpdate::parse_http_date("Fri, 20 Nov 2026 09:00:00 GMT").unwrap();
    let expected = [Some(120), Some(3600), None, None, Some(999_999_999_999)];
    for (form, seconds) in cases(&file, "retry_after", 5).iter().zip(expected) {
        let outcome = of_answer(429, form.as_str(), now);
        let delay = seconds.map(Duration::from_secs);
        assert_eq!(outcome, Outcome::Retry(delay, "rate_limited"), "{form}");
    }
}

#[test]
fn waiting_grows_to_an_hour_and_obeys_the_service() {
    let waits: Vec<i64> = (0..8).map(|attempts| wait(attempts, None) / 1000).collect();
    assert_eq!(waits, [5, 20, 80, 320, 1280, 3600, 3600, 3600]);
    assert_eq!(wait(0, Some(Duration::from_mins(2))), 120_000);
    assert_eq!(wait(5, Some(Duration::from_secs(1))), 1000);
    assert_eq!(wait(0, Some(Duration::from_secs(u64::MAX))), i64::MAX);
    assert_eq!(wait(i64::MAX, None), 3_600_000);
}
