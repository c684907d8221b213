import { queue } from "../../inspection/lists/queue.ts";
import { spokenLimit, type QueueLimit } from "../../job/checks/queue-limit.ts";
import type { RateNumbers } from "../../job/checks/limit-numbers.ts";
import { durationOf } from "../duration-of.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { wrong } from "../parse-options.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { UsageError } from "../usage.ts";

export const queuesLimitCommand: ProgramCommand = defineCommand({
  name: "queues limit",
  summary: "limit how many jobs run at once, or start in a time",
  operands: { usage: "NAME…", least: 1, most: Infinity },
  options: {
    concurrency: { type: "string", short: "c", value: "N", about: "how many run at once" },
    rate: { type: "string", value: "N/TIME", about: "how many start in a time: 100/1m" },
    burst: {
      type: "string",
      value: "N",
      about: "how many start at once (default: a tenth of the rate)",
    },
    none: { type: "boolean", about: "no limit any more" },
    ...STORE_OPTIONS,
  },
  notes:
    "It replaces the limit that the queue had, and holds over restarts and deploys,\n" +
    "until a deploy changes what its configuration says of this queue. Workers of\n" +
    "Ruby know no limits.",
  run: ({ values, positionals, terminal }) => {
    const limit = limitIn(values);
    return withStore(values, async (adapter) => {
      for (const name of positionals) {
        const limited = queue(name, adapter);
        await limited.limit(limit);
        const found = await limited.limitation();
        terminal.print(
          found === undefined
            ? `${name} has no limit`
            : `Limited ${name}: ${spokenLimit({ to: found.concurrency, rate: found.rate })}`,
        );
      }
    });
  },
});

interface Given {
  readonly concurrency?: string;
  readonly rate?: string;
  readonly burst?: string;
  readonly none?: boolean;
}

/** @throws {UsageError} if it is no limit. */
function limitIn({ concurrency, rate, burst, none = false }: Given): QueueLimit | false {
  const isLimited = concurrency !== undefined || rate !== undefined;
  if (none === isLimited) {
    const found = none ? "--none and a limit were given" : "none is given";
    throw new UsageError(
      `Cannot limit queues: ${found}. Give --concurrency, --rate or both, or --none`,
    );
  }
  if (burst !== undefined && rate === undefined) {
    throw wrong("--burst", "it belongs to a rate", "Give --rate 100/1m as well");
  }
  return isLimited
    ? {
        ...(concurrency !== undefined && { concurrency: numberOf("concurrency", concurrency) }),
        ...(rate !== undefined && { rate: rateIn(rate, burst) }),
      }
    : false;
}

function rateIn(text: string, burst: string | undefined): RateNumbers {
  const [, to, time] = /^(\d+)\/(.+)$/.exec(text) ?? [];
  if (to === undefined || time === undefined) {
    throw wrong(`"${text}" as --rate`, "it is no number and a time", "Write --rate 100/1m");
  }
  const per = durationOf("--rate", /^\d/.test(time) ? time : `1${time}`);
  if (per === 0) {
    throw wrong(`"${text}" as --rate`, "its time is 0", "Write --rate 100/1m");
  }
  return {
    to: numberOf("rate", to),
    per,
    ...(burst !== undefined && { burst: numberOf("burst", burst) }),
  };
}

function numberOf(option: string, text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number < 1 || !Number.isSafeInteger(number)) {
    throw wrong(
      `"${text}" as --${option}`,
      "it is no whole number of at least 1",
      `Write --${option} ${option === "rate" ? "100/1m" : "4"}`,
    );
  }
  return number;
}
