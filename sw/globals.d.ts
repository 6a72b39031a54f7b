/** Mark of this worker's build; the build writes it in. */
declare const __BUILD__: string;
