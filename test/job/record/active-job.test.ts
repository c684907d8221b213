import {
  Command,
  deferAll,
  DeserializationError,
  globalId,
  Job,
  MemoryAdapter,
  ruby,
  UnknownCommandError,
  type JobHandle,
} from "mandate";
import { describe, expect, it } from "vitest";
import { fieldText } from "../../../src/adapters/payload.ts";
import { globalIdSettings } from "../../../src/globalid/settings.ts";
import { activeJobIn, editCounts, type ActiveJob } from "../../../src/job/record/active-job.ts";
import { settings } from "../../../src/job/settings/settings.ts";
import { payloadsByCase, recording, VERSIONS } from "../../serialization/recordings.ts";
import { BLOCKED, DEAD, queue, RETRY, Rig, SCHEDULED } from "../rig.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

class User {
  constructor(readonly id: string) {}
}
for (const name of ["User", "Blog::Post", "LineItem"]) {
  const model = name === "User" ? User : class extends User {};
  globalId.register<User, string>(model, { name, find: (id) => new model(id) });
}

/** What commands and jobs of a test got. */
const ran: unknown[][] = [];
class BusyError extends Error {}

function echoes(): unknown[][] {
  return ran.splice(0);
}

class Echo extends Command.initializeWith((...args: readonly unknown[]) => ({ args })) {
  static override commandName = "Interop::Echo";

  call(): void {
    ran.push([...this.args]);
  }
}

class Relay extends Command.initializeWith((...args: readonly unknown[]) => ({ args })) {
  static override commandName = "Interop::Relay";

  static {
    this.jobOptions({ wireFormat: "activejob", rubyValues: "exact" });
  }

  async call(): Promise<void> {
    await Relay.set({ queue: "next" }).defer(...this.args);
  }
}

class Busy extends Job {
  static override jobName = "RetryOnJob";

  static {
    this.retryOn(BusyError, { wait: 10, attempts: 3, jitter: 0 });
  }

  perform(..._args: readonly unknown[]): void {
    throw new BusyError("busy");
  }
}

class PlainWorker extends Job {
  perform(...args: readonly unknown[]): void {
    ran.push([...args]);
  }
}

class EchoJob extends PlainWorker {}

/** A payload as Rails writes one. */
function payload(activeJob: object, fields: object = {}): string {
  return JSON.stringify({
    class: "Sidekiq::ActiveJob::Wrapper",
    args: [activeJob],
    queue: "default",
    jid: "4fe4b4ac9a3e1a2b3c4d5e6f",
    retry: true,
    ...fields,
  });
}

function mandate(...args: readonly unknown[]): ActiveJob {
  return { job_class: "MandateJob", arguments: args };
}

function jobIn(job: Pick<JobHandle, "record">): ActiveJob {
  const activeJob = activeJobIn(job.record);
  if (activeJob === undefined) throw new Error("Expected an Active Job");
  return activeJob;
}

describe("a job that Rails enqueued", () => {
  it.each(VERSIONS)("runs its command, keywords behind the arguments (%s)", async (version) => {
    const rig = new Rig();
    Echo.queueAs("default");
    const { keywords = "" } = payloadsByCase(recording(version, "mandate"));
    await rig.put(keywords);

    const { kind } = await rig.run();

    expect(kind).toBe("done");
    expect(echoes()).toEqual([[new User("42"), 7, { force: true, label: "symbol" }]]);
    expect(rig.log.messages("info")).toContainEqual(
      expect.stringMatching(/^Performed Interop::Echo in/),
    );
  });

  it("hands keywords to the last parameter, whatever Ruby left out in front of them", async () => {
    const rig = new Rig();
    class Optional extends Command.initializeWith(
      (user: string, track = "ruby", { force = false } = {}) => ({ user, track, force }),
    ) {
      call(): void {
        ran.push([this.user, this.track, this.force]);
      }
    }
    Optional.queueAs("default");
    const keywords = { force: true, _aj_ruby2_keywords: ["force"] };
    await rig.put(payload(mandate("Optional", "ada", keywords)));
    await rig.run();
    await rig.put(payload(mandate("Optional", "ada", "go", keywords)));
    await rig.run();

    expect(echoes()).toEqual([
      ["ada", "ruby", true],
      ["ada", "go", true],
    ]);
  });

  it.each(VERSIONS)("runs the Job class of its name (%s)", async (version) => {
    const rig = new Rig();
    EchoJob.queueAs("default");
    PlainWorker.queueAs("default");
    const { number_edges: plain = "" } = payloadsByCase(recording(version, "plain"));
    const { scalars = "" } = payloadsByCase(recording(version, "active_job"));
    await rig.put(plain);
    await rig.put(scalars, { jid: "poison2" });

    await rig.work();

    expect(echoes()).toEqual([
      [1, 9007199254740993n, 1e25, 1e-7, -0, 18446744073709551616n],
      [1, -2, 3.5, 1, "text", null, true, false, 18446744073709551616n],
    ]);
  });

  it("waits for the jobs that its keywords name, and hands the others on", async () => {
    const rig = new Rig();
    const first = await PlainWorker.set({ wait: 60 }).performLater("first");
    const prereq = { job_id: first.id, queue_name: "default", _aj_symbol_keys: [] };
    const keywords = { prereq_jobs: [prereq, null], force: true };
    const marker = { _aj_ruby2_keywords: ["prereq_jobs", "force"] };
    await rig.put(payload(mandate("Interop::Echo", 1, { ...keywords, ...marker })));

    const { kind } = await rig.run();

    expect(kind).toBe("block");
    expect(await rig.stored(BLOCKED)).toHaveLength(1);
    rig.elapse(60);
    await rig.work();
    expect(echoes()).toEqual([["first"], [1, { force: true }]]);
  });

  it("is no failure of the worker where it is damaged: it is dead, and says why", async () => {
    const rig = new Rig();
    await rig.put(payload({ job_class: "EchoJob" }));

    await rig.run();

    expect(await rig.only(DEAD)).toMatchObject({
      error_class: "DeserializationError",
      error_message:
        'Cannot read a payload as a job: it wraps an Active Job that has no "job_class", or no "arguments". ' +
        "It is kept in the dead set: look at what enqueued it, then delete it there",
    });
  });

  it("is retried where nobody knows its class", async () => {
    const rig = new Rig();
    await rig.put(payload({ job_class: "Unheard::OfJob", arguments: [] }));

    await rig.run();

    expect(await rig.only(RETRY)).toMatchObject({
      error_class: UnknownCommandError.name,
      error_message: expect.stringContaining('no job is registered as "Unheard::OfJob"'),
    });
  });

  it("is retried where its arguments cannot be read", async () => {
    const rig = new Rig();
    await rig.put(payload(mandate("Interop::Echo", { _aj_serialized: "Kernel" })));

    await rig.run();

    expect(await rig.only(RETRY)).toMatchObject({ error_class: DeserializationError.name });
  });

  it("keeps its arguments to the byte through Sidekiq's retries", async () => {
    const rig = new Rig();
    const text = payload({ job_class: "Missing", arguments: [1] }).replace("[1]", "[1.0, 1e25]");
    await rig.put(text);

    await rig.run();

    const retried = (await rig.stored(RETRY))[0]?.payload ?? "";
    expect(fieldText(retried, "args")).toBe(fieldText(text, "args"));
  });

  it("tells Active Job of the runs that retryOn counts, and goes by those that Ruby counted", async () => {
    const rig = new Rig();
    Busy.queueAs("default");
    const counts = { executions: 1, exception_executions: { "[BusyError]": 1, "[Other]": 2 } };
    const text = payload({ job_class: "RetryOnJob", arguments: [], ...counts });
    await rig.put(text.replace('"arguments":[]', '"arguments":[1.0]'));

    await rig.run();

    const retried = (await rig.stored(RETRY))[0]?.payload ?? "";
    expect(fieldText(retried, "args")).toBe(
      '[{"job_class":"RetryOnJob","arguments":[1.0],"executions":2,' +
        '"exception_executions":{"[BusyError]":2,"[Other]":2}}]',
    );
    expect(JSON.parse(retried)).toMatchObject({
      executions: 2,
      exception_executions: { "[BusyError]": 1 },
    });
    rig.elapse(10);
    await rig.run();
    expect(await rig.only(DEAD)).toMatchObject({ error_class: "BusyError", executions: 3 });
  });

  it.each(
    Object.entries(payloadsByCase(recording("sidekiq-8.1.7", "active_job")))
      .map(([name, text]) => [name, argumentsText(text)] as const)
      .filter(([, args]) => args !== "[]"),
  )("goes back to Ruby as it came, where a command asks for exact values: %s", async (_, args) => {
    globalIdSettings.appName = "interop";
    const rig = new Rig();
    const text = payload(mandate(Relay.commandName));
    await rig.put(text.replace('"Interop::Relay"', `"Interop::Relay",${args.slice(1, -1)}`));

    await rig.run();

    const relayed = (await rig.stored(queue("next")))[0]?.payload ?? "";
    expect(argumentsText(relayed).replace('["Interop::Relay",', "[")).toBe(args);
    globalIdSettings.appName = "app";
  });
});

/** The arguments of a payload's Active Job, to the byte. */
function argumentsText(text: string): string {
  return fieldText(fieldText(text, "args")?.slice(1, -1) ?? "", "arguments") ?? "";
}

describe("a job for Rails", () => {
  it("is what Active Job writes, in the wrapper that every Sidekiq reads", () => {
    const rig = new Rig();
    rig.now = 1_800_000_000.25;
    settings().wireFormat = "activejob";

    const { record } = Echo.set({ queue: "low", priority: 3 }).prepare(new User("42"), {
      force: true,
    });

    expect(record).toMatchObject({
      class: "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper",
      wrapped: "MandateJob",
      queue: "low",
      retry: true,
      args: [
        {
          job_class: "MandateJob",
          job_id: expect.stringMatching(UUID),
          provider_job_id: null,
          queue_name: "low",
          priority: 3,
          arguments: [
            "Interop::Echo",
            { _aj_globalid: "gid://app/User/42" },
            { force: true, _aj_ruby2_keywords: ["force"] },
          ],
          executions: 0,
          exception_executions: {},
          locale: null,
          timezone: null,
          enqueued_at: "2027-01-15T08:00:00.250000000Z",
          scheduled_at: null,
        },
      ],
    });
    expect(record.meta).toBeUndefined();
  });

  it("says when it is due", async () => {
    const rig = new Rig();
    settings().wireFormat = "activejob";

    const job = await EchoJob.set({ wait: 60 }).performLater(ruby.float(1));

    expect(jobIn(job)["scheduled_at"]).toBe("2027-01-15T08:01:00.250000000Z");
    expect(await rig.only(SCHEDULED)).toMatchObject({ wrapped: "EchoJob", jid: job.id });
    expect((await rig.stored(SCHEDULED))[0]?.payload).toContain('"arguments":[1.0]');
  });

  it("names the jobs to wait for among its keywords, as Ruby's MandateJob looks for them", async () => {
    new Rig();
    settings().wireFormat = "activejob";
    const first = await EchoJob.set({ queue: "low" }).performLater();
    const found = {
      job_id: first.id,
      queue_name: "low",
      _aj_symbol_keys: ["job_id", "queue_name"],
    };
    const options = { prereqJobs: [first, "0123456789abcdef01234567"] };

    const alone = Echo.set(options).prepare(1);
    const among = Echo.set(options).prepare(1, { force: true });

    expect(alone.record.prereq_jobs).toEqual([first.id, "0123456789abcdef01234567"]);
    expect(jobIn(alone).arguments).toEqual([
      "Interop::Echo",
      1,
      { prereq_jobs: [found], _aj_ruby2_keywords: ["prereq_jobs"] },
    ]);
    expect(jobIn(among).arguments.at(-1)).toEqual({
      force: true,
      prereq_jobs: [found],
      _aj_ruby2_keywords: ["force", "prereq_jobs"],
    });
  });

  it("names those that are given as records with the queues of these", () => {
    new Rig();
    settings().wireFormat = "activejob";
    const prereqJobs = [
      { jid: "aa01", queue: "low" },
      { job_id: "aa02", queue_name: "mid" },
      { jid: "aa03" },
    ];

    const job = Echo.set({ prereqJobs }).prepare(1);

    expect(job.record.prereq_jobs).toEqual(["aa01", "aa02", "aa03"]);
    expect(jobIn(job).arguments.at(-1)).toMatchObject({
      prereq_jobs: [
        { job_id: "aa01", queue_name: "low" },
        { job_id: "aa02", queue_name: "mid" },
      ],
    });
  });

  it("is run here, too", async () => {
    const rig = new Rig();
    settings().wireFormat = "activejob";
    const date = new Date(5);
    const prereqJobs = [await EchoJob.performLater("first")];
    await Echo.set({ prereqJobs }).defer(2n ** 70n, ruby.symbol("x"), date, { force: [1] });

    await rig.work();

    expect(echoes()).toEqual([["first"], [2n ** 70n, "x", date, { force: [1] }]]);
  });

  it("travels as it was when it was prepared", async () => {
    const rig = new Rig();
    settings().wireFormat = "activejob";
    const list = [1n];
    const job = Echo.prepare(list);
    list.push(2n);
    await deferAll([job]);

    await rig.work();

    expect(echoes()).toEqual([[[1]]]);
  });

  it("is one where its class says so, its queue, the application or the adapter, in this order", () => {
    new Rig();
    class Native extends EchoJob {
      static {
        this.jobOptions({ wireFormat: "native" });
      }
    }
    const classOf = (job: typeof EchoJob, name: string): string =>
      job.set({ queue: name }).prepare().record.wrapped ?? "native";

    settings().wireFormat = { queues: { rails: "activejob" } };
    expect([
      classOf(EchoJob, "rails"),
      classOf(EchoJob, "other"),
      classOf(Native, "rails"),
    ]).toEqual(["EchoJob", "native", "native"]);

    settings().adapter = Object.assign(new MemoryAdapter(), { wireFormat: "activejob" as const });
    expect([classOf(EchoJob, "rails"), classOf(EchoJob, "other")]).toEqual(["EchoJob", "EchoJob"]);

    settings().wireFormat = { default: "native", queues: { rails: "activejob" } };
    expect([classOf(EchoJob, "rails"), classOf(EchoJob, "other")]).toEqual(["EchoJob", "native"]);
  });

  it("is counted for Active Job where performNow tries it again", async () => {
    const rig = new Rig();
    Busy.jobOptions({ wireFormat: "activejob" });

    await Busy.performNow();

    const record = await rig.only(SCHEDULED);
    expect(jobIn({ record })).toMatchObject({
      executions: 1,
      exception_executions: { "[BusyError]": 1 },
    });
    Busy.jobOptions({ wireFormat: "native" });
  });
});

describe("editCounts", () => {
  it.each(['{"args":[]}', '{"args":[{},{}]}', '{"class":"X"}'])("leaves %s alone", (text) => {
    expect(editCounts(text, { executions: 1, exception_executions: {} })).toBe(text);
  });
});
