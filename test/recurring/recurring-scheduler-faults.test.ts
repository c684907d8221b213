import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Command, configure } from "../../src/index.ts";
import type { Entry } from "../../src/adapters/adapter.ts";
import type { Documents, DocumentWrite } from "../../src/adapters/documents.ts";
import type { EnqueueAnswer } from "../../src/adapters/enqueue-answer.ts";
import type { JobRecord } from "../../src/adapters/job-record.ts";
import { MemoryAdapter } from "../../src/adapters/memory/memory-adapter.ts";
import { claimOf } from "../../src/recurring/claim/claim.ts";
import { define } from "../../src/recurring/definition.ts";
import type { RecurringOptions } from "../../src/recurring/recurring-options.ts";
import { recurring } from "../../src/recurring/recurring.ts";
import { Schedule } from "../../src/recurring/schedule/schedule.ts";
import { RecurringScheduler } from "../../src/recurring/scheduler/recurring-scheduler.ts";
import { DefinitionSets, setOf, SETS } from "../../src/recurring/store/definition-sets.ts";
import { publish } from "../../src/recurring/store/publish.ts";
import { jobDocument, keptIn } from "../../src/recurring/store/stored-job.ts";
import { silentLogger, type Logger } from "../../src/support/logger.ts";

class Digest extends Command {
  call(): void {}
}

/** Counts what is sent to it, and refuses what it is told to. */
class CountingAdapter extends MemoryAdapter {
  sent = 0;
  refusal: Error | undefined;

  override enqueue(
    entries: readonly Entry[],
    timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    this.sent += 1;
    if (given?.name === jobDocument("bad") && this.refusal !== undefined) {
      return Promise.reject(this.refusal);
    }
    return super.enqueue(entries, timeout, given);
  }

  get counted(): Documents {
    const count = <Output>(answer: Output): Output => {
      this.sent += 1;
      return answer;
    };
    const { documents } = this;
    return {
      read: (names) => count(documents.read(names)),
      write: (document) => count(documents.write(document)),
      delete: (name, version) => count(documents.delete(name, version)),
      list: (prefix, cursor, limit) => count(documents.list(prefix, cursor, limit)),
      listen: (prefix, onChange) => documents.listen(prefix, onChange),
    };
  }
}

let adapter: CountingAdapter;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-03-02T07:59:30Z") });
  adapter = new CountingAdapter();
  configure({ adapter, logger: silentLogger });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("an idle scheduler", () => {
  it("sends one command a minute at most, and is woken by what is defined", async () => {
    await started([defined("yearly", "0 0 1 1 *")], adapter.counted);
    const now = vi.spyOn(adapter.store, "now");

    for (let minute = 0; minute < 60; minute += 1) {
      const before = adapter.sent + now.mock.calls.length;
      await pass(60);
      expect(adapter.sent + now.mock.calls.length - before).toBeLessThanOrEqual(1);
    }

    await recurring.define("often", "every 10 seconds", Digest.prepare());
    await pass(10);
    expect(await occurrences()).toEqual(["often"]);
  });

  it("keeps its set for as long as it runs", async () => {
    const definitions = [defined("yearly", "0 0 1 1 *")];
    const document = SETS + setOf(definitions);
    await started(definitions);
    const [before] = await adapter.documents.read([document]);

    await pass(25 * 3_600);

    const [after] = await adapter.documents.read([document]);
    expect(after?.text).toBe(before?.text);
    expect(after?.version).toBeGreaterThan(before?.version ?? Infinity);
  });
});

describe("a scheduler that missed messages", () => {
  it("reads all anew where some may have been lost", async () => {
    const { documents, lose } = deaf();
    await started([], documents);
    await recurring.define("often", "every 10 seconds", Digest.prepare());
    await pass(20);
    expect(await occurrences()).toEqual([]);

    lose();
    await pass(10);

    expect(await occurrences()).not.toEqual([]);
  });

  it("looks which release counts before it takes a schedule back", async () => {
    await started([defined("a", "* * * * *", { description: "old" })], deaf().documents);
    const fresh = defined("a", "30 * * * *", { description: "new" });
    await started([fresh]);
    const [before] = await adapter.documents.read([jobDocument("a")]);

    await pass(120);

    const [after] = await adapter.documents.read([jobDocument("a")]);
    expect(after?.version).toBe(before?.version);
    expect(await occurrences()).toEqual([]);
  });
});

describe("a scheduler whose store fails as it reads what others wrote", () => {
  it("reads that once the store answers", async () => {
    const { counted } = adapter;
    const read = vi.fn<Documents["read"]>((names) => counted.read(names));
    const warn = vi.fn<Logger["warn"]>();
    await started([], { ...counted, read }, { ...silentLogger, warn });
    read.mockRejectedValueOnce(new Error("the store is away"));

    await recurring.define("often", "every 10 seconds", Digest.prepare());
    await pass(12);

    expect(warn.mock.calls.map(([, message]) => message)).toEqual([
      "Recurring jobs cannot be enqueued now, and are once the store answers: Error: the store is away",
    ]);
    expect(await occurrences()).toEqual(["often"]);
  });
});

describe("a recurring job that cannot be enqueued", () => {
  it("is left out, and none of the others", async () => {
    const error = vi.fn<Logger["error"]>();
    adapter.refusal = new RangeError("It is too long");

    await started([defined("bad", "* * * * *"), defined("good", "* * * * *")], undefined, {
      ...silentLogger,
      error,
    });
    await pass(120);

    expect(await occurrences()).toEqual(["good", "good"]);
    expect(error.mock.calls).toEqual([
      [
        { err: adapter.refusal, key: "bad" },
        'Recurring job "bad" is left out until it is defined anew: RangeError: It is too long',
      ],
    ]);
  });

  it("is tried again where that was the store's doing", async () => {
    adapter.refusal = new Error("The store is away");
    await started([defined("bad", "* * * * *"), defined("good", "* * * * *")]);
    await pass(40);
    expect(await occurrences()).toEqual(["good"]);

    adapter.refusal = undefined;
    await pass(2);

    expect(await occurrences()).toEqual(["bad", "good"]);
  });
});

describe("a claim", () => {
  it("never goes back behind what a worker with a faster clock has dealt with", () => {
    const at = Date.parse("2026-03-02T08:00:00Z") / 1000;
    const stored = { schedule: "* * * * *", after: at + 0.2, runs: [] };

    const claim = claimOf({ key: "a", stored }, defined("a", "* * * * *"), {
      schedule: Schedule.parse("* * * * *"),
      now: at - 0.2,
      isBusy: false,
    });

    expect(claim).toEqual({ entries: [], stored });
  });
});

describe("publishing", () => {
  it("leaves alone what another release publishes at the same time, and drops what is forgotten", async () => {
    const { documents } = adapter;
    const sets = new DefinitionSets(documents, "worker");
    await sets.renew("one");
    for (const set of ["lost", "one", "two"]) {
      await publish(documents, [defined("a", "* * * * *")], { set, sets, now: 1 });
    }

    const [document] = await documents.read([jobDocument("a")]);
    const { stored } = keptIn(document as NonNullable<typeof document>);
    expect(Object.keys(stored.sets ?? {})).toEqual(["one", "two"]);
  });
});

function defined(
  key: string,
  schedule: string,
  options: RecurringOptions = {},
): ReturnType<typeof define> {
  return define(key, schedule, Digest.prepare(), { timeZone: "UTC", ...options });
}

/** Documents of which no message arrives, until some may have been lost. */
function deaf(): { documents: Documents; lose: () => void } {
  let tell: () => void = () => undefined;
  const documents: Documents = {
    ...adapter.counted,
    listen: (prefix, onChange) => {
      tell = () => onChange(prefix);
      return { ready: Promise.resolve(), stop() {} };
    },
  };
  return { documents, lose: () => tell() };
}

async function started(
  definitions: readonly ReturnType<typeof defined>[],
  documents: Documents = adapter.documents,
  logger: Logger = silentLogger,
): Promise<void> {
  const worker = String(Math.random());
  const options = { adapter, documents, logger, definitions, worker, timeout: 5 };
  const scheduler = new RecurringScheduler(options);
  scheduler.start();
  onTestFinished(() => scheduler.stop());
  await pass(0);
}

async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000 + 5);
}

async function occurrences(): Promise<string[]> {
  const { jobs } = await adapter.store.page({ queue: "default" }, undefined, 1_000);
  return jobs
    .map(({ payload }) => (JSON.parse(payload) as JobRecord).recurring)
    .map((run) => (run as { key: string }).key)
    .toSorted();
}
