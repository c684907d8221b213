import { isSettings } from "../../ruby-files/ruby-file.ts";
import type { FileEntry } from "./file-entry.ts";
import type { RecurringDefinition } from "./recurring-definition.ts";

const KNOWN = ["class", "command", "schedule", "args", "queue", "priority", "description"];

/**
 * Reads a task of Solid Queue's `config/recurring.yml`.
 *
 * @see Solid Queue 1.5 app/models/solid_queue/recurring_task.rb
 */
export function readSolidQueueTask(entry: FileEntry): RecurringDefinition {
  if (entry.has("command")) {
    throw entry.refuse(
      "command",
      "its command is Ruby code, and no Ruby is run",
      'Write a command that does it, and "class: " with its name, or leave the task out',
    );
  }
  entry.checkNames(KNOWN);
  const className = entry.className("class");
  if (className === undefined) {
    throw entry.refuse("class", `"${entry.name}" has no class`, 'Write "class: " with its name');
  }
  const schedule = entry.string("schedule");
  if (schedule === undefined) {
    throw entry.refuse(
      "schedule",
      `"${entry.name}" has no schedule`,
      'Write "schedule: every day at 9am", or a cron',
    );
  }
  const args = entry.args();
  return {
    key: entry.name,
    schedule: entry.schedule("schedule", schedule),
    className,
    args,
    hasKeywords: isSettings(args.at(-1)),
    hasSymbolKeys: isSettings(args.at(-1)),
    appends: undefined,
    isActiveJob: true,
    queue: entry.string("queue"),
    priority: entry.integer("priority"),
    description: entry.string("description"),
    isEnabled: true,
    firstIn: undefined,
    jobOptions: {},
    place: entry.place,
  };
}
