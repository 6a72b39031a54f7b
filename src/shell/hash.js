// A small hash for what must only be equal or not: a configuration, or the user that a sleep ticket was written for.

/**
 * sdbm over code points. A factor above the letters', so that no two short user ids collide (djb2's 33 takes "ab" for
 * "bA"); and whole code points, or one emoji would be as good as another. @param {string} text
 */
export const hash = (text) => [...text].reduce((sum, letter) => (sum * 65599 + /** @type {number} */ (letter.codePointAt(0))) | 0, 0) + "";
