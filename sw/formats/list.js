// Lists of buttons, as every sender has them.

import { object } from "../values.js";

/**
 * @param {unknown} value what may be a list of objects
 * @param {(each: Record<string, any>, at: number) => Record<string, unknown>} read
 */
export const list = (value, read) => (Array.isArray(value) ? value : []).map((each, at) => read(object(each), at));
