import { types } from "node:util";
import { memberNames } from "../support/member-names.ts";
import { didYouMean } from "../support/nearest.ts";
import { signatureOf } from "../support/signature.ts";

/** A class whose members can be memoized. */
type MemberOwner = abstract new (...args: never) => object;

type Read = (this: object) => unknown;

/**
 * Runs a method without parameters, or a getter, once per instance, and keeps what it returned,
 * `undefined` too. What throws is not kept, nor is a promise that rejects. A decorator of either
 * dialect; without one, `static { this.memoize("name"); }` does the same.
 *
 * @throws {TypeError} if it stands on anything else.
 *
 * @example
 * ```ts
 * import { Command, memoize } from "mandate";
 *
 * class Report extends Command {
 *   call() {
 *     return this.total + this.total; // computed once
 *   }
 *
 *   @memoize
 *   private get total() {
 *     console.log("computing");
 *     return 21;
 *   }
 * }
 *
 * console.log(Report.call());
 * // Output: computing
 * // Output: 42
 * ```
 */
export function memoize<Member extends (this: never) => unknown>(
  member: Member,
  context: ClassMethodDecoratorContext | ClassGetterDecoratorContext,
): Member;
export function memoize(
  prototype: object,
  name: string | symbol,
  descriptor: PropertyDescriptor,
): PropertyDescriptor;
export function memoize(
  member: object,
  nameOrContext: string | symbol | ClassMethodDecoratorContext | ClassGetterDecoratorContext,
  descriptor?: PropertyDescriptor,
): unknown {
  if (typeof nameOrContext === "object") {
    const name = String(nameOrContext.name);
    // The types allow these two only; JavaScript does not.
    if (nameOrContext.kind !== "method" && nameOrContext.kind !== "getter") {
      throw notMemoizable(name, "it is neither a method nor a getter.");
    }
    return once(member as Read, name);
  }
  return memoized(descriptor, { name: String(nameOrContext) });
}

/** @throws {TypeError} if the class has no method or getter of that name. */
export function memoizeMember(owner: MemberOwner, name: string): void {
  const prototype = owner.prototype as object;
  let holder: object | null = prototype;
  while (holder !== null && !Object.hasOwn(holder, name)) {
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  const descriptor = holder === null ? undefined : Object.getOwnPropertyDescriptor(holder, name);
  Object.defineProperty(prototype, name, memoized(descriptor, { name, owner }));
}

function memoized(
  descriptor: PropertyDescriptor | undefined,
  { name, owner }: { readonly name: string; readonly owner?: MemberOwner },
): PropertyDescriptor {
  const label = owner === undefined ? name : `${owner.name}.${name}`;
  for (const kind of ["get", "value"] as const) {
    const member: unknown = descriptor?.[kind];
    if (typeof member === "function") {
      return { ...descriptor, [kind]: once(member as Read, label) };
    }
  }
  throw notMemoizable(label, `there is no method or getter of that name.${meantBy(name, owner)}`);
}

function meantBy(name: string, owner: MemberOwner | undefined): string {
  const isRead = (member: PropertyDescriptor): boolean =>
    "get" in member || typeof member.value === "function";
  return didYouMean(
    name,
    owner === undefined ? [] : memberNames(owner.prototype as object, isRead),
  );
}

function once<Member extends Read>(member: Member, name: string): Member {
  // `length` alone would let optional ones pass, whose arguments nobody would see.
  if (signatureOf(member).names.length > 0) {
    throw notMemoizable(name, "it takes parameters.");
  }
  // One for each memoized member: a subclass that overrides it, and calls super, has its own.
  const kept = new WeakMap<object, unknown>();
  function read(this: object): unknown {
    const known = kept.get(this);
    if (known !== undefined || kept.has(this)) {
      return known;
    }
    const output = member.call(this);
    kept.set(this, output);
    if (types.isPromise(output)) {
      output.catch(() => kept.delete(this));
    }
    return output;
  }
  Object.defineProperty(read, "name", { value: member.name });
  return read as Member;
}

function notMemoizable(name: string, reason: string): TypeError {
  return new TypeError(
    `Cannot memoize ${name}: ${reason} Memoize a method without parameters, or a getter`,
  );
}
