import type { JobSelection } from "../../inspection/lists/selection.ts";
import { seconds, type Duration } from "../../support/duration.ts";

/** What a search box says. */
export interface Query {
  readonly selection: JobSelection;
  /** A word of it that says nothing: an age that is none. */
  readonly misread: string | undefined;
}

/** Writable, as it is put together. */
type Selected = { -readonly [Field in keyof JobSelection]: JobSelection[Field] };

/** What stands before a colon → what it selects by. */
const FIELDS: Readonly<Record<string, keyof JobSelection>> = {
  command: "command",
  class: "command",
  queue: "queue",
  error: "errorClass",
  tag: "tag",
  jid: "jid",
  arg: "argument",
  older: "olderThan",
  newer: "newerThan",
  record: "mentions",
};

/** A record's URI; after a colon, too. */
const RECORD = /^gid:\/\/[^\s/]+\/[^\s/]+\/\S+$/;

/** `command:SendInvoice tag:urgent "some text" gid://app/User/42` as a selection. */
export function readQuery(text: string): Query {
  const selection: Selected = {};
  const words: string[] = [];
  let misread: string | undefined;
  for (const [, name = "", quoted, plain = ""] of text.matchAll(
    /(?:([a-z]{1,10}):(?!\/\/))?(?:"([^"]*)"|(\S+))/g,
  )) {
    const value = quoted ?? plain;
    const field = FIELDS[name];
    if (field === undefined) {
      if (name === "" && RECORD.test(value)) selection.mentions = value;
      else words.push(name === "" ? value : `${name}:${value}`);
    } else if (field === "olderThan" || field === "newerThan") {
      const age = ageIn(value);
      misread ??= age === undefined ? `${name}:${value}` : undefined;
      if (age !== undefined) selection[field] = age;
    } else {
      selection[field] = value;
    }
  }
  if (words.length > 0) {
    selection.argument = words.join(" ");
  }
  return { selection, misread };
}

/** "2d", "2 days" in seconds; `undefined` where it is no age. */
function ageIn(text: string): number | undefined {
  try {
    return seconds(text as Duration, "age");
  } catch {
    return undefined;
  }
}

/** `name:value`, quoted where that is needed. */
export function term(name: string, value: string): string {
  return /^[^\s"]+$/.test(value) ? `${name}:${value}` : `${name}:"${value.replaceAll('"', "")}"`;
}
