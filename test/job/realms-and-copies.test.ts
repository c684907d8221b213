import { runInNewContext } from "node:vm";
import {
  CallbacksCommand,
  Command,
  deferAll,
  GlobalID,
  globalId,
  ruby,
  type JobHandle,
  type Results,
} from "mandate";
import { assertEnqueuedWith, useTestAdapter, within } from "mandate/testing";
import { container, Lifecycle, scoped } from "tsyringe";
import { beforeEach, describe, expect, it, vi } from "vitest";

class Greet extends Command.initializeWith((name: unknown) => ({ name })) {
  call() {}
}

beforeEach(() => {
  useTestAdapter();
});

describe("what another realm made", () => {
  it("can be options, and the Date in them", async () => {
    const inAnHour = Date.now() + 3_600_000;
    const options = foreign<{ waitUntil: Date }>(`({ waitUntil: new Date(${inAnHour}) })`);

    const job = await Greet.defer("Ada", options);

    expect(job.scheduledAt).toEqual(new Date(inAnHour));
  });

  it("is refused as options where it is not right, by its name", () => {
    const invalid = foreign<Date>("new Date(NaN)");
    const promise = foreign<string>("Promise.resolve()");

    expect(() => Greet.set({ waitUntil: invalid })).toThrow(
      "Cannot use an invalid Date as waitUntil of Greet: give a valid Date",
    );
    expect(() => Greet.set({ prereqJobs: [promise] })).toThrow(
      "Cannot use a promise as a job in prereqJobs of Greet: await the defer that it came from",
    );
  });

  it("is no object of properties where it is a promise", () => {
    class Wrong extends Command.initializeWith(() => foreign<object>("Promise.resolve()")) {
      call() {}
    }

    expect(() => Wrong.call()).toThrow(
      "Cannot make Wrong: its initializeWith returned a promise. " +
        "Return an object of the command's properties; what must be awaited belongs into call()",
    );
  });

  it("is not kept by memoize where it is a promise that rejects", async () => {
    let calls = 0;
    class Fetch extends Command {
      static {
        this.memoize("page");
      }
      async call() {
        await this.page().catch(() => undefined);
        await this.page().catch(() => undefined);
      }
      page() {
        calls += 1;
        return foreign<Promise<void>>("Promise.reject(new Error('gone'))");
      }
    }

    await Fetch.call();

    expect(calls).toBe(2);
  });

  it("makes a CallbacksCommand's results wait where it is a promise", async () => {
    class Sum extends CallbacksCommand {
      call() {
        return foreign<Promise<number>>("Promise.resolve(3)");
      }
    }

    const results: Results<number> = await Sum.call();

    expect(results.result).toBe(3);
  });

  it("keeps what was injected until it is over where it is a promise", async () => {
    const disposed: string[] = [];
    class Pool {
      dispose() {
        disposed.push("pool");
      }
    }
    scoped(Lifecycle.ContainerScoped)(Pool);
    container.register(Pool, { useClass: Pool });
    class Query extends Command {
      readonly pool = this.inject(Pool);
      call() {
        return foreign<(disposed: string[]) => Promise<string[]>>(
          "(disposed) => Promise.resolve().then(() => [...disposed])",
        )(disposed);
      }
    }

    expect(await Query.call()).toEqual([]);
    expect(disposed).toEqual(["pool"]);
  });

  it("is a time in tests", async () => {
    const at = Date.now() + 3_600_000;
    const date = foreign<Date>(`new Date(${at})`);

    await assertEnqueuedWith({ command: Greet, args: ["Ada"], at: date }, () =>
      Greet.defer("Ada", { waitUntil: new Date(at) }),
    );
    await assertEnqueuedWith({ args: [{ at: within("1 second").of(date) }] }, () =>
      Greet.defer(foreign(`({ at: new Date(${at}) })`)),
    );
    expect(() => within("1 second").of(foreign("new Date(NaN)"))).toThrow(
      "Cannot look for times around an invalid Date: give of() a valid Date",
    );
  });

  it("is a day for Ruby", () => {
    expect(String(ruby.date(foreign<Date>("new Date(0)")))).toBe("1970-01-01");
  });
});

describe("what another copy of this library made", () => {
  it("is a job to wait for, and one to enqueue", async () => {
    const { Command: OtherCommand } = await otherCopy();
    class First extends OtherCommand {
      call() {}
    }

    const first: JobHandle = await First.defer();
    const second = await Greet.defer("Ada", { prereqJobs: [first] });
    const [third] = await deferAll([First.prepare()] as never[]);

    expect(second.record.prereq_jobs).toEqual([first.id]);
    expect(third).toMatchObject({ className: "First" });
  });

  it("is a global id", async () => {
    globalId.register("Book", { find: () => undefined });
    const { GlobalID: OtherGlobalID } = await otherCopy();
    const gid: unknown = OtherGlobalID.parse("gid://app/Book/1");

    expect(gid).not.toBeInstanceOf(GlobalID);
    expect(GlobalID.parse(gid)).toBeInstanceOf(GlobalID);
    expect(GlobalID.parse("gid://app/Book/1")?.equals(gid)).toBe(true);
    await expect(Greet.defer(gid)).rejects.toThrow(
      "argument 1 (name) of Greet: a GlobalID cannot be deferred. " +
        "Pass the record, or reference(model, id); or its toString(), to read as text",
    );
  });
});

function foreign<Value>(source: string): Value {
  return runInNewContext(source) as Value;
}

async function otherCopy(): Promise<typeof import("mandate")> {
  vi.resetModules();
  return import("mandate");
}
