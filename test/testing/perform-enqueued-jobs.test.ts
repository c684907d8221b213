import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  Command,
  configure,
  contextAttributes,
  deferAfter,
  deferAll,
  silentLogger,
  TimeoutError,
  UnknownCommandError,
  UnknownOptionError,
} from "mandate";
import {
  assertEnqueuedJobs,
  drainEnqueuedJobs,
  enqueuedJobs,
  fake,
  inline,
  performedJobs,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { settings } from "../../src/job/settings/settings.ts";
import { Again, Fails, Flaky, forgetRuns, Note, ran, Twice } from "./commands.ts";
import { rejection } from "./rejection.ts";

beforeEach(() => {
  configure({ logger: silentLogger });
  useTestAdapter();
  forgetRuns();
});

describe("performEnqueuedJobs with a block", () => {
  it("times a job as a worker does", async () => {
    class Dawdle extends Command {
      static {
        this.timeout(0.001);
      }

      call(): Promise<never> {
        return new Promise((_, reject) =>
          this.signal.addEventListener("abort", () => reject(this.signal.reason as Error)),
        );
      }
    }

    const error = await rejection(performEnqueuedJobs(() => Dawdle.defer()));

    expect(error).toEqual(new TimeoutError("Dawdle", 0.001));
  });

  it("performs what the block enqueues, when it does, and returns what the block returned", async () => {
    const job = await performEnqueuedJobs(async () => {
      const deferred = await Note.defer(1);
      ran.push("deferred");
      return deferred;
    });

    expect(ran).toEqual([1, "deferred"]);
    expect(await job.status()).toBe("finished");
    expect(enqueuedJobs()).toEqual([]);
  });

  it("performs it in the context that it was enqueued in, not in the test's", async () => {
    const Current = contextAttributes<{ requestId: string }>("Current");
    configure({ contextAttributes: [Current] });
    onTestFinished(() => configure({ contextAttributes: [] }));
    const seen: unknown[] = [];
    class Look extends Command {
      call() {
        seen.push(Current.attributes);
        Current.set({ requestId: "the job's" });
      }
    }

    await Current.run({ requestId: "the test's" }, async () => {
      const job = await Current.run({ requestId: "req-1" }, async () => Look.prepare());
      await performEnqueuedJobs(() => deferAll([job]));
      await Look.defer();
      await performEnqueuedJobs();
      seen.push(Current.attributes);
    });

    const ids = ["req-1", "the test's", "the test's"];
    expect(seen).toEqual(ids.map((requestId) => ({ requestId })));
  });

  it("performs what jobs enqueue, after them", async () => {
    await performEnqueuedJobs(() => Twice.defer("a"));

    expect(ran).toEqual(["before a", "after a", "a"]);
    expect(performedJobs().map(({ className }) => className)).toEqual(["Twice", "Note"]);
  });

  it("leaves what waited before, and performs nothing after", async () => {
    await Note.defer("before");
    await performEnqueuedJobs(() => Note.defer("in"));
    await Note.defer("after");

    expect(ran).toEqual(["in"]);
    expect(enqueuedJobs().map((job) => job.arguments)).toEqual([["before"], ["after"]]);
  });

  it("does not wait for jobs to be due", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());

    await performEnqueuedJobs(() => Note.defer("later", { wait: "2 days" }));

    expect(ran).toEqual(["later"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves jobs that are due after a given time", async () => {
    const at = new Date(Date.now() + 60_000);

    await performEnqueuedJobs(
      async () => {
        await Note.defer("now");
        await Note.defer("then", { waitUntil: at });
        await Note.defer("later", { waitUntil: new Date(at.getTime() + 1) });
      },
      { at },
    );

    expect(ran).toEqual(["now", "then"]);
  });

  it("performs those that the options name", async () => {
    const block = async () => {
      await Note.defer(1);
      await Twice.set({ queue: "low" }).defer("a");
    };

    await performEnqueuedJobs(block, { only: Twice });
    expect(ran).toEqual(["before a", "after a"]);
    await performEnqueuedJobs({ queue: "default" }, block);
    expect(ran.splice(0)).toEqual(["before a", "after a", 1]);
    await performEnqueuedJobs(block, { except: ["Twice"] });
    expect(ran).toEqual([1]);
  });

  it("performs all of a batch, one after another", async () => {
    await performEnqueuedJobs(() => deferAll([Twice.prepare("a"), Note.prepare("b")]));

    expect(ran).toEqual(["before a", "after a", "b", "a"]);
  });

  it("performs what deferAfter sends, once it does", async () => {
    await performEnqueuedJobs(() =>
      deferAfter(async () => {
        await Note.defer("job");
        ran.push("committed");
      }),
    );

    expect(ran).toEqual(["committed", "job"]);
  });

  it("performs nothing of a deferAfter that fails", async () => {
    await rejection(
      performEnqueuedJobs(() =>
        deferAfter(async () => {
          await Note.defer("job");
          throw new Error("rolled back");
        }),
      ),
    );

    expect(ran).toEqual([]);
    expect(enqueuedJobs()).toEqual([]);
  });

  it("waits for jobs that its block did not wait for", async () => {
    class Slow extends Command {
      async call() {
        await new Promise((resolve) => setImmediate(resolve));
        await Note.defer("late");
      }
    }

    await performEnqueuedJobs(() => {
      void Slow.defer();
    });

    expect(ran).toEqual(["late"]);
  });

  it("ends with its block's error, after the jobs that run", async () => {
    class Slower extends Command {
      async call() {
        await new Promise((resolve) => setImmediate(resolve));
        ran.push("slower");
      }
    }

    const error = await rejection(
      performEnqueuedJobs(() => Promise.all([Slower.defer(), Fails.defer("at once")])),
    );

    expect(error.message).toBe("at once");
    expect(ran).toEqual(["slower"]);
  });

  it("holds for the innermost block", async () => {
    await performEnqueuedJobs(async () => {
      await performEnqueuedJobs(() => Note.defer("not this"), { only: Twice });
      await fake(() => Note.defer("nor this"));
      await Note.defer("this");
    });

    expect(ran).toEqual(["this"]);
  });

  it("holds for its own block only, of those that run side by side", async () => {
    await Promise.all([
      performEnqueuedJobs(async () => {
        await Promise.resolve();
        await Note.defer("performed");
      }),
      assertEnqueuedJobs(1, () => Note.defer("waits")),
    ]);

    expect(ran).toEqual(["performed"]);
  });

  it("holds for what its block asks of a server in this process", async () => {
    const server = createServer((_, response) => {
      void Note.defer("by request").then(() => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;

    await assertEnqueuedJobs(1, () =>
      performEnqueuedJobs(
        () =>
          new Promise<void>((resolve, reject) => {
            get({ port, agent: false }, (response) => {
              response.resume().once("end", resolve);
            }).once("error", reject);
          }),
      ),
    );

    expect(ran).toEqual(["by request"]);
  });
});

describe("performEnqueuedJobs without a block", () => {
  it("performs what waits, in order, and says how many", async () => {
    await Note.defer(1, { wait: 60 });
    await Note.defer(2);

    expect(await performEnqueuedJobs()).toBe(2);
    expect(ran).toEqual([1, 2]);
    expect(await performEnqueuedJobs()).toBe(0);
  });

  it("leaves what those jobs enqueue, their retries too", async () => {
    await Twice.defer("a");
    await Flaky.defer(1);
    await Again.defer();

    expect(await performEnqueuedJobs()).toBe(3);

    expect(ran).toEqual(["before a", "after a", "again"]);
    expect(enqueuedJobs().map(({ className }) => className)).toEqual(["Note", "Flaky", "Again"]);
    await performEnqueuedJobs();
    expect(ran).toEqual(["before a", "after a", "again", "a", "flaky", "again"]);
  });

  it("performs those that the options name", async () => {
    const at = new Date(Date.now() + 60_000);
    await Note.defer(1);
    await Note.defer(2, { waitUntil: at });
    await Note.defer(3, { waitUntil: new Date(at.getTime() + 1) });
    await Note.defer(4, { queue: "low" });
    await Twice.defer("a");

    expect(await performEnqueuedJobs({ only: Note, queue: "default", at })).toBe(2);
    expect(ran).toEqual([1, 2]);
  });

  it("performs jobs behind others after these, and leaves what stays blocked", async () => {
    const first = Note.prepare("first");
    const blocker = await Again.defer();
    await deferAll([Note.prepare("second", { prereqJobs: [first] }), first]);
    await Note.defer("third", { prereqJobs: [blocker] });

    expect(await performEnqueuedJobs()).toBe(3);

    expect(ran).toEqual(["again", "first", "second"]);
    expect(enqueuedJobs().map((job) => job.arguments)).toEqual([["third"], []]);
  });

  it("ends at the first error that no rule takes care of", async () => {
    await Note.defer(1);
    await Fails.defer("no");
    await Note.defer(2);

    const error = await rejection(performEnqueuedJobs());

    expect(error).toBe(Fails.errors[0]);
    expect(ran).toEqual([1]);
    expect(enqueuedJobs().map((job) => job.arguments)).toEqual([[2]]);
  });

  it("counts no run of a job that finds a prerequisite unfinished", async () => {
    const first = await Note.defer("first");
    const { adapter } = settings();
    const record = { class: "MandateJob", args: ["Note", "then"], jid: "a1", queue: "default" };
    const payload = JSON.stringify({ ...record, prereq_jobs: [first.id] });
    await inline(() => adapter.enqueue([{ jid: "a1", queue: "default", payload }]));

    expect(performedJobs()).toEqual([]);
    expect(await adapter.status("a1")).toBe("blocked");
    expect(await performEnqueuedJobs()).toBe(2);
    expect(ran).toEqual(["first", "then"]);
  });

  it("leaves jobs of a paused queue", async () => {
    const job = await Note.defer(1);
    const { adapter } = settings();
    await adapter.store.pause("default");

    expect(await performEnqueuedJobs()).toBe(0);
    expect(await job.status()).toBe("enqueued");
    await adapter.store.resume("default");
    expect(await performEnqueuedJobs()).toBe(1);
  });

  it("rejects with what a worker would say of a job that nobody knows", async () => {
    const { adapter } = settings();
    const record = { class: "Unheard", args: [], jid: "a1", queue: "default" };
    await adapter.enqueue([{ jid: "a1", queue: "default", payload: JSON.stringify(record) }]);

    await expect(performEnqueuedJobs()).rejects.toThrow(UnknownCommandError);
  });

  it("rejects with what a worker would say of a payload that is no job", async () => {
    const { adapter } = settings();
    await adapter.enqueue([{ jid: "a1", queue: "default", payload: "{" }]);

    expect(enqueuedJobs()[0]?.className).toBe("(unreadable)");
    await expect(performEnqueuedJobs()).rejects.toThrow(
      "Cannot read a payload as a job: it is not JSON",
    );
  });

  it("refuses options that there are not", async () => {
    await expect(performEnqueuedJobs({ class: Note } as object)).rejects.toThrow(
      UnknownOptionError,
    );
    await expect(performEnqueuedJobs({ at: 5 as never })).rejects.toThrow(
      "Cannot use 5 as at of performEnqueuedJobs: give a Date",
    );
    await expect(performEnqueuedJobs({ drain: 1 as never })).rejects.toThrow(
      "Cannot use 1 as drain of performEnqueuedJobs: give a boolean",
    );
    await expect(performEnqueuedJobs({ queue: "no queue" })).rejects.toThrow(
      'Cannot use "no queue" as a queue in the options of performEnqueuedJobs',
    );
    await expect(performEnqueuedJobs({ only: [{} as never] })).rejects.toThrow(
      "Cannot use an object as only of performEnqueuedJobs: give a command, a job, or its name",
    );
  });
});

describe("drainEnqueuedJobs", () => {
  it("runs what waits, what that enqueues, and so on", async () => {
    await Note.defer("first");
    await Twice.defer("second");
    await Flaky.defer(2);

    expect(await drainEnqueuedJobs()).toBe(6);

    expect(ran).toEqual(["first", "before second", "after second", "second", "flaky"]);
    expect(enqueuedJobs()).toEqual([]);
  });

  it("is performEnqueuedJobs, told so", async () => {
    await Twice.defer("a");

    expect(await performEnqueuedJobs({ drain: false })).toBe(1);
    expect(await performEnqueuedJobs({ drain: true })).toBe(1);
  });

  it("keeps to what its options pick, down to the last", async () => {
    await Twice.defer("a");

    expect(await drainEnqueuedJobs({ only: Twice })).toBe(1);

    expect(enqueuedJobs(Note)).toHaveLength(1);
  });

  it("rejects with the first error, once the others have run", async () => {
    await Fails.defer("first");
    await Note.defer("after");

    const error = await rejection(drainEnqueuedJobs());

    expect(error).toBe(Fails.errors[0]);

    expect(ran).toEqual(["after"]);
  });

  it("leaves a job that requeues itself", async () => {
    await Again.defer();

    expect(await drainEnqueuedJobs()).toBe(1);

    expect(enqueuedJobs(Again)).toHaveLength(1);
  });
});

describe("a job that throws what cannot be read", () => {
  /** A proxy that no operation is possible on. */
  function revoked(): unknown {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }

  const thrown = revoked();
  let runs = 0;
  class Anything {
    static [Symbol.hasInstance](): boolean {
      return true;
    }
  }
  class Odd extends Command {
    call(): void {
      runs += 1;
      throw thrown;
    }
  }
  class OddAgain extends Odd {
    static {
      this.retryOn(Anything, { attempts: 3, wait: 0 });
    }
  }

  beforeEach(() => {
    runs = 0;
  });

  it.each([
    ["with a block", (defer: () => Promise<unknown>) => performEnqueuedJobs(defer)],
    [
      "without a block",
      async (defer: () => Promise<unknown>) => (await defer(), performEnqueuedJobs()),
    ],
    ["drained", async (defer: () => Promise<unknown>) => (await defer(), drainEnqueuedJobs())],
    ["inline", (defer: () => Promise<unknown>) => inline(defer)],
  ])("rejects with that, once: %s", async (_how, perform) => {
    const caught = await perform(() => Odd.defer()).catch((error: unknown) => ({ error }));

    expect((caught as { error: unknown }).error === thrown).toBe(true);
    expect(runs).toBe(1);
  });

  it("is retried by its class's rules, and then rejects with that", async () => {
    const caught = await performEnqueuedJobs(() => OddAgain.defer()).catch((error: unknown) => ({
      error,
    }));

    expect((caught as { error: unknown }).error === thrown).toBe(true);
    expect(runs).toBe(3);
  });
});
