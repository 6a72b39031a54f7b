// The wasm module: loads it, and carries text in and out of its memory.

/** What the module exports (src/wasm.rs). @typedef {{memory: WebAssembly.Memory, input: (length: number) => number, dispatch: (code: number, now: number) => number, output_length: () => number}} Exports */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * wasm-bindgen's glue would only pass our numbers on, at 0.6 kB (docs/size.md). The module is taken as bytes, so a server
 * that does not know the type `application/wasm` is as good as any; compiling it takes less than a millisecond.
 * @param {Promise<Response>} [early] the loader's request for it
 * @returns {Promise<(code: number, fields: string) => string>} one event in, the effects out
 */
export const loadModule = async (early) => {
  const response = await (early ?? fetch(new URL(__WASM__, import.meta.url)));
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const { instance } = await WebAssembly.instantiate(await response.arrayBuffer());
  const { memory, input, dispatch, output_length: outputLength } = /** @type {Exports} */ (/** @type {unknown} */ (instance.exports));
  return (code, fields) => {
    const bytes = encoder.encode(fields);
    const at = input(bytes.length);
    // The memory may have grown: its buffer is another one after every call.
    new Uint8Array(memory.buffer, at).set(bytes);
    const effects = dispatch(code, Date.now());
    return decoder.decode(new Uint8Array(memory.buffer, effects, outputLength()));
  };
};
