import { tokenizer } from "acorn";

/**
 * Whether two functions or classes were written as the same text: a minifier's names for variables,
 * which differ from one bundle to the next, do not count, nor does white space.
 */
export function isSameSource(one: Function, other: Function): boolean {
  const [first, second] = [one, other].map(shapeOf);
  return first !== undefined && first === second;
}

/** A source's tokens, variables by no name; `undefined` where it cannot be read. */
function shapeOf(callable: Function): string | undefined {
  const source = Function.prototype.toString.call(callable);
  try {
    let shape = "";
    let isMember = false;
    for (const { type, start, end } of tokenizer(source, { ecmaVersion: "latest" })) {
      const isVariable = type.label === "name" && !isMember;
      shape += `${isVariable ? "_" : source.slice(start, end)} `;
      isMember = type.label === "." || type.label === "?.";
    }
    return shape;
  } catch {
    return undefined;
  }
}
