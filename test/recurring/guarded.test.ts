import { Command, currentJob, recurring, registerCommands } from "mandate";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { Claims } from "../../src/recurring/scheduler/claims.ts";
import { PlannedJobs } from "../../src/recurring/scheduler/planned-jobs.ts";
import { readJobs } from "../../src/recurring/store/read-jobs.ts";
import { clock } from "../../src/support/clock.ts";
import { silentLogger } from "../../src/support/logger.ts";
import { useKeys } from "../encryption/keys.ts";
import { onEachEngine, type GuardRig } from "../guards/guard-rig.ts";

const ran: string[] = [];

abstract class Noted extends Command.initializeWith((account: string) => ({ account })) {
  call(): void {
    ran.push(`${this.account} ${currentJob()?.recurring?.key ?? "deferred"}`);
  }
}

class Unique extends Noted {
  static {
    this.unique();
  }
}

class Replacing extends Noted {
  static {
    this.unique({ by: () => "one", onConflict: "replace" });
  }
}

class Debounced extends Noted {
  static {
    this.debounce("30 seconds", { by: () => "one" });
  }
}

class Limited extends Noted {
  static {
    this.limitConcurrency({ to: 1 });
  }
}

class Fair extends Noted {
  static {
    this.fairBy((account) => account);
  }
}

class Expiring extends Noted {
  static {
    this.expiresIn("1 hour");
  }
}

class Secret extends Noted {
  static {
    this.unique();
    this.encryptArguments();
  }
}

onEachEngine((open) => {
  let rig: GuardRig;

  beforeEach(async () => {
    registerCommands(Unique, Replacing, Debounced, Limited, Fair, Expiring, Secret);
    ran.length = 0;
    rig = await open();
  });

  it("leaves an occurrence out while a job like it is there, and says which", async () => {
    await recurring.define("a", "* * * * *", Unique.prepare("ada"));
    await occur();
    await occur();

    const [duplicate, first] = await recurring.job("a").history();
    expect(first).toMatchObject({ status: "enqueued", duplicateOf: undefined });
    expect(duplicate).toMatchObject({
      status: "duplicate",
      jid: undefined,
      duplicateOf: first?.jid,
    });
    expect(await recurring.job("a").runNow()).toBe(first?.jid);
    expect(await Unique.defer("ada")).toMatchObject({ id: first?.jid, isDuplicate: true });
    expect(await rig.work()).toEqual(["done"]);

    await occur();
    expect(await rig.work()).toEqual(["done"]);
    expect(ran).toEqual(["ada a", "ada a"]);
  });

  it("makes up for several that are alike with one", async () => {
    await recurring.define("a", "* * * * *", Unique.prepare("ada"), { catchUp: "all" });
    await occur(3);

    const [third, second, first] = await recurring.job("a").history();
    expect([third?.duplicateOf, second?.duplicateOf]).toEqual([first?.jid, first?.jid]);
    expect(await rig.records()).toHaveLength(1);
  });

  it("has an occurrence take the place of a job that waits, where its class says so", async () => {
    const waiting = await Replacing.defer("by hand");
    await recurring.define("a", "* * * * *", Replacing.prepare("ada"));
    await occur();

    const [run] = await recurring.job("a").history();
    expect(run).toMatchObject({ status: "enqueued", jid: waiting.id });
    expect(await rig.work()).toEqual(["done"]);
    expect(ran).toEqual(["ada a"]);
  });

  it("has an occurrence wait for calls that follow, where its class is debounced", async () => {
    await recurring.define("a", "* * * * *", Debounced.prepare("ada"));
    await occur();
    expect(await rig.work()).toEqual([]);
    await Debounced.defer("by hand");
    await rig.elapse(95);

    expect(await rig.work()).toEqual(["done"]);
    expect(ran).toEqual(["by hand deferred"]);
    await expect(
      recurring.define("b", "* * * * *", Debounced.set({ wait: "1 hour" }).prepare("ada")),
    ).rejects.toThrow(
      'Cannot define recurring job "b": its job has a time or prerequisites of its own. Prepare one that runs at once',
    );
  });

  it("limits how many occurrences run at once", async () => {
    await recurring.define("a", "* * * * *", Limited.prepare("ada"));
    await occur();
    await occur();
    const lease = await rig.lease();
    const first = await rig.fetch(lease);

    expect(first).toBeDefined();
    expect(await rig.fetch(lease)).toBeUndefined();
    await rig.runOn(lease, first as NonNullable<typeof first>);
    expect(await rig.fetch(lease)).toBeDefined();
  });

  it("has occurrences take turns with jobs of others", async () => {
    for (let index = 0; index < 3; index += 1) await Fair.defer("big");
    await recurring.define("a", "* * * * *", Fair.prepare("ada"));
    await occur();
    await rig.work();

    expect(ran.indexOf("ada a")).toBeLessThan(2);
  });

  it("discards an occurrence whose time is over, counted from when it was enqueued", async () => {
    await recurring.define("a", "* * * * *", Expiring.prepare("ada"));
    const at = await occur();
    const [record] = await rig.records();
    expect(record?.expiry).toBeCloseTo(at + 3_600, 2);

    await rig.elapse(3_700);
    // By a worker's clock.
    const later = at + 3_700;
    vi.spyOn(clock, "now").mockReturnValue(later);
    onTestFinished(() => void vi.restoreAllMocks());
    await rig.work();

    expect(ran).toEqual([]);
  });

  it("keeps arguments secret, and keys that are made of them", async () => {
    useKeys("2026-11");
    await recurring.define("a", "* * * * *", Secret.prepare("4111 1111"));
    const { documents = [] } = (await rig.adapter.documents?.list("", undefined, 10)) ?? {};
    await occur();
    await occur();

    const stored = documents.map(({ text }) => text).join();
    expect(stored).toContain("unique:Secret:");
    expect(stored).not.toContain("4111 1111");
    expect(await Secret.defer("4111 1111")).toMatchObject({ isDuplicate: true });
    expect(await rig.work()).toEqual(["done"]);
    expect(ran).toEqual(["4111 1111 a"]);
  });

  /** Has a worker claim all that is due up to some occurrences later. @returns when the last one was. */
  async function occur(count = 1): Promise<number> {
    const { documents } = rig.adapter;
    if (documents === undefined) throw new Error("This store keeps no documents");
    const jobs = new PlannedJobs({ living: () => [], logger: silentLogger });
    for await (const kept of readJobs(documents)) jobs.take(kept);
    const now = jobs.nextDue + (count - 1) * 60;
    const options = { adapter: rig.adapter, documents, logger: silentLogger };
    const claims = new Claims(
      { ...options, worker: "me", timeout: 5 },
      { jobs, clock: { now: () => now } },
    );
    claims.prepare(now);
    await claims.claimDue();
    return now;
  }
});
