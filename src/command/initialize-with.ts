import { types } from "node:util";
import { checkFunction, describeType } from "../job/checks.ts";
import { noteUnproven } from "../job/hidden-arguments.ts";
import { noteOrigin } from "../job/origin.ts";
import { MandateError } from "../support/errors.ts";
import { returnedProperties } from "./returned-properties.ts";
import { signatureOf } from "./signature.ts";

/**
 * A command was called, or deferred, with more arguments than it declares; or with fewer, where one that is
 * missing would be taken apart. Other missing ones are for the compiler: `b?: B` leaves no trace at run time.
 */
export class ArgumentCountError extends MandateError {
  static {
    this.named("ArgumentCountError");
  }

  readonly code = "MANDATE_ARGUMENT_COUNT";
  /** How many there were. */
  readonly given: number;

  constructor(className: string, given: number, reason: string) {
    super(`Cannot use ${given} argument${given === 1 ? "" : "s"} for ${className}: ${reason}`);
    this.given = given;
  }
}

/** For a command that has no `initializeWith`. */
export function undeclared(className: string, given: number): ArgumentCountError {
  return new ArgumentCountError(
    className,
    given,
    "it declares none. Declare them by initializeWith",
  );
}

/** The function a command's arguments are declared by. */
export type Initializer = (...args: never) => object;

/** Where a class that came from `initializeWith` keeps its function. Inherited. */
export const initializer: unique symbol = Symbol.for("mandate.initializer") as never;

/** Members of `Command` and `CallbacksCommand`, those to come included, which a property must not hide. */
export type ReservedName =
  | "abort"
  | "abortIfErrored"
  | "addError"
  | "batch"
  | "call"
  | "constructor"
  | "guardAgainstDeserializationErrors"
  | "inject"
  | "iterate"
  | "job"
  | "logger"
  | "prereqResults"
  | "progress"
  | "requeueJob"
  | "signal"
  | "step";

const reservedNames: ReadonlySet<string> = new Set<ReservedName | "__proto__">([
  "__proto__",
  "abort",
  "abortIfErrored",
  "addError",
  "batch",
  "call",
  "constructor",
  "guardAgainstDeserializationErrors",
  "inject",
  "iterate",
  "job",
  "logger",
  "prereqResults",
  "progress",
  "requeueJob",
  "signal",
  "step",
]);

type BaseClass = abstract new () => object;

/** A class whose constructor hands its arguments to `initialize`, and takes over what that returns. */
export function initializedClass(base: BaseClass, initialize: Initializer): BaseClass {
  checkFunction(initialize, `initializeWith of ${base.name}`, "a function of the arguments");
  const declare = initialize as unknown as (...args: readonly unknown[]) => unknown;
  // As many arguments as this were found to be right: no need to look again.
  let fewest = initialize.length;
  let most = fewest;
  // The class that was made last, if its fields are known to hide none of what it is given.
  let proven: unknown;

  abstract class Initialized extends base {
    static readonly [initializer] = initialize;

    static get "mandate.parameterCount"(): number | undefined {
      return signatureOf(initialize).count;
    }

    static get "mandate.propertyNames"(): readonly string[] {
      return returnedProperties(initialize);
    }

    constructor(...args: readonly unknown[]) {
      super();
      if (args.length < fewest || args.length > most) {
        checkCount(new.target, initialize, args.length);
        fewest = Math.min(fewest, args.length);
        most = Math.max(most, args.length);
      }
      const properties = declare(...args);
      takeOver(this, properties);
      if (new.target !== proven && !noteUnproven(this, { type: new.target, properties })) {
        proven = new.target;
      }
    }
  }

  Object.defineProperty(Initialized, "name", { value: base.name });
  noteOrigin(Initialized);
  return Initialized;
}

/**
 * TypeScript's `b?: B` leaves no trace at run time: an argument that is missing is refused only where
 * the function would take it apart.
 */
export function checkCount(command: Named, initialize: Initializer, given: number): void {
  const { count, least } = signatureOf(initialize);
  if (count !== undefined && given > count) {
    const declared = count === 0 ? "none" : count === 1 ? "1" : `up to ${count}`;
    throw new ArgumentCountError(command.name, given, `its initializeWith declares ${declared}`);
  }
  if (given < least) {
    throw new ArgumentCountError(
      command.name,
      given,
      `its initializeWith takes argument ${least} apart, which needs at least ${least}`,
    );
  }
}

interface Named {
  readonly name: string;
}

/** Looks at every name of every instance: those of a rest object are data. */
function takeOver(
  command: object,
  properties: unknown,
): asserts properties is Readonly<Record<string, unknown>> {
  if (typeof properties !== "object" || properties === null || types.isPromise(properties)) {
    throw notProperties(command, properties);
  }
  const target = command as Record<string, unknown>;
  for (const name in properties) {
    if (!reservedNames.has(name)) {
      target[name] = (properties as Record<string, unknown>)[name];
    } else if (name !== "__proto__") {
      throw reserved(command, name);
    }
  }
}

function notProperties(command: object, found: unknown): TypeError {
  return new TypeError(
    `Cannot make ${command.constructor.name}: its initializeWith returned ${describeType(found)}. ` +
      "Return an object of the command's properties; what must be awaited belongs into call()",
  );
}

function reserved(command: object, name: string): TypeError {
  return new TypeError(
    `Cannot make ${command.constructor.name}: its initializeWith returned a property "${name}", ` +
      "which is a member of Command. Give it another name",
  );
}
