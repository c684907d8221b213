import {
  Command,
  configure,
  deadSet,
  errorKinds,
  Job,
  MemoryAdapter,
  retryAfter,
  silentLogger,
} from "mandate";
import { assertRetried, performEnqueuedJobs, retryingJobs, useTestAdapter } from "mandate/testing";
import { startWorker } from "mandate/worker";
import { afterEach, expect, it } from "vitest";

const told: string[] = [];
const notify = (text: string) => void told.push(text);
class RateLimitError extends Error {}
class AccountClosedError extends Error {}

class FetchJob extends Job {
  static {
    this.retry(3);
    this.retryIn((count, error) => {
      if (error instanceof AccountClosedError) return "discard";
      if (error instanceof RateLimitError) return 10 * (count + 1); // seconds; "5 minutes" does as well
      return "default"; // "kill" sends it to the dead set at once
    });
    this.retriesExhausted((job, error) => {
      notify(`${job.className} ${String(job.arguments[0])} gave up: ${String(error)}`);
    });
  }

  perform(url: string) {
    if (url === "closed") throw new AccountClosedError("closed");
    if (url === "limited") throw new RateLimitError("too many");
    throw new Error("no answer");
  }
}

const clientErrors = errorKinds.httpStatus(400, 401, 403, 404, 410, 422);
const tooMany = errorKinds.httpStatus(429);

class DeliverWebhookJob extends Job {
  static {
    this.retry(8);
    this.retryIn((count, error) => {
      if (clientErrors(error)) return "kill"; // it will not get better
      return tooMany(error) ? retryAfter(error) : 15 * 2 ** count;
    });
  }

  async perform(url: string, event: object) {
    const response = await post(url, event);
    if (!response.ok) throw new Error(`Answered ${response.status}`, { cause: response });
  }
}

const post = async (url: string, _event: object) => new Response(null, { status: Number(url) });

class SyncInvoices extends Command {
  async call() {
    const response = await fetchInvoices();
    if (response.status === 429) this.requeueJob(retryAfter(response)); // same job, no failure
    notify(`${response.status}`);
  }
}

const answers = [new Response(null, { status: 429, headers: { "retry-after": "7" } })];
const fetchInvoices = async () => answers.shift() ?? new Response();

class Doomed extends Job {
  static {
    this.retry(0);
  }

  perform() {
    throw new RangeError("no such file");
  }
}

afterEach(() => configure({ errorHandlers: [], deathHandlers: [], jobOptions: {} }));
configure({ logger: silentLogger });

it("retries as the class says, and tells when it gives up", async () => {
  using _ = useTestAdapter();
  await FetchJob.performAsync("limited");
  await performEnqueuedJobs().catch(() => undefined);

  assertRetried(FetchJob, { in: "10 seconds", count: 1 });

  class FetchOnce extends FetchJob {
    static {
      this.retry(0);
    }
  }
  await FetchOnce.performAsync("other");
  await performEnqueuedJobs({ only: FetchOnce }).catch(() => undefined);
  expect(told).toEqual(["FetchOnce other gave up: Error: no answer"]);

  await FetchJob.performAsync("closed");
  await performEnqueuedJobs({ only: FetchJob }).catch(() => undefined);
  expect(retryingJobs(FetchJob)).toHaveLength(1);
});

it("asks again when it may", async () => {
  using _ = useTestAdapter();
  await performEnqueuedJobs(() => SyncInvoices.defer());
  await performEnqueuedJobs();

  expect(told.at(-1)).toBe("200");
});

it("tells answers apart", async () => {
  using _ = useTestAdapter();
  for (const status of [503, 429, 404]) {
    await DeliverWebhookJob.performAsync(`${status}`, {});
    await performEnqueuedJobs().catch(() => undefined);
  }

  assertRetried(DeliverWebhookJob, { in: 15 });
  assertRetried(DeliverWebhookJob, { in: 60 });
  expect(await deadSet().size()).toBe(1);
});

it("tells handlers", async () => {
  configure({
    jobOptions: { retry: 10, backtrace: true }, // default_job_options
    errorHandlers: [(error, job) => notify(`${job?.className}: ${String(error)}`)],
    deathHandlers: [(job, error) => notify(`${job.className} is dead: ${String(error)}`)],
  });
  told.length = 0;
  configure({ adapter: new MemoryAdapter() });
  await Doomed.performAsync();
  await (await startWorker()).drain();

  expect(told).toEqual([
    "Doomed: RangeError: no such file",
    "Doomed is dead: RangeError: no such file",
  ]);
});
