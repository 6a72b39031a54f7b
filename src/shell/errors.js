// Errors that reach the site: a stable code and a sentence that says what to do.

export class SoftbellError extends Error {
  /** @param {string} code @param {string} message @param {string} [field] */
  constructor(code, message, field) {
    super(message);
    this.name = "SoftbellError";
    this.code = code;
    this.field = field;
  }
}
