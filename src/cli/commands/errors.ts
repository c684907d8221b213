import { errors, type ErrorGroup } from "../../inspection/figures/errors.ts";
import { SELECTION_OPTIONS, selectionOf } from "../operating/selection-options.ts";
import { UNREADABLE } from "../operating/shown-job.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { clipped, clippedInFront } from "../terminal/layout.ts";
import { printable } from "../../support/printable.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { widthOf } from "../terminal/width.ts";
import { counted, fromNow } from "../../support/wording.ts";

/** Columns. */
const LEAST_OF_PLACE = 20;

export const errorsCommand: ProgramCommand = defineCommand({
  name: "errors",
  summary: "what fails: by command, error and place, with counts",
  options: {
    ...SELECTION_OPTIONS,
    json: { type: "boolean", about: "a line of JSON for each" },
    ...STORE_OPTIONS,
  },
  run: async ({ values, terminal }) => {
    const selection = selectionOf(values);
    await withStore(values, async (adapter) => {
      const now = await adapter.store.now();
      const onProgress = ({ seen, total }: { seen: number; total: number }): void =>
        terminal.progress(`${counted(seen)} of ${counted(total)} failed jobs read`);
      const options = { onProgress, signal: terminal.interrupted };
      const groups = await errors(selection, options, adapter);
      for (const group of groups) {
        const lines = values.json === true ? [JSON.stringify(group)] : shown(group, now, terminal);
        lines.forEach((line) => terminal.print(line));
      }
      if (groups.length === 0 && values.json !== true) {
        terminal.note("Nothing fails");
      }
    });
  },
});

/**
 * ```
 *  5,000  SendInvoice  SmtpBusyError   first 12m ago, last 3s ago
 *         4,990 in retry, 10 dead · queue mailers · src/mail/send.ts:31
 *         421 too many connections
 * ```
 */
function shown(group: ErrorGroup, now: number, terminal: Terminal): string[] {
  const { className, errorClass, message, count } = group;
  const seen = `first ${fromNow(group.firstSeen, now) || "?"}, last ${fromNow(group.lastSeen, now) || "?"}`;
  const number = counted(count).padStart(7);
  const indent = " ".repeat(9);
  const name = `${className || UNREADABLE}  ${errorClass}`;
  const room = terminal.columns - 9;
  const isShort = widthOf(name) + 2 + seen.length <= room;
  const head = isShort ? `${name}  ${seen}` : clipped(name, room);
  return [
    `${terminal.colour("red", number)}  ${terminal.colour("bold", printable(head))}`,
    ...(isShort ? [] : [`${indent}${seen}`]),
    `${indent}${clipped(whereOf(group, room), room)}`,
    `${indent}${clipped(message, room)}`,
  ];
}

/** Of the place the file's name and the line count most. */
function whereOf({ place, inRetry, dead, queues }: ErrorGroup, room: number): string {
  const where = `${counted(inRetry)} in retry, ${counted(dead)} dead · queue ${queues.join(", ")}`;
  return place === undefined
    ? where
    : `${where} · ${clippedInFront(place, Math.max(LEAST_OF_PLACE, room - widthOf(where) - 3))}`;
}
