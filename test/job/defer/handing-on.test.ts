import { Command, contextAttributes, globalId, Job, locateMany, GlobalID } from "mandate";
import { describe, expect, it } from "vitest";
import { settings } from "../../../src/job/settings/settings.ts";
import { queue, Rig, SCHEDULED } from "../rig.ts";

interface Order {
  readonly id: number;
  readonly card: string;
}
const find = (id: string): Order => ({ id: Number(id), card: "4242" });
// Nothing tells its rows but how they were found: there is no "is".
globalId.register<Order>("Order", { find });
globalId.use("shop", { locate: ({ id }) => find(String(id)) });

class Ship extends Command.initializeWith((order: Order, more?: unknown) => ({ order, more })) {
  call() {}
}

const found = (uri = "gid://app/Order/6") => GlobalID.parse(uri)!.locate() as Promise<Order>;

async function payloads(rig: Rig): Promise<string[]> {
  const stored = [...(await rig.stored(queue())), ...(await rig.stored(SCHEDULED))];
  return stored.map(({ payload }) => payload);
}

describe("a row that was found by a global id", () => {
  it("is handed on by reference", async () => {
    new Rig();
    const [many] = (await locateMany([GlobalID.parse("gid://app/Order/7")!])) as [Order];

    expect(Ship.prepare(await found(), { all: [many] }).record).toMatchObject({
      args: ["Ship", "gid://app/Order/6", { all: ["gid://app/Order/7"] }],
      meta: { gids: ["0", "1.all.0"] },
    });
  });

  it("keeps its application", async () => {
    new Rig();
    const order = await found("gid://shop/Order/6");

    expect(Ship.prepare(order).record.args).toEqual(["Ship", "gid://shop/Order/6"]);
    expect(String(GlobalID.create(order))).toBe("gid://shop/Order/6");
    expect(String(GlobalID.create(order, { app: "till" }))).toBe("gid://till/Order/6");
  });

  it("is so where Rails reads the job", async () => {
    new Rig();
    class ShipInRuby extends Command.initializeWith((order: Order) => ({ order })) {
      static {
        this.jobOptions({ wireFormat: "activejob" });
      }

      call() {}
    }

    const order = await found("gid://shop/Order/6");

    expect(JSON.stringify(ShipInRuby.prepare(order).record.args)).toContain(
      '{"_aj_globalid":"gid://shop/Order/6"}',
    );
  });

  it("is a copy once it was copied", async () => {
    new Rig();

    expect(Ship.prepare({ ...(await found()) }).record.args).toEqual(["Ship", find("6")]);
  });
});

describe("an argument that came by reference", () => {
  it.each<[string, (order: Order, args: readonly unknown[]) => Promise<unknown>]>([
    ["as it is", (order) => Ship.defer(order)],
    ["as the job has it", (_, args) => Ship.defer(...(args as [Order]))],
    ["inside of something", (order) => Ship.defer(order, new Map([["order", order]]))],
    ["to a job", (order) => ShipLater.performLater(order)],
    ["to one that puts itself back", (order) => Again.performNow(order)],
    ["to one that is tried again", (order) => Retried.performNow(order)],
  ])("goes on by reference, %s", async (_, handOn) => {
    const rig = new Rig();
    class Take extends Command.initializeWith((order: Order) => ({ order })) {
      async call() {
        await handOn(this.order, this.job!.arguments);
      }
    }
    await Take.defer(await found());

    expect((await rig.run()).kind).toBe("done");

    const [payload, ...more] = await payloads(rig);
    expect(more).toEqual([]);
    expect(payload).toContain('"gid://app/Order/6"');
    expect(payload).not.toContain("4242");
  });

  it("stays one through requeues, retries, and what a job's handlers hand on", async () => {
    const rig = new Rig();
    class Take extends Command.initializeWith((order: Order) => ({ order })) {
      static {
        this.retry(0);
        this.retriesExhausted((job) => void Ship.defer(...(job.arguments as [Order])));
      }

      call() {
        throw new Error("boom");
      }
    }
    await Take.defer(await found());

    expect((await rig.run()).kind).toBe("dead");

    expect((await payloads(rig)).join()).toMatch(/Ship.*gid:\/\/app\/Order\/6/);
    expect((await payloads(rig)).join()).not.toContain("4242");
  });

  it("is one in the context of jobs", async () => {
    new Rig();
    const Current = contextAttributes<{ order: Order }>("Current");
    settings().contextAttributes = [Current];

    const job = await Current.run({ order: await found() }, async () => Ship.prepare(find("1")));

    expect(JSON.stringify(job.record["cattr"])).toContain("gid://app/Order/6");
  });
});

class ShipLater extends Job {
  perform(_order: Order) {}
}

class Again extends Job {
  perform(_order: Order) {
    this.requeueJob(60);
  }
}

class Busy extends Error {}
class Retried extends Job {
  static {
    this.retryOn(Busy, { wait: 60 });
  }

  perform(_order: Order) {
    throw new Busy();
  }
}
