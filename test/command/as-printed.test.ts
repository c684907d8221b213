import {
  Command,
  configure,
  deferAfter,
  deferAll,
  globalId,
  Job,
  MemoryAdapter,
  memoize,
  performAllLater,
  registerCommands,
  silentLogger,
  type JobHandle,
} from "mandate";
import { startWorker } from "mandate/worker";
import { once, EventEmitter } from "node:events";
import { beforeEach, describe, expect, it } from "vitest";
import { recordingLogger } from "./recording-logger.ts";

/*
 * The code that introduces this library, as it is printed, and around it what an application has.
 */
class User {
  constructor(
    readonly id: number,
    readonly email: string,
  ) {}
}
const user = new User(1, "ada@example.org");
globalId.register(User, { find: (id) => (id === "1" ? user : undefined) });

class SmtpBusyError extends Error {}
interface Mail {
  readonly to: string;
  readonly subject: string;
}
const sent: Mail[] = [];
let isBusy = false;
class Mailer {
  async deliver(mail: Mail) {
    if (isBusy) throw new SmtpBusyError("busy");
    sent.push(mail);
  }
}
const welcomeMail = ({ email }: User): Mail => ({ to: email, subject: "Welcome" });
const events = new EventEmitter();

class PublishProfile extends Command.initializeWith((user: User) => ({ user })) {
  call() {
    events.emit("published", this.user);
  }
}

export class SendWelcomeEmail extends Command.initializeWith((user: User) => ({ user })) {
  static {
    this.queueAs("mailers");
    this.retryOn(SmtpBusyError, { wait: "exponentially", attempts: 5 });
  }

  private readonly mailer = this.inject(Mailer);

  async call() {
    await this.mailer.deliver(welcomeMail(this.user));
  }
}

let adapter: MemoryAdapter;

beforeEach(() => {
  sent.length = 0;
  isBusy = false;
  adapter = new MemoryAdapter({ logger: silentLogger });
  configure({ adapter, logger: silentLogger });
});

describe("the code at the top", () => {
  it("runs as printed", async () => {
    const published = once(events, "published");

    await SendWelcomeEmail.call(user);
    const job = await SendWelcomeEmail.defer(user);
    const later = await SendWelcomeEmail.defer(user, { wait: "5 minutes" });
    const behind = await PublishProfile.defer(user, { prereqJobs: [job] });
    const bulk = await SendWelcomeEmail.set({ queue: "bulk", priority: 5 }).defer(user);

    expect(sent).toEqual([{ to: "ada@example.org", subject: "Welcome" }]);
    expect(await statuses(job, later, behind, bulk)).toEqual([
      "enqueued",
      "scheduled",
      "blocked",
      "enqueued",
    ]);
    expect([job.queueName, bulk.queueName, bulk.priority]).toEqual(["mailers", "bulk", 5]);

    const worker = await startWorker({ queues: ["bulk", "mailers", "default"] });
    expect(await published).toEqual([user]);
    await worker.stop();

    expect(sent).toHaveLength(3);
    expect(await statuses(job, later, behind, bulk)).toEqual([
      "finished",
      "scheduled",
      "finished",
      "finished",
    ]);
  });

  it("retries as declared", async () => {
    isBusy = true;
    const retried = new EventEmitter();
    const warn = (_: object, message: string) => retried.emit("warn", message);
    configure({ logger: { ...recordingLogger().logger, warn } });
    const warned = once(retried, "warn");
    const job = await SendWelcomeEmail.defer(user);

    const worker = await startWorker();
    const [message] = (await warned) as [string];
    await worker.stop();

    expect(message).toMatch(/^Failed SendWelcomeEmail, retrying in [\d.]+ s: busy$/);
    expect(await job.status()).toBe("retrying");
  });
});

describe("the API section", () => {
  it("runs as printed", async () => {
    class Remind extends Command.initializeWith((user: User, locale?: string) => ({
      user,
      locale,
    })) {
      static commandName = "User::Remind";

      static {
        this.memoize("loginUrl");
        this.queueAs((_user, locale) => `mail-${locale ?? "en"}`);
        this.queueWithPriority((user) => user.id);
        this.retry(3);
        this.retryIn((count) => (count > 3 ? "kill" : count * 10));
        this.retriesExhausted((job) => job.id);
        this.jobOptions({ backtrace: 10, dead: true, retryFor: "2 days", retryQueue: "low" });
        this.retryOn([SmtpBusyError, RangeError], { wait: "polynomially", jitter: 0.1 });
        this.discardOn(TypeError);
        this.rescueFrom(SyntaxError, () => undefined);
        this.beforeEnqueue((job) => job.id);
        this.afterEnqueue((job) => job.id);
        this.aroundEnqueue(async (_job, next) => next());
        this.beforePerform((job) => job.id);
        this.afterPerform((job) => job.id);
        this.aroundPerform(async (_job, next) => next());
      }

      call() {
        return [this.loginUrl(), this.loginUrl(), this.token].join();
      }

      protected override guardAgainstDeserializationErrors() {
        return false;
      }

      private loginUrl() {
        return `/login/${this.user.id}/${this.locale ?? ""}`;
      }

      @memoize
      private get token() {
        return "token";
      }
    }
    class Sweep extends Job {
      async perform(days: number) {
        return days * 2;
      }
    }
    registerCommands(Remind);
    const db = { transaction: async (work: () => Promise<JobHandle>) => work() };

    expect(Remind.call(user)).toBe("/login/1/,/login/1/,token");
    const jobs = [
      await Remind.defer(user, undefined, { wait: 60 }),
      await Remind.set({ wait: 60 }).defer(user),
      ...(await deferAll([Remind.prepare(user), Remind.prepare(user, "de")])),
      await deferAfter(() => db.transaction(() => Remind.defer(user, "fr"))),
      await Sweep.performLater(3),
      await Sweep.set({ queue: "low" }).performLater(3),
      ...(await performAllLater([Sweep.prepare(1), Sweep.prepare(2)])),
    ];

    expect(jobs.map((job) => job.queueName)).toEqual([
      "mail-en",
      "mail-en",
      "mail-en",
      "mail-de",
      "mail-fr",
      "default",
      "low",
      "default",
      "default",
    ]);
    expect(jobs[0]).toMatchObject({ className: "User::Remind", priority: 1 });
    expect(await Sweep.performNow(3)).toBe(6);
  });
});

async function statuses(...jobs: readonly JobHandle[]): Promise<string[]> {
  return Promise.all(jobs.map((job) => job.status()));
}
