import { types } from "node:util";
import { checkCount, initializer, type Initializer } from "../job/declare/argument-count.ts";
import { checkFunction, describeType } from "../job/checks/checks.ts";
import { noteUnproven } from "../job/record/hidden-arguments.ts";
import { noteOrigin } from "../job/declare/origin.ts";
import { signatureOf } from "../support/signature.ts";
import { returnedProperties } from "./returned-properties.ts";

/**
 * Members of `Command` and `CallbacksCommand`, those to come included, which a property must not
 * hide.
 */
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
  | "onCancel"
  | "onComplete"
  | "onResume"
  | "onStart"
  | "onStop"
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
  "onCancel",
  "onComplete",
  "onResume",
  "onStart",
  "onStop",
  "prereqResults",
  "progress",
  "requeueJob",
  "signal",
  "step",
]);

type BaseClass = abstract new () => object;

/**
 * A class whose constructor hands its arguments to `initialize`, and takes over what that returns.
 */
export function initializedClass(base: BaseClass, initialize: Initializer): BaseClass {
  checkFunction(initialize, `initializeWith of ${base.name}`, "a function of the arguments");
  const declare = initialize as unknown as (...args: readonly unknown[]) => unknown;
  // As many arguments as this were found to be right: no need to look again.
  let fewest = initialize.length;
  let most = fewest;
  const accepted: string[] = [];
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
      takeOver(this, properties, accepted);
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
 * Looks at every name of every instance: those of a rest object are data.
 *
 * @param accepted The names of the last instance, which mostly are those of this one.
 */
function takeOver(
  command: object,
  properties: unknown,
  accepted: string[],
): asserts properties is Readonly<Record<string, unknown>> {
  if (typeof properties !== "object" || properties === null || types.isPromise(properties)) {
    throw notProperties(command, properties);
  }
  const target = command as Record<string, unknown>;
  let at = 0;
  for (const name in properties) {
    if (accepted[at] !== name) {
      if (name === "__proto__") continue;
      if (reservedNames.has(name)) throw reserved(command, name);
      accepted[at] = name;
    }
    target[name] = (properties as Record<string, unknown>)[name];
    at += 1;
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
