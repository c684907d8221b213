import { beforeEach, describe, expect, it } from "vitest";
import { Command, Job, type JobRecord } from "mandate";
import { editPayload } from "../../../src/adapters/payload.ts";
import { decryptArguments } from "../../../src/job/record/encrypted-arguments.ts";
import { registerCommands } from "../../../src/job/declare/registry.ts";
import { useKeys, useNoKeys } from "../../encryption/keys.ts";
import { DEAD, queue, RETRY, Rig, SCHEDULED } from "../rig.ts";

let seen: string[] = [];

class Charge extends Command.initializeWith((card: string) => ({ card })) {
  static {
    this.encryptArguments();
    // Nothing of that counts where the arguments cannot be read.
    this.retry(false);
    this.discardOn(Error);
    this.jobOptions({ dead: false });
    this.beforePerform(() => void seen.push("callback"));
  }

  call(): void {
    seen.push(this.card);
  }
}

class Refund extends Charge {}

class FromRuby extends Job {
  perform(): void {
    seen.push("ran");
  }
}

class Failing extends Command {
  static {
    this.encryptArguments();
    this.retry(1);
    this.jobOptions({ retryFor: "1 hour" });
  }

  call(): void {
    throw new Error("busy");
  }
}

class Requeued extends Command {
  static {
    this.encryptArguments();
  }

  call(): void {
    this.requeueJob(60);
  }
}

beforeEach(() => {
  seen = [];
  registerCommands(Charge, Refund, FromRuby, Failing, Requeued);
});

describe("a job for whose arguments there is no key", () => {
  it("waits among those that failed, twice as long each time, and is never given up", async () => {
    const rig = await withoutKey();
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));

    const waits: number[] = [];
    for (let time = 0; time < 40; time += 1) {
      await rig.run();
      const { dueIn } = await rig.only(RETRY);
      waits.push(Math.round(dueIn));
      rig.elapse(dueIn + 0.001);
    }

    expect(waits.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
    expect(new Set(waits.slice(8))).toEqual(new Set([300]));
    expect(seen).toEqual([]);
    expect(told).toHaveLength(40);
    expect(rig.log.troubles).toEqual([
      expect.stringMatching(/^Put back Charge, again in 5 s: Cannot read the arguments of Charge /),
    ]);
  });

  it("says what is missing, and has spent no attempt", async () => {
    const rig = await withoutKey();

    await rig.run();

    const record = await rig.only(RETRY);
    expect(record).toMatchObject({
      error_class: "EncryptionKeyMissingError",
      error_message:
        `Cannot read the arguments of Charge ${record.jid}: it was encrypted with key "2026-11", ` +
        "and encryption is not configured here. Add the key to keys in configure({ encryption: … }), and restart",
      failed_at: expect.any(Number) as number,
      locked_count: 1,
    });
    expect(record).not.toHaveProperty("retry_count");
    expect(record).not.toHaveProperty("executions");
  });

  it("runs once the key is there", async () => {
    const rig = await withoutKey();
    await rig.run();
    useKeys("2026-05", "2026-11");
    rig.elapse(6);

    await rig.run();

    expect(seen).toEqual(["callback", "4111 1111"]);
  });

  it("has all of its attempts then, and all of its time", async () => {
    const rig = new Rig();
    useKeys("2026-11");
    await Failing.defer();
    useNoKeys();
    await rig.run();
    useKeys("2026-11");
    rig.elapse(10_000);

    await rig.run();

    const { retry_count: count, failed_at: failedAt, ...record } = await rig.only(RETRY);
    expect({ count, failedAt }).toEqual({
      count: 0,
      failedAt: expect.closeTo(rig.now, 0) as number,
    });
    expect(record).not.toHaveProperty("locked_count");
  });
});

describe("a job that an older key encrypted", () => {
  it.each([
    ["failed", Failing, RETRY],
    ["put itself back", Requeued, SCHEDULED],
  ])("has the current one where it %s", async (_, command, place) => {
    const rig = new Rig();
    useKeys("2026-05");
    await command.defer();
    useKeys("2026-11", "2026-05");

    await rig.run();

    const record = await rig.only(place);
    expect(record.encrypted).toMatch(/^v1\.job\.2026-11\./);
    useKeys("2026-11");
    expect(decryptArguments(record).record.args).toEqual([command.name]);
  });
});

describe("a job whose encrypted arguments are damaged", () => {
  it.each<[string, (record: JobRecord) => Readonly<Record<string, unknown>>]>([
    ["altered", ({ encrypted = "" }) => ({ encrypted: `${encrypted.slice(0, -2)}AA` })],
    ["of another job", () => ({ jid: "0123456789abcdef01234567" })],
    ["of another class", () => ({ args: ["Refund", "«encrypted»"] })],
    ["no text", () => ({ encrypted: { key: 1 } })],
  ])("is dead at once, whatever its class says, where they are %s", async (_, changed) => {
    const rig = new Rig();
    useKeys("2026-11");
    const deaths: unknown[] = [];
    rig.deathHandlers.push((_job, error) => deaths.push(error));
    const { record } = await Charge.defer("4111 1111");
    const [stored] = await rig.stored(queue("default"));
    const payload = editPayload(stored?.payload ?? "", changed(record));
    await rig.adapter.store.clear({ queue: "default" });
    await rig.put(payload, { jid: (JSON.parse(payload) as JobRecord).jid });

    await rig.run();

    const dead = await rig.only(DEAD);
    expect(dead["error_class"]).toBe("DecryptionError");
    expect(dead["error_message"]).toMatch(/^Cannot read the arguments of (Charge|Refund) \w{24}: /);
    expect(deaths).toHaveLength(1);
    expect(seen).toEqual([]);
    expect(JSON.stringify(dead) + rig.log.messages().join()).not.toContain("4111 1111");
  });

  it("says so of a job that Sidekiq Enterprise encrypted", async () => {
    const rig = new Rig();
    const jid = "0123456789abcdef01234567";
    await rig.put(`{"class":"FromRuby","args":["c2VjcmV0"],"jid":"${jid}","encrypt":true}`, {
      jid,
    });

    await rig.run();

    expect((await rig.only(DEAD))["error_message"]).toBe(
      `Cannot read the arguments of FromRuby ${jid}: Sidekiq Enterprise encrypted the last one ("encrypt" in its record), ` +
        "and its form is not public. Let Ruby run the job: leave its queue to Ruby's workers, and retry it there",
    );
    expect(seen).toEqual([]);
  });
});

/** A job that waits, encrypted with a key that is gone. */
async function withoutKey(): Promise<Rig> {
  const rig = new Rig();
  useKeys("2026-11");
  await Charge.defer("4111 1111");
  useNoKeys();
  return rig;
}
