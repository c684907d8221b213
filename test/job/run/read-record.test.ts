import { DeserializationError, Job } from "mandate";
import { describe, expect, it } from "vitest";
import { readRecord } from "../../../src/job/run/read-record.ts";
import { DEAD, queue, RETRY, Rig } from "../rig.ts";

const ran: unknown[] = [];

class Plain extends Job {
  perform(...args: readonly unknown[]): void {
    ran.push(args);
  }
}

const advice = "It is kept in the dead set: look at what enqueued it, then delete it there";

describe("readRecord", () => {
  it("reads what has a class, arguments and a jid", () => {
    expect(readRecord('{"class":"Plain","args":[1],"jid":"4f1d"}')).toEqual({
      class: "Plain",
      args: [1],
      jid: "4f1d",
    });
  });

  it.each([
    ["", "it is not JSON"],
    ["password=secret", "it is not JSON"],
    ['{"class":"Plain"', "it is not JSON"],
    ["null", "it is JSON, but not an object"],
    ['"Plain"', "it is JSON, but not an object"],
    ['[{"class":"Plain"}]', "it is JSON, but not an object"],
    ["{}", 'its "class" should be a string and is undefined'],
    ['{"class":["Plain"],"args":[],"jid":"a"}', 'its "class" should be a string and is an array'],
    ['{"class":7,"args":[],"jid":"a"}', 'its "class" should be a string and is a number'],
    [
      '{"class":"Plain","args":{"0":1},"jid":"a"}',
      'its "args" should be an array and is an object',
    ],
    ['{"class":"Plain","jid":"a"}', 'its "args" should be an array and is undefined'],
    ['{"class":"Plain","args":[]}', 'its "jid" should be a string and is undefined'],
    ['{"class":"Plain","args":[],"jid":null}', 'its "jid" should be a string and is null'],
    [
      '{"__proto__":{"class":"Plain","args":[],"jid":"a"}}',
      'its "class" should be a string and is undefined',
    ],
  ])("refuses %s", (payload, reason) => {
    const read = () => readRecord(payload);

    expect(read).toThrow(DeserializationError);
    expect(read).toThrow(
      new DeserializationError(`Cannot read a payload as a job: ${reason}. ${advice}`),
    );
  });
});

describe("a poisoned payload", () => {
  it("goes to the dead set whole, where it is no JSON object; the worker goes on", async () => {
    for (const payload of ["password=secret", "[1,2]", "null", '{"class":']) {
      const rig = new Rig();
      const told: unknown[] = [];
      rig.errorHandlers.push((error, job) => told.push([String(error), job]));
      await rig.put(payload);
      await Plain.performLater("next");

      expect(await rig.work()).toEqual(["dead", "done"]);

      const [record] = await rig.records(DEAD);
      expect(record).toMatchObject({
        class: "Mandate::Unreadable",
        args: [payload],
        jid: "poison",
        queue: "default",
        error_class: "DeserializationError",
      });
      expect(told).toEqual([
        [
          expect.stringMatching(/^DeserializationError: Cannot read a payload as a job: /),
          undefined,
        ],
      ]);
      expect(rig.log.troubles).toHaveLength(1);
      expect(rig.log.troubles[0]).not.toContain("secret");
    }
  });

  it("goes there as often as somebody retries it, and says the same", async () => {
    const rig = new Rig();
    await rig.put("[1,2]");
    await rig.run();
    const [before] = await rig.records(DEAD);
    for (const stored of await rig.stored(DEAD)) {
      await rig.adapter.store.move(DEAD, stored, "queue", stored.payload);
    }

    expect((await rig.run()).kind).toBe("dead");

    expect(await rig.records(DEAD)).toEqual([before]);
  });

  it("goes there with its error and as an argument, where it is an object", async () => {
    const rig = new Rig();
    await rig.put('{"class":"Plain","args":7.0,"jid":"poison","secret":1e2}');

    const outcome = await rig.run();

    expect(outcome).toMatchObject({ kind: "dead", jid: "poison" });
    expect(await rig.records(DEAD)).toEqual([
      {
        class: "Mandate::Unreadable",
        args: [`{"class":"Plain","args":7.0,"jid":"poison","secret":1e2,"enqueued_at":${rig.now}}`],
        jid: "poison",
        queue: "default",
        retry: 0,
        created_at: rig.now,
        error_class: "DeserializationError",
        error_message:
          'Cannot read a payload as a job: its "args" should be an array and is a number. ' +
          advice,
        failed_at: rig.now,
        retry_count: 0,
      },
    ]);
  });

  it("does not stop at error handlers that throw", async () => {
    const rig = new Rig();
    rig.errorHandlers.push(() => {
      throw new Error("of handler");
    });
    await rig.put("poison");

    expect((await rig.run()).kind).toBe("dead");

    expect(rig.log.messages("error")).toContain("An error handler threw");
  });

  it.each([
    ['{"class":"Plain","args":[{"__proto__":{"admin":true}}],"jid":"poison"}', "[0].__proto__"],
    ['{"class":"Plain","args":[[1,{"a":{"__proto__":1}}]],"jid":"poison"}', "[0][1].a.__proto__"],
  ])("that would pollute prototypes never runs: %s", async (payload, path) => {
    const rig = new Rig();
    ran.length = 0;
    await rig.put(payload);

    expect((await rig.run()).kind).toBe("retry");

    expect(ran).toEqual([]);
    expect((await rig.only(RETRY)).error_message).toBe(
      `Cannot read args${path}: a property of that name can only be there to do harm. Delete the job`,
    );
    expect(({} as any).admin).toBeUndefined();
  });

  it("may have such a key beside its arguments, which nobody reads", async () => {
    const rig = new Rig();
    ran.length = 0;
    await rig.put('{"__proto__":{"retry":false},"class":"Plain","args":[1],"jid":"poison"}');

    expect((await rig.run()).kind).toBe("done");

    expect(ran).toEqual([[1]]);
  });

  it("of 10 MB runs like any other, and fails like any other", async () => {
    const rig = new Rig();
    ran.length = 0;
    const text = "x".repeat(10_000_000);
    await rig.put(`{"class":"Plain","args":["${text}"],"jid":"large"}`, { jid: "large" });
    await rig.put(`{"class":"${text}","args":[],"jid":"nameless"}`, { jid: "nameless" });

    expect(await rig.work()).toEqual(["done", "retry"]);

    expect(ran).toEqual([[text]]);
    expect((await rig.only(RETRY)).error_message).toHaveLength(10_000);
  });

  it("nested without end fails, and the worker goes on", async () => {
    const rig = new Rig();
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    await rig.put(`{"class":"Plain","args":[${deep}],"jid":"poison"}`);
    await Plain.performLater("next");

    expect(await rig.work()).toEqual(["retry", "done"]);

    expect((await rig.only(RETRY)).error_class).toBe("DeserializationError");
  });

  it.each([
    ["MandateJob", '["Nobody", 1]', 'no command is registered as "Nobody"'],
    ["Nobody", "[1]", 'no job is registered as "Nobody"'],
    ["constructor", "[]", 'no job is registered as "constructor"'],
    ["MandateJob", "[]", 'no job is registered as "MandateJob"'],
  ])("of class %s with %s waits in retry for one who knows it", async (name, args, reason) => {
    const rig = new Rig();
    await rig.put(`{"class":"${name}","args":${args},"jid":"poison"}`);

    expect((await rig.run()).kind).toBe("retry");

    const record = await rig.only(RETRY);
    expect(record.error_class).toBe("UnknownCommandError");
    expect(record.error_message).toContain(`Cannot run job poison: ${reason}. `);
  });

  it("cannot make the settling of others fail by fields of the wrong type", async () => {
    const rig = new Rig();
    const fields = {
      queue: 7,
      retry: {},
      retry_for: "long",
      retry_queue: [],
      backtrace: "all",
      retry_count: "many",
      executions: {},
      exception_executions: [],
      missing_since: "ever",
      failed_at: "then",
      display_class: {},
      prereq_jobs: {},
      priority: "high",
      tags: "a",
    };
    await rig.put(JSON.stringify({ class: "Nobody", args: [], jid: "poison", ...fields }));
    await Plain.performLater("next");

    expect(await rig.work()).toEqual(["retry", "done"]);

    expect(await rig.only(RETRY)).toMatchObject({
      queue: "default",
      retry_count: 0,
      executions: 1,
    });
    expect(await rig.stored(queue())).toEqual([]);
  });
});
