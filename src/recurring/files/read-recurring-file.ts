import { cannotUse, isSettings, readRubyFile, type Settings } from "../../ruby-files/ruby-file.ts";
import { lineOf } from "../../ruby-files/ruby-yaml.ts";
import { FileEntry } from "./file-entry.ts";
import type {
  RecurringDefinition,
  RecurringFile,
  RecurringFileContext,
} from "./recurring-definition.ts";
import { readSidekiqCronJob } from "./sidekiq-cron-jobs.ts";
import { readSidekiqSchedulerJob } from "./sidekiq-scheduler-jobs.ts";
import { readSolidQueueTask } from "./solid-queue-tasks.ts";

type Kind = "solid-queue" | "sidekiq-cron" | "sidekiq-scheduler";

interface Jobs {
  readonly kind: Kind;
  readonly entries: readonly FileEntry[];
  readonly remarks: readonly string[];
}

/** By which settings it shows whose a job is. All others are in both of Sidekiq's. */
const OF_SCHEDULER = ["every", "at", "in", "interval", "enabled", "include_metadata", "rails_env"];
const OF_JOB = ["schedule", "cron", "class", "klass", "command", ...OF_SCHEDULER];
/** sidekiq-scheduler's own settings, which have no meaning here. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  dynamic: "what is defined at run time is known to all workers at once",
  dynamic_every: "nothing is polled",
  listened_queues_only: "a job is enqueued by whichever worker is there",
  rufus_scheduler_options: "rufus-scheduler is not used",
};

/**
 * Reads recurring jobs from a file of Solid Queue's (`config/recurring.yml`), sidekiq-cron's
 * (`config/schedule.yml`) or sidekiq-scheduler's (its section in `config/sidekiq.yml`, or
 * `config/sidekiq_scheduler.yml`) as it is. Whose it is follows from what stands in it.
 *
 * @throws {ConfigurationError} with file and line, if something in it cannot be kept.
 */
export function readRecurringFile(text: string, context: RecurringFileContext): RecurringFile {
  const { kind, entries, remarks } = jobsOf(readRubyFile(text, context), context);
  const definitions = new Map<string, RecurringDefinition>();
  for (const entry of entries) {
    const definition = definitionOf(kind, entry, context);
    if (definition === undefined) continue;
    const other = definitions.get(definition.key);
    if (other !== undefined) {
      const why = `"${definition.key}" stands at ${other.place} already`;
      throw cannotUse(entry.place, why, "Give each job a name of its own");
    }
    definitions.set(definition.key, definition);
  }
  return {
    definitions: [...definitions.values()],
    remarks: [...remarks, ...entries.flatMap((entry) => entry.remarks)],
  };
}

function definitionOf(
  kind: Kind,
  entry: FileEntry,
  context: RecurringFileContext,
): RecurringDefinition | undefined {
  if (kind === "solid-queue") {
    return readSolidQueueTask(entry);
  }
  return kind === "sidekiq-cron"
    ? readSidekiqCronJob(entry)
    : readSidekiqSchedulerJob(entry, context);
}

function jobsOf(content: unknown, context: RecurringFileContext): Jobs {
  if (Array.isArray(content)) {
    return { kind: "sidekiq-cron", entries: listed(content, context), remarks: [] };
  }
  if (content !== null && !isSettings(content)) {
    throw cannotUse(
      context.file,
      "it is no list of jobs",
      'Write "nightly_report:", and below it its class and schedule',
    );
  }
  const all = content ?? {};
  return scheduler(all, context) ?? plain(all, context);
}

/** Jobs as a list, each with its name. */
function listed(list: readonly unknown[], context: RecurringFileContext): FileEntry[] {
  return list.map((settings, index) => {
    const line = lineOf(list, index);
    const name = isSettings(settings) ? settings["name"] : undefined;
    if (typeof name !== "string" || name === "") {
      throw cannotUse(
        `${context.file}:${line}`,
        "a job has no name",
        'Write "- name: nightly_report"',
      );
    }
    return new FileEntry(name, { settings, line, context });
  });
}

/** sidekiq-scheduler's section in Sidekiq's own file. */
function scheduler(all: Settings, context: RecurringFileContext): Jobs | undefined {
  const section = all[context.environment];
  const settings = isSettings(section) ? { ...all, ...section } : all;
  const own = isSettings(settings["scheduler"]) ? settings["scheduler"] : settings;
  const schedule = own["schedule"];
  if (!isSettings(schedule)) {
    return undefined;
  }
  const isOff = own["enabled"] === false;
  const remarks = Object.entries(WITHOUT_EFFECT).flatMap(([name, why]) =>
    own[name] === undefined || own[name] === false
      ? []
      : [`${context.file}:${lineOf(own, name)}: "${name}" has no effect: ${why}`],
  );
  if (isOff) {
    remarks.push(
      `${context.file}:${lineOf(own, "enabled")}: the scheduler is not enabled, so that none of its jobs is read`,
    );
  }
  return {
    kind: "sidekiq-scheduler",
    entries: isOff ? [] : entriesOf(schedule, Object.keys(schedule), context),
    remarks,
  };
}

/** Jobs by their names, or by environments and names. */
function plain(all: Settings, context: RecurringFileContext): Jobs {
  const section = all[context.environment];
  const jobs = isSettings(section) && !isJob(section) ? section : all;
  const names = Object.keys(jobs).filter((name) => !isSection(jobs[name]));
  const settings = names.map((name) => jobs[name]).filter(isSettings);
  return { kind: kindOf(settings), entries: entriesOf(jobs, names, context), remarks: [] };
}

function kindOf(jobs: readonly Settings[]): Kind {
  const has = (...names: readonly string[]): boolean =>
    jobs.some((each) => names.some((name) => name in each));
  if (has("schedule", "command")) {
    return "solid-queue";
  }
  const isNamedByKey = jobs.some((each) => !("class" in each || "klass" in each));
  return isNamedByKey || has(...OF_SCHEDULER) ? "sidekiq-scheduler" : "sidekiq-cron";
}

/** Whether it is a section of another environment: it has jobs in it, and is none. */
function isSection(value: unknown): boolean {
  return isSettings(value) && !isJob(value) && Object.values(value).some(isJob);
}

function isJob(value: unknown): boolean {
  return isSettings(value) && OF_JOB.some((name) => name in value && !isSettings(value[name]));
}

function entriesOf(
  jobs: Settings,
  names: readonly string[],
  context: RecurringFileContext,
): FileEntry[] {
  return names.map(
    (name) => new FileEntry(name, { settings: jobs[name], line: lineOf(jobs, name), context }),
  );
}
