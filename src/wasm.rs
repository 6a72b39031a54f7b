//! What the wasm module exports, and what it needs because it has no standard library.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::logic::Client;

/// The page's one client, and the text on its way in and out.
///
/// Text crosses the border as bytes in these two buffers: wasm-bindgen's own way with strings costs 0.9 kB more, in
/// glue and module (docs/size.md).
#[derive(Default)]
struct Page {
    client: Client,
    input: Vec<u8>,
    output: String,
}

struct Cell(RefCell<Option<Page>>);

// SAFETY: this module is built without threads; wasm32-unknown-unknown runs it on the page's one thread.
unsafe impl Sync for Cell {}

static PAGE: Cell = Cell(RefCell::new(None));

/// Runs with the page. The shell performs effects after a call has returned, so the borrow is never taken twice.
fn with_page(work: impl FnOnce(&mut Page) -> usize) -> usize {
    PAGE.0.try_borrow_mut().map_or(0, |mut page| work(page.get_or_insert_with(Page::default)))
}

/// Where to write the fields of the next event: an address in the module's memory with room for `length` bytes.
#[must_use]
#[wasm_bindgen]
pub fn input(length: usize) -> usize {
    with_page(|page| {
        page.input.clear();
        page.input.resize(length, 0);
        page.input.as_ptr() as usize
    })
}

/// Takes one event, whose fields are in the input; the effects are at the address that comes back, as
/// [`output_length`] bytes of UTF-8. Shapes and codes: `shell/border.js`.
#[must_use]
#[wasm_bindgen]
pub fn dispatch(code: u32, now: f64) -> usize {
    #[cfg(all(debug_assertions, feature = "panic-hook"))]
    console_error_panic_hook::set_once();
    with_page(|page| {
        // SAFETY: `TextEncoder` writes nothing but UTF-8 (Encoding, 7.3).
        let text = unsafe { core::str::from_utf8_unchecked(&page.input) };
        page.output = crate::dispatch(&mut page.client, code, now, text);
        page.output.as_ptr() as usize
    })
}

/// Bytes of the effects that [`dispatch`] left.
#[must_use]
#[wasm_bindgen]
pub fn output_length() -> usize {
    with_page(|page| page.output.len())
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
