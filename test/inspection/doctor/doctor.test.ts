import {
  Command,
  configure,
  doctor,
  queue,
  recurring,
  UnknownOptionError,
  type DoctorOptions,
  type Finding,
} from "mandate";
import { expect, it, onTestFinished } from "vitest";
import type { LeaseOptions } from "../../../src/adapters/adapter.ts";
import { clock } from "../../../src/support/clock.ts";
import { onEachStore } from "../on-each-store.ts";

class Send extends Command.initializeWith((to: string) => ({ to })) {
  call(): void {}
}

async function findings(options?: DoctorOptions): Promise<Finding[]> {
  const all: Finding[] = [];
  for await (const finding of doctor(options)) all.push(finding);
  return all;
}

async function problems(options?: DoctorOptions): Promise<Record<string, Finding>> {
  const bad = (await findings(options)).filter(({ level }) => level !== "ok");
  // What a test's Redis keeps on disk is no matter here, nor how busy this machine is.
  return Object.fromEntries(
    bad
      .filter(({ check }) => !["persistence", "latency"].includes(check))
      .map((finding) => [finding.problem, finding]),
  );
}

onEachStore("doctor", (store) => {
  async function work(changes: Partial<LeaseOptions> = {}) {
    const lease = await store.adapter.lease({
      identity: "host:1:abc",
      ttl: 60,
      info: {
        hostname: "host",
        pid: 1,
        tag: "",
        startedAt: 0,
        concurrency: 5,
        queues: [["default", 1]],
      },
      state: () => ({ quiet: false, busy: 0 }),
      onWork: () => undefined,
      onDue: () => undefined,
      ...changes,
    });
    onTestFinished(() => lease.close());
    return lease;
  }

  it("finds nothing wrong where all is well, and says what was looked at", async () => {
    await work();
    await Send.defer("a");

    const all = await findings({ knowsClasses: true });

    expect(await problems({ knowsClasses: true })).toEqual({});
    expect(all.filter(({ check }) => check === "queue default")).toMatchObject([
      { level: "ok", queue: "default", jobs: 1 },
    ]);
    expect(all.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["clock", "workers", "schedule", "leases", "blocked", "classes"]),
    );
  });

  it("finds jobs that sidekiq-unique-jobs locked, and that may run here", async () => {
    await work();
    for (const [index, name] of ["Send", "Send", "Rubys"].entries()) {
      const jid = `${index}`.repeat(24);
      const record = { class: "MandateJob", args: [name, "a"], jid, lock_digest: "uniquejobs:1a" };
      await store.adapter.enqueue([
        { jid, queue: "default", payload: JSON.stringify({ ...record, queue: "default" }) },
      ]);
    }

    expect((await problems())["ruby-locks"]?.jobs).toBe(3);
    expect((await problems({ knowsClasses: true }))["ruby-locks"]).toEqual({
      check: "locks",
      level: "warning",
      problem: "ruby-locks",
      found:
        "2 waiting jobs of Send: locked by sidekiq-unique-jobs. Where one runs here, its lock is not released",
      todo: "Leave their queues to Ruby, or declare unique here and no lock there",
      jobs: 2,
      classes: { Send: 2 },
    });
  });

  it("finds that nobody works, and that a queue is paused", async () => {
    await Send.defer("a");
    await queue("default").pause();

    expect(await problems()).toEqual({
      "no-workers": {
        check: "workers",
        level: "wrong",
        problem: "no-workers",
        found: "no worker process is alive",
        todo: "Start one",
      },
      "queue-paused": {
        check: "queue default",
        level: "warning",
        problem: "queue-paused",
        found: "1 job, and it is paused",
        todo: "Resume it when it may go on",
        queue: "default",
        jobs: 1,
        seconds: expect.any(Number) as number,
      },
    });
  });

  it("finds recurring jobs that are never due again, or of unknown classes", async () => {
    await work();
    await recurring.define("daily", "@daily", Send.prepare("a"));
    expect((await findings()).filter(({ check }) => check === "recurring")).toEqual([
      { check: "recurring", level: "ok", found: "1 recurring job looked at" },
    ]);
    class Elsewhere extends Command {
      static override readonly commandName: string = "Elsewhere";

      call(): void {}
    }
    const job = Elsewhere.prepare();
    job.record.args[0] = "Vanished";
    await recurring.define("vanished", "@daily", job);
    await recurring.define("over", "@daily", Send.prepare("a"), { endAt: new Date(0) });

    expect(await problems({ knowsClasses: true })).toEqual({
      "recurring-over": {
        check: "recurring",
        level: "warning",
        problem: "recurring-over",
        found: "over is never due again",
        todo: "Delete it, or give it another schedule or endAt",
      },
      "recurring-unknown-class": {
        check: "recurring",
        level: "wrong",
        problem: "recurring-unknown-class",
        found: "vanished is of Vanished, which is unknown here",
        todo: "Load its file, deploy it, or delete the recurring job",
      },
    });
  });

  it("finds a queue that no worker serves", async () => {
    await work();
    await Send.set({ queue: "low" }).defer("a");

    const { "queue-unserved": found } = await problems();

    expect(found).toMatchObject({ level: "wrong", queue: "low", jobs: 1 });
    expect(found?.todo).toBe("Start a worker that serves it");
  });

  it("finds what is late, in a queue or beyond its time", async () => {
    await work();
    const now = await store.adapter.store.now();
    await Send.defer("a");
    await Send.set({ wait: 310 }).defer("b");
    configure({ adapter: withTime(store.adapter, now + 400) });

    const found = await problems();

    expect(found["queue-slow"]).toMatchObject({ level: "warning", queue: "default" });
    expect(found["overdue"]?.seconds).toBeGreaterThan(85);
  });

  it("finds classes that are unknown here, and payloads that cannot be read", async () => {
    await work();
    await Send.defer("a");
    const args = JSON.stringify({ class: "MandateJob", args: ["Vanished"], queue: "default" });
    await store.adapter.enqueue([
      { jid: "1", queue: "default", payload: args.replace("}", ',"jid":"1"}') },
      { jid: "2", queue: "default", payload: args.replace("}", ',"jid":"2"}') },
      { jid: "3", queue: "default", payload: "oops" },
    ]);

    const found = await problems({ knowsClasses: true });

    expect(found["unknown-classes"]).toMatchObject({
      found: "unknown here: Vanished (2 jobs)",
      jobs: 2,
      classes: { Vanished: 2 },
    });
    expect(found["unreadable-payloads"]?.jobs).toBe(1);
    expect(await problems()).toEqual({});
  });

  it("finds blocked jobs whose prerequisites are over", async () => {
    const first = await Send.set({ queue: "first" }).defer("a");
    const { id } = await Send.set({ prereqJobs: [first] }).defer("b");
    expect((await problems())["blocked-by-nothing"]).toBeUndefined();

    await queue("first").clear();

    expect((await problems())["blocked-by-nothing"]).toMatchObject({ jobs: 1, jid: id });
  });

  it("finds clocks that differ", async () => {
    const { now } = clock;
    const ours = await store.adapter.store.now();
    onTestFinished(() => void (clock.now = now));
    // The memory adapter goes by this clock, too.
    configure({ adapter: withTime(store.adapter, ours) });
    clock.now = () => now() + 30;

    const { "clocks-differ": found } = await problems();

    expect(Math.round(found?.seconds ?? 0)).toBeGreaterThanOrEqual(29);
  });

  it("ends with its signal's reason, and knows its options", async () => {
    await expect(findings({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
    await expect(findings({ classes: true } as DoctorOptions)).rejects.toThrow(UnknownOptionError);
  });
});

/** An adapter whose store's clock stands still. */
function withTime<Adapter extends { readonly store: object }>(
  adapter: Adapter,
  now: number,
): Adapter {
  const store = new Proxy(adapter.store, {
    get: (target, name) => {
      const member = name === "now" ? async () => now : (Reflect.get(target, name) as unknown);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  return new Proxy(adapter, {
    get: (target, name) => {
      const member = name === "store" ? store : (Reflect.get(target, name) as unknown);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}
