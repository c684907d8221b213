import { inflateSync } from "node:zlib";
import { AdapterError, Job } from "mandate";
import { describe, expect, it } from "vitest";
import type { JobRecord } from "../../../src/adapters/job-record.ts";
import { queue, RETRY, Rig } from "../rig.ts";

let failure: unknown;

abstract class Failing extends Job {
  perform(..._args: readonly unknown[]): void {
    throw failure;
  }
}
class Plain extends Failing {}

/** Runs a job that fails with this, on a record with these fields more. */
async function failed(error: unknown, fields: Partial<JobRecord> = {}, rig = new Rig()) {
  failure = error;
  await rig.put(JSON.stringify({ ...Plain.prepare().record, ...fields }));
  await rig.run();
  return rig.only(RETRY);
}

function backtrace({ error_backtrace: text = "" }: JobRecord): string[] {
  expect(text).toMatch(/^[\w+/]+=*$/);
  return JSON.parse(inflateSync(Buffer.from(text, "base64")).toString()) as string[];
}

describe("a failure", () => {
  it("writes what Sidekiq's does into the record, at its end", async () => {
    const rig = new Rig();
    await Plain.performLater("a");
    const before = await rig.only(queue());
    failure = new RangeError("broken");

    await rig.run();

    const { dueIn: _, ...record } = await rig.only(RETRY);
    const { dueIn: __, enqueued_at, ...rest } = before;
    expect(enqueued_at).toBe(rig.now);
    expect(record).toEqual({
      ...rest,
      error_class: "RangeError",
      error_message: "broken",
      error_backtrace: expect.any(String),
      failed_at: rig.now,
      retry_count: 0,
      executions: 1,
    });
  });

  it("is the first by failed_at, and later ones by retried_at", async () => {
    const rig = new Rig();
    await failed(new Error("one"), {}, rig);
    const first = rig.now;
    rig.elapse(60);
    failure = new Error("two");

    await rig.run();

    expect(await rig.only(RETRY)).toMatchObject({
      error_message: "two",
      failed_at: first,
      retried_at: rig.now,
      retry_count: 1,
      executions: 2,
    });
  });

  it("has times that are never integral", async () => {
    const rig = new Rig();
    rig.now = 1_800_000_000;

    expect((await failed(new Error("broken"), {}, rig)).failed_at).toBe(1_800_000_000.0001);
  });

  it('after Sidekiq\'s "retry now" counts from -1', async () => {
    const record = await failed(new Error("broken"), { retry_count: -1, failed_at: 1.5 });

    expect(record).toMatchObject({ retry_count: 0, failed_at: 1.5 });
    expect(record.retried_at).toBeTypeOf("number");
  });

  it.each([["many"], [null], [{}]])("takes a retry_count of %j for none", async (count) => {
    const record = await failed(new Error("broken"), { retry_count: count as never });

    expect(record).toMatchObject({ retry_count: 0, failed_at: expect.any(Number) });
  });

  it("sends the job to its retry queue, if that is a name", async () => {
    expect(await failed(new Error("broken"), { retry_queue: "slow" })).toMatchObject({
      queue: "slow",
    });
    for (const retry_queue of ["", 7, {}]) {
      const record = await failed(new Error("broken"), { retry_queue: retry_queue as never });
      expect(record.queue).toBe("default");
    }
  });

  it("sends it back to where it was fetched from, whatever the record says", async () => {
    for (const name of [undefined, "elsewhere", 7]) {
      const rig = new Rig();
      await failed(new Error("broken"), { queue: name as never }, rig);
      rig.elapse(60);
      await rig.adapter.promoteDue();
      expect(await rig.only(queue())).toMatchObject({ queue: "default" });
    }
  });
});

describe("a failure's error", () => {
  class CodeError extends Error {}
  class Named extends Error {
    override name = "NamedError";
  }

  it.each<[string, unknown, string]>([
    ["its class", new CodeError("broken"), "CodeError"],
    ["the name it gives itself", new Named("broken"), "NamedError"],
    ["the name on its prototype", new AdapterError("broken"), "AdapterError"],
    ["Error, where there is none", Object.assign(new Error("broken"), { name: "" }), "Error"],
    ["Error, where it is no text", Object.assign(new Error("broken"), { name: 7 }), "Error"],
    ["its type, where it is no error", "broken", "string"],
  ])("is called by %s", async (_what, error, name) => {
    expect(await failed(error)).toMatchObject({ error_class: name, error_message: "broken" });
  });

  it("has its message cut to 10,000 characters, without half ones", async () => {
    const { error_message: text } = await failed(new Error(`${"x".repeat(9_999)}😀😀`));

    expect(text).toBe(`${"x".repeat(9_999)}\uFFFD`);
    expect((await failed(new Error("a\uD800b\uDC00😀"))).error_message).toBe("a\uFFFDb\uFFFD😀");
  });

  it("cannot break the run by getters that throw", async () => {
    const hostile = new Error("broken");
    Object.defineProperty(hostile, "message", {
      get() {
        throw new Error("of the getter");
      },
    });

    expect((await failed(hostile)).error_message).toBe("!!! ERROR MESSAGE THREW AN ERROR !!!");
  });
});

describe("a backtrace", () => {
  it("is the place alone unless more was asked for", async () => {
    const lines = backtrace(await failed(new Error("broken")));

    expect(lines).toEqual([expect.stringMatching(/^at .*failure-fields\.test\.ts:\d+:\d+\)?$/)]);
    expect(backtrace(await failed(new Error("broken"), { backtrace: false }))).toHaveLength(1);
    expect(backtrace(await failed(new Error("broken"), { backtrace: null as never }))).toHaveLength(
      1,
    );
  });

  it("is not kept where nothing is wanted, or nothing is there", async () => {
    for (const [error, wanted] of [
      [new Error("broken"), 0],
      ["no error", true],
      [Object.assign(new Error("broken"), { stack: ["not", "text"] }), true],
      [Object.assign(new Error("broken"), { stack: "" }), undefined],
    ] as const) {
      const fields = wanted === undefined ? {} : { backtrace: wanted };
      expect(await failed(error, fields)).not.toHaveProperty("error_backtrace");
    }
  });

  it("is no earlier failure's", async () => {
    const rig = new Rig();
    await failed(new Error("broken"), {}, rig);
    rig.elapse(60);
    failure = "no error";

    await rig.run();

    expect(await rig.only(RETRY)).not.toHaveProperty("error_backtrace");
  });

  it("is kept as Sidekiq's pages read it, without the lines of the message", async () => {
    const lines = backtrace(await failed(new Error("broken\nin two lines"), { backtrace: true }));

    expect(lines.length).toBeGreaterThan(2);
    expect(lines.every((line) => line.startsWith("at "))).toBe(true);
    expect(lines[0]).toContain("failure-fields.test.ts");
  });

  it("is cut to the lines that were asked for", async () => {
    expect(backtrace(await failed(new Error("broken"), { backtrace: 2 }))).toHaveLength(2);
  });
});

describe("a payload that moves", () => {
  it("keeps the bytes of args, and fields that nobody knows", async () => {
    const rig = new Rig();
    failure = new Error("broken");
    const args =
      '[9007199254740993, 18446744073709551616, 1.0, -0.0, 1e25, "\\u00e9\\/", {"b":{},"a":[]}]';
    await rig.put(`{"class":"Plain", "args":${args},"jid":"poison","bid":"b-1","cattr":{"x":1.0}}`);

    await rig.run();
    rig.elapse(60);
    await rig.run();

    const [stored] = await rig.stored(RETRY);
    expect(stored?.payload).toContain(
      `"args":${args},"jid":"poison","bid":"b-1","cattr":{"x":1.0}`,
    );
    expect(JSON.parse(stored!.payload)).toMatchObject({ retry_count: 1 });
  });
});
