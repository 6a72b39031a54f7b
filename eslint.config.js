// One rule set for all JavaScript of this repository; types are the business of tsc.

import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["target/", "build/", "pkg/dist/", "node_modules/", "tests/e2e/fixtures/versions/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2025, sourceType: "module" },
    rules: {
      "no-undef": "off", // tsc knows better which globals there are
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": ["error", { property: "innerHTML", message: "Text is text: use textContent." }],
    },
  },
  { files: ["tools/**", "tests/**"], languageOptions: { globals: globals.node } },
];
