import {
  Command,
  configure,
  DeserializationError,
  errorKinds,
  globalId,
  Job,
  reference,
  retryAfter,
  silentLogger,
} from "mandate";
import {
  assertRetried,
  clearJobs,
  performEnqueuedJobs,
  retryingJobs,
  useTestAdapter,
} from "mandate/testing";
import { beforeEach, expect, it } from "vitest";

const done: string[] = [];
const say = (text: string) => void done.push(text);
class CustomAppError extends Error {}
class SmtpBusyError extends Error {}
class PaymentGoneError extends Error {}

class RemoteServiceJob extends Job {
  static {
    this.retryOn(CustomAppError); // 3 seconds, 5 attempts
    this.retryOn(SmtpBusyError, { wait: "polynomially", attempts: 10 });
    this.retryOn(errorKinds.deadlock, { wait: 5, attempts: 3 }); // ActiveRecord::Deadlocked
    this.retryOn(errorKinds.timeout, { wait: (executions) => executions * 2, jitter: 0 });
    this.retryOn(errorKinds.httpStatus(429, 503), {
      wait: (_, error) => retryAfter(error),
      attempts: "unlimited",
    });
    this.discardOn(PaymentGoneError, (job, error) => say(`${job.className}: ${error.message}`));
    this.discardOn({ code: "account_closed" }); // errors of a library that has no class for each
    this.rescueFrom(RangeError, (error) => say(`rescued from ${error.message}`));
    this.afterDiscard((job, error) => say(`discarded ${job.className}: ${String(error)}`));
  }

  perform(what: string) {
    throw errorsBy[what] ?? new Error(what);
  }
}

const errorsBy: Record<string, unknown> = {
  busy: new SmtpBusyError("busy"),
  app: new CustomAppError("app"),
  gone: new PaymentGoneError("gone"),
  closed: Object.assign(new Error("closed"), { code: "account_closed" }),
  range: new RangeError("range"),
  limited: new Response(null, { status: 429, headers: { "retry-after": "7" } }),
  deadlock: Object.assign(new Error("deadlock detected"), { code: "40P01" }),
};

class PayJob extends Job {
  static {
    this.retryOn(CustomAppError, { attempts: 2, wait: 1 }, (job, error) => {
      say(`gave up ${job.className}: ${error.message}`);
    });
  }

  perform() {
    throw new CustomAppError("no bank");
  }
}

abstract class ApplicationJob extends Job {
  static {
    this.retryOn(errorKinds.deadlock);
    this.discardOn(DeserializationError);
  }
}

class SyncJob extends ApplicationJob {
  perform(what: string) {
    throw errorsBy[what];
  }
}

globalId.register<object>("Ghost", { find: () => undefined });
class GreetJob extends Job {
  perform(_ghost: object) {}
}
class PoliteJob extends ApplicationJob {
  perform(_ghost: object) {}
}
class Greet extends Command.initializeWith((ghost: object) => ({ ghost })) {
  call() {}
}
class Notify extends Command.initializeWith((ghost: object) => ({ ghost })) {
  override guardAgainstDeserializationErrors() {
    return false; // a missing record is a failure, and is retried
  }

  call() {}
}

class Fails extends Command {
  call() {
    throw new Error("by Sidekiq's formula");
  }
}

configure({ logger: silentLogger });
beforeEach(() => {
  done.length = 0;
  useTestAdapter();
});

const attempt = async (what: string) => {
  await RemoteServiceJob.performLater(what);
  await performEnqueuedJobs().catch(() => undefined);
};

it.each([
  ["app", 3, 1],
  ["busy", 3, 1],
  ["deadlock", 5, 1],
  ["limited", 7, 1],
])("retries when it is %s", async (what, seconds, within) => {
  await attempt(what);

  assertRetried(RemoteServiceJob, { in: seconds, within });
});

it("discards and rescues", async () => {
  await attempt("gone");
  await attempt("closed");
  await attempt("range");

  expect(done).toEqual([
    "RemoteServiceJob: gone",
    "discarded RemoteServiceJob: Error: gone",
    "discarded RemoteServiceJob: Error: closed",
    "rescued from range",
  ]);
});

it("gives up", async () => {
  await performEnqueuedJobs(() => PayJob.performLater());

  expect(done).toEqual(["gave up PayJob: no bank"]);
});

it("inherits", async () => {
  await SyncJob.performLater("deadlock");
  await performEnqueuedJobs().catch(() => undefined);

  assertRetried(SyncJob, { in: 3 });
});

it("discards what has lost its record", async () => {
  await GreetJob.performLater(reference("Ghost", 7));
  await expect(performEnqueuedJobs()).rejects.toThrow(DeserializationError);

  clearJobs();
  await PoliteJob.performLater(reference("Ghost", 7));
  await Greet.defer(reference("Ghost", 7));
  await performEnqueuedJobs();
  expect(retryingJobs()).toEqual([]);

  await Notify.defer(reference("Ghost", 7));
  await expect(performEnqueuedJobs({ only: Notify })).rejects.toThrow(DeserializationError);
});

it("retries all else as Sidekiq", async () => {
  await Fails.defer();
  await performEnqueuedJobs().catch(() => undefined);

  assertRetried(Fails, { count: 1, in: 20, within: 15 });
});
