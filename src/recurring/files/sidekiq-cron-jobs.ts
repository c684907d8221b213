import type { FileEntry } from "./file-entry.ts";
import type { RecurringDefinition } from "./recurring-definition.ts";

const KNOWN = [
  "name",
  "namespace",
  "cron",
  "class",
  "klass",
  "queue",
  "args",
  "retry",
  "description",
  "status",
  "active_job",
  "symbolize_args",
  "date_as_argument",
  "queue_name_prefix",
  "queue_name_delimiter",
  "source",
];

/**
 * Reads a job of sidekiq-cron's `config/schedule.yml`.
 *
 * @see sidekiq-cron 2.3 lib/sidekiq/cron/job.rb
 */
export function readSidekiqCronJob(entry: FileEntry): RecurringDefinition {
  entry.checkNames(KNOWN);
  const className = entry.className("klass", "class");
  if (className === undefined) {
    throw entry.refuse("class", `"${entry.name}" has no class`, 'Write "class: " with its name');
  }
  const cron = entry.string("cron");
  if (cron === undefined) {
    throw entry.refuse("cron", `"${entry.name}" has no cron`, "Write \"cron: '*/5 * * * *'\"");
  }
  if (entry.has("source")) {
    entry.remark("source", '"source" has no effect: what a file defines is the file\'s');
  }
  const namespace = entry.string("namespace") ?? "default";
  return {
    key: namespace === "default" ? entry.name : `${namespace}:${entry.name}`,
    schedule: entry.schedule("cron", cron),
    className,
    args: argsOf(entry),
    hasKeywords: false,
    hasSymbolKeys: hasSymbolKeys(entry),
    appends: entry.boolean("date_as_argument") === true ? "time" : undefined,
    isActiveJob: entry.boolean("active_job"),
    queue: queueOf(entry),
    priority: undefined,
    description: entry.string("description"),
    isEnabled: isEnabled(entry),
    firstIn: undefined,
    jobOptions: entry.has("retry") ? { retry: entry.retry() } : {},
    place: entry.place,
  };
}

/** A text that is JSON is what it says. */
function argsOf(entry: FileEntry): unknown[] {
  const given = entry.value("args");
  if (typeof given !== "string") {
    return entry.args();
  }
  try {
    return [JSON.parse(given) as unknown].flat();
  } catch {
    return [given];
  }
}

function hasSymbolKeys(entry: FileEntry): boolean {
  const isMeant = entry.boolean("symbolize_args") ?? false;
  const isActiveJob = entry.boolean("active_job") ?? false;
  if (isMeant && !isActiveJob) {
    entry.remark("symbolize_args", '"symbolize_args" has no effect without "active_job: true"');
  }
  return isMeant && isActiveJob;
}

function queueOf(entry: FileEntry): string | undefined {
  const [queue, prefix] = [entry.string("queue"), entry.string("queue_name_prefix")];
  if (prefix === undefined) {
    return queue;
  }
  if (queue === undefined) {
    const whatToDo = 'Write "queue: " with the whole name';
    throw entry.refuse("queue_name_prefix", "it has a prefix, and no queue", whatToDo);
  }
  const delimiter = entry.string("queue_name_delimiter") ?? "_";
  return `${prefix}${delimiter}${queue}`;
}

function isEnabled(entry: FileEntry): boolean {
  const status = entry.string("status") ?? "enabled";
  if (status !== "enabled" && status !== "disabled") {
    const whatToDo = 'Write "status: enabled" or "status: disabled"';
    throw entry.refuse("status", `its status is neither of both`, whatToDo);
  }
  return status === "enabled";
}
