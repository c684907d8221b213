import { editPayload } from "../../adapters/payload.ts";
import { checkArgumentCount } from "../../job/declare/argument-count.ts";
import { declarationsOf } from "../../job/declare/declarations.ts";
import { encryptionTrait } from "../../job/declare/encryption.ts";
import {
  registeredNames,
  runnableNamed,
  UnknownCommandError,
  type RunnableClass,
} from "../../job/declare/registry.ts";
import { cannotUse } from "../../ruby-files/ruby-file.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { definitionOfClass } from "../class-definition.ts";
import type { Definition } from "../definition.ts";
import { InvalidRecurringJobError } from "../recurring-errors.ts";
import type { RecurringDefinition } from "./recurring-definition.ts";

/**
 * What a file says of a recurring job, for a class that is registered here.
 *
 * @throws {ConfigurationError} with file and line, if there is no such class, or it cannot be
 *   called so.
 */
export function definitionInFile(job: RecurringDefinition): Definition {
  const { key, schedule, queue, priority, description, isEnabled: enabled, place } = job;
  const { runnable, args } = callOf(job);
  return at(place, () => {
    if (job.appends !== undefined && encryptionTrait.of(declarationsOf(runnable))) {
      throw new InvalidRecurringJobError(
        key,
        "its class encrypts its arguments, and no time can be put behind them. " +
          "Leave that option out: this.job.recurring has the time",
      );
    }
    checkArgumentCount(runnable, args.length + (job.appends === undefined ? 0 : 1));
    const definition = definitionOfClass(runnable, String(schedule), {
      key,
      args,
      enabled,
      ...(queue === undefined ? {} : { queue }),
      ...(priority === undefined ? {} : { priority }),
      ...(description === undefined ? {} : { description }),
    });
    const payload = editPayload(definition.payload, job.jobOptions);
    const { expires_in: expiresIn } = job.jobOptions;
    return {
      ...definition,
      payload,
      ...(typeof expiresIn === "number" ? { expiresIn } : {}),
      ...(job.appends === undefined ? {} : { appends: job.appends }),
    };
  });
}

/** Ruby's `MandateJob` has the command's name in front of its arguments. */
function callOf({ className, args, place }: RecurringDefinition): {
  readonly runnable: RunnableClass;
  readonly args: readonly unknown[];
} {
  return className === "MandateJob"
    ? { runnable: runnableAt(place, String(args[0])), args: args.slice(1) }
    : { runnable: runnableAt(place, className), args };
}

function runnableAt(place: string, name: string): RunnableClass {
  for (const kind of ["command", "job"] as const) {
    try {
      return runnableNamed(name, kind);
    } catch (error) {
      if (!(error instanceof UnknownCommandError)) {
        throw error;
      }
    }
  }
  throw cannotUse(
    place,
    `no command or job is registered as "${name}"`,
    `Pass its class to registerCommands, or its folder to loadCommands. Registered here: ${registeredNames()}`,
  );
}

function at<Value>(place: string, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigurationError(
      `Cannot use ${place}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
      { cause: error },
    );
  }
}
