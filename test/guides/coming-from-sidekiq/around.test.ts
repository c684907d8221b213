import { AsyncLocalStorage } from "node:async_hooks";
import { Command, configure, contextAttributes, Job, type JobHandle, type Logger } from "mandate";
import { performEnqueuedJobs, performedJobs, useTestAdapter } from "mandate/testing";
import { afterEach, beforeEach, expect, it } from "vitest";

const lines: string[] = [];
const log = (_fields: object, text: string) => void lines.push(text);
const myLogger: Logger = { debug: log, info: log, warn: log, error: log };
const metrics = { time: (name: string) => void lines.push(`timed ${name}`) };

const Current = contextAttributes<{ userId: number; tenant: string }>("Current");
configure({ contextAttributes: [Current] });

class CloseAccount extends Command {
  call() {
    this.logger.info({}, `closes an account of ${Current.attributes.tenant}`);
  }
}

class ExportJob extends Job {
  perform(format: string) {
    this.logger.info({ format }, "exporting"); // the line has the job's class and jid, too
  }
}

configure({ logger: myLogger });
beforeEach(() => {
  lines.length = 0;
  useTestAdapter();
});
afterEach(() => configure({ middleware: { enqueue: [], perform: [] } }));

it("stands around all jobs", async () => {
  configure({
    middleware: {
      // the client's
      enqueue: [
        async (job, next) => {
          job.record["locale"] = "nl"; // travels with the job
          if (job.queueName !== "off") await next(); // without next() it is not enqueued
        },
      ],
      // the server's; the first is outermost
      perform: [
        async (job, next) => {
          await next();
          metrics.time(`${job.className} in ${String(job.record["locale"])}`);
        },
      ],
    },
  });

  expect(await ExportJob.set({ queue: "off" }).performAsync("csv")).toBeUndefined();
  await performEnqueuedJobs(() => ExportJob.performAsync("csv"));

  expect(performedJobs()).toHaveLength(1);
  expect(lines).toContain("exporting");
  expect(lines).toContain("timed ExportJob in nl");
});

it("stands around what runs in it", async () => {
  const tenants = new AsyncLocalStorage<string>();
  configure({
    middleware: { perform: [(job, next) => tenants.run(String(job.record["tenant"]), next)] },
  });
  class WhoJob extends Job {
    perform() {
      lines.push(`for ${tenants.getStore()}`);
    }
  }
  const set = async (job: JobHandle, next: () => Promise<void>) => {
    job.record["tenant"] = "acme";
    await next();
  };
  configure({ middleware: { enqueue: [set] } });
  await performEnqueuedJobs(() => WhoJob.performAsync());

  expect(lines).toContain("for acme");
});

it("has attributes travel", async () => {
  await Current.run({ userId: 7, tenant: "acme" }, () => CloseAccount.defer());
  await performEnqueuedJobs();

  expect(lines).toContain("closes an account of acme");
});

it("logs by a logger of one's own", () => {
  configure({ logger: myLogger }); // pino, or anything with debug, info, warn and error

  expect(lines).toEqual([]);
});
