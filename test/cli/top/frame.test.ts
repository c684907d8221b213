import { describe, expect, it } from "vitest";
import { RunningEntry } from "../../../src/inspection/entries/running-entry.ts";
import { frame, type View } from "../../../src/cli/top/frame.ts";
import type { Snapshot } from "../../../src/inspection/figures/snapshot.ts";

const AT = Date.UTC(2030, 0, 1, 12) / 1000;

const sample: Snapshot = {
  at: AT,
  counters: { processed: 1_000, failed: 10 },
  sizes: { scheduled: 1, retry: 2, blocked: 3, dead: 4 },
  queues: [
    { name: "default", size: 1_234, blocked: 0, latency: 12, paused: false, limit: undefined },
    { name: "low", size: 0, blocked: 0, latency: 0, paused: true, limit: undefined },
  ],
  limits: [],
  processes: [
    {
      identity: "host:1:abc",
      library: "mandate",
      hostname: "host",
      pid: 1,
      tag: "shop",
      startedAt: AT - 90,
      concurrency: 1,
      queues: [["default", 1]],
      busy: 0,
      quiet: true,
      overdue: 1,
      rss: 100 * 1024 ** 2,
    },
  ],
  running: ["a", "b"].map(
    (jid) =>
      new RunningEntry({
        identity: "host:1:abc",
        queue: "default",
        payload: JSON.stringify({ class: "MandateJob", args: ["Send\u001B[31m"], jid }),
        startedAt: AT - 3,
      }),
  ),
  fetchedAhead: 0,
};

const view: View = {
  sample,
  rates: { processed: 1_234.5, failed: 0.25 },
  history: [0, 50, 100],
  selected: "default",
  trouble: undefined,
  hint: "",
};

function shown(changes: Partial<View> = {}, { columns = 80, rows = Infinity } = {}): string[] {
  return frame({ ...view, ...changes }, { columns, rows }).map((spans) =>
    spans.map(({ text }) => text).join(""),
  );
}

describe("a frame", () => {
  it("has all of it", () => {
    expect(shown()).toEqual([
      "mandate top                                                         12:00:00 UTC",
      "1,000 processed  1,235/s  10 failed  0.3/s  ▁▅█",
      "1,234 enqueued, 1/1 busy, 1 scheduled, 2 retry, 3 blocked, 4 dead",
      "",
      "QUEUE     JOBS  LATENCY",
      "default  1,234      12s",
      "low          0       0s  paused",
      "",
      "PROCESS     BUSY    MEMORY     UP  QUEUES",
      "host:1:abc   1/1  100.0 MB  1m30s  default  shop, quiet, 1 overdue",
      "",
      "RUNNING    QUEUE     FOR  JID",
      "Send�[31m  default  3.0s  a",
      "Send�[31m  default  3.0s  b",
      "",
    ]);
  });

  it("tells what was fetched ahead from what runs", () => {
    const [, , counts] = shown({ sample: { ...sample, fetchedAhead: 2 } });

    expect(counts).toContain("1/1 busy + 2 fetched, ");
  });

  it("shows how far what runs says that it is, and jids whole", () => {
    const note = "reading 翻訳 ".repeat(9);
    const said = sample.running.map(({ identity, payload, queueName: queue }) => {
      const jid = "4".repeat(24);
      const changed = JSON.stringify({ ...(JSON.parse(payload) as object), jid });
      const entry = new RunningEntry({ identity, queue, payload: changed, startedAt: AT - 3 });
      entry.saidLast({ done: 1, total: 4, note, at: new Date() });
      return entry;
    });

    const lines = shown({ sample: { ...sample, running: said } });

    expect(lines.slice(11, 13)).toEqual([
      "RUNNING    QUEUE     FOR  JID                       PROGRESS",
      "Send�[31m  default  3.0s  444444444444444444444444  25%, 1 of 4: reading 翻訳 r…",
    ]);
  });

  it("says what there is not", () => {
    const nothing = { ...sample, queues: [], processes: [], running: [] };

    expect(shown({ sample: nothing, rates: undefined, history: [] }).slice(1)).toEqual([
      "1,000 processed  –/s  10 failed  –/s  ",
      "0 enqueued, 0/0 busy, 1 scheduled, 2 retry, 3 blocked, 4 dead",
      "",
      "There are no queues: nothing was enqueued yet",
      "",
      "No worker process is alive: nothing runs. Start one with mandate worker",
      "",
      "Nothing runs",
      "",
    ]);
  });

  it("says that dead workers hold jobs", () => {
    expect(shown({ sample: { ...sample, processes: [] } })).toContain(
      "No worker process is alive; dead ones hold jobs. Start one with mandate worker",
    );
  });

  it("is as high and as wide as its terminal, whatever there is", () => {
    const queues = Array.from({ length: 40 }, (_, index) => ({
      name: `queue-${index}-${"long".repeat(20)}`,
      size: 1,
      blocked: 0,
      latency: 1,
      paused: false,
      limit: undefined,
    }));
    for (let rows = 1; rows <= 60; rows += 1) {
      for (const columns of [20, 40, 80, 200]) {
        const lines = shown({ sample: { ...sample, queues }, hint: "keys" }, { columns, rows });

        expect(lines).toHaveLength(rows);
        expect(lines.at(-1)).toBe("keys");
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
      }
    }
  });

  it("keeps the selected queue in sight", () => {
    const queues = Array.from({ length: 40 }, (_, index) => ({
      name: `queue-${index}`,
      size: 1,
      blocked: 0,
      latency: 1,
      paused: false,
      limit: undefined,
    }));
    for (const { name } of queues) {
      const lines = frame(
        { ...view, sample: { ...sample, queues }, selected: name, hint: "keys" },
        { columns: 80, rows: 24 },
      );

      const selected = lines.flat().filter(({ look }) => look === "inverse");
      expect(selected.map(({ text }) => text.split(" ")[0])).toEqual([name]);
    }
  });

  it("says what is wrong in place of the keys, and how old it is", () => {
    const lines = shown({ trouble: "No answer for 5.0s: it is away", hint: "keys" }, { rows: 24 });

    expect(lines[0]).toMatch(/ as of 12:00:00 UTC$/);
    expect(lines.at(-1)).toBe("No answer for 5.0s: it is away");
  });
});
