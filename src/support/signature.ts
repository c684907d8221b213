import {
  parse,
  type ArrowFunctionExpression,
  type ClassExpression,
  type Expression,
  type ExpressionStatement,
  type FunctionDeclaration,
  type FunctionExpression,
  type Pattern,
} from "acorn";

/** What a function's source says about its parameters. */
export interface Signature {
  /**
   * How many there are, optional and defaulted ones included; `undefined` with a rest parameter.
   */
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
  const found = functionOf(callable);
  if (found === undefined) {
    return { count: undefined, least: 0, names: [] };
  }
  const { params: patterns } = found;
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

/** A function's source, parsed; `undefined` where there is none. */
export function functionOf(callable: Callable): ParsedFunction | undefined {
  const source = Function.prototype.toString.call(callable);
  // A function is an expression by itself, a method only inside of a class. Around either stands a
  // function, for `new.target`; what is no module may say what a module may not.
  for (const text of [`function f() { (${source}) }`, `function f() { (class { ${source} }) }`]) {
    for (const sourceType of ["module", "script"] as const) {
      const found = parsed(text, sourceType);
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}

/** A class's source, parsed; `undefined` where there is none. */
export function classOf(type: object): ClassExpression | undefined {
  try {
    const options = { ...leniently, sourceType: "module", ecmaVersion: "latest" } as const;
    const [statement] = parse(`(${Function.prototype.toString.call(type)})`, options).body;
    const { expression } = statement as ExpressionStatement;
    return expression.type === "ClassExpression" ? expression : undefined;
  } catch {
    return undefined;
  }
}

function parsed(text: string, sourceType: "module" | "script"): ParsedFunction | undefined {
  try {
    const options = { ...leniently, sourceType, ecmaVersion: "latest" } as const;
    const [wrapper] = parse(text, options).body as [FunctionDeclaration];
    const [statement] = wrapper.body.body as [ExpressionStatement];
    return functionIn(statement.expression);
  } catch {
    // Not of that form; a bound or built-in function is of none.
    return undefined;
  }
}

/** The source is a piece of a larger one, which is known to be right. */
const leniently = {
  allowSuperOutsideMethod: true,
  allowImportExportEverywhere: true,
  checkPrivateFields: false,
} as const;

export type ParsedFunction = ArrowFunctionExpression | FunctionExpression;

function functionIn(expression: Expression): ParsedFunction | undefined {
  switch (expression.type) {
    case "ArrowFunctionExpression":
    case "FunctionExpression":
      return expression;
    case "ClassExpression": {
      const [member] = expression.body.body;
      return member?.type === "MethodDefinition" ? member.value : undefined;
    }
    default:
      return undefined;
  }
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
