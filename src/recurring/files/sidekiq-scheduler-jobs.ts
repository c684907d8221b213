import { isSettings, type Settings } from "../../ruby-files/ruby-file.ts";
import { Schedule } from "../schedule/schedule.ts";
import type { FileEntry } from "./file-entry.ts";
import type { RecurringDefinition } from "./recurring-definition.ts";
import { readRubyDate } from "./ruby-date.ts";
import { readRubyDuration } from "./ruby-duration.ts";

/** In the order in which sidekiq-scheduler looks for them. */
const TYPES = ["cron", "every", "at", "in", "interval"] as const;
/** What Sidekiq reads in a job's record. */
const JOB_OPTIONS = [
  "retry",
  "tags",
  "backtrace",
  "dead",
  "retry_for",
  "retry_queue",
  "expires_in",
  "profile",
];
const KNOWN = [
  ...TYPES,
  "class",
  "queue",
  "args",
  "description",
  "enabled",
  "include_metadata",
  "keyword_argument",
  "rails_env",
  ...JOB_OPTIONS,
];

interface Timing {
  readonly schedule: Schedule;
  readonly firstIn: number | undefined;
}

/**
 * Reads a job of sidekiq-scheduler's; `undefined` where it is for other environments.
 *
 * @see sidekiq-scheduler 6.0 lib/sidekiq-scheduler/scheduler.rb
 */
export function readSidekiqSchedulerJob(
  entry: FileEntry,
  { environment, timeZone }: { readonly environment: string; readonly timeZone: string },
): RecurringDefinition | undefined {
  entry.checkNames(KNOWN);
  const environments = entry
    .string("rails_env")
    ?.split(",")
    .map((name) => name.trim());
  if (environments !== undefined && !environments.includes(environment)) {
    return undefined;
  }
  const args = entry.args();
  const keywords = entry.boolean("keyword_argument") ?? false;
  if (keywords && !isSettings(args.at(-1))) {
    const whatToDo = 'Write them as a map: "args: { foo: bar }"';
    throw entry.refuse("keyword_argument", "its arguments are no keywords", whatToDo);
  }
  return {
    key: entry.name,
    ...timingOf(entry, timeZone),
    className: entry.className("class") ?? entry.nameAsClass(),
    args,
    hasKeywords: keywords,
    hasSymbolKeys: keywords,
    appends: entry.boolean("include_metadata") === true ? "metadata" : undefined,
    isActiveJob: undefined,
    queue: entry.string("queue"),
    priority: undefined,
    description: entry.string("description"),
    isEnabled: entry.boolean("enabled") ?? true,
    jobOptions: Object.fromEntries(
      JOB_OPTIONS.filter((name) => entry.has(name)).map((name) => [
        name,
        name === "retry" ? entry.retry() : entry.value(name),
      ]),
    ),
    place: entry.place,
  };
}

function timingOf(entry: FileEntry, timeZone: string): Timing {
  const type = TYPES.find((each) => entry.has(each));
  if (type === undefined) {
    throw entry.refuse(
      "cron",
      `"${entry.name}" does not say when`,
      'Write "cron: \'0 9 * * *\'" or "every: 45m"',
    );
  }
  const given = entry.value(type);
  const [value, options = {}] = Array.isArray(given) ? (given as unknown[]) : [given];
  const text = textOf(value);
  if (text === undefined || !isSettings(options)) {
    throw entry.refuse(type, `its ${type} is no text`, `Write "${type}: " and a text, in quotes`);
  }
  const firstIn = firstInOf(entry, { type, options });
  switch (type) {
    case "cron":
      return { schedule: entry.schedule(type, text), firstIn };
    case "at":
      return { schedule: readRubyDate(text, { entry, timeZone }), firstIn };
    case "in":
      throw entry.refuse(
        type,
        "it is counted from the start of a process, and each start would run it again",
        'Write "at: " and a date, or defer the job where it is needed, with { wait }',
      );
    case "every":
    case "interval":
      return {
        schedule: entry.schedule(type, { every: readRubyDuration(text, entry, type) }),
        firstIn,
      };
  }
}

function firstInOf(
  entry: FileEntry,
  { type, options }: { readonly type: string; readonly options: Settings },
): number | undefined {
  const { first_in: firstIn, ...others } = options;
  const [stray] = Object.keys(others);
  if (stray !== undefined) {
    const whatToDo = `Leave it out; "first_in" is the one that is known`;
    throw entry.refuse(type, `its ${type} has the option "${stray}"`, whatToDo);
  }
  return firstIn === undefined ? undefined : readRubyDuration(textOf(firstIn) ?? "", entry, type);
}

/** A number is of seconds, as a text of digits is. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? `${value}` : undefined;
}
