//! Everything that we send to Apple's endpoints is read by every engine, and as we meant it (C16).

use serde_json::{Value, json};
use url::Url;

use crate::fixture::{PushService, Server};
use crate::judge::{Parsed, broken, firefox, w3c, webkit};
use crate::landings::opened;
use crate::vectors::{cases, file, text};

fn scope() -> Url {
    Url::parse("https://example.com/").unwrap()
}

/// The verdict of an engine's column; none where the file has none.
fn verdict(case: &Value, engine: &str) -> Option<bool> {
    case[engine].get("result").map(|result| *result == json!("declarative"))
}

/// What an engine's column says it reads.
fn read(case: &Value, engine: &str) -> Option<Parsed> {
    let parsed = case[engine].get("parsed").filter(|parsed| !parsed.is_null())?;
    let text = |name: &str| text(parsed, name).to_owned();
    Some(Parsed {
        title: text("title"),
        navigate: text("navigate"),
        dir: text("dir"),
        lang: text("lang"),
        body: text("body"),
        tag: text("tag"),
        icon: parsed["icon"].as_str().map(str::to_owned),
        silent: parsed["silent"].as_bool(),
        mutable: parsed["mutable"] == json!(true),
    })
}

#[test]
fn c16_the_judge_says_of_all_cases_what_the_engines_say() {
    let file = file("declarative_push_cases.json");
    let mut divided = 0;
    for case in cases(&file, "cases", 67) {
        let (id, raw) = (text(case, "id"), text(case, "raw"));
        let verdicts = [webkit(raw), w3c(raw, &scope()), firefox(raw, &scope())];
        for (engine, got) in ["webkit", "w3c_ed", "firefox"].into_iter().zip(&verdicts) {
            if let Some(expected) = verdict(case, engine) {
                assert_eq!(got.is_some(), expected, "{id} {engine}");
            }
            if case[engine].get("parsed").is_some() {
                assert_eq!(*got, read(case, engine), "{id} {engine}");
            }
        }
        // The rule is on the safe side: what it lets through is read by all.
        let is_portable = broken(raw).is_empty();
        assert!(!is_portable || verdicts.iter().all(Option::is_some), "{id}");
        let agree = case["engines_agree"] == json!(true);
        assert!(agree || !is_portable, "{id} divides the engines");
        divided += usize::from(!agree);
    }
    assert_eq!(divided, 19);
}

#[test]
fn c16_the_rule_is_that_of_the_vectors() {
    let rule = &file("declarative_push_cases.json")["portable_rule"];
    let good = json!({
        "web_push": 8030, "app_badge": 3, "mutable": true,
        "notification": {"title": "t", "navigate": "https://a.example/", "icon": "https://a.example/i", "dir": "rtl",
            "tag": "t", "renotify": true, "vibrate": [1], "mutable": true, "app_badge": 3,
            "actions": [{"action": "a", "title": "A", "navigate": "https://a.example/"}]},
    });
    assert_eq!((broken(&good.to_string()), rule.as_array().map(Vec::len)), (vec![], Some(8)));
    for (pointer, value, place) in [
        ("/web_push", json!("8030"), 0),
        ("/notification/title", json!(""), 1),
        ("/notification/navigate", json!("/"), 2),
        ("/notification/icon", json!("http://a.example/i"), 2),
        ("/notification/dir", json!("up"), 3),
        ("/notification/vibrate", json!("long"), 3),
        ("/mutable", json!(false), 4),
        ("/notification/app_badge", json!("3"), 5),
        ("/notification/tag", json!(""), 6),
        ("/notification/actions/0/navigate", json!("/"), 7),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert_eq!(broken(&bad.to_string()), [place], "{pointer}: {}", rule[place]);
    }
}

/// Numbers that look random and are the same each time (Numerical Recipes' LCG).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick(&mut self, values: &[Value]) -> Value {
        values[self.roll(values.len())].clone()
    }
}

/// A request with any of the members, all of them valid.
fn request(dice: &mut Dice) -> Value {
    let words =
        ["News", "a\"b\\c", "سلام", "\u{202e}x", "👩‍👩‍👧", "</script>", "1\n2", "null", "{\"web_push\":1}"].map(Value::from);
    let urls = ["", "o?n=1", "o?n=1#top", "?q=%20+ü", "#softbell", "a;b=c"]
        .map(|rest| json!(format!("http://localhost:9000/{rest}")));
    let pictures = ["https://cdn.example/i.png", "https://cdn.example/ü?x=\"y\""].map(Value::from);
    let members: [(&str, &[Value]); 20] = [
        ("body", &words),
        ("url", &urls),
        ("icon", &pictures),
        ("image", &pictures),
        ("badge", &pictures),
        ("lang", &["en".into(), "zh-Hant".into()]),
        ("dir", &["auto".into(), "ltr".into(), "rtl".into()]),
        ("tag", &words),
        ("renotify", &[true.into(), false.into()]),
        ("silent", &[true.into(), false.into()]),
        ("require_interaction", &[true.into(), false.into()]),
        ("vibrate", &[json!([0]), json!([100, 50, 100])]),
        ("timestamp", &["2026-11-20T10:00:00.5Z".into(), "1970-01-01T00:00:00Z".into()]),
        ("app_badge", &[0.into(), 3.into(), 9_007_199_254_740_991_u64.into()]),
        ("data", &[json!({}), json!({"order": 7, "web_push": 1, "a": [null]})]),
        ("foreground", &["page".into()]),
        ("collapse", &["A-z_0".into()]),
        ("urgency", &["high".into(), "very-low".into()]),
        ("campaign", &words),
        ("variant", &words),
    ];
    let mut request = json!({"title": dice.pick(&words), "audience": {"all": true}});
    for (name, values) in members {
        if dice.roll(2) == 0 {
            request[name] = dice.pick(values);
        }
    }
    // What is refused is tested elsewhere.
    if request["silent"] == json!(true) {
        request["vibrate"] = Value::Null;
    }
    if request["tag"].is_null() {
        request["renotify"] = Value::Null;
    }
    let kinds = [Value::Null, "deeplink".into(), "background".into(), "dismiss".into(), "snooze".into(), "mute".into()];
    let button = |at: usize, dice: &mut Dice| {
        let kind = dice.pick(&kinds);
        let topic = if kind == json!("mute") { json!("offers") } else { Value::Null };
        json!({"action": format!("b{at}"), "title": dice.pick(&words), "type": kind, "topic": topic, "done": dice.pick(&words)})
    };
    let count = dice.roll(5);
    request["actions"] = (0..count).map(|at| button(at, dice)).collect();
    if dice.roll(4) == 0 {
        request["sensitivity"] = "private".into();
        request["public_title"] = "You have a new message".into();
    }
    request
}

/// What we mean by a request, as an engine should read it.
fn meant(request: &Value, navigate: String) -> Parsed {
    let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    let is_private = request["sensitivity"] == json!("private");
    let public = |name: &str| if is_private { String::new() } else { text(name) };
    let icon = Url::parse(&public("icon")).ok().map(String::from);
    Parsed {
        title: if is_private { text("public_title") } else { text("title") },
        navigate,
        dir: request["dir"].as_str().unwrap_or("auto").to_owned(),
        lang: text("lang"),
        body: public("body"),
        tag: public("tag"),
        icon,
        silent: Some(true).filter(|_| request["silent"] == json!(true)),
        mutable: false,
    }
}

/// The request's address with the landing that the payload has.
fn landing(request: &Value, payload: &Value) -> String {
    let mut url = Url::parse(request["url"].as_str().unwrap_or("http://localhost:9000/")).unwrap();
    let id = crate::landings::id_in(&payload["notification"]["navigate"]);
    url.query_pairs_mut().append_pair("softbell", &id);
    url.into()
}

#[tokio::test]
async fn c16_whatever_is_sent_to_apple_is_read_by_all_engines_as_meant_and_elsewhere_by_our_worker_alone() {
    const COUNT: usize = 250;
    let server = Server::start().await;
    let elsewhere = [
        "https://fcm.googleapis.com/a",
        "https://updates.push.services.mozilla.com/a",
        "https://push.apple.com.example/a",
    ];
    for (device, endpoint) in ["https://web.push.apple.com/apple"].iter().chain(&elsewhere).enumerate() {
        let id = softbell_server::b64::encode(&[u8::try_from(device).unwrap(); 16]);
        assert_eq!(server.put(&id, &server.live(1, endpoint)).await.0, 200);
    }
    let mut dice = Dice(20_261_121);
    let mut requests = std::collections::BTreeMap::new();
    for _ in 0..COUNT {
        let request = request(&mut dice);
        let (status, answer) = server.send(&request).await;
        assert_eq!((status.as_u16(), &answer["reach"]), (202, &json!(4)), "{request} {answer}");
        requests.insert(answer["id"].as_str().unwrap().to_owned(), request);
    }
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    server.until("SELECT COUNT(*) FROM sends WHERE state = 'queued'", 0).await;
    let mut at_apple = 0;
    for push in service.arrived() {
        let payload = opened(&push);
        let Some(request) = requests.get(payload["notification"]["data"]["softbell"]["m"].as_str().unwrap()) else {
            continue; // the welcome
        };
        let raw = payload.to_string();
        if push.uri.path() != "/apple" {
            assert!(payload.get("web_push").is_none(), "{raw}");
            assert!([webkit(&raw), w3c(&raw, &scope()), firefox(&raw, &scope())].iter().all(Option::is_none), "{raw}");
            continue;
        }
        at_apple += 1;
        assert_eq!(broken(&raw), Vec::<usize>::new(), "{raw}");
        let meant = meant(request, landing(request, &payload));
        assert_eq!(webkit(&raw).as_ref(), Some(&meant), "{raw}");
        assert_eq!(w3c(&raw, &scope()).as_ref(), Some(&meant), "{raw}");
        let always = Parsed { silent: Some(meant.silent.unwrap_or_default()), ..meant };
        assert_eq!(firefox(&raw, &scope()), Some(always), "{raw}");
        if request["sensitivity"] == json!("private") {
            let top: Vec<&String> = payload.as_object().unwrap().keys().collect();
            assert!(top.iter().all(|name| ["web_push", "app_badge", "notification"].contains(&name.as_str())), "{raw}");
            let data = payload["notification"]["data"].as_object().unwrap();
            assert_eq!(data.keys().collect::<Vec<_>>(), ["softbell"], "{raw}");
        }
    }
    assert_eq!(at_apple, COUNT);
}
