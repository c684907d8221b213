import { setTimeout as sleep } from "node:timers/promises";
import type { Adapter } from "../../adapters/adapter.ts";
import { ratesBetween, snapshot } from "../../inspection/figures/snapshot.ts";
import { durationOf } from "../duration-of.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { wrong } from "../parse-options.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { byNeed } from "../top/by-need.ts";
import { frame, type Span } from "../top/frame.ts";
import { openScreen } from "../top/screen.ts";
import { watch } from "../top/watch.ts";
import { UsageError } from "../usage.ts";

const USUAL = 2;
const SHORTEST = 0.1;
const LONGEST = 3_600;

export const topCommand: ProgramCommand = defineCommand({
  name: "top",
  summary: "a live view: queues, processes, what runs, and how fast",
  options: {
    interval: {
      type: "string",
      value: "DURATION",
      about: `time between two looks (default: ${USUAL}s)`,
    },
    once: { type: "boolean", about: "print one frame, measured over one interval" },
    ...STORE_OPTIONS,
  },
  notes: "Keys: q quits, the arrows select a queue, p pauses or resumes it.",
  run: async ({ values, terminal }) => {
    const interval = intervalOf(values.interval);
    const isOnce = values.once === true;
    if (!isOnce && !terminal.isScreen) {
      throw new UsageError(
        "Cannot show a live view: this is no terminal. Add --once for a single frame",
      );
    }
    await withStore(values, (adapter) =>
      isOnce ? printFrame(adapter, terminal, interval) : show(adapter, interval),
    );
  },
});

/**
 * Columns of a frame that goes to no terminal: what it has on the right shall be seen beside the
 * left.
 */
const WIDEST = 200;

async function printFrame(adapter: Adapter, terminal: Terminal, interval: number): Promise<void> {
  const first = await snapshot(adapter);
  await sleep(interval * 1000, undefined, { signal: terminal.interrupted });
  const last = await snapshot(adapter);
  const sample = { ...last, queues: byNeed(last.queues) };
  const rates = ratesBetween(first, sample);
  const view = { sample, rates, history: [], selected: undefined, trouble: undefined, hint: "" };
  for (const line of frame(view, { columns: Math.min(terminal.columns, WIDEST), rows: Infinity })) {
    terminal.print(line.map((span) => coloured(span, terminal)).join(""));
  }
}

function coloured({ text, look }: Span, terminal: Terminal): string {
  return look === undefined || look === "inverse" ? text : terminal.colour(look, text);
}

/** Until a key ends it, or a signal: the terminal is given back as it was in each case. */
async function show(adapter: Adapter, interval: number): Promise<void> {
  const screen = await openScreen();
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  signals.forEach((name) => process.once(name, end));
  try {
    await watch(adapter, screen, { interval, signal: ended.signal });
  } finally {
    signals.forEach((name) => process.off(name, end));
    screen.close();
  }
}

function intervalOf(text: string | undefined): number {
  if (text === undefined) {
    return USUAL;
  }
  const length = durationOf("--interval", text);
  if (length >= SHORTEST && length <= LONGEST) {
    return length;
  }
  throw wrong(`"${text}" as --interval`, "it is not from 0.1s to 1 hour", "Write --interval 2s");
}
