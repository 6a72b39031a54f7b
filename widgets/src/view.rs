//! The panel's elements: a modal dialog in a shadow root, so that the site's CSS and ours never meet.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Document, Element, HtmlDialogElement, HtmlElement, ShadowRootInit, ShadowRootMode};

use crate::status::{Look, PushStatus, StatusInfo};
use crate::texts::{Texts, texts};

/// What is on the page while the panel is open.
pub struct View {
    host: Element,
    words: &'static Texts,
    text: Element,
    /// The dialog itself; its backdrop counts as part of it.
    pub dialog: HtmlDialogElement,
    /// Leads to the popup; hidden where there is nothing to ask.
    pub turn_on: HtmlElement,
    /// Closes the panel.
    pub close: HtmlElement,
}

impl View {
    /// Makes the elements; nothing is on the page yet.
    pub fn new(document: &Document, look: &Look, fallback: &str) -> Result<Self, JsValue> {
        let words = texts(locale(document, look).as_deref().unwrap_or(fallback));
        let make = |tag, attributes, text| element(document, tag, attributes, text);
        let host = make("div", &[("data-softbell-panel", "")], "")?;
        let dialog: HtmlDialogElement = element(
            document,
            "dialog",
            &[
                ("class", "panel"),
                ("aria-labelledby", "title"),
                ("aria-describedby", "text"),
                ("lang", words.language),
                ("dir", words.direction),
                ("data-theme", look.theme.as_deref().unwrap_or("auto")),
            ],
            "",
        )?
        .unchecked_into();
        // The padding is the body's, so that a press on the dialog itself is one on its backdrop.
        let body = make("div", &[("class", "body")], "")?;
        let text = make("p", &[("id", "text"), ("aria-live", "polite")], "")?;
        let answers = make("div", &[("class", "answers")], "")?;
        let close = make("button", &[("type", "button"), ("class", "no")], words.close)?;
        let turn_on = make("button", &[("type", "button"), ("class", "yes")], words.turn_on)?;
        answers.append_child(&close)?;
        answers.append_child(&turn_on)?;
        body.append_child(&*make("span", &[("class", "bell"), ("aria-hidden", "true")], "")?)?;
        body.append_child(&*make("h2", &[("id", "title")], words.title)?)?;
        body.append_child(&text)?;
        body.append_child(&answers)?;
        dialog.append_child(&body)?;

        let root = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?;
        let sheet = CssStyleSheet::new()?;
        sheet.replace_sync(include_str!("panel.css"))?;
        Reflect::set(&root, &"adoptedStyleSheets".into(), &Array::of1(&sheet))?;
        root.append_child(&dialog)?;
        Ok(Self { host: host.into(), words, text: text.into(), dialog, turn_on, close })
    }

    /// Says what this status means. The focus does not stay on a button that goes away.
    pub fn show(&self, info: &StatusInfo) -> Result<(), JsValue> {
        let can_ask = info.status == PushStatus::Ask;
        let focused = self.host.shadow_root().and_then(|root| root.active_element());
        if !can_ask && focused.as_ref() == Some(self.turn_on.as_ref()) {
            self.close.focus()?;
        }
        self.turn_on.set_hidden(!can_ask);
        self.dialog.set_attribute("data-on", if info.status == PushStatus::Allowed { "1" } else { "" })?;
        self.text.set_text_content(Some(self.words.sentence(info)));
        Ok(())
    }

    /// Puts the panel on the page, over everything else.
    pub fn open(&self, document: &Document) -> Result<(), JsValue> {
        if let Some(body) = document.body() {
            body.append_child(&self.host)?;
        }
        self.dialog.show_modal()
    }

    /// Takes the panel away; closing it first gives the focus back (HTML, `dialog.close()`).
    pub fn remove(&self) {
        self.dialog.close();
        self.host.remove();
    }
}

/// The language that was configured, else the page's.
fn locale(document: &Document, look: &Look) -> Option<String> {
    let page = || document.document_element().and_then(|html| html.get_attribute("lang"));
    look.locale.clone().or_else(page).filter(|tag| !tag.is_empty())
}

/// Text is text: nothing ever becomes HTML.
fn element(document: &Document, tag: &str, attributes: &[(&str, &str)], text: &str) -> Result<HtmlElement, JsValue> {
    let made = document.create_element(tag)?;
    for (name, value) in attributes {
        made.set_attribute(name, value)?;
    }
    made.set_text_content(Some(text));
    Ok(made.unchecked_into())
}
