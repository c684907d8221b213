import type { Expression, Node, ReturnStatement } from "acorn";
import { functionOf } from "../support/signature.ts";

/**
 * The properties of the object literals that a function returns, as far as its source writes them
 * out: what a spread or another function brings is not among them. Minifiers leave their names
 * alone.
 */
export function returnedProperties(callable: (...args: never) => unknown): readonly string[] {
  const body = functionOf(callable)?.body;
  if (body === undefined) {
    return [];
  }
  const returned = body.type === "BlockStatement" ? [...returnedIn(body)] : [body];
  return [...new Set(returned.flatMap(namesIn))];
}

/** What stands behind `return`, but for functions inside of it. */
function* returnedIn(statement: Node): Generator<Expression> {
  if (statement.type === "ReturnStatement") {
    const { argument } = statement as ReturnStatement;
    if (argument) {
      yield argument;
    }
  } else if (/Statement$|^SwitchCase$|^CatchClause$/.test(statement.type)) {
    for (const child of Object.values(statement).flat() as unknown[]) {
      if (isNode(child)) {
        yield* returnedIn(child);
      }
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

/** A minifier writes `a ? {…} : {…}`, and `(check(a), {…})`. */
function namesIn(expression: Expression): readonly string[] {
  switch (expression.type) {
    case "ObjectExpression":
      return expression.properties.flatMap((property) =>
        property.type === "Property" && !property.computed ? keyOf(property.key) : [],
      );
    case "ConditionalExpression":
      return [expression.consequent, expression.alternate].flatMap(namesIn);
    case "SequenceExpression":
      return expression.expressions.slice(-1).flatMap(namesIn);
    default:
      return [];
  }
}

function keyOf(key: Expression): readonly string[] {
  if (key.type === "Identifier") {
    return [key.name];
  }
  return key.type === "Literal" ? [String(key.value)] : [];
}
