import { shared } from "../../support/shared-state.ts";
import { isSameSource } from "../../support/same-source.ts";

interface ClassWithMethods {
  readonly prototype: object;
}

/** Where classes were declared. Formatted only when somebody asks. */
const origins = shared("origins", () => new WeakMap<object, Error>());

/**
 * Remembers by way of which files a class came to be. To be called while it is declared; later
 * calls do nothing.
 */
export function noteOrigin(declaring: object): void {
  if (!origins.has(declaring)) {
    origins.set(declaring, new Error("declared here"));
  }
}

/**
 * Whether two classes are one declaration, which two bundles of one process contain: Next's
 * instrumentation and its routes, or a module that was loaded anew. It does not matter then which
 * of them runs.
 *
 * A function that makes classes writes the same text too, but at one place: those differ in what
 * they close over.
 */
export function areCopies(
  one: Function & ClassWithMethods,
  other: Function & ClassWithMethods,
): boolean {
  const places = [one, other].map(placeOf);
  const isElsewhere = places.includes(undefined)
    ? Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)
    : places[0] !== places[1];
  return isElsewhere && methodsOf(one) === methodsOf(other) && isSameSource(one, other);
}

/**
 * The files of the stack, without lines: a function that is called in two lines is at one place.
 */
function placeOf(declared: object): string | undefined {
  for (
    let owner: object | null = declared;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const stack = origins.get(owner)?.stack;
    if (stack !== undefined) {
      return stack.replaceAll(/:\d+:\d+\)?$/gm, "");
    }
  }
  return undefined;
}

function methodsOf({ prototype }: ClassWithMethods): string {
  return Object.getOwnPropertyNames(prototype).join();
}
