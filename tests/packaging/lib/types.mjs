// Reads pkg/index.d.ts with TypeScript's own parser: what is declared, and what is said about it.

import { fileURLToPath } from "node:url";
import { API } from "typescript/unstable/sync";
import {
  isArrayTypeNode, isFunctionDeclaration, isIdentifier, isInterfaceDeclaration, isLiteralTypeNode, isMethodSignatureDeclaration,
  isStringLiteral,
  isTypeAliasDeclaration, isTypeLiteralNode, isTypeReferenceNode, isUnionTypeNode,
} from "typescript/unstable/ast/is";

/** @typedef {import("typescript/unstable/ast").Node} Node */
/** @typedef {import("typescript/unstable/ast").TypeNode} TypeNode */
/** @typedef {{ name: string, type?: TypeNode, isMethod: boolean, node: any }} Member */

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const read = () => {
  const api = new API({ cwd: ROOT });
  try {
    const [project] = api.updateSnapshot({ openProject: `${ROOT}tsconfig.json` }).getProjects();
    const source = project?.program.getSourceFile(`${ROOT}pkg/index.d.ts`);
    if (!source) throw new Error("pkg/index.d.ts is not part of tsconfig.json");
    return source;
  } finally {
    api.close();
  }
};

const source = read();

/** Every declaration of the file by its name. @type {Map<string, any>} */
export const declared = new Map();
for (const statement of source.statements) {
  const named = isInterfaceDeclaration(statement) || isTypeAliasDeclaration(statement) || isFunctionDeclaration(statement);
  if (named && statement.name) declared.set(statement.name.text, statement);
}

/** The members of an interface, in the order of the file. @param {string} name @returns {Member[]} */
export const members = (name) => membersOf(declared.get(name));

/** @param {any} node @returns {Member[]} */
const membersOf = ({ members }) =>
  members.map((/** @type {any} */ node) => ({ name: node.name.text, type: node.type, isMethod: isMethodSignatureDeclaration(node), node }));

/** The words of a union of string literals, under its name or in place. @param {TypeNode | undefined} type @returns {string[]} */
export const words = (type) => {
  if (!type) return [];
  if (isTypeReferenceNode(type) && isIdentifier(type.typeName)) return words(declared.get(type.typeName.text)?.type);
  if (isUnionTypeNode(type)) return type.types.flatMap(words);
  return isLiteralTypeNode(type) && isStringLiteral(type.literal) ? [type.literal.text] : [];
};

/**
 * The paths of a configuration, as the client spells them: a list and a record end in a dot.
 * @param {TypeNode | undefined} type @param {string} path @returns {string[]}
 */
const paths = (type, path) => {
  if (!type) return [path];
  if (isUnionTypeNode(type) && !words(type).length) return type.types.flatMap((each) => paths(each, path));
  if (isArrayTypeNode(type)) return [`${path}.`];
  if (isTypeLiteralNode(type)) return fieldsOf(membersOf(type), path);
  if (isTypeReferenceNode(type) && isIdentifier(type.typeName)) {
    const named = declared.get(type.typeName.text);
    if (named && !named.members) return paths(named.type, path); // an alias
    if (named) return [path, ...fieldsOf(membersOf(named), path)];
    // A record has members of any name; an object of the browser's is taken as it is.
    return [/** @type {any} */ (type).typeArguments ? `${path}.` : path];
  }
  return [path];
};

/** @param {Member[]} fields @param {string} path @returns {string[]} */
const fieldsOf = (fields, path) => fields.flatMap(({ name, type }) => paths(type, path ? `${path}.${name}` : name));

/** Every field of `Config`. */
export const configFields = () => [...new Set(fieldsOf(members("Config"), ""))];

/** @param {TypeNode | undefined} type @returns {string} as it is written */
export const text = (type) => (type ? source.text.slice(type.pos, type.end) : "");

/** What the comment above a declaration or a member says. @param {any} node @returns {string} */
export const comment = (node) => {
  const { jsDoc = [] } = node;
  return jsDoc.map((/** @type {any} */ { pos, end }) => source.text.slice(pos, end)).join("\n");
};

/** The code of a comment's example. @param {any} node @returns {string | undefined} */
export const example = (node) => comment(node).match(/@example\s*\n([^]*?)\*\//)?.[1]?.replaceAll(/^\s*\* ?/gm, "").trim();
