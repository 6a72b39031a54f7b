//! Softbell widgets: the second wasm module, loaded at first use.
