import { describe, expect, it } from "vitest";
import {
  Command,
  ConfigurationError,
  deadSet,
  type JobEntry,
  jobs,
  type PassProgress,
  recurring,
  registerCommands,
  rotateKeys,
  UnknownOptionError,
} from "mandate";
import { Worker } from "mandate/worker";
import { editPayload } from "../../../src/adapters/payload.ts";
import { doctor } from "../../../src/inspection/doctor/doctor.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { useKeys, useNoKeys } from "../../encryption/keys.ts";
import { onEachStore } from "../on-each-store.ts";

const seen: string[] = [];

class Charge extends Command.initializeWith((card: string) => ({ card })) {
  static {
    this.encryptArguments();
    this.retry(0);
    this.keepFinished(10);
  }

  call(): void {
    seen.push(this.card);
    if (this.card === "broken") throw new Error("the bank said no");
  }
}

class Plain extends Command.initializeWith((card: string) => ({ card })) {
  call(): void {}
}

registerCommands(Charge, Plain);

onEachStore("rotateKeys", (store) => {
  it("encrypts anew what waits, is dead or finished, wherever it is, and nothing else", async () => {
    seen.length = 0;
    useKeys("2026-05");
    await Charge.defer("broken");
    await Charge.defer("finished");
    await workOff();
    const first = await Charge.set({ queue: "other" }).defer("queued");
    await Charge.defer("blocked", { prereqJobs: [first] });
    await Charge.set({ priority: 3 }).defer("laned");
    await Charge.defer("scheduled", { wait: "1 hour" });
    const plain = await Plain.defer("4111 1111");
    useKeys("2026-11", "2026-05");
    const progress: number[] = [];

    const dry = await rotateKeys({ dryRun: true });
    const before = await keysByPlace();
    const rotation = await rotateKeys({ onProgress: ({ done }) => progress.push(done) });

    const none = { recurring: 0, running: 0, missing: {}, damaged: 0 };
    expect(dry).toEqual({ rewritten: 6, ...none });
    expect(before).toEqual({ "2026-05": 6 });
    expect(rotation).toEqual({ rewritten: 6, ...none });
    expect(await keysByPlace()).toEqual({ "2026-11": 6 });
    expect(progress).toContain(1);
    expect(await rotateKeys()).toEqual({ rewritten: 0, ...none });
    const found = (await store.adapter.store.find({ queue: "default" }, plain.id))?.payload;
    expect(found).toContain('["Plain","4111 1111"]');
    useKeys("2026-11");
    await deadSet().retryAll();
    await workOff();
    expect(seen).toEqual(
      expect.arrayContaining(["broken", "finished", "queued", "blocked", "laned", "broken"]),
    );
    expect(seen).toHaveLength(6);
  });

  it("leaves, and names, what it cannot read", async () => {
    useKeys("2027-05");
    await Charge.defer("lost");
    useKeys("2026-05");
    const { record } = await Charge.defer("damaged");
    const jid = "0123456789abcdef01234567";
    const payload = editPayload(JSON.stringify(record), { jid });
    await store.adapter.enqueue([{ jid, queue: "default", payload }]);
    useKeys("2026-11", "2026-05");

    const { rewritten, missing, damaged } = await rotateKeys();

    expect({ rewritten, missing, damaged }).toEqual({
      rewritten: 1,
      missing: { "2027-05": 1 },
      damaged: 1,
    });
    expect(await keysByPlace()).toEqual({ "2027-05": 1, "2026-05": 1, "2026-11": 1 });
  });

  it("counts what workers hold meanwhile", async () => {
    useKeys("2026-05");
    await Charge.defer("held");
    const lease = await store.adapter.lease({
      identity: "host:1:held",
      ttl: 60,
      info: {
        hostname: "host",
        pid: 1,
        tag: "",
        startedAt: 0,
        concurrency: 1,
        queues: [["*", 1]],
      },
      state: () => ({ quiet: false, busy: 1 }),
      onWork: () => {},
      onDue: () => {},
    });
    await lease.exchange([], { queues: undefined, limit: 1 });
    useKeys("2026-11", "2026-05");

    expect(await rotateKeys()).toMatchObject({ rewritten: 0, running: 1 });
    await lease.close();
    expect(await rotateKeys()).toMatchObject({ rewritten: 1, running: 0 });
  });

  it("goes on where it was ended", async () => {
    useKeys("2026-05");
    for (let count = 0; count < 150; count += 1) await Charge.defer("4111 1111");
    useKeys("2026-11", "2026-05");
    const ending = new AbortController();
    const options = {
      signal: ending.signal,
      onProgress: ({ done }: PassProgress) => void (done > 0 && ending.abort(new Error("killed"))),
    };

    await expect(rotateKeys(options)).rejects.toThrow("killed");
    const { rewritten } = await rotateKeys();

    expect(rewritten).toBeLessThan(150);
    expect(await keysByPlace()).toEqual({ "2026-11": 150 });
  });

  it("rewrites recurring jobs that were defined at run time", async () => {
    seen.length = 0;
    useKeys("2026-05");
    await recurring.define("nightly", "@daily", Charge.prepare("4111 1111"));
    await recurring.define("plain", "@daily", Plain.prepare("4111 1111"));
    useKeys("2026-11", "2026-05");

    expect(await rotateKeys()).toMatchObject({ recurring: 1 });
    expect(await rotateKeys()).toMatchObject({ recurring: 0 });

    useKeys("2026-11");
    await recurring.job("nightly").runNow();
    await workOff();
    expect(seen).toEqual(["4111 1111"]);
  });

  it("has the doctor tell of keys that are not here", async () => {
    expect(await examined()).toEqual([]);
    useKeys("2026-05");
    await Charge.defer("4111 1111");
    expect(await examined()).toMatchObject([
      { level: "ok", found: "1 encrypted job looked at, each has its key here" },
    ]);
    useKeys("2026-11");

    expect(await examined()).toEqual([
      {
        check: "encryption",
        level: "wrong",
        problem: "encryption-key-missing",
        found: '1 job encrypted with key "2026-05", which is not here, or another',
        todo: "Workers retry them until it is: add it to keys in configure({ encryption: … })",
        jobs: 1,
      },
    ]);
    useNoKeys();
    expect(await examined()).toMatchObject([{ found: "not compared: no keys were loaded" }]);
  });
});

describe("rotateKeys", () => {
  it("wants keys", async () => {
    await expect(rotateKeys()).rejects.toThrow(
      new ConfigurationError(
        "Cannot rotate keys: there are none. Give them by configure({ encryption: { keys, current } }), " +
          "and load the file that does so",
      ),
    );
  });

  it("has no other options", async () => {
    await expect(rotateKeys({ all: true } as object)).rejects.toThrow(UnknownOptionError);
  });
});

async function workOff(): Promise<void> {
  const worker = new Worker({ logger: silentLogger, queues: ["default", "other"] });
  await worker.start();
  while ((await waiting()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await worker.stop();
}

async function waiting(): Promise<number> {
  let count = 0;
  for await (const { place } of jobs({}, { places: ["queue", "running", "blocked"] })) {
    count += place === "running" || place === "queue" || place === "blocked" ? 1 : 0;
  }
  return count;
}

async function keysByPlace(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const places = ["queue", "retry", "scheduled", "blocked", "dead", "finished"] as const;
  for await (const { entry } of jobs({}, { places })) {
    const key = (entry as JobEntry).record?.encrypted?.split(".")[2];
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

async function examined(): Promise<unknown[]> {
  const found = [];
  for await (const finding of doctor()) {
    if (finding.check === "encryption") found.push(finding);
  }
  return found;
}
