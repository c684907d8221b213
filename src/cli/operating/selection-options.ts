import type { JobSelection } from "../../inspection/lists/selection.ts";
import { durationOf } from "../duration-of.ts";
import type { OptionValues } from "../parse-options.ts";

/** Which jobs are meant. */
export const SELECTION_OPTIONS = {
  command: { type: "string", short: "c", value: "NAME", about: "of this command or class" },
  queue: { type: "string", short: "q", value: "NAME", about: "on this queue, or bound for it" },
  error: { type: "string", value: "CLASS", about: "that failed with this error last" },
  "older-than": { type: "string", value: "DURATION", about: "deferred longer ago than 30m, 2h, …" },
  "newer-than": { type: "string", value: "DURATION", about: "deferred within that time" },
  argument: { type: "string", value: "TEXT", about: "with this text in an argument" },
  "global-id": { type: "string", value: "URI", about: "with this record: gid://app/User/1" },
  mentions: { type: "string", value: "URI", about: "with this record, or deferred in its context" },
  tag: { type: "string", value: "TAG", about: "with this tag" },
} as const;

export type SelectionValues = OptionValues<typeof SELECTION_OPTIONS>;

/** @throws {UsageError} if an age is none. */
export function selectionOf(values: SelectionValues): JobSelection {
  const given = {
    command: values.command,
    queue: values.queue,
    errorClass: values.error,
    olderThan: durationOf("--older-than", values["older-than"]),
    newerThan: durationOf("--newer-than", values["newer-than"]),
    argument: values.argument,
    globalId: values["global-id"],
    mentions: values.mentions,
    tag: values.tag,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

export function isEmpty(selection: JobSelection): boolean {
  return Object.keys(selection).length === 0;
}
