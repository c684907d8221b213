import { beforeEach, describe, expect, it } from "vitest";
import {
  Command,
  configure,
  deferAfter,
  deferAll,
  Job,
  jobById,
  ResultTimeoutError,
  silentLogger,
  type JobHandle,
} from "mandate";
import {
  assertPerformedJobs,
  assertPerformedWith,
  enqueuedJobs,
  inline,
  performedJobs,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import "mandate/vitest";
import { BusyError, Fails, forgetRuns, Note, ran } from "./commands.ts";
import { rejection } from "./rejection.ts";

/** More than a stack has room for. */
const LINKS = 2_000;

let links = 0;
const next = (link: number): boolean => ((links += 1), link < LINKS);

class Link extends Command.initializeWith((link: number) => ({ link })) {
  async call() {
    if (next(this.link)) await Link.defer(this.link + 1);
  }
}

class LinkNotAwaited extends Command.initializeWith((link: number) => ({ link })) {
  call() {
    if (next(this.link)) void LinkNotAwaited.defer(this.link + 1);
  }
}

class LinkAfterwards extends Command.initializeWith((link: number) => ({ link })) {
  static {
    this.afterPerform(async (job) => {
      const [link] = job.arguments as [number];
      if (next(link)) await LinkAfterwards.defer(link + 1);
    });
  }

  call() {}
}

class LinkInBatch extends Command.initializeWith((link: number) => ({ link })) {
  async call() {
    if (next(this.link)) await deferAll([LinkInBatch.prepare(this.link + 1)]);
  }
}

class LinkCollected extends Command.initializeWith((link: number) => ({ link })) {
  async call() {
    if (next(this.link)) await deferAfter(() => LinkCollected.defer(this.link + 1));
  }
}

class LinkBehind extends Command.initializeWith((link: number) => ({ link })) {
  async call() {
    const prereqJobs = [this.job as JobHandle];
    if (next(this.link)) await LinkBehind.defer(this.link + 1, { prereqJobs });
  }
}

class LinkRescued extends Command.initializeWith((link: number) => ({ link })) {
  static {
    this.rescueFrom(BusyError, async (_error, job) => {
      await LinkRescued.defer((job.arguments as [number])[0] + 1);
    });
  }

  call() {
    if (next(this.link)) throw new BusyError();
  }
}

class LinkJob extends Job {
  async perform(link: number) {
    if (next(link)) await LinkJob.performLater(link + 1);
  }
}

/** `performNow` puts it back into a queue. */
class LinkAgain extends Job {
  static {
    this.retryOn(BusyError, { attempts: 2 });
  }

  async perform(link: number) {
    if (this.job?.executions === 0) throw new BusyError();
    if (next(link)) await LinkAgain.performNow(link + 1);
  }
}

class LinkRetried extends Command {
  static {
    this.retryOn(BusyError, { attempts: LINKS });
  }

  call() {
    if (next(this.job!.executions + 1)) throw new BusyError();
  }
}

beforeEach(() => {
  configure({ logger: silentLogger });
  useTestAdapter();
  forgetRuns();
  links = 0;
});

describe("a chain of jobs, each deferred by the one before", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["by defer", () => Link.defer(1)],
    ["by a defer that nobody awaits", () => LinkNotAwaited.defer(1)],
    ["by a callback", () => LinkAfterwards.defer(1)],
    ["in a batch", () => LinkInBatch.defer(1)],
    ["at the end of a deferAfter", () => LinkCollected.defer(1)],
    ["behind the one that defers it", () => LinkBehind.defer(1)],
    ["by a rule", () => LinkRescued.defer(1)],
    ["by performLater", () => LinkJob.performLater(1)],
    ["by performNow", () => LinkAgain.performLater(1)],
    ["by a retry", () => LinkRetried.defer()],
  ])("may be of any length: %s", async (_how, deferFirst) => {
    await performEnqueuedJobs(deferFirst);
    expect(links).toBe(LINKS);
    inline();
    await deferFirst();
    expect(links).toBe(2 * LINKS);
  });

  it("may be of any length in each helper that performs", async () => {
    await assertPerformedJobs(LINKS, () => Link.defer(1));
    await assertPerformedWith({ command: Link, args: [LINKS] }, () => Link.defer(1));
    await expect(() => Link.defer(1)).toPerform(Link, { args: [LINKS] });
    await performEnqueuedJobs({ only: Link }, () => Link.defer(1));
    await Link.defer(1);
    inline();
    expect(await performEnqueuedJobs()).toBe(LINKS);

    expect(links).toBe(5 * LINKS);
  });

  it("may be a chain of blocks as well", async () => {
    class Block extends Command.initializeWith((link: number) => ({ link })) {
      async call() {
        links += 1;
        if (this.link < 1_000) await performEnqueuedJobs(() => Block.defer(this.link + 1));
      }
    }

    await performEnqueuedJobs(() => Block.defer(1));

    expect(links).toBe(1_000);
  });
});

describe("what a job defers", () => {
  class Tree extends Command.initializeWith((name: string, depth = 2) => ({ name, depth })) {
    async call() {
      ran.push(this.name);
      if (this.depth === 0) return;
      for (const branch of ["a", "b"]) await Tree.defer(this.name + branch, this.depth - 1);
      ran.push(`${this.name}.`);
    }
  }

  it("runs when that one has returned, first in, first out", async () => {
    await performEnqueuedJobs(() => Tree.defer("t"));

    expect(ran).toEqual(["t", "t.", "ta", "ta.", "tb", "tb.", "taa", "tab", "tba", "tbb"]);
  });

  it("has run when the defer around it all resolves", async () => {
    await performEnqueuedJobs(async () => {
      await Tree.defer("t", 1);
      ran.push("deferred");
    });

    expect(ran.at(-1)).toBe("deferred");
    expect(ran).toHaveLength(5);
  });

  it("runs beside the other chains of its block", async () => {
    let wake = (): void => {};
    class Waits extends Command {
      async call() {
        await new Promise<void>((resolve) => (wake = resolve));
        ran.push("woken");
      }
    }
    class Wakes extends Command {
      call() {
        wake();
      }
    }

    await performEnqueuedJobs(() => Promise.all([Waits.defer(), Wakes.defer()]));

    expect(ran).toEqual(["woken"]);
  });

  it("waits as enqueued while that one runs", async () => {
    class Looks extends Command {
      async call() {
        ran.push(await (await Note.defer("later")).status());
      }
    }

    await performEnqueuedJobs(() => Looks.defer());

    expect(ran).toEqual(["enqueued", "later"]);
  });

  it("is of the innermost block: one in a job has its jobs run when it ends", async () => {
    class Opens extends Command {
      async call() {
        await Note.defer("outer");
        await performEnqueuedJobs(() => Note.defer("inner"));
        ran.push("opened");
      }
    }

    await performEnqueuedJobs(() => Opens.defer());

    expect(ran).toEqual(["inner", "opened", "outer"]);
  });

  it("runs too where its job has left it behind", async () => {
    class Leaves extends Command {
      call() {
        setImmediate(() => void Note.defer("left").then(() => ran.push("done")));
      }
    }
    class Dawdles extends Command {
      call() {
        return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      }
    }

    await performEnqueuedJobs(async () => {
      await Leaves.defer();
      await Dawdles.defer();
    });

    expect(ran).toEqual(["left", "done"]);
  });
});

describe("an error in a chain", () => {
  class Reports extends Command {
    async call() {
      await Fails.defer("reported");
      await Note.defer("after");
      ran.push("not told");
    }
  }

  it("rejects the defer that caused it all, once the rest has run", async () => {
    inline();

    const error = await rejection(Reports.defer());

    expect(error).toBe(Fails.errors[0]);
    expect(ran).toEqual(["not told", "after"]);
  });

  it("is the first, where there are several", async () => {
    class Fails3 extends Command {
      async call() {
        await deferAll([Fails.prepare("second"), Note.prepare("then"), Fails.prepare("third")]);
        throw new BusyError("first");
      }
    }

    const error = await rejection(performEnqueuedJobs(() => Fails3.defer()));

    expect(error.message).toBe("first");
    expect(Fails.errors.map(({ message }) => message)).toEqual(["second", "third"]);
    expect(ran).toEqual(["then"]);
  });

  it("ends performEnqueuedJobs without a block: what is left waits", async () => {
    await Reports.defer();
    await Note.defer("next");
    inline();

    expect((await rejection(performEnqueuedJobs())).message).toBe("reported");
    expect(ran).toEqual(["not told", "next"]);
    expect(enqueuedJobs().map((job) => job.arguments)).toEqual([["after"]]);
  });
});

describe("a job that waits for the result of another", () => {
  class Doubles extends Command.initializeWith((number: number) => ({ number })) {
    static {
      this.keepResult("1 minute");
    }

    async call() {
      await Note.defer(`noted ${this.number}`);
      return this.number * 2;
    }
  }
  class Asks extends Command.initializeWith((by: "handle" | "jid") => ({ by })) {
    async call() {
      await Note.defer("before");
      const job = await Doubles.defer(21);
      const { result } = this.by === "handle" ? job : jobById<typeof Doubles>(job.id);
      ran.push(await result.call(job));
    }
  }

  it.each(["handle", "jid"] as const)("has it run at once, by its %s", async (by) => {
    inline();

    await Asks.defer(by);

    expect(ran).toEqual([42, "before", "noted 21"]);
    expect(performedJobs().map(({ className }) => className)).toEqual([
      "Asks",
      "Doubles",
      "Note",
      "Note",
    ]);
  });

  it("may be a chain: each has the next one run", async () => {
    class Sum extends Command.initializeWith((upTo: number) => ({ upTo })) {
      static {
        this.keepResult("1 minute");
      }

      async call(): Promise<number> {
        return this.upTo === 0 ? 0 : this.upTo + (await (await Sum.defer(this.upTo - 1)).result());
      }
    }

    const job = await performEnqueuedJobs(() => Sum.defer(1_000));

    expect(await job.result()).toBe(500_500);
  });

  it("need not wait for that itself", async () => {
    class Delegates extends Command {
      async call() {
        void (await Doubles.defer(1)).result().then((result) => ran.push(result));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }

    await performEnqueuedJobs(() => Delegates.defer());

    expect(ran).toEqual([2, "noted 1"]);
  });

  it("is told in time where that one waits for itself", async () => {
    class Deadlocked extends Command {
      async call() {
        const job = await Doubles.defer(1, { prereqJobs: [this.job as JobHandle] });
        await job.result({ timeout: 0.01 });
      }
    }

    const error = await rejection(performEnqueuedJobs(() => Deadlocked.defer()));

    expect(error).toBeInstanceOf(ResultTimeoutError);
  });
});
