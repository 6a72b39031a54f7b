/** File name of the wasm module beside this script; the build writes it in. */
declare const __WASM__: string;
/** File name of the words of other languages; the build writes it in. */
declare const __TEXTS__: string;
/** Mark of the worker that this build comes with; the build writes it in. */
declare const __WORKER__: string;
/** Mark of this build; the build writes it in. */
declare const __BUILD__: string;

declare module "*.css" {
  const text: string;
  export default text;
}
