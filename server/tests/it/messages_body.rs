//! `POST messages`: every member that is refused, by its name.

use serde_json::{Value, json};

use crate::fixture::{Server, refusal};

/// A fine body with these members changed.
fn body(changes: &Value) -> Value {
    let mut body = json!({"title": "News", "audience": {"all": true}, "dry_run": true});
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn button(changes: &Value) -> Value {
    let mut button = json!({"action": "see", "title": "See"});
    for (name, value) in changes.as_object().unwrap() {
        button[name] = value.clone();
    }
    json!({"actions": [button]})
}

async fn assert_refused(server: &Server, cases: &[(Value, &str, &str)]) {
    for (changes, code, field) in cases {
        let expected = (422, (*code).to_owned(), Some((*field).to_owned()));
        assert_eq!(refusal(server.send(&body(changes)).await), expected, "{changes}");
    }
}

#[tokio::test]
async fn words_and_numbers_are_refused_by_name() {
    let server = Server::start().await;
    let cases = [
        (json!({"title": null}), "member_missing", "title"),
        (json!({"title": 7}), "member_invalid", "title"),
        (json!({"title": "  "}), "member_invalid", "title"),
        (json!({"body": []}), "member_invalid", "body"),
        (json!({"lang": "en_GB"}), "member_invalid", "lang"),
        (json!({"lang": "e".repeat(36)}), "member_invalid", "lang"),
        (json!({"dir": "up"}), "member_invalid", "dir"),
        (json!({"tag": "t".repeat(129)}), "member_invalid", "tag"),
        (json!({"renotify": true}), "member_invalid", "renotify"),
        (json!({"renotify": 1, "tag": "t"}), "member_invalid", "renotify"),
        (json!({"silent": "yes"}), "member_invalid", "silent"),
        (json!({"require_interaction": 0}), "member_invalid", "require_interaction"),
        (json!({"ttl": -1}), "member_invalid", "ttl"),
        (json!({"ttl": 2_419_201}), "member_invalid", "ttl"),
        (json!({"ttl": 1.5}), "member_invalid", "ttl"),
        (json!({"urgency": "urgent"}), "member_invalid", "urgency"),
        (json!({"collapse": "c".repeat(33)}), "member_invalid", "collapse"),
        (json!({"collapse": "a b"}), "member_invalid", "collapse"),
        (json!({"personal": "no"}), "member_invalid", "personal"),
        (json!({"personal": true}), "member_invalid", "personal"),
        (json!({"personal": true, "audience": {"topic": "offers"}}), "member_invalid", "personal"),
        (json!({"campaign": 1}), "member_invalid", "campaign"),
        (json!({"variant": "v".repeat(129)}), "member_invalid", "variant"),
        (json!({"dry_run": "true"}), "member_invalid", "dry_run"),
        (json!({"web_push": 8030}), "member_unknown", "web_push"),
    ];
    assert_refused(&server, &cases).await;
    for (changes, reach) in [
        (json!({"ttl": 0}), 0),
        (json!({"ttl": 2_419_200, "urgency": "very-low", "collapse": "A-z_0", "dir": "rtl", "lang": "zh-Hant"}), 0),
        (json!({"body": "", "url": null, "renotify": true, "tag": "t"}), 0),
    ] {
        let (status, answer) = server.send(&body(&changes)).await;
        assert_eq!((status.as_u16(), &answer["reach"]), (200, &json!(reach)), "{changes}");
    }
}

#[tokio::test]
async fn c1_c11_c12_what_a_notification_may_carry_is_refused_by_name_where_it_is_wrong() {
    let server = Server::start().await;
    let long: String = "d".repeat(2048);
    let cases = [
        (json!({"vibrate": 200}), "member_invalid", "vibrate"),
        (json!({"vibrate": []}), "member_invalid", "vibrate"),
        (json!({"vibrate": [-1]}), "member_invalid", "vibrate"),
        (json!({"vibrate": [10_001]}), "member_invalid", "vibrate"),
        (json!({"vibrate": vec![1; 100]}), "member_invalid", "vibrate"),
        (json!({"vibrate": [1], "silent": true}), "vibrate_of_silent", "vibrate"),
        (json!({"timestamp": 1_795_168_800_250_i64}), "member_invalid", "timestamp"),
        (json!({"timestamp": "yesterday"}), "member_invalid", "timestamp"),
        (json!({"timestamp": "1969-12-31T23:59:59Z"}), "member_invalid", "timestamp"),
        (json!({"app_badge": -1}), "member_invalid", "app_badge"),
        (json!({"app_badge": 1.5}), "member_invalid", "app_badge"),
        (json!({"app_badge": "3"}), "member_invalid", "app_badge"),
        (json!({"app_badge": 9_007_199_254_740_992_u64}), "member_invalid", "app_badge"),
        (json!({"data": "x"}), "member_invalid", "data"),
        (json!({"data": [1]}), "member_invalid", "data"),
        (json!({"data": {"softbell": {}}}), "member_invalid", "data.softbell"),
        (json!({"data": {"x": long}}), "member_invalid", "data"),
        (json!({"foreground": "system"}), "member_invalid", "foreground"),
        (json!({"foreground": true}), "member_invalid", "foreground"),
        (json!({"silent_data": "yes"}), "member_invalid", "silent_data"),
        (json!({"url": "http://localhost:9000/?softbell=x"}), "member_invalid", "url"),
        (json!({"icon": "http://cdn.example/i.png"}), "member_invalid", "icon"),
    ];
    assert_refused(&server, &cases).await;
    for fine in [
        json!({"vibrate": [0, 10_000], "silent": false}),
        json!({"timestamp": "1970-01-01T00:00:00Z", "app_badge": 0, "data": {}}),
        json!({"data": {"x": "d".repeat(2000)}, "app_badge": 9_007_199_254_740_991_u64}),
        json!({"icon": "http://localhost:9000/i.png", "foreground": "page"}),
    ] {
        assert_eq!(server.send(&body(&fine)).await.0, 200, "{fine}");
    }
}

/// No browser lets a site push without showing anything: what no page takes is shown, so it needs words.
#[tokio::test]
async fn c13_a_push_without_words_is_refused_and_says_why() {
    let server = Server::start().await;
    for title in [Value::Null, "".into(), "  ".into()] {
        let (status, problem) = server.send(&body(&json!({"silent_data": true, "title": title}))).await;
        let expected = (422, &json!("hidden_push_not_supported"), &json!("title"));
        assert_eq!((status.as_u16(), &problem["code"], &problem["field"]), expected);
        assert!(problem["detail"].as_str().unwrap().contains("no push that shows nothing"), "{problem}");
    }
    assert_refused(&server, &[(json!({"silent_data": true, "title": 7}), "member_invalid", "title")]).await;
    assert_eq!(server.send(&body(&json!({"silent_data": true}))).await.0, 200);
}

#[tokio::test]
async fn w16_what_web_notifications_lack_is_refused_with_another_way_wherever_it_stands() {
    let server = Server::start().await;
    for (name, code, way) in [
        ("video", "video_not_supported", "image"),
        ("sound", "sound_not_supported", "silent"),
        ("geofence", "geofence_not_supported", "tag"),
    ] {
        for changes in [json!({name: "x"}), json!({"notification": {name: "x"}}), button(&json!({name: "x"}))] {
            let (status, problem) = server.send(&body(&changes)).await;
            let expected = (422, &json!(code), &json!(name));
            assert_eq!((status.as_u16(), &problem["code"], &problem["field"]), expected, "{changes}");
            assert!(problem["detail"].as_str().unwrap().contains(way), "{problem}");
        }
        // The site's own words may be called so.
        assert_eq!(server.send(&body(&json!({"data": {name: "x"}}))).await.0, 200);
    }
    assert_refused(&server, &[(json!({"notification": {"title": "x"}}), "member_unknown", "notification")]).await;
}

/// A refusal leaves nothing behind, not even the key.
#[tokio::test]
async fn d12_everything_is_refused_before_anything_is_stored() {
    let server = Server::start().await;
    for changes in [
        json!({"title": " "}),
        json!({"sensitivity": "secret"}),
        json!({"silent": true, "vibrate": [1]}),
        json!({"body": "b".repeat(4000)}),
        json!({"personal": true}),
        button(&json!({"type": "mute"})),
    ] {
        let mut body = body(&changes);
        body["dry_run"] = false.into();
        assert_eq!(server.send_with(&body, &[("idempotency-key", "k")]).await.0, 422, "{changes}");
    }
    let left = "SELECT (SELECT COUNT(*) FROM messages) + (SELECT COUNT(*) FROM sends) + (SELECT COUNT(*) FROM answers)";
    assert_eq!(server.number(left).await, 0);
    let fine = json!({"title": "News", "audience": {"all": true}});
    assert_eq!(server.send_with(&fine, &[("idempotency-key", "k")]).await.0, 202);
}

#[tokio::test]
async fn links_stay_on_the_site_and_pictures_on_the_web() {
    let server = Server::start().await;
    let mut cases = Vec::new();
    for url in [
        "https://evil.example/",
        "http://localhost:9000.evil.example/",
        "http://localhost:9001/",
        "https://localhost:9000/",
        "http://user:pass@localhost:9000/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/order/7",
        "//localhost:9000/",
        "http://",
        "localhost:9000",
    ] {
        cases.push((json!({"url": url}), "member_invalid", "url"));
        cases.push((button(&json!({"url": url})), "member_invalid", "actions.url"));
    }
    for url in
        ["javascript:alert(1)", "data:image/png;base64,AA", "file:///etc/passwd", "i.png", "https://u:p@cdn.example/"]
    {
        for name in ["icon", "image", "badge"] {
            cases.push((json!({name: url}), "member_invalid", name));
        }
        cases.push((button(&json!({"icon": url})), "member_invalid", "actions.icon"));
    }
    assert_refused(&server, &cases).await;
    let fine = json!({"url": "http://localhost:9000/a?b=c#d", "icon": "https://cdn.example/i.png"});
    assert_eq!(server.send(&body(&fine)).await.0, 200);
}

#[tokio::test]
async fn buttons_are_few_named_apart_and_usable() {
    let server = Server::start().await;
    let one = json!({"action": "see", "title": "See"});
    let cases = [
        (json!({"actions": {}}), "member_invalid", "actions"),
        (json!({"actions": [7]}), "member_invalid", "actions"),
        (json!({"actions": vec![one.clone(); 5]}), "member_invalid", "actions"),
        (json!({"actions": [one, one]}), "member_invalid", "actions.action"),
        (button(&json!({"action": null})), "member_missing", "actions.action"),
        (button(&json!({"action": " "})), "member_invalid", "actions.action"),
        (button(&json!({"action": "a".repeat(129)})), "member_invalid", "actions.action"),
        (button(&json!({"title": ""})), "member_missing", "actions.title"),
        (button(&json!({"title": " "})), "member_invalid", "actions.title"),
        (button(&json!({"navigate": "http://localhost:9000/"})), "member_unknown", "actions.navigate"),
    ];
    assert_refused(&server, &cases).await;
}

#[tokio::test]
async fn an_audience_is_one_thing() {
    let server = Server::start().await;
    let audience = |audience: Value| json!({"audience": audience});
    let cases = [
        (audience(Value::Null), "member_missing", "audience"),
        (audience(json!("all")), "member_invalid", "audience"),
        (audience(json!({})), "member_invalid", "audience"),
        (audience(json!({"all": false})), "member_invalid", "audience"),
        (audience(json!({"all": true, "topic": "offers"})), "member_invalid", "audience"),
        (audience(json!({"everyone": true})), "member_unknown", "audience.everyone"),
        (audience(json!({"user": 7})), "member_invalid", "audience.user"),
        (audience(json!({"user": ""})), "member_invalid", "audience"),
        (audience(json!({"topic": "t".repeat(129)})), "member_invalid", "audience.topic"),
        (audience(json!({"locale": "de_AT"})), "member_invalid", "audience.locale"),
        (audience(json!({"tag": "plan"})), "member_invalid", "audience.tag"),
        (audience(json!({"tag": {"name": "plan"}})), "member_missing", "audience.tag.value"),
        (audience(json!({"tag": {"value": "gold"}})), "member_missing", "audience.tag.name"),
        (audience(json!({"tag": {"name": "plan", "value": []}})), "member_invalid", "audience.tag.value"),
        (audience(json!({"tag": {"name": "p", "value": 1, "op": "<"}})), "member_unknown", "audience.tag.op"),
    ];
    assert_refused(&server, &cases).await;
}

#[tokio::test]
async fn bodies_are_json_objects_of_a_sane_size() {
    let server = Server::start().await;
    for text in ["7", "[]", "null", "\"x\""] {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(refusal(server.send(&value).await).1, "body_unreadable", "{text}");
    }
    let nul = body(&json!({"audience": {"device": "a\u{0}"}}));
    assert_eq!(refusal(server.send(&nul).await).1, "nul_refused");
    let huge = body(&json!({"body": "b".repeat(64 * 1024)}));
    assert_eq!(refusal(server.send(&huge).await), (413, "body_too_large".to_owned(), None));
}
