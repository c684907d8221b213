import { checkFunction, checkOptionNames, describe } from "../checks/checks.ts";
import { currentAttributes, none, noteDefinition } from "./attributes.ts";
import { surroundedBy, type Attributes } from "./surroundings.ts";

/** How attributes are called and shown elsewhere. */
export interface ContextAttributesOptions<Values extends object> {
  /**
   * Those that the log lines of jobs show, as long as they are strings, numbers or booleans.
   *
   * @default none
   */
  readonly logged?: readonly (keyof Values & string)[];
  /** What Ruby calls them, where that differs: `{ requestId: "request_id" }`. @default the same */
  readonly wireNames?: { readonly [Name in keyof Values & string]?: string };
}

/** Values for some of the attributes; `undefined` takes one away. */
export type SomeAttributes<Values extends object> = {
  readonly [Name in keyof Values]?: Values[Name] | undefined;
};

/**
 * Attributes of whatever is going on: which request, which user, which tenant. Made by
 * `contextAttributes`.
 *
 * @see Active Support 8.1 `ActiveSupport::CurrentAttributes`
 */
export class ContextAttributes<Values extends object> {
  /** What messages call it. */
  readonly name: string;
  /** @internal */
  readonly logged: readonly string[];
  /** @internal */
  readonly wireNames: Readonly<Record<string, string>>;

  /** @internal */
  constructor(name: string, { logged = [], wireNames = {} }: ContextAttributesOptions<Values>) {
    this.name = name;
    this.logged = logged;
    this.wireNames = wireNames as Readonly<Record<string, string>>;
  }

  /** All there are now; none outside of `run` and of jobs. */
  get attributes(): SomeAttributes<Values> {
    return (currentAttributes()?.get(this)?.attributes ?? none) as SomeAttributes<Values>;
  }

  /**
   * Calls `work` with these attributes, for it and all that it calls and awaits. Those of a `run`
   * around it hold too, unless they are given anew.
   *
   * @returns what `work` returned.
   * @throws what `work` threw.
   */
  run<Output>(attributes: SomeAttributes<Values>, work: () => Output): Output {
    this.#check(attributes, "run");
    checkFunction(work, `run of ${this.name}`);
    const sets = new Map(currentAttributes());
    sets.set(this, { attributes: { ...this.attributes, ...attributes } });
    return surroundedBy({ attributes: sets }, work);
  }

  /**
   * Sets attributes from here on, until the innermost `run` around the caller ends, or the job.
   *
   * @throws {TypeError} outside of both: nobody would take them away again.
   */
  set(attributes: SomeAttributes<Values>): void {
    this.#check(attributes, "set");
    const sets = currentAttributes();
    if (sets === undefined) {
      throw new TypeError(
        `Cannot set attributes of ${this.name}: there is no run of it around, and no job. ` +
          `Call ${this.name}.run(attributes, work) where the request begins`,
      );
    }
    sets.set(this, { attributes: { ...this.attributes, ...attributes } });
  }

  #check(attributes: Attributes, method: string): void {
    if (typeof attributes !== "object" || attributes === null || Array.isArray(attributes)) {
      throw new TypeError(
        `Cannot use ${describe(attributes)} as attributes in ${method} of ${this.name}: give an object`,
      );
    }
  }
}

/**
 * Defines attributes of whatever is going on, such as a request's id or its tenant. They hold
 * within `run`, and are there where a job runs that was deferred in it, and in what that defers.
 *
 * They travel with jobs once `configure({ contextAttributes: [Current] })` names them, in the form
 * of Sidekiq's `CurrentAttributes`: strings, numbers, booleans and null as they are, records as
 * global ids, Dates and all else that Active Job can write. One whose record is gone is `undefined`
 * in the job, and a warning says so.
 *
 * @param name What messages call it, as its constant is called.
 *
 * @example
 * ```ts
 * import { Command, configure, contextAttributes } from "mandate";
 *
 * const Current = contextAttributes<{ requestId: string }>("Current", { logged: ["requestId"] });
 * configure({ contextAttributes: [Current] });
 *
 * class Audit extends Command.initializeWith((deed: string) => ({ deed })) {
 *   call() {
 *     console.log(`${this.deed} by request ${Current.attributes.requestId}`);
 *   }
 * }
 *
 * await Current.run({ requestId: "req-1" }, () => Audit.defer("sign-in"));
 * ```
 */
export function contextAttributes<Values extends object = Record<string, unknown>>(
  name: string,
  options: ContextAttributesOptions<Values> = {},
): ContextAttributes<Values> {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(
      `Cannot use ${describe(name)} as the name of context attributes: give what its constant is called`,
    );
  }
  checkOptionNames(options, ["logged", "wireNames"], `contextAttributes of ${name}`);
  noteDefinition();
  return new ContextAttributes(name, options);
}
