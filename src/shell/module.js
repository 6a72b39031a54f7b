// The wasm module: loads it, and carries text in and out of its memory.

import initWasm, { dispatch, input, output_length as outputLength } from "../../build/client/softbell.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * @param {Promise<Response>} [early] the loader's request for it
 * @returns {Promise<(code: number, fields: string) => string>} one event in, the effects out
 */
export const loadModule = async (early) => {
  const { memory } = await initWasm({ module_or_path: early ?? new URL(__WASM__, import.meta.url) });
  return (code, fields) => {
    const bytes = encoder.encode(fields);
    const at = input(bytes.length);
    // The memory may have grown: its buffer is another one after every call.
    new Uint8Array(memory.buffer, at).set(bytes);
    const effects = dispatch(code, Date.now());
    return decoder.decode(new Uint8Array(memory.buffer, effects, outputLength()));
  };
};
