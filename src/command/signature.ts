import { parseExpressionAt, type Pattern } from "acorn";

/** What a function's source says about its parameters. */
export interface Signature {
  /** How many there are, optional and defaulted ones included; `undefined` with a rest parameter. */
  readonly count: number | undefined;
  /** The last parameter that takes its argument apart, and so must get one; 0 if none does. */
  readonly least: number;
  /** One per parameter; "" for one that takes its argument apart. */
  readonly names: readonly string[];
}

const signatures = new WeakMap<Callable, Signature>();

type Callable = (...args: never) => unknown;

/**
 * Reads a function's parameters, once. `length` would stop at the first default.
 *
 * A bound or built-in function has no source: its count is unknown, as with a rest parameter.
 */
export function signatureOf(callable: Callable): Signature {
  let signature = signatures.get(callable);
  if (signature === undefined) {
    signature = readSignature(callable);
    signatures.set(callable, signature);
  }
  return signature;
}

function readSignature(callable: Callable): Signature {
  const patterns = parameters(callable);
  if (patterns === undefined) {
    return { count: undefined, least: 0, names: [] };
  }
  const hasRest = patterns.at(-1)?.type === "RestElement";
  const least = patterns.findLastIndex(
    ({ type }) => type === "ObjectPattern" || type === "ArrayPattern",
  );
  return {
    count: hasRest ? undefined : patterns.length,
    least: least + 1,
    names: patterns.map(nameOf),
  };
}

function parameters(callable: Callable): readonly Pattern[] | undefined {
  const source = Function.prototype.toString.call(callable);
  // A function or an arrow is an expression by itself; a method only inside of an object.
  for (const [text, at] of [
    [`(${source})`, 0],
    [`({${source}})`, 0],
  ] as const) {
    try {
      const parsed = parseExpressionAt(text, at, {
        ecmaVersion: "latest",
        sourceType: "module",
        allowAwaitOutsideFunction: true,
        allowSuperOutsideMethod: true,
        checkPrivateFields: false,
      });
      if (parsed.type === "ArrowFunctionExpression" || parsed.type === "FunctionExpression") {
        return parsed.params;
      }
      if (parsed.type === "ObjectExpression" && parsed.properties[0]?.type === "Property") {
        const { value } = parsed.properties[0];
        return value.type === "FunctionExpression" ? value.params : undefined;
      }
    } catch {
      // Not of that form; a native function is of neither.
    }
  }
  return undefined;
}

function nameOf(pattern: Pattern): string {
  switch (pattern.type) {
    case "Identifier":
      return pattern.name;
    case "AssignmentPattern":
      return nameOf(pattern.left);
    case "RestElement":
      return nameOf(pattern.argument);
    default:
      return "";
  }
}
