import {
  CallbacksCommand,
  Command,
  configure,
  deadSet,
  globalId,
  Job,
  MemoryAdapter,
  type JobHandle,
} from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapters/adapter.ts";
import { consoleLogger, silentLogger } from "../../src/support/logger.ts";
import { RedisServer } from "../support/redis-server.ts";
import { oddities } from "./oddities.ts";

const ODD = oddities(500);

/** Runs of each job, by its number; what handlers heard, likewise. */
let runs: number[] = [];
let failures: number[] = [];
let deaths: number[] = [];

function throwIt(index: number): never {
  throw ODD[index];
}

/** The number of a job, of whichever class. */
function indexOf(job: JobHandle): number {
  return Number(job.record.tags?.[0]);
}

const throwOf = (job: JobHandle): never => throwIt(indexOf(job));

/** Matches whatever it is asked about. */
class Anything {
  static [Symbol.hasInstance](): boolean {
    return true;
  }
}
/** Throws whenever it is asked. */
class Touchy {
  static [Symbol.hasInstance](): boolean {
    throw new Error("do not ask");
  }
}
class Row {
  constructor(readonly id: number) {}
}

abstract class Odd extends Job {
  static {
    this.retry(0);
    this.jobOptions({ backtrace: true });
  }
  perform(index: number): unknown {
    runs[index]! += 1;
    return throwIt(index);
  }
}
abstract class Calm extends Odd {
  override perform(index: number): void {
    runs[index]! += 1;
  }
}
/** Knows what was to be thrown when nobody hands it over: one runs at a time. */
let now = 0;
abstract class Noting extends Odd {
  override perform(index: number): never {
    runs[index]! += 1;
    now = index;
    throw new Error("to be handled");
  }
}

class Throws extends Odd {}
class Rejects extends Odd {
  override async perform(index: number): Promise<void> {
    super.perform(index);
  }
}
class Again extends Odd {
  static {
    this.retry(2);
    this.retryIn(() => 0.001);
    this.keepResult("1 minute");
  }
}
class Dropped extends Odd {
  static {
    this.retry(false);
  }
}
class Matched extends Odd {
  static {
    this.discardOn(Anything);
    this.keepFinished(10);
  }
}
class AsksTouchy extends Odd {
  static {
    this.discardOn(Touchy);
  }
}
class Before extends Calm {
  static {
    this.beforePerform(throwOf);
  }
}
class Around extends Calm {
  static {
    this.aroundPerform(async (job, next) => {
      await next();
      throwOf(job);
    });
  }
}
class InMiddleware extends Calm {}
class RetryInThrows extends Noting {
  static {
    this.retry(1);
    this.retryIn(() => throwIt(now));
  }
}
class RetryInAnswers extends Noting {
  static {
    this.retry(1);
    this.retryIn(() => ODD[now] as never);
  }
}
class WaitThrows extends Noting {
  static {
    this.retryOn(Error, { wait: () => throwIt(now) });
  }
}
class WaitAnswers extends Noting {
  static {
    this.retryOn(Error, { wait: () => (typeof ODD[now] === "number" ? NaN : ODD[now]) as never });
  }
}
class Exhausted extends Noting {
  static {
    this.retryOn(Error, { attempts: 1 }, throwOf);
  }
}
class Discarding extends Noting {
  static {
    this.discardOn(Error, throwOf);
  }
}
class Rescuing extends Noting {
  static {
    this.rescueFrom(Error, (_error, job) => throwOf(job));
  }
}
class LastWords extends Odd {
  static {
    this.retriesExhausted(throwOf);
  }
}
class Looks extends Command.initializeWith((row: Row) => ({ row })) {
  static {
    this.retry(0);
  }
  call(): void {}
}
class Aborts extends CallbacksCommand.initializeWith((index: number) => ({ index })) {
  static {
    this.keepResult("1 minute");
  }
  call(): void {
    runs[this.index]! += 1;
    this.addError(ODD[this.index]);
    this.abort("enough");
  }
}
class Fine extends Calm {}

interface Case {
  readonly defer: (index: number) => Promise<JobHandle | undefined>;
  readonly ends: "dead" | "finished" | "retrying";
  readonly runs: number;
  readonly failures: number;
}

const dead = { ends: "dead", runs: 1, failures: 1 } as const;
const finished = { ends: "finished", runs: 1, failures: 0 } as const;

const CASES: readonly Case[] = [
  ...[Throws, Rejects, AsksTouchy, Around, WaitThrows, WaitAnswers].map((job) => of(job, dead)),
  ...[Exhausted, Discarding, Rescuing, LastWords].map((job) => of(job, dead)),
  of(Again, { ends: "dead", runs: 3, failures: 3 }),
  of(Dropped, { ends: "finished", runs: 1, failures: 1 }),
  of(Matched, finished),
  of(Before, { ...dead, runs: 0 }),
  of(InMiddleware, { ...dead, runs: 0 }),
  ...[RetryInThrows, RetryInAnswers].map((job) => of(job, { ...dead, ends: "retrying" })),
  {
    ...dead,
    runs: 0,
    defer: (index) => Looks.set({ tags: [String(index)] }).defer(new Row(index)),
  },
  { ...finished, defer: (index) => Aborts.set({ tags: [String(index)] }).defer(index) },
  of(Fine, finished),
];

type OddClass = typeof Throws | typeof Rejects | typeof Before;

function of(job: OddClass, expected: Omit<Case, "defer">): Case {
  return {
    ...expected,
    defer: (index) => job.set({ tags: [String(index)] }).performLater(index),
  };
}

/** No rule of a class is for what is thrown where nothing was. */
function expectedOf(index: number): Omit<Case, "defer"> {
  const found = CASES[index % CASES.length]!;
  return CASES.indexOf(found) === MATCHED && ODD[index] == null ? dead : found;
}
const MATCHED = 12;

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.dispose());

describe.each<[string, () => Adapter]>([
  ["memory", () => new MemoryAdapter({ logger: silentLogger })],
  ["Redis", () => new RedisAdapter({ url: server.url })],
])("a worker on %s, where 500 oddities are thrown at it from all sides", (_name, open) => {
  it("ends each job as its class says, within its attempts, and goes on", async () => {
    const adapter = open();
    const lines: string[] = [];
    const logger = consoleLogger({ level: "debug", stream: { write: (line) => lines.push(line) } });
    runs = ODD.map(() => 0);
    failures = ODD.map(() => 0);
    deaths = ODD.map(() => 0);
    configure({
      adapter,
      logger,
      middleware: {
        perform: [(job, next) => (job.className === "InMiddleware" ? throwOf(job) : next())],
      },
    });
    globalId.register(Row, { find: (id) => throwIt(Number(id)) });
    const worker = new Worker({
      concurrency: 1,
      errorHandlers: [(_error, job) => ((failures[indexOf(job!)]! += 1), throwOf(job!))],
      deathHandlers: [(job) => ((deaths[indexOf(job)]! += 1), throwOf(job))],
    });

    const jobs: (JobHandle | undefined)[] = [];
    for (const index of ODD.keys()) {
      jobs.push(await CASES[index % CASES.length]!.defer(index));
    }
    await worker.drain({ dueWithin: "10 seconds" });

    const found = await Promise.all(
      jobs.map(async (job, index) => ({
        index,
        ends: await job?.status(),
        runs: runs[index],
        failures: failures[index],
        deaths: deaths[index],
      })),
    );
    expect(found).toEqual(
      found.map(({ index }) => {
        const { ends, runs: times, failures: failed } = expectedOf(index);
        const isDead = ends !== "retrying" && failed > 0;
        return { index, ends, runs: times, failures: failed, deaths: isDead ? 1 : 0 };
      }),
    );
    expect(lines.filter((line) => line.includes("broke down"))).toEqual([]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(500_000);
    for await (const { errorClass, errorMessage } of deadSet().each()) {
      expect(errorClass).toMatch(/./);
      expect(errorMessage?.length).toBeLessThanOrEqual(10_000);
    }
    await adapter.close();
    configure({ middleware: {} });
  });
});
