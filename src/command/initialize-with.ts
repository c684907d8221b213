import { checkFunction } from "../job/checks.ts";
import { MandateError } from "../support/errors.ts";
import { signatureOf } from "./signature.ts";

/** A command was called, or deferred, with more or fewer arguments than it declares. */
export class ArgumentCountError extends MandateError {
  static {
    this.named("ArgumentCountError");
  }

  readonly code = "MANDATE_ARGUMENT_COUNT";
  readonly given: number;

  constructor(className: string, given: number, reason: string) {
    super(`Cannot use ${given} argument${given === 1 ? "" : "s"} for ${className}: ${reason}`);
    this.given = given;
  }
}

/** The function a command's arguments are declared by. */
export type Initializer = (...args: never) => object;

/** Where a class that came from `initializeWith` keeps its function. Inherited. */
export const initializer: unique symbol = Symbol.for("mandate.initializer") as never;

/** Members of `Command` and `CallbacksCommand`, which a property must not hide. */
export type ReservedName =
  | "abort"
  | "abortIfErrored"
  | "addError"
  | "call"
  | "constructor"
  | "guardAgainstDeserializationErrors"
  | "inject"
  | "job"
  | "logger"
  | "requeueJob"
  | "signal";

const reservedNames: ReadonlySet<string> = new Set<ReservedName>([
  "abort",
  "abortIfErrored",
  "addError",
  "call",
  "constructor",
  "guardAgainstDeserializationErrors",
  "inject",
  "job",
  "logger",
  "requeueJob",
  "signal",
]);

type BaseClass = abstract new () => object;

/** A class whose constructor hands its arguments to `initialize`, and takes over what that returns. */
export function initializedClass(base: BaseClass, initialize: Initializer): BaseClass {
  checkFunction(initialize, `initializeWith of ${base.name}`, "a function of the arguments");
  const call = initialize as unknown as (...args: readonly unknown[]) => Record<string, unknown>;
  let isChecked = false;

  abstract class Initialized extends base {
    static readonly [initializer] = initialize;

    constructor(...args: readonly unknown[]) {
      super();
      if (args.length !== initialize.length) {
        checkCount(this.constructor.name, initialize, args.length);
      }
      const properties = call(...args);
      if (!isChecked) {
        checkProperties(this.constructor.name, properties);
        isChecked = true;
      }
      const target = this as Record<string, unknown>;
      for (const name in properties) {
        if (name !== "__proto__") {
          target[name] = properties[name];
        }
      }
    }
  }

  Object.defineProperty(Initialized, "name", { value: base.name });
  return Initialized;
}

/**
 * TypeScript's `b?: B` leaves no trace at run time: an argument that is missing is refused only where
 * the function would take it apart.
 */
function checkCount(className: string, initialize: Initializer, given: number): void {
  const { count, least } = signatureOf(initialize);
  if (count !== undefined && given > count) {
    const declared = count === 0 ? "none" : count === 1 ? "1" : `up to ${count}`;
    throw new ArgumentCountError(className, given, `its initializeWith declares ${declared}`);
  }
  if (given < least) {
    throw new ArgumentCountError(
      className,
      given,
      `its initializeWith takes argument ${least} apart, which needs at least ${least}`,
    );
  }
}

function checkProperties(className: string, properties: unknown): void {
  if (typeof properties !== "object" || properties === null || properties instanceof Promise) {
    const found = properties instanceof Promise ? "a promise" : String(properties);
    throw new TypeError(
      `Cannot make ${className}: its initializeWith returned ${found}. ` +
        "Return an object of the command's properties; what must be awaited belongs into call()",
    );
  }
  const reserved = Object.keys(properties).find((name) => reservedNames.has(name));
  if (reserved !== undefined) {
    throw new TypeError(
      `Cannot make ${className}: its initializeWith returned a property "${reserved}", ` +
        "which is a member of Command. Give it another name",
    );
  }
}
