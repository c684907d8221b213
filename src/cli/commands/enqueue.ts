import { GlobalID } from "../../globalid/global-id.ts";
import { type Counted, expectedArguments } from "../../job/declare/argument-count.ts";
import {
  isCommand,
  registeredNames,
  runnableNamed,
  type RunnableClass,
} from "../../job/declare/registry.ts";
import type { DeferOptions } from "../../command/defer-options.ts";
import type { JobHandle } from "../../job/handle/job-handle.ts";
import { clock } from "../../support/clock.ts";
import type { Duration } from "../../support/duration.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { fromNow } from "../../support/wording.ts";
import { UsageError } from "../usage.ts";
import { jsonLine } from "../../support/printable.ts";

interface Deferrable {
  set(options: DeferOptions): {
    defer(...args: readonly unknown[]): Promise<JobHandle | undefined>;
    performLater(...args: readonly unknown[]): Promise<JobHandle | undefined>;
  };
}

export const enqueueCommand: ProgramCommand = defineCommand({
  name: "enqueue",
  summary: "defer a command or a job",
  operands: { usage: "COMMAND ['JSON ARGUMENTS']", least: 1, most: 2 },
  options: {
    queue: { type: "string", short: "q", value: "NAME", about: "put it on this queue" },
    wait: { type: "string", value: "DURATION", about: "run it after that time: 5m, 2h" },
    profile: { type: "string", value: "NAME", about: "record what it does: mandate profiles list" },
    json: { type: "boolean", about: "answer with JSON" },
    ...STORE_OPTIONS,
  },
  notes: `Arguments are a JSON array: mandate enqueue Send '["ada@example.org", 42]'.
A text such as "gid://app/User/1" stands for that record, of a registered model.`,
  run: ({ values, positionals: [name = "", json = "[]"], terminal }) =>
    withStore(
      values,
      async () => {
        const args = argumentsIn(json);
        const runnable = find(name);
        const wait = values.wait;
        const options: DeferOptions = {
          ...(values.queue === undefined ? {} : { queue: values.queue }),
          ...(values.profile === undefined ? {} : { profile: values.profile }),
          ...(wait === undefined
            ? {}
            : { wait: /^\d+(\.\d+)?$/.test(wait) ? Number(wait) : (wait as Duration) }),
        };
        const configured = withOptions(runnable as unknown as Deferrable, options);
        const missing = missingArguments(runnable, args.length);
        const records = await Promise.all(args.map(located));
        const job = isCommand(runnable)
          ? await configured.defer(...records)
          : await configured.performLater(...records);
        if (job === undefined) {
          terminal.note(`A callback of ${name} refused it: nothing was enqueued`);
          return 1;
        }
        if (missing !== undefined) terminal.note(missing);
        const { id, queueName, scheduledAt } = job;
        const said =
          scheduledAt === undefined
            ? `Enqueued ${name} as ${id} on queue ${queueName}`
            : `Scheduled ${name} as ${id} for queue ${queueName}, ${fromNow(scheduledAt, clock.now())}`;
        terminal.print(
          values.json === true
            ? jsonLine(JSON.stringify({ jid: id, queue: queueName, class: name }))
            : said,
        );
        return 0;
      },
      { classes: true },
    ),
});

/** A command, or else a job, of that name. @throws {UsageError} if there is neither. */
function find(name: string): RunnableClass {
  const [found] = (["command", "job"] as const).flatMap((kind) => {
    try {
      return [runnableNamed(name, kind)];
    } catch {
      return [];
    }
  });
  if (found === undefined) {
    throw new UsageError(
      `Cannot enqueue "${name}": no command or job of that name was loaded. ` +
        `Give its file or folder, as in -r ./commands. Loaded: ${registeredNames()}`,
    );
  }
  return found;
}

/** @throws {UsageError} if an option is refused. */
function withOptions(runnable: Deferrable, options: DeferOptions): ReturnType<Deferrable["set"]> {
  try {
    return runnable.set(options);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** What the compiler would say: whether one may be left out is not to be seen at run time. */
function missingArguments(runnable: Counted, given: number): string | undefined {
  const { count, names } = expectedArguments(runnable);
  if (given >= count) return undefined;
  const left = names.slice(given, count).filter((name) => name !== "");
  return (
    `${runnable.name} takes ${count} argument${count === 1 ? "" : "s"}, and got ${given}: ` +
    `${left.join(" and ")} ${left.length === 1 ? "is" : "are"} missing. That is well only where it may be left out`
  );
}

function argumentsIn(json: string): readonly unknown[] {
  let args: unknown;
  try {
    args = JSON.parse(json);
  } catch {
    args = undefined;
  }
  if (!Array.isArray(args)) {
    throw new UsageError(
      "Cannot use the arguments: they are no JSON array. Write them as in '[\"ada@example.org\", 42]'",
    );
  }
  return args;
}

/** Records in place of their global ids, however deep. */
async function located(value: unknown): Promise<unknown> {
  if (typeof value === "string") {
    return value.startsWith("gid://") ? (GlobalID.parse(value)?.locate() ?? value) : value;
  }
  if (Array.isArray(value)) {
    return Promise.all(value.map(located));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await located(inner)]);
  return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
}
