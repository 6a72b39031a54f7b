//! The manage panel in a real browser, over a public object made for the test.
#![cfg(target_arch = "wasm32")]
// A test that cannot go on says where (clippy allows this in `#[test]` alone).
#![allow(clippy::unwrap_used)]

use js_sys::{Object, Promise};
use softbell_widgets::open_preferences;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = r#"
export const fake = (status, reachable, reason) => {
  const listeners = new Map();
  const info = { status, code: 1, reason, permission: "default", subscription: "none", reachable, topics: [] };
  return {
    asked: [],
    getStatus: async () => info,
    async ask(options) { this.asked.push(options); throw new Error("nobody hears of it"); },
    on(event, listener) {
      listeners.set(listener, event);
      return () => void listeners.delete(listener);
    },
    turn(status, reachable) {
      for (const [listener, event] of listeners) if (event === "status.changed") listener({ ...info, status, reachable });
    },
    listening: () => listeners.size,
  };
};
export const broken = () => ({ getStatus: () => Promise.reject(new Error("config_invalid")) });
export const asked = (softbell) => JSON.stringify(softbell.asked);
export const settle = () => new Promise((resolve) => setTimeout(resolve, 50));
export const press = (target, type) => target.dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true }));
"#)]
extern "C" {
    #[derive(Clone)]
    type Fake;
    fn fake(status: &str, reachable: bool, reason: Option<&str>) -> Fake;
    fn broken() -> Fake;
    fn asked(softbell: &Fake) -> String;
    #[wasm_bindgen(method)]
    fn turn(this: &Fake, status: &str, reachable: bool);
    #[wasm_bindgen(method)]
    fn listening(this: &Fake) -> u32;
    fn settle() -> Promise;
    fn press(target: &Element, kind: &str);
}

fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

fn host() -> Option<Element> {
    document().query_selector("[data-softbell-panel]").unwrap()
}

fn part<T: JsCast>(selector: &str) -> T {
    host().unwrap().shadow_root().unwrap().query_selector(selector).unwrap().unwrap().dyn_into().unwrap()
}

fn text(selector: &str) -> String {
    part::<Element>(selector).text_content().unwrap()
}

/// A config with what the panel follows.
fn config(members: &[(&str, &str)]) -> JsValue {
    let config = Object::new();
    for (name, value) in members {
        js_sys::Reflect::set(&config, &(*name).into(), &(*value).into()).unwrap();
    }
    config.into()
}

/// A button of the page that has the focus, as after a press.
fn opener() -> HtmlElement {
    let button: HtmlElement = document().create_element("button").unwrap().dyn_into().unwrap();
    document().body().unwrap().append_child(&button).unwrap();
    button.focus().unwrap();
    button
}

async fn open(softbell: &Fake) {
    open_preferences(softbell.clone().unchecked_into(), config(&[("locale", "en"), ("site", "shop")])).await.unwrap();
}

async fn close() {
    part::<HtmlElement>(".no").click();
    JsFuture::from(settle()).await.unwrap();
    assert!(host().is_none());
}

#[wasm_bindgen_test]
async fn every_status_has_its_sentence_and_only_ask_has_turn_on() {
    for (status, reachable, reason, words) in [
        ("ask", false, None, "are off"),
        ("allowed", true, None, "are on"),
        ("allowed", false, None, "cannot reach this browser yet"),
        ("blocked", false, None, "site settings"),
        ("suspended", false, None, "someone else"),
        ("opted_out", false, None, "You turned notifications off"),
        ("unsupported", false, None, "cannot receive"),
        ("unsupported", false, Some("no_push_manager"), "cannot receive"),
        ("unsupported", false, Some("ios_not_installed"), "Home Screen"),
        ("unsupported", false, Some("cross_origin_iframe"), "its own tab"),
    ] {
        open(&fake(status, reachable, reason)).await;
        assert_eq!(text("h2"), "Notification settings");
        assert!(text("p").contains(words), "{status} {reason:?}: {}", text("p"));
        assert_eq!(part::<HtmlElement>(".yes").hidden(), status != "ask", "{status}");
        assert!(part::<Element>("dialog").matches(":modal").unwrap());
        close().await;
    }
}

#[wasm_bindgen_test]
async fn turn_on_closes_the_panel_and_asks_once() {
    let softbell = fake("ask", false, None);
    open(&softbell).await;
    let button: HtmlElement = part(".yes");
    button.click();
    button.click();
    assert!(host().is_none());
    JsFuture::from(settle()).await.unwrap();
    assert_eq!(asked(&softbell), r#"[{"force":true}]"#);
    assert_eq!(softbell.listening(), 0);
}

#[wasm_bindgen_test]
async fn follows_the_status_and_keeps_the_focus_inside() {
    let softbell = fake("ask", false, None);
    open(&softbell).await;
    part::<HtmlElement>(".yes").focus().unwrap();
    softbell.turn("allowed", true);
    assert!(text("p").contains("are on"));
    assert!(part::<HtmlElement>(".yes").hidden());
    let focused = host().unwrap().shadow_root().unwrap().active_element();
    assert_eq!(focused, Some(part::<Element>(".no")));
    close().await;
    softbell.turn("blocked", false);
    assert_eq!(softbell.listening(), 0);
}

#[wasm_bindgen_test]
async fn closing_removes_everything_and_gives_the_focus_back() {
    let button = opener();
    let softbell = fake("allowed", true, None);
    // What the browser does on Escape: it closes the dialog and tells.
    open(&softbell).await;
    assert_ne!(document().active_element().as_ref(), Some(button.as_ref()));
    assert_eq!(softbell.listening(), 1);
    part::<web_sys::HtmlDialogElement>("dialog").close();
    JsFuture::from(settle()).await.unwrap();
    assert!(host().is_none());
    assert_eq!(softbell.listening(), 0);
    assert_eq!(document().active_element().as_ref(), Some(button.as_ref()));
    // The close button, and again, because a panel can be opened as often as one likes.
    open(&softbell).await;
    close().await;
    assert_eq!(softbell.listening(), 0);
    assert_eq!(document().active_element().as_ref(), Some(button.as_ref()));
    button.remove();
}

#[wasm_bindgen_test]
async fn only_a_press_that_begins_on_the_backdrop_closes() {
    open(&fake("ask", false, None)).await;
    let dialog: Element = part("dialog");
    press(&part("p"), "pointerdown");
    press(&dialog, "click");
    press(&dialog, "pointerdown");
    press(&part("p"), "click");
    press(&dialog, "click");
    assert!(host().is_some());
    press(&dialog, "pointerdown");
    press(&dialog, "click");
    assert!(host().is_none());
}

#[wasm_bindgen_test]
async fn a_second_call_opens_no_second_panel() {
    let softbell = fake("ask", false, None);
    open(&softbell).await;
    open(&softbell).await;
    // A second panel would still be there after this.
    close().await;
}

#[wasm_bindgen_test]
async fn speaks_the_configured_language_else_the_pages() {
    let html = document().document_element().unwrap();
    let softbell = fake("ask", false, None);
    for (configured, page, heading, direction) in [
        ("de-AT", "fr", "Benachrichtigungen", "ltr"),
        ("", "ar", "إعدادات الإشعارات", "rtl"),
        ("", "fr-CA", "Notifications", "ltr"),
        ("", "xx", "Notification settings", "ltr"),
    ] {
        html.set_attribute("lang", page).unwrap();
        let config = if configured.is_empty() { config(&[]) } else { config(&[("locale", configured)]) };
        open_preferences(softbell.clone().unchecked_into(), config).await.unwrap();
        assert_eq!(text("h2"), heading);
        assert_eq!(part::<Element>("dialog").get_attribute("dir").as_deref(), Some(direction));
        close().await;
    }
    html.remove_attribute("lang").unwrap();
}

#[wasm_bindgen_test]
async fn markup_from_outside_stays_text() {
    let evil = r#""><img src=x onerror=alert(1)>"#;
    let softbell = fake("unsupported", false, Some(evil));
    let config = config(&[("locale", evil), ("theme", evil)]);
    open_preferences(softbell.unchecked_into(), config).await.unwrap();
    assert!(host().unwrap().shadow_root().unwrap().query_selector("img").unwrap().is_none());
    assert_eq!(part::<Element>("dialog").get_attribute("data-theme").as_deref(), Some(evil));
    assert!(text("p").contains("cannot receive"));
    close().await;
}

#[wasm_bindgen_test]
async fn what_cannot_be_known_rejects_and_opens_nothing() {
    let failed = open_preferences(broken().unchecked_into(), config(&[])).await;
    assert_eq!(failed.unwrap_err().unchecked_into::<js_sys::Error>().message(), "config_invalid");
    let unknown = open_preferences(fake("new_status", false, None).unchecked_into(), config(&[])).await;
    assert!(unknown.unwrap_err().is_instance_of::<js_sys::TypeError>());
    assert!(host().is_none());
}
