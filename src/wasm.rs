//! What the wasm module exports, and what it needs because it has no standard library.

use alloc::string::String;
use core::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::logic::Client;

/// The page's one client.
struct Page(RefCell<Option<Client>>);

// SAFETY: this module is built without threads; wasm32-unknown-unknown runs it on the page's one thread.
unsafe impl Sync for Page {}

static PAGE: Page = Page(RefCell::new(None));

/// Takes one event; the effects come back as text. Shapes and codes: `shell/border.js`.
#[must_use]
#[wasm_bindgen]
pub fn dispatch(code: u32, now: f64, text: &str) -> String {
    #[cfg(all(debug_assertions, feature = "panic-hook"))]
    console_error_panic_hook::set_once();
    // The shell performs effects after this returns, so the borrow is never taken twice.
    match PAGE.0.try_borrow_mut() {
        Ok(mut page) => crate::dispatch(page.get_or_insert_with(Client::default), code, now, text),
        Err(_) => String::new(),
    }
}

/// 0.1 kB instead of the 5.5 kB of the default allocator (docs/size.md).
#[cfg(not(debug_assertions))]
mod bare {
    use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

    // SAFETY: see `Page`: there is one thread.
    #[global_allocator]
    static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
        unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };

    /// A trap: the shell sees a `RuntimeError`, detaches the client and rejects its promises with `client_failed`.
    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        core::arch::wasm32::unreachable()
    }
}
