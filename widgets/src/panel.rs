//! The manage panel's life: opens once, follows the status, and gives everything back when it closes.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::events::EventListener;
use js_sys::{Function, Object, Reflect};
use serde_wasm_bindgen::from_value;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Event;

use crate::softbell::Softbell;
use crate::status::{Look, StatusInfo};
use crate::view::View;

thread_local! {
    static OPEN: RefCell<Option<Panel>> = const { RefCell::new(None) };
}

/// The open panel, with everything that must go with it.
struct Panel {
    view: Rc<View>,
    /// Ends `status.changed`.
    off: Function,
    _changed: Closure<dyn FnMut(JsValue)>,
    _listeners: [EventListener; 5],
}

impl Drop for Panel {
    fn drop(&mut self) {
        // A listener of a client that is gone is gone too.
        let _ = self.off.call0(&JsValue::UNDEFINED);
        self.view.remove();
    }
}

/// Opens the panel; where it is open already, it stays as it is.
pub fn open(softbell: Softbell, info: &StatusInfo, look: &Look) -> Result<(), JsValue> {
    if OPEN.with_borrow(Option::is_some) {
        return Ok(());
    }
    let Some(window) = web_sys::window() else { return Ok(()) };
    let Some(document) = window.document() else { return Ok(()) };
    let fallback = window.navigator().language().unwrap_or_default();
    let view = Rc::new(View::new(&document, look, &fallback)?);
    view.show(info)?;
    let changed = follow(&view);
    let off = softbell.on("status.changed", &changed)?;
    let listeners = listen(&view, softbell);
    // From here on, a failure drops the panel, and with it whatever is there already.
    let panel = Panel { view, off, _changed: changed, _listeners: listeners };
    panel.view.open(&document)?;
    OPEN.set(Some(panel));
    Ok(())
}

/// Closes the panel. A listener that calls this is dropped while it runs: it must not touch what it holds afterwards.
fn close() {
    // Out of the cell first: giving the focus back runs the page's own listeners.
    let panel = OPEN.take();
    drop(panel);
}

/// The panel says what is true now.
fn follow(view: &Rc<View>) -> Closure<dyn FnMut(JsValue)> {
    let view = Rc::clone(view);
    Closure::new(move |info| {
        if let Ok(info) = from_value(info) {
            // An element that cannot be changed is not on the page any more.
            let _ = view.show(&info);
        }
    })
}

/// Every way out, and the button that leads to the popup.
fn listen(view: &View, softbell: Softbell) -> [EventListener; 5] {
    let pressed = Rc::new(Cell::new(false));
    let released = Rc::clone(&pressed);
    [
        EventListener::new(&view.close, "click", |_| close()),
        EventListener::new(&view.turn_on, "click", move |_| turn_on(softbell.clone())),
        // Escape, or Back on Android: the browser has closed the dialog.
        EventListener::new(&view.dialog, "close", |_| close()),
        // The backdrop: pressed and released there, so that selecting text does not close the panel.
        EventListener::new(&view.dialog, "pointerdown", move |event| pressed.set(is_backdrop(event))),
        EventListener::new(&view.dialog, "click", move |event| {
            if released.take() && is_backdrop(event) {
                close();
            }
        }),
    ]
}

/// Elements inside the dialog cover it, so what hits the dialog itself hits its backdrop.
fn is_backdrop(event: &Event) -> bool {
    event.target() == event.current_target()
}

/// The soft popup asks, not the panel: the panel makes room for it.
fn turn_on(softbell: Softbell) {
    close();
    spawn_local(async move {
        let options = Object::new();
        if Reflect::set(&options, &"force".into(), &true.into()).is_ok()
            && let Ok(answer) = softbell.ask(&options)
        {
            // The client tells the site what went wrong; an unhandled rejection would add nothing.
            let _ = JsFuture::from(answer).await;
        }
    });
}
