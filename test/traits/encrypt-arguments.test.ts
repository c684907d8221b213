import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  changeJob,
  Command,
  ConfigurationError,
  EncryptionKeyMissingError,
  findJob,
  globalId,
  Job,
  jobById,
  jobDetails,
  jobJson,
  queue,
  registerCommands,
  rotateKeys,
  ResultUnavailableError,
  subscribe,
  type JobRecord,
} from "mandate";
import { Worker } from "mandate/worker";
import { declare, defineTrait } from "../../src/job/declare/declarations.ts";
import { useKeys, useNoKeys } from "../encryption/keys.ts";
import { onEachStore } from "../inspection/on-each-store.ts";
import { Log } from "../worker/log.ts";

const CARD = "4111 1111 1111 1111";
const user = { id: 7, name: "Ada", email: "ada@example.org" };
globalId.register<typeof user>("EncryptedUser", {
  find: (id) => (id === "7" ? user : undefined),
  is: (row) => "email" in row,
});

let seen: unknown[] = [];

class Charge extends Command.initializeWith((card: string, ...more: unknown[]) => ({
  card,
  more,
})) {
  static {
    this.encryptArguments();
    this.keepResult("1 hour");
    this.keepFinished(10);
    this.retry(0);
  }

  call(): unknown {
    seen.push([this.card, ...this.more]);
    if (this.card === "broken") throw new Error("the bank said no");
    return { charged: this.card };
  }
}

class ChargeInRails extends Charge {
  static override readonly commandName: string = "Charge::InRails";
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }
}

class ChargeJob extends Job {
  static {
    this.encryptArguments();
  }

  perform(...args: unknown[]): void {
    seen.push(args);
  }
}

class ChargeJobInRails extends ChargeJob {
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }
}

class NoSecret extends Charge {
  static {
    this.encryptArguments(false);
  }
}

/** Whose jobs take the place of one another while they wait. */
const latestTrait = defineTrait<boolean>({
  name: "the latest of those that encrypt",
  undeclared: false,
  hooks: (isLatest) =>
    isLatest
      ? {
          onMake: ({ holds }) =>
            holds.push({ key: "k", from: "enqueue", until: "finished", whenFull: "replace" }),
        }
      : undefined,
});

class ChargeLatest extends Charge {}
declare(ChargeLatest, latestTrait, true);

class ChargeLatestInRails extends ChargeInRails {
  static override readonly commandName = "Charge::LatestInRails";
}
declare(ChargeLatestInRails, latestTrait, true);

registerCommands(Charge, ChargeInRails, ChargeJob, ChargeJobInRails, NoSecret);
registerCommands(ChargeLatest, ChargeLatestInRails);

const VALUES = [CARD, user, new Date(0), 2n ** 70n, { a: [1.5, null] }] as const;

onEachStore("arguments that are encrypted", (store) => {
  it.each([
    ["a command's", (): Promise<{ id: string }> => Charge.defer(...VALUES)],
    ["a command's for Rails", () => ChargeInRails.defer(...VALUES)],
    ["a job's", () => ChargeJob.performLater(...VALUES)],
    ["a job's for Rails", () => ChargeJobInRails.performLater(...VALUES)],
  ])("arrive as they were given, and stand nowhere in clear: %s", async (_, enqueue) => {
    useKeys("2026-11");
    seen = [];

    const { id } = await enqueue();

    const found = await findJob(id);
    expect(found?.entry.arguments).toEqual(["«encrypted»"]);
    expect(found?.entry.payload).not.toMatch(/4111 1111|EncryptedUser|meta/);
    const { encrypted } = JSON.parse(found?.entry.payload ?? "{}") as JobRecord;
    expect(encrypted).toMatch(/^v1\.job\.2026-11\./);
    const log = await workOff();
    expect(seen).toEqual([[...VALUES]]);
    expect(log).not.toContain("4111 1111");
    expect(log).toContain("«encrypted»");
  });

  it("are shown to nobody", async () => {
    useKeys("2026-11");
    const job = await Charge.defer(CARD, user);
    const found = await findJob(job.id);

    const shown = [
      inspect(job),
      JSON.stringify(job),
      inspect(job.record),
      found && JSON.stringify(jobJson(found)),
      inspect(await jobDetails(job.id)),
    ];

    expect(shown.join("\n")).not.toMatch(/4111 1111|ada@example/);
    expect(await queue("default").count({ argument: CARD })).toBe(0);
  });

  it("are as they were in the handle of whoever deferred them, and of the job that runs", async () => {
    useKeys("2026-11");
    const job = await Charge.defer(CARD);

    expect(job.arguments).toEqual([CARD]);
  });

  it("are told of by no event, and with no failure", async () => {
    useKeys("2026-11");
    const events: unknown[] = [];
    const all = ["enqueue", "start", "fail", "dead"] as const;
    const listener = (event: unknown): number => events.push(event);
    const stop = subscribe(Object.fromEntries(all.map((name) => [name, listener])));
    const reported: unknown[] = [];
    await Charge.defer("broken", CARD);

    const log = await workOff((_, job) => reported.push(inspect(job?.record, { depth: 9 })));

    stop();
    expect(events).toHaveLength(4);
    expect(reported).toHaveLength(1);
    expect(inspect(events, { depth: 9 }) + reported.join() + log).not.toContain("4111 1111");
  });

  it("are read after a failure, and after a retry by hand", async () => {
    useKeys("2026-11");
    seen = [];
    const { id } = await Charge.defer("broken", CARD);
    await workOff();

    const failed = await findJob(id);
    await changeJob("retry", id);
    await workOff();

    expect(failed?.place).toBe("dead");
    expect(failed?.entry.errorMessage).toBe("the bank said no");
    expect(seen).toEqual([
      ["broken", CARD],
      ["broken", CARD],
    ]);
  });

  it("are read with an old key, and of an earlier name", async () => {
    useKeys("2026-05");
    seen = [];
    await Charge.defer(CARD);
    useKeys("2026-11", "2026-05");
    await Charge.defer("new");

    await workOff();

    expect(seen).toEqual([[CARD], ["new"]]);
  });

  it.each([ChargeLatest, ChargeLatestInRails])(
    "go with the jid of a job whose place they take: %s",
    async (command) => {
      useKeys("2026-05");
      seen = [];
      const first = await command.defer("first");
      const second = await command.defer("second");
      useKeys("2026-11", "2026-05");

      expect(second.record.encrypted).toMatch(/^v1\.class\./);
      expect(await rotateKeys()).toMatchObject({ missing: {}, damaged: 0 });
      useKeys("2026-11");
      await workOff();
      expect(seen).toEqual([["second"]]);
      expect(await first.status()).toBe("finished");
    },
  );

  it("are in clear where a class takes it back, or has not said it when they were deferred", async () => {
    const { id } = await NoSecret.defer(CARD);

    expect((await findJob(id))?.entry.arguments).toEqual([CARD]);
  });

  it("hide the result, too", async () => {
    useKeys("2026-11");
    const job = await Charge.defer(CARD, user);
    await workOff();

    const [end] = await store.adapter.notes.readEnds([job.id]);

    expect(end?.left).toMatch(/^\{"encrypted":"v1\.job\.2026-11\./);
    expect((await jobDetails(job.id))?.result).toEqual({ value: "«encrypted»" });
    expect(await job.result()).toEqual({ charged: CARD });
    expect(await jobById(job.id).result()).toEqual({ charged: CARD });
    useNoKeys();
    await expect(job.result()).rejects.toThrow(EncryptionKeyMissingError);
  });

  it("hide what a failure left, which the dead have in clear", async () => {
    useKeys("2026-11");
    const job = await Charge.defer("broken");
    await workOff();
    const failed = `Cannot get the result of Charge ${job.id}: the job is dead. It failed with Error: the bank said no`;

    const [end] = await store.adapter.notes.readEnds([job.id]);

    expect(end?.left).toMatch(/^\{"encrypted":"v1/);
    await expect(job.result()).rejects.toThrow(failed);
    useNoKeys();
    await expect(job.result()).rejects.toThrow(failed);
  });

  it("are not kept by a worker without a key where they came in clear", async () => {
    const job = await NoSecret.defer(CARD);
    NoSecret.encryptArguments();

    await workOff();

    NoSecret.encryptArguments(false);
    await expect(job.result()).rejects.toThrow(
      new ResultUnavailableError(
        { id: job.id, className: "NoSecret" },
        "not-encrypted",
        "the job is done, and its result was not kept: its class encrypts, and there was no key where it ran",
      ),
    );
  });
});

describe("encryptArguments", () => {
  it("wants a key before anything is deferred", async () => {
    const message =
      "Cannot make a job of Charge: it encrypts its arguments, and there is no key. " +
      "Give one by configure({ encryption: { keys, current } })";

    await expect(Charge.defer(CARD)).rejects.toThrow(new ConfigurationError(message));
  });

  it("changes nothing for inline calls", () => {
    expect(Charge.call(CARD)).toEqual({ charged: CARD });
  });

  it("takes true or false", () => {
    expect(() => Charge.encryptArguments("yes" as never)).toThrow(
      new TypeError('Cannot use "yes" as encryptArguments of Charge: give true or false'),
    );
  });
});

async function workOff(
  onError?: (error: unknown, job?: { record: JobRecord }) => void,
): Promise<string> {
  const logger = new Log();
  const worker = new Worker({ logger, errorHandlers: onError === undefined ? [] : [onError] });
  await worker.start();
  await worker.drain();
  return inspect(logger.lines, { depth: 9 });
}
