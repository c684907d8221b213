import { setTimeout as sleep } from "node:timers/promises";
import {
  CallbacksCommand,
  Command,
  configure,
  deferAll,
  Job,
  silentLogger,
  type JobHandle,
  type Logger,
} from "mandate";
import { startWorker } from "mandate/worker";
import { describe, expect, it } from "vitest";
import { settings } from "../../src/job/settings/settings.ts";
import { collected } from "../support/garbage.ts";
import { warnings } from "../support/warnings.ts";
import { queue, Rig } from "../job/rig.ts";

interface Seen {
  job: JobHandle | undefined;
  signal: AbortSignal;
  logger: Logger;
}
let seen: Seen;

class Look extends Command {
  call(): void {
    const { job, signal, logger } = this;
    seen = { job, signal, logger };
  }
}

class LookAsJob extends Job {
  perform(): void {
    const { job, signal, logger } = this;
    seen = { job, signal, logger };
  }
}

describe("a command or a job that runs", () => {
  it("sees its job, a signal, and a logger that knows it", async () => {
    const rig = new Rig();
    for (const enqueue of [() => Look.defer(), () => LookAsJob.performLater()]) {
      const { id } = await enqueue();

      await rig.run();
      seen.logger.info({}, "later");

      expect(seen.job?.id).toBe(id);
      expect(seen.signal.aborted).toBe(false);
      expect(rig.log.lines.at(-1)).toMatchObject({ message: "later", fields: { jid: id } });
    }
  });

  it("is its own prerequisite's handle: others can be put behind it", async () => {
    const rig = new Rig();
    await LookAsJob.performLater();
    await rig.run();

    expect(seen.job).toMatchObject({ className: "LookAsJob", queueName: "default" });
    expect(await seen.job?.status()).toBe("finished");
    expect(await rig.stored(queue())).toEqual([]);
  });

  it("has no job inline, a signal that is never aborted, and the configured logger", () => {
    new Rig();

    Look.call();

    expect(seen.job).toBeUndefined();
    expect(seen.signal.aborted).toBe(false);
    expect(seen.logger).toBe(settings().logger);
  });
});

/** More than Node lets listen without a warning. */
const LISTENERS = 25;

describe("a signal inline", () => {
  class Ask extends Command.initializeWith((inner = 0) => ({ inner })) {
    call(): AbortSignal[] {
      const nested = this.inner > 0 ? Ask.call(this.inner - 1) : [];
      return [this.signal, ...nested];
    }
  }

  it("is the command's own, and the same whenever it asks", () => {
    class AskTwice extends Command {
      call(): boolean {
        return this.signal === this.signal;
      }
    }

    const signals = [...Ask.call(1), ...Ask.call()];

    expect(new Set(signals).size).toBe(3);
    expect(AskTwice.call()).toBe(true);
  });

  it.each<[string, (heard: () => void) => unknown]>([
    [
      "a command that listens",
      (heard) => {
        class Listen extends Command {
          call(): void {
            this.signal.addEventListener("abort", heard, { once: true });
          }
        }
        return Listen.call();
      },
    ],
    [
      "one that calls another, and waits",
      (heard) => {
        class Inner extends Command {
          async call(): Promise<void> {
            await Promise.resolve();
            this.signal.addEventListener("abort", heard);
          }
        }
        class Outer extends Command {
          async call(): Promise<void> {
            this.signal.addEventListener("abort", heard);
            await Inner.call();
          }
        }
        return Outer.call();
      },
    ],
    [
      "one with results",
      (heard) => {
        class Result extends CallbacksCommand {
          call(): void {
            this.signal.onabort = heard;
          }
        }
        return Result.call();
      },
    ],
    [
      "a job that is performed here",
      (heard) => {
        class Here extends Job {
          static {
            this.timeout(60);
          }

          perform(): void {
            this.signal.addEventListener("abort", heard);
          }
        }
        return Here.performNow();
      },
    ],
  ])("keeps nothing alive: %s", async (_what, call) => {
    new Rig();
    const references: WeakRef<object>[] = [];
    for (let count = 0; count < 50; count += 1) {
      const heard = (): void => {};
      references.push(new WeakRef(heard));
      await call(heard);
    }

    // The last may be held by the stack still.
    expect(await collected(references)).toBeGreaterThan(45);
  });

  it("may be listened to by any number", async () => {
    new Rig();
    const warned = warnings();
    class Wait extends Command {
      async call(): Promise<void> {
        await waitForAll(this.signal);
      }
    }
    class WaitHere extends Job {
      static {
        this.timeout(60);
      }

      async perform(): Promise<void> {
        await waitForAll(this.signal);
      }
    }

    await Wait.call();
    await WaitHere.performNow();

    expect(await warned.since()).toEqual([]);
  });
});

describe("a signal in a job", () => {
  it("may be listened to by any number, in each job and in what that performs", async () => {
    const rig = new Rig();
    const warned = warnings();
    class Inner extends Job {
      static {
        this.timeout(60);
      }

      async perform(): Promise<void> {
        await waitForAll(this.signal);
      }
    }
    class Outer extends Job {
      async perform(): Promise<void> {
        await waitForAll(this.signal);
        await Promise.all(Array.from({ length: LISTENERS }, () => Inner.performNow()));
      }
    }
    await Outer.performLater();

    await rig.work();

    expect(await warned.since()).toEqual([]);
  });

  it("may be asked for by as many jobs as a worker runs at once", async () => {
    const rig = new Rig();
    const warned = warnings();
    configure({ logger: silentLogger });
    let waiting = 0;
    class Linger extends Command {
      async call(): Promise<void> {
        waiting += 1;
        await sleep(60_000, undefined, { signal: this.signal }).catch(() => {});
      }
    }
    await deferAll(Array.from({ length: 1_000 }, () => Linger.prepare()));
    const options = { adapter: rig.adapter, concurrency: 1_000, shutdownTimeout: 0 };
    const worker = await startWorker(options);
    await expect.poll(() => waiting).toBe(1_000);

    await worker.stop();

    expect(await warned.since()).toEqual([]);
  });
});

async function waitForAll(signal: AbortSignal): Promise<void> {
  await Promise.all(Array.from({ length: LISTENERS }, () => sleep(1, undefined, { signal })));
}
