import {
  abort,
  Command,
  configure,
  deferAfter,
  deferAll,
  globalId,
  Job,
  MemoryAdapter,
  contextAttributes,
  performAllLater,
  silentLogger,
  subscribe,
  type JobHandle,
  type Step,
} from "mandate";
import {
  enqueuedJobs,
  interruptJobDuringStep,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import superjson from "superjson";
import { afterEach, beforeEach, expect, it } from "vitest";

const done: string[] = [];
const say = (text: string) => void done.push(text);

class User {
  constructor(
    readonly id: number,
    readonly name = `user ${id}`,
  ) {}
}
globalId.register(User, { find: (id) => new User(Number(id)) }); // your ORM's query

class GuestsCleanupJob extends Job {
  static {
    this.queueAs("low_priority");
  }

  perform(...guests: User[]) {
    say(`cleans up after ${guests.map(({ name }) => name).join(", ")}`);
  }
}

class CleanUpAfter extends Command.initializeWith((guest: User, { force = false } = {}) => ({
  guest,
  force,
})) {
  static {
    this.queueAs("low_priority");
  }

  call() {
    say(`cleans up after ${this.guest.name}${this.force ? ", by force" : ""}`);
  }
}

interface Video {
  readonly id: number;
  readonly isHd: boolean;
}
const encode = (id: number) => say(`encodes ${id}`);
class ProcessVideoJob extends Job {
  static {
    this.queueAs((video) => (video.isHd ? "slow" : "default"));
    this.queueWithPriority((video) => (video.isHd ? 50 : 10)); // the smaller goes first
  }

  perform(video: Video) {
    encode(video.id);
  }
}

class ImportJob extends Job {
  static {
    this.beforeEnqueue((job) => {
      if (job.arguments[0] === "") throw abort; // throw :abort
    });
    this.aroundPerform("inTransaction");
    this.beforePerform("open");
    this.afterPerform((job, command) => say(`${job.className} read ${command.rows} rows`));
  }

  rows = 0;

  open(job: JobHandle) {
    say(`opens ${String(job.arguments[0])}`);
  }

  async inTransaction(next: () => Promise<void>) {
    say("begin");
    await next();
    say("commit");
  }

  perform(_file: string) {
    this.rows = 3;
  }
}

class Money {
  constructor(
    readonly cents: number,
    readonly currency: string,
  ) {}
}
superjson.registerCustom<Money, { cents: number; currency: string }>(
  {
    isApplicable: (value): value is Money => value instanceof Money,
    serialize: ({ cents, currency }) => ({ cents, currency }),
    deserialize: ({ cents, currency }) => new Money(cents, currency),
  },
  "Money",
);

class ChargeJob extends Job {
  perform(amount: Money, at: Date) {
    say(`${amount instanceof Money} ${amount.cents} ${at.getUTCFullYear()}`);
  }
}

class UserMailer extends Job {
  static {
    this.queueAs("mailers");
  }

  async perform(mail: "welcome" | "farewell", user: User) {
    await transport.sendMail({ to: user.name, subject: UserMailer.subjects[mail] });
  }

  static readonly subjects = { welcome: "Welcome", farewell: "Goodbye" };
}
const transport = {
  sendMail: async ({ to, subject }: { to: string; subject: string }) => say(`${subject}, ${to}`),
};

const Current = contextAttributes<{ user: User; locale: string }>("Current");
configure({ contextAttributes: [Current] });

class AuditJob extends Job {
  perform(action: string) {
    say(`${Current.attributes.user?.name} ${action} in ${Current.attributes.locale}`);
  }
}

configure({ logger: silentLogger });
beforeEach(() => {
  done.length = 0;
  useTestAdapter();
});
afterEach(() => configure({ defaultQueue: "default", middleware: { enqueue: [] } }));

const guest = new User(7, "Ada");
const tomorrow = new Date(Date.now() + 86_400_000);

it("enqueues", async () => {
  const job = await GuestsCleanupJob.performLater(guest);
  await GuestsCleanupJob.set({ waitUntil: tomorrow }).performLater(guest);
  await GuestsCleanupJob.set({ wait: "1 week", queue: "urgent", priority: 5 }).performLater(guest);
  await GuestsCleanupJob.performNow(guest);
  console.log(job.id, job.queueName);

  expect(done).toEqual(["cleans up after Ada"]);
  expect(enqueuedJobs().map(({ queueName, priority }) => [queueName, priority])).toEqual([
    ["low_priority", 0],
    ["low_priority", 0],
    ["urgent", 5],
  ]);
  expect(enqueuedJobs()[0]?.record.args).toEqual(["gid://app/User/7"]);
});

it("defers a command", async () => {
  CleanUpAfter.call(guest); // now
  await CleanUpAfter.defer(guest, { force: true });
  await CleanUpAfter.set({ wait: "1 week" }).defer(guest);
  await performEnqueuedJobs();

  expect(done).toEqual([
    "cleans up after Ada",
    "cleans up after user 7, by force",
    "cleans up after user 7",
  ]);
});

it("enqueues many", async () => {
  const guests = [guest, new User(8)];
  await performAllLater(guests.map((each) => GuestsCleanupJob.prepare(each)));
  await deferAll([CleanUpAfter.prepare(guest), GuestsCleanupJob.set({ wait: 60 }).prepare(guest)]);

  expect(enqueuedJobs()).toHaveLength(4);
});

it("chooses a queue and a priority by arguments", async () => {
  const job = await ProcessVideoJob.performLater({ id: 1, isHd: true });
  await performEnqueuedJobs();

  expect([job.queueName, job.priority, ...done]).toEqual(["slow", 50, "encodes 1"]);
});

it("calls back", async () => {
  expect(await ImportJob.performLater("")).toBeUndefined();
  await ImportJob.performLater("a.csv");
  await performEnqueuedJobs();

  expect(done).toEqual(["begin", "opens a.csv", "ImportJob read 3 rows", "commit"]);
});

it("takes what a serializer is for", async () => {
  await performEnqueuedJobs(() => ChargeJob.performLater(new Money(250, "EUR"), new Date(0)));

  expect(done).toEqual(["true 250 1970"]);
});

it("delivers mail", async () => {
  await UserMailer.performLater("welcome", guest);
  await UserMailer.set({ wait: "1 hour" }).performLater("farewell", guest);
  await UserMailer.performNow("welcome", guest); // deliver_now
  await performEnqueuedJobs();

  expect(done).toEqual(["Welcome, Ada", "Welcome, user 7", "Goodbye, user 7"]);
});

it("holds back until a commit", async () => {
  const database = { transaction: <Output>(work: () => Promise<Output>) => work() };
  await deferAfter(() =>
    database.transaction(async () => {
      await GuestsCleanupJob.performLater(guest); // enqueued once this is committed
    }),
  );
  expect(enqueuedJobs()).toHaveLength(1);
});

it("has attributes travel", async () => {
  await Current.run({ user: guest, locale: "nl" }, () => AuditJob.performLater("signed in"));
  await performEnqueuedJobs();

  expect(done).toEqual(["user 7 signed in in nl"]);
});

it("configures", async () => {
  configure({
    adapter: new MemoryAdapter(), // or new RedisAdapter({ url })
    defaultQueue: "app",
  });

  expect((await AuditJob.performLater("x")).queueName).toBe("app");
});

it("tells who listens", async () => {
  const unsubscribe = subscribe({
    enqueue: ({ className, queue }) => say(`${className} to ${queue}`),
    finish: ({ className, seconds }) =>
      say(`${className} took ${seconds < 60 ? "a moment" : "long"}`),
  });
  await ProcessVideoJob.performLater({ id: 1, isHd: false });
  await performEnqueuedJobs();
  unsubscribe();

  expect(done).toEqual([
    "ProcessVideoJob to default",
    "encodes 1",
    "ProcessVideoJob took a moment",
  ]);
});

class Import extends Command.initializeWith((file: string) => ({ file })) {
  async call() {
    await this.step("validate", () => validate(this.file));
    await this.step("rows", async (step: Step<number>) => {
      for (const row of rowsAfter(this.file, step.cursor ?? 0)) {
        await processRow(row);
        await step.advance(row);
      }
    });
  }
}

const validate = (file: string) => say(`validates ${file}`);
const rowsAfter = (_file: string, last: number) => [1, 2, 3].filter((row) => row > last);
const processRow = async (row: number) => say(`row ${row}`);

it("goes on in the step where it was", async () => {
  await Import.defer("a.csv");

  await interruptJobDuringStep({ command: Import, step: "rows", cursor: 2 }, () =>
    performEnqueuedJobs(),
  );
  expect(done).toEqual(["validates a.csv", "row 1", "row 2"]);
  await performEnqueuedJobs();

  expect(done).toEqual(["validates a.csv", "row 1", "row 2", "row 3"]);
});
