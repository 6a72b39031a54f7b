//! Softbell widgets: the second wasm module, loaded at first use.
//!
//! The *manage panel* tells a visitor whether notifications are on and what to do about it. It knows the public
//! JavaScript API (`pkg/index.d.ts`) and nothing else of Softbell, as a third party would.

pub mod status;
pub mod texts;

#[cfg(target_arch = "wasm32")]
mod panel;
#[cfg(target_arch = "wasm32")]
mod softbell;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub use wasm::open_preferences;

#[cfg(target_arch = "wasm32")]
mod wasm {
    use js_sys::TypeError;
    use serde::de::DeserializeOwned;
    use serde_wasm_bindgen::from_value;
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;
    use wasm_bindgen_futures::JsFuture;

    use crate::panel;
    use crate::softbell::Softbell;

    /// Opens the manage panel for this client and resolves when it is open; `config` is the client's own.
    ///
    /// # Errors
    /// Rejects with what `getStatus()` rejects with, with a `TypeError` where an answer is not of the public API's
    /// shape, or where the browser refuses a modal dialog.
    #[wasm_bindgen(js_name = openPreferences)]
    pub async fn open_preferences(softbell: Softbell, config: JsValue) -> Result<(), JsValue> {
        #[cfg(all(debug_assertions, feature = "panic-hook"))]
        console_error_panic_hook::set_once();
        let status = JsFuture::from(softbell.get_status()?).await?;
        panel::open(softbell, &read(status)?, &read(config)?)
    }

    /// Reads a value of the public API.
    fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
        from_value(value).map_err(|_| {
            TypeError::new(
                "softbell: the widgets and the client are of different versions; publish both from one build.",
            )
            .into()
        })
    }
}

#[cfg(all(target_arch = "wasm32", not(debug_assertions)))]
mod bare {
    use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

    // SAFETY: this module is built without threads; wasm32-unknown-unknown runs it on the page's one thread.
    #[global_allocator]
    static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
        unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };
}
