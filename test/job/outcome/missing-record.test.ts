import { Command, deferAfter, DeserializationError, globalId, Job } from "mandate";
import { beforeEach, describe, expect, it } from "vitest";
import { queue, RETRY, Rig, SCHEDULED } from "../rig.ts";

class User {
  constructor(readonly id: number) {}
}

/** The rows that are committed. */
const rows = new Map<number, User>();
globalId.register(User, {
  find: (id) => rows.get(Number(id)),
  findMany: (ids) => ids.map((id) => rows.get(Number(id))),
});

const greeted: User[] = [];

class Greet extends Command.initializeWith((user: User, _friend?: User) => ({ user })) {
  call(): void {
    greeted.push(this.user);
  }
}

beforeEach(() => {
  rows.clear();
  greeted.length = 0;
});

const reason =
  "Cannot read the arguments: a record of User that they refer to is not there. " +
  "It may be deleted, or its transaction may not have been committed yet";

/** Runs the job whenever it is due, for so many seconds. @returns when it ran, since then. */
async function workFor(rig: Rig, seconds: number): Promise<number[]> {
  const [began, runs] = [rig.now, [] as number[]];
  for (;;) {
    if ((await rig.work()).length > 0) {
      runs.push(Math.round((rig.now - began) * 1000) / 1000);
    }
    const [next] = await rig.stored(SCHEDULED);
    if (next?.at === undefined || next.at > began + seconds) {
      rig.now = began + seconds;
      return runs;
    }
    rig.now = next.at;
  }
}

describe("a job whose record is missing", () => {
  it("finds it when its transaction is committed two seconds later", async () => {
    const rig = new Rig();
    const user = new User(1);
    const job = await Greet.defer(user);

    await workFor(rig, 2);
    expect(await job.status()).toBe("scheduled");
    rows.set(1, user);
    await workFor(rig, 1);

    expect(greeted).toEqual([user]);
    expect(await job.status()).toBe("finished");
    expect(rig.log.troubles).toEqual([]);
  });

  it("is dropped when it never comes, after five seconds, with a line in the log", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    rig.deathHandlers.push((job) => told.push(job));
    const job = await Greet.defer(new User(1));

    const runs = await workFor(rig, 60);

    expect(runs).toEqual([0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.6, 3.6, 4.6, 5]);
    expect(await job.status()).toBe("finished");
    expect(rig.log.troubles).toEqual([`Discarded Greet: ${reason}`]);
    expect(rig.log.lines.find(({ level }) => level === "warn")?.fields).toMatchObject({
      jid: job.id,
      err: expect.objectContaining({ code: "MANDATE_DESERIALIZATION" }),
    });
    expect(told).toEqual([]);
    expect((await rig.adapter.store.counters()).failed).toBe(0);
  });

  it("waits in the schedule, without a slot and without an attempt", async () => {
    const rig = new Rig();
    await Greet.defer(new User(1));

    expect((await rig.run()).kind).toBe("requeue");

    const record = await rig.only(SCHEDULED);
    expect(record.dueIn).toBeCloseTo(0.05);
    expect(record).toMatchObject({ missing_since: rig.now });
    expect(record).not.toHaveProperty("retry_count");
    expect(record).not.toHaveProperty("executions");
  });

  it("has as long again when another record is missing later", async () => {
    const rig = new Rig();
    class Again extends Greet {
      override call(): void {
        super.call();
        this.requeueJob(60);
      }
    }
    const user = new User(1);
    await Again.defer(user);
    await workFor(rig, 1);
    rows.set(1, user);
    await workFor(rig, 10);
    expect(greeted).toEqual([user]);
    expect(await rig.only(SCHEDULED)).not.toHaveProperty("missing_since");

    rows.clear();
    rig.elapse(60);
    await rig.run();

    expect((await rig.only(SCHEDULED)).missing_since).toBe(rig.now);
  });

  it("forgets since when, where it fails after it was found", async () => {
    const rig = new Rig();
    class Failing extends Greet {
      override call(): void {
        throw new Error("broken");
      }
    }
    await Failing.defer(new User(1));
    await rig.run();
    rows.set(1, new User(1));
    await workFor(rig, 5);

    expect(await rig.only(RETRY)).not.toHaveProperty("missing_since");
  });

  it("does not need to wait where it was deferred after the commit", async () => {
    const rig = new Rig();

    await deferAfter(async () => {
      const user = new User(1);
      await Greet.defer(user);
      rows.set(1, user);
    });

    expect(await rig.work()).toEqual(["done"]);
  });

  it("names how many others are missing", async () => {
    const rig = new Rig();
    await Greet.defer(new User(1), new User(2));

    await workFor(rig, 10);

    expect(rig.log.troubles[0]).toContain("a record of User, and 1 more, that they refer to");
  });
});

describe("a command without the guard", () => {
  class Unguarded extends Greet {
    protected override guardAgainstDeserializationErrors(): boolean {
      return false;
    }
  }

  it("is retried like after any failure", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    await Unguarded.defer(new User(1));

    expect((await rig.run()).kind).toBe("retry");

    expect(await rig.only(RETRY)).toMatchObject({
      error_class: "DeserializationError",
      error_message: reason,
    });
    expect(told).toEqual([expect.any(DeserializationError)]);
  });

  it("is what a job is, as in Active Job", async () => {
    const rig = new Rig();
    class Unasked extends Job {
      perform(_user: User): void {}
    }
    await Unasked.performLater(new User(1));

    expect((await rig.run()).kind).toBe("retry");
  });

  it("is what one counts as whose guard throws, with a warning", async () => {
    const rig = new Rig();
    class Confused extends Greet {
      protected override guardAgainstDeserializationErrors(): boolean {
        return this.user.id > 0;
      }
    }
    await Confused.defer(new User(1));

    expect((await rig.run()).kind).toBe("retry");

    expect(rig.log.messages("warn")[0]).toBe(
      "guardAgainstDeserializationErrors of Confused threw; the job is not dropped",
    );
  });
});

describe("a missing record, and rules", () => {
  it("asks the class's rules first", async () => {
    const rig = new Rig();
    class Ruled extends Greet {
      static {
        this.retryOn(DeserializationError, { wait: 30, jitter: 0 });
      }
    }
    await Ruled.defer(new User(1));

    await rig.run();

    expect((await rig.only(RETRY)).dueIn).toBeCloseTo(30);
  });

  it("is no missing record where the lookup failed", async () => {
    const rig = new Rig();
    class Broken {
      constructor(readonly id: number) {}
    }
    globalId.register(Broken, {
      find: () => {
        throw new Error("connection lost");
      },
    });
    class Look extends Command.initializeWith((row: Broken) => ({ row })) {
      call(): void {}
    }
    await Look.defer(new Broken(1));

    expect((await rig.run()).kind).toBe("retry");

    expect(await rig.only(RETRY)).toMatchObject({
      error_class: "RecordLookupError",
      error_message:
        "Cannot read the arguments: looking up the records that they refer to failed: connection lost",
    });
  });

  it("is looked for no longer where the record says that it was first missed in a year", async () => {
    const rig = new Rig();
    const since = rig.now + 365 * 86_400;
    await rig.put(
      `{"class":"MandateJob","args":["Greet","gid://app/User/1"],"jid":"poison","meta":{"gids":["0"]},"missing_since":${since}}`,
    );

    expect((await workFor(rig, 60)).at(-1)).toBe(5);
  });

  it("keeps the bytes of args while it waits", async () => {
    const rig = new Rig();
    const args = '["Greet", "gid:\\/\\/app\\/User\\/1"]';
    await rig.put(`{"class":"MandateJob","args":${args},"jid":"poison","meta":{"gids":["0"]}}`);

    await rig.run();

    expect((await rig.stored(SCHEDULED))[0]?.payload).toContain(`"args":${args},`);
    rows.set(1, new User(1));
    rig.elapse(1);
    await rig.work();
    expect(greeted).toHaveLength(1);
    expect(await rig.stored(queue())).toEqual([]);
  });
});
