import { describe, expect, it } from "vitest";
import type { Entry, FetchedJob, Outcome } from "../../src/adapters/adapter.ts";
import type { Hold } from "../../src/adapters/hold.ts";
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
    [{ batch: "a b" }, 'Cannot enqueue job "a1": batch must be letters and digits, found "a b"'],
    [{ expiresAt: NaN }, 'Cannot enqueue job "a1": expiresAt must be epoch seconds, found NaN'],
  ])("refuses %j, saying which entry and what of it", (wrong, message) => {
    expect(() => assertEntries([entry, { ...entry, ...wrong }])).toThrow(new TypeError(message));
  });
});

describe("assertEntries, of holds", () => {
  const hold: Hold = { key: "k", from: "enqueue", until: "finished", whenFull: "refuse" };
  const rate = { to: 1, seconds: 1, burst: 1 };

  it("accepts all that there may be", () => {
    const holds: Hold[] = [
      { ...hold, to: Infinity, seconds: 0.5 },
      { ...hold, key: "time", until: "time", seconds: 3 },
      { ...hold, key: "replace", whenFull: "replace", dueWithin: 0 },
      { ...hold, key: "empty", until: "fetched", whenFull: "park", waitsFor: "empty" },
      { ...hold, from: "fetch", until: "settled", whenFull: "park", to: 0 },
      { ...hold, key: "rate", from: "fetch", until: "fetched", whenFull: "park", rate },
    ];

    expect(() => assertEntries([{ ...entry, holds, expiresAt: 1.5 }])).not.toThrow();
  });

  it.each<[object, string]>([
    [{ key: "" }, 'key must be a text that is not empty, found ""'],
    [{ from: "start" }, 'from must be "enqueue" or "fetch", found "start"'],
    [
      { until: "done" },
      'until must be "fetched", "settled", "attempted", "finished", "over" or "time"; "fetched" with a rate, ' +
        'and of others only from enqueue, found "done"',
    ],
    [{ until: "time" }, 'seconds must be a number above 0, which "time" needs, found undefined'],
    [{ seconds: 0 }, 'seconds must be a number above 0, which "time" needs, found 0'],
    [
      { from: "fetch", whenFull: "replace" },
      'whenFull must be "refuse" or "park", or, from enqueue, "replace", found "replace"',
    ],
    [{ to: -1 }, "to must be a number of at least 0, found -1"],
    [
      { until: "fetched", rate },
      "rate must be of a hold from fetch: to and seconds above 0, and burst of at least 1, found object",
    ],
    [
      { from: "fetch", until: "fetched", rate: { ...rate, burst: 0.5 } },
      "rate must be of a hold from fetch: to and seconds above 0, and burst of at least 1, found object",
    ],
    [
      { waitsFor: "empty" },
      'waitsFor must be "free", "empty" or "death", of a hold from enqueue that parks, found "empty"',
    ],
    [
      { dueWithin: 3 },
      "dueWithin must be a number of at least 0, of a hold that replaces, found 3",
    ],
  ])("refuses %j, saying which and what of it", (wrong, message) => {
    const holds = [hold, { ...hold, key: "other", ...wrong }];

    expect(() => assertEntries([{ ...entry, holds }])).toThrow(
      new TypeError(`Cannot enqueue job "a1": holds[1].${message}`),
    );
  });

  it("refuses a key that is there twice", () => {
    expect(() => assertEntries([{ ...entry, holds: [hold, hold] }])).toThrow(
      new TypeError(
        'Cannot enqueue job "a1": holds[1].key must be another than those before it from enqueue, found "the same"',
      ),
    );
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
