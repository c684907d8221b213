import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Command,
  ConfigurationError,
  configure,
  Job,
  recurring,
  registerCommands,
  UnknownOptionError,
} from "mandate";
import { Worker } from "mandate/worker";
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";

const ran: unknown[] = [];

class SendDigest extends Command.initializeWith((kind: string) => ({ kind })) {
  call(): void {
    ran.push(["digest", this.kind]);
  }
}

class Sweep extends Job {
  perform(...args: unknown[]): void {
    ran.push(["sweep", ...args]);
  }
}

class FileTwin extends Command {
  call(): void {}
}

class OtherTwin extends Command {
  static override readonly commandName = "FileTwin";

  call(): void {}
}

registerCommands(SendDigest, Sweep);

let adapter: MemoryAdapter;
/** One for all, in which each test writes what it needs. */
const folder = mkdtempSync(join(tmpdir(), "mandate-recurring-"));
const path = join(folder, "recurring.yml");

afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  adapter = new MemoryAdapter();
  ran.length = 0;
});

describe("recurring.load", () => {
  it("has workers define what a file says, of the section of an environment", async () => {
    writeFileSync(
      path,
      `
production:
  digest:
    class: SendDigest
    args: [weekly]
    schedule: every day at 9am
    queue: low
    priority: 3
    description: For all
  ruby_digest:
    class: MandateJob
    args: [SendDigest, monthly]
    schedule: every hour
test:
  sweep: { class: Sweep, schedule: every hour }
`,
    );
    configure({ adapter, logger: silentLogger, timeZone: "Europe/Amsterdam" });

    const keys = await recurring.load(path, { environment: "production" });
    await work(2);

    expect(keys).toEqual(["digest", "ruby_digest"]);
    const digest = await recurring.job("digest").read();
    expect(digest).toMatchObject({
      className: "SendDigest",
      queueName: "low",
      description: "For all",
      isOfCode: true,
    });
    expect(digest.nextRuns(1, new Date("2026-07-01T00:00:00Z"))).toEqual([
      new Date("2026-07-01T07:00:00Z"),
    ]);
    expect(await recurring.job("ruby_digest").read()).toMatchObject({ className: "SendDigest" });
    configure({ timeZone: "UTC" });
  });

  it("adds the time to arguments, and options of Sidekiq's to jobs", async () => {
    await recurringIn(`
every_second:
  cron: "* * * * * *"
  class: Sweep
  args: [1]
  date_as_argument: true
  retry: 3
  status: enabled
none: { cron: "* * * * * *", class: Sweep, date_as_argument: true }
off: { cron: "* * * * * *", class: Sweep, status: disabled }
`);
    const worker = await work(3);

    await expect.poll(() => ran.length, { timeout: 5_000 }).toBeGreaterThan(3);
    await worker.stop();

    const seconds = expect.closeTo(Date.now() / 1000, -2) as number;
    expect(ran).toContainEqual(["sweep", 1, seconds]);
    expect(ran).toContainEqual(["sweep", seconds]);
  });

  it.each([
    [
      "sidekiq-cron",
      'sweep: { cron: "* * * * * *", class: Sweep, args: [1], date_as_argument: true }',
    ],
    [
      "sidekiq-scheduler",
      ":scheduler:\n  :schedule:\n    sweep: { every: 1s, class: Sweep, args: [1], include_metadata: true }",
    ],
  ])("adds the time of %s to an Active Job's own arguments", async (library, text) => {
    await recurringIn(text);
    configure({ adapter, wireFormat: "activejob" });
    onTestFinished(() => configure({ wireFormat: "native" }));
    const worker = await work(1);

    await expect.poll(() => ran.length, { timeout: 5_000 }).toBeGreaterThan(0);
    await worker.stop();

    const seconds = expect.closeTo(Date.now() / 1000, -2) as number;
    const told = library === "sidekiq-cron" ? seconds : { scheduled_at: seconds };
    expect(ran[0]).toEqual(["sweep", 1, told]);
  });

  it("adds sidekiq-scheduler's metadata", async () => {
    const warnings = await recurringIn(`
:scheduler:
  :schedule:
    sweep:
      every: ["1s", first_in: 0s]
      class: Sweep
      include_metadata: true
      retry: false
`);
    const worker = await work(1);

    await expect.poll(() => ran.length, { timeout: 5_000 }).toBeGreaterThan(1);
    await worker.stop();

    const seconds = expect.closeTo(Date.now() / 1000, -2) as number;
    expect(ran).toContainEqual(["sweep", { scheduled_at: seconds }]);
    expect(warnings).toEqual([
      `${path}:4: "first_in" has no effect: intervals are counted from 1970, and not from a start`,
    ]);
  });

  it("refuses a class that is not registered where a worker starts, with its line", async () => {
    await recurringIn("\nsweep:\n  class: Sweeep\n  schedule: every hour\n");

    expect(await failure(work(0))).toBe(
      `Cannot use ${path}:2: no command or job is registered as "Sweeep". Pass its class to registerCommands, ` +
        "or its folder to loadCommands. Registered here: SendDigest, Sweep",
    );
  });

  it("refuses arguments that a class does not take, with their line", async () => {
    await recurringIn("digest:\n  class: SendDigest\n  args: [1, 2]\n  schedule: every hour\n");

    expect(await failure(work(0))).toBe(
      `Cannot use ${path}:1: cannot use 2 arguments for SendDigest: its initializeWith declares 1`,
    );
  });

  it("passes on that two classes have a name", async () => {
    await recurringIn("twin: { class: FileTwin, schedule: every hour }\n");
    FileTwin.queueAs("default");
    OtherTwin.queueAs("default");

    expect(await failure(work(0))).toContain("Cannot register two different classes");
  });

  it("refuses files that are not there, or none", async () => {
    expect(await failure(recurring.load("config/nothing.yml"))).toBe(
      `Cannot use config/nothing.yml: there is no such file. Give a path relative to ${process.cwd()}`,
    );
    const refused = recurring.load(tmpdir());
    await expect(refused).rejects.toThrow(ConfigurationError);
    expect(await failure(refused)).toBe(
      `Cannot use ${tmpdir()}: EISDIR: illegal operation on a directory, read. Give a path relative to ${process.cwd()}`,
    );
  });

  it("refuses options that there are none of", async () => {
    // @ts-expect-error there is no such option
    await expect(recurring.load(path, { env: "test" })).rejects.toThrow(UnknownOptionError);
  });
});

/** Loads a file of that text, and has what is warned of. */
async function recurringIn(text: string): Promise<string[]> {
  const warnings: string[] = [];
  const warn = (_fields: object, message: string): number => warnings.push(message);
  configure({ adapter, logger: { ...silentLogger, warn } });
  writeFileSync(path, text);
  await recurring.load(path);
  return warnings;
}

/** Starts a worker, and waits until it has defined so many. */
async function work(count: number): Promise<Worker> {
  const worker = new Worker({ concurrency: 2, queues: "*" });
  onTestFinished(() => worker.stop());
  await worker.start();
  await expect
    .poll(async () => {
      let found = 0;
      for await (const _ of recurring.jobs()) found += 1;
      return found;
    })
    .toBe(count);
  return worker;
}

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing was refused",
    (error: Error) => error.message,
  );
}
