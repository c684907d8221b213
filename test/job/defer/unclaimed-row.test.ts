import {
  byValue,
  Command,
  configure,
  globalId,
  Job,
  MandateJob,
  MemoryAdapter,
  reference,
  SerializationError,
} from "mandate";
import { startWorker } from "mandate/worker";
import { beforeEach, describe, expect, it } from "vitest";
import { recordingLogger } from "../../command/recording-logger.ts";

const row = { id: 1, email: "ada@example.org", card: "4242424242424242" };
const CURE =
  'Register its model by globalId.register, with an "is" where its rows are plain objects, ' +
  'or pass reference("Model", row); pass byValue(row) if a copy is meant';
const COPIED =
  "what looks like a record, and is of no registered model, travels by value: all of it is stored, as it is now. ";

let log: ReturnType<typeof recordingLogger>;

beforeEach(() => {
  log = recordingLogger();
  configure({ logger: log.logger, adapter: new MemoryAdapter(), rows: "warn", reloading: true });
});

/** A command of its own for each test: what is said once is said once for a class. */
function takes(initialize: (...args: any[]) => object = (value) => ({ value })) {
  return class Take extends Command.initializeWith(initialize) {
    call() {}
  };
}

function warnings(): readonly string[] {
  return log.lines("warn");
}

describe("a row that no model has claimed", () => {
  it("is told once for each class and place, with the cure", async () => {
    const Take = takes((user, order) => ({ user, order }));

    const job = await Take.defer(row, null);
    await Take.defer(row, null);
    await Take.defer({ ...row }, null);

    expect(warnings()).toEqual([`argument 1 (user) of Take: ${COPIED}${CURE}. This is said once`]);
    expect(job.record.args).toEqual(["Take", row, null]);

    await Take.defer(row, { ...row });
    await takes().defer(row);

    expect(warnings().slice(1)).toEqual([
      expect.stringMatching(/^argument 2 \(order\) of Take: /),
      expect.stringMatching(/^argument 1 \(value\) of Take: /),
    ]);
  });

  it.each<[string, unknown, string]>([
    ["with a uuid", { uuid: "5e3c", name: "Ada" }, ""],
    ["of Mongo", { _id: "65f0", name: "Ada" }, ""],
    ["with a bigint for an id", { id: 1n, name: "Ada" }, ""],
    ["with a Date", { id: 1, createdAt: new Date(0) }, ""],
    ["without a prototype", Object.assign(Object.create(null), row), ""],
    ["in an array", ["a", [row, row]], ", at [][]"],
    ["in an object", { user: row }, ", at .user"],
    ["in a Map", new Map([["ada", row]]), ", at {value }"],
    ["for a key of a Map", new Map([[row, 1]]), ", at {key }"],
    ["in a Set", new Set([row]), ", at {}"],
    ["in a circle", { self: [] as unknown[], user: row }, ", at .user"],
  ])("is found %s", async (_, value, place) => {
    if (place === ", at .user") (value as { self?: unknown }).self = value;

    await takes().defer(value);

    const [at] = warnings().map((text) => /Take(.*?): /.exec(text)?.[1]);
    expect(at?.replaceAll(/\d+(?=[\]}])/g, "")).toBe(place);
    expect(warnings()).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ["no id", { name: "Ada", email: "ada@example.org" }],
    ["an id of another kind", { id: { a: 1 }, name: "Ada" }],
    ["an empty id", { id: "", name: "Ada" }],
    ["nothing but an id", { id: 1 }],
    ["nothing but ids and a type", { id: 1, type: "User", tenantId: 2, account_id: 3 }],
    ["an inherited id", Object.create({ id: 1 }, {})],
  ])("is none with %s", async (_, value) => {
    await takes()
      .defer([value])
      .catch(() => {});

    expect(warnings()).toEqual([]);
  });

  it("is not what is taken apart, unless it says when it was made", async () => {
    const Take = takes(({ id, force }) => ({ id, force }));

    class Work extends Job {
      perform({ id, force }: { id: number; force: boolean }) {
        return [id, force];
      }
    }

    await Take.set({}).defer({ id: 1, force: true });
    await Work.performLater({ id: 1, force: true });
    expect(warnings()).toEqual([]);

    await Take.set({}).defer({ id: 1, created_at: "2026-01-01" });
    expect(warnings()).toHaveLength(1);
  });

  it("is told of for jobs, prepared ones, those by name, and those for Rails", async () => {
    class Work extends Job {
      perform(_user: unknown, _options?: object) {}
    }
    const Take = takes();
    const TakeByName = takes();
    TakeByName.commandName = "TakeByName";
    TakeByName.queueAs("default");
    class TakeInRuby extends Command.initializeWith((user: unknown) => ({ user })) {
      static {
        this.jobOptions({ wireFormat: "activejob" });
      }

      call() {}
    }

    await Work.performLater(row);
    Take.prepare(row);
    await MandateJob.performLater("TakeByName", row);
    await TakeInRuby.defer(row);

    expect(warnings().map((text) => text.replace(/:.*/, ""))).toEqual([
      expect.stringMatching(/^argument 1 .*of Work$/),
      "argument 1 (value) of Take",
      expect.stringMatching(/^argument 1 .*of TakeByName$/),
      "argument 1 (user) of TakeInRuby",
    ]);
  });

  it("ends to be told of where a class has no end of places", async () => {
    const rows = Object.fromEntries(Array.from({ length: 100 }, (_, id) => [`k${id}`, { ...row }]));

    await takes().defer(rows);

    expect(warnings()).toHaveLength(20);
  });

  it("never has its values in a message", async () => {
    await takes().defer([row]);

    expect(JSON.stringify(warnings())).not.toMatch(/4242|ada@/);
  });

  it("is no matter for results, nor where it is allowed", async () => {
    class Find extends Command {
      static {
        this.keepResult("1 hour");
      }

      call() {
        return row;
      }
    }
    const job = await Find.defer();
    const worker = await startWorker();
    await worker.drain();
    expect(await job.result()).toEqual(row);
    await worker.stop();

    configure({ rows: "allow" });
    await takes().defer(row);

    expect(warnings()).toEqual([]);
  });
});

describe("a row that somebody speaks for", () => {
  it("is not told of", async () => {
    interface Plain {
      readonly plainId: number;
      readonly author?: unknown;
    }
    globalId.register("Plain", { find: () => undefined });
    globalId.register<Plain>("Recognized", {
      find: () => undefined,
      is: (value) => "plainId" in value,
      idOf: ({ plainId }) => plainId,
    });
    const Take = takes();

    await Take.defer(byValue({ ...row }));
    await Take.defer(byValue([{ ...row }, { in: { ...row } }]));
    await Take.defer({ user: byValue({ ...row }), at: new Date(0) });
    await Take.defer([reference("Plain", { ...row })]);
    await Take.defer(reference("Plain", 1));
    await Take.defer({ book: { plainId: 1, author: row } });

    expect(warnings()).toEqual([]);
  });
});

describe("rows of a model that is registered without is", () => {
  it.each([
    ["the parameter", (shopUser: unknown) => ({ shopUser }), row],
    ["the property", (value: unknown) => ({ value }), { shopUsers: [row] }],
  ])("are told of by its name, as %s says", async (_, initialize, value) => {
    globalId.register("Blog::ShopUser", { find: () => undefined });
    globalId.register("Basket", { find: () => undefined });

    await takes(initialize).defer(value);

    expect(warnings()[0]).toContain(
      'Give globalId.register("Blog::ShopUser", …) an "is" that knows its rows, ' +
        'or pass reference("Blog::ShopUser", row); pass byValue(row) if a copy is meant',
    );
  });

  it("are told of by all names where none fits", async () => {
    await takes((it) => ({ it })).defer(row);

    expect(warnings()[0]).toContain(
      'Give globalId.register("Plain" or "Blog::ShopUser" or "Basket", …)',
    );
  });
});

describe("rows that are refused", () => {
  it.each<[string, unknown, string]>([
    ["as they are", row, " (value) of Take"],
    ["beside what is no JSON", { at: new Date(0), users: [row] }, " (value) of Take, at .users[0]"],
    ["in a Map", new Map([["ada", row]]), " (value) of Take, at {value 0}"],
  ])("are not deferred, %s", async (_, value, place) => {
    configure({ rows: "refuse" });

    const error = await takes()
      .defer(value)
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(SerializationError);
    expect((error as Error).message).toMatch(
      /^argument 1.*: what looks like a record, and is of no registered model, cannot be deferred by value\. Give globalId/,
    );
    expect((error as Error).message).toContain(place);
    expect(warnings()).toEqual([]);
  });

  it("are deferred where a copy is meant", async () => {
    configure({ rows: "refuse" });

    expect((await takes().defer(byValue({ ...row }))).record.args).toEqual(["Take", row]);
  });
});
