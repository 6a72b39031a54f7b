//! The public JavaScript API, as far as the widgets use it (`pkg/index.d.ts`, `Softbell`).

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// What `init()` returns.
    #[derive(Clone)]
    pub type Softbell;

    /// Resolves with a [`crate::status::StatusInfo`].
    #[wasm_bindgen(method, catch, js_name = getStatus)]
    pub fn get_status(this: &Softbell) -> Result<Promise, JsValue>;

    /// Opens the soft popup.
    #[wasm_bindgen(method, catch)]
    pub fn ask(this: &Softbell, options: &JsValue) -> Result<Promise, JsValue>;

    /// Listens; what it returns ends that.
    #[wasm_bindgen(method, catch)]
    pub fn on(this: &Softbell, event: &str, listener: &Closure<dyn FnMut(JsValue)>) -> Result<Function, JsValue>;
}
