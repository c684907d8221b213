import { describe, expect, it } from "vitest";
import type { Entry, FetchedJob, Outcome } from "../../src/adapters/adapter.ts";
import { assertEntries, assertOutcomes } from "../../src/adapters/entries.ts";

const entry: Entry = { jid: "a1", queue: "default", payload: "{}" };

describe("assertEntries", () => {
  it("accepts all that an entry may have", () => {
    const full: Entry = { ...entry, priority: -3, at: 1.5, prereqs: ["b2"], prereqFailure: "bury" };

    expect(() => assertEntries([entry, full])).not.toThrow();
  });

  it.each<[object, string]>([
    [{ jid: 7 }, "Cannot enqueue job 7: jid must be a text that is not empty, found 7"],
    [{ queue: "" }, 'Cannot enqueue job "a1": queue must be a text that is not empty, found ""'],
    [
      { payload: {} },
      'Cannot enqueue job "a1": payload must be the JSON text of a record, found object',
    ],
    [{ at: NaN }, 'Cannot enqueue job "a1": at must be epoch seconds, found NaN'],
    [{ at: -Infinity }, 'Cannot enqueue job "a1": at must be epoch seconds, found -Infinity'],
    [{ priority: 1.5 }, 'Cannot enqueue job "a1": priority must be an integer, found 1.5'],
    [{ prereqs: [""] }, 'Cannot enqueue job "a1": prereqs must be jids, found object'],
    [
      { prereqFailure: "wait" },
      'Cannot enqueue job "a1": prereqFailure must be "release", "bury" or "cancel", found "wait"',
    ],
  ])("refuses %j, saying which entry and what of it", (wrong, message) => {
    expect(() => assertEntries([entry, { ...entry, ...wrong }])).toThrow(new TypeError(message));
  });
});

describe("assertOutcomes", () => {
  const job: FetchedJob = { queue: "default", payload: "{}", recoveries: 0 };
  const again = { job, jid: "a1", payload: "{}", queue: "default" };

  it("accepts every kind", () => {
    const outcomes: Outcome[] = [
      { job, jid: undefined, kind: "done" },
      { ...again, kind: "retry", at: 1.5 },
      { ...again, kind: "requeue" },
      { ...again, kind: "requeue", at: 0 },
      { ...again, kind: "block", prereqs: ["b2"], prereqFailure: "bury" },
      { ...again, kind: "dead" },
      { ...again, kind: "release" },
    ];

    expect(() => assertOutcomes(outcomes)).not.toThrow();
  });

  it.each(["retry", "requeue"] as const)("refuses to %s at no time", (kind) => {
    expect(() => assertOutcomes([{ ...again, kind, at: NaN }])).toThrow(
      new TypeError(`Cannot settle job "a1" as ${kind}: at must be epoch seconds, found NaN`),
    );
  });
});
