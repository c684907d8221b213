import type { ClassExpression } from "acorn";
import { dereferencedIn } from "./dereferenced.ts";
import { classOf, functionOf, type ParsedFunction } from "./signature.ts";

type Callable = (...args: never) => unknown;

/** What works on what a function returned, as on the properties of `this`. */
interface Working {
  readonly method: Callable | undefined;
  /** The classes that may have put something else in a property's place. */
  readonly classes: readonly object[];
}

/**
 * Which parameters of a function are certain to be read as objects, or called, so that `undefined`
 * in their place throws: by the function itself, or by the method that gets what it returns. Where
 * the sources do not tell, none are.
 *
 * @returns Their indices, in order.
 */
export function neededArguments(declaring: Callable, working: Working): readonly number[] {
  const declared = functionOf(declaring);
  if (declared === undefined) return [];
  const names = new Set(dereferencedIn(declared).names);
  const method = working.method && functionOf(working.method);
  const members = method && dereferencedIn(method).members;
  if (members !== undefined && members.size > 0) {
    const classes = working.classes.map(classOf);
    for (const [property, name] of properties(declared)) {
      if (members.has(property) && classes.every((each) => each && !replaces(each, property))) {
        names.add(name);
      }
    }
  }
  return declared.params.flatMap((param, index) =>
    param.type === "Identifier" && names.has(param.name) ? [index] : [],
  );
}

/** Of `(a, b) => ({ a, c: b })`: which property has which parameter. */
function properties({ body }: ParsedFunction): readonly (readonly [string, string])[] {
  if (body.type !== "ObjectExpression") return [];
  return body.properties.flatMap((property) => {
    // What is spread may hide what stands before it.
    if (property.type !== "Property" || property.computed) return [];
    const { key, value } = property;
    const isPlain = key.type === "Identifier" && value.type === "Identifier";
    return isPlain && !body.properties.some(({ type }) => type === "SpreadElement")
      ? [[key.name, value.name] as const]
      : [];
  });
}

/** Whether a constructor, a field or another member may be in a property's place. */
function replaces({ body }: ClassExpression, property: string): boolean {
  return body.body.some((member) => {
    if (member.type === "StaticBlock") return false;
    const isConstructor = member.type === "MethodDefinition" && member.kind === "constructor";
    return (
      isConstructor ||
      member.computed ||
      (member.key.type === "Identifier" && member.key.name === property)
    );
  });
}
