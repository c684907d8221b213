import {
  configure,
  contextAttributes,
  globalId,
  Job,
  registerCommands,
  SerializationError,
} from "mandate";
import { beforeEach, describe, expect, it } from "vitest";
import { stringifyNumbers } from "../../../src/support/lossless-json.ts";
import { payloadsByCase, recording, VERSIONS } from "../../serialization/recordings.ts";
import { Rig } from "../rig.ts";

class User {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

interface Attributes {
  requestId: string;
  user: User;
  since: Date;
  big: bigint;
  roles: readonly string[];
  nothing: null;
  work: () => void;
}

const Current = contextAttributes<Attributes>("Current", {
  logged: ["requestId", "user"],
  wireNames: { requestId: "request_id" },
});
const Audit = contextAttributes<{ reason: string }>("Audit");

const users = new Map<string, User>();
let isDown = false;
let seen: unknown[] = [];

class Show extends Job {
  perform(..._args: readonly unknown[]): void {
    seen.push(Current.attributes);
  }
}

/** Shows what is going on, and defers that once more. */
class ShowTwice extends Job {
  async perform(..._args: readonly unknown[]): Promise<void> {
    seen.push(Current.attributes);
    await Show.performLater();
  }
}

function rigged(): Rig {
  const rig = new Rig();
  configure({ contextAttributes: [Current, Audit], reloading: true });
  globalId.register(User, {
    find: async (id) => {
      if (isDown) throw new Error("no connection");
      return users.get(id);
    },
  });
  return rig;
}

function payloadOf(more: object): string {
  return JSON.stringify({ class: "Show", args: [], queue: "default", jid: "poison", ...more });
}

beforeEach(() => {
  users.clear();
  users.set("1", new User("1"));
  isDown = false;
  seen = [];
});

describe("a job's context", () => {
  it("is what was going on where it was deferred", async () => {
    const rig = rigged();
    const since = new Date("2030-01-01T00:00:00.5Z");
    const attributes = { requestId: "req-1", user: new User("1"), since, big: 2n ** 70n };

    const job = await Current.run({ ...attributes, roles: ["admin"], nothing: null }, () =>
      ShowTwice.performLater(),
    );
    await rig.run();
    await rig.run();

    const expected = { ...attributes, user: users.get("1"), roles: ["admin"], nothing: null };
    expect(job.record.cattr).toMatchObject({
      request_id: "req-1",
      user: { _aj_globalid: "gid://app/User/1" },
      roles: ["admin"],
      nothing: null,
    });
    expect(seen).toEqual([expected, expected]);
    expect((seen[0] as Attributes).user).toBe(users.get("1"));
  });

  it("is written for each definition, in the order of configure", async () => {
    rigged();

    const job = await Audit.run({ reason: "law" }, () => Show.performLater());

    expect(job.record).not.toHaveProperty("cattr");
    expect(job.record["cattr_1"]).toEqual({ reason: "law" });
  });

  it("is not written where there is none, or no attribute is left", async () => {
    rigged();

    const outside = await Show.performLater();
    const inside = await Current.run({ requestId: undefined }, () => Show.performLater());

    expect(outside.record).not.toHaveProperty("cattr");
    expect(inside.record).not.toHaveProperty("cattr");
  });

  it("is that of the moment in which the job was made", async () => {
    rigged();

    const job = await Current.run({ requestId: "req-1" }, async () => {
      const prepared = Show.prepare();
      Current.set({ requestId: "req-2" });
      return prepared;
    });

    expect(job.record.cattr).toEqual({ request_id: "req-1" });
  });

  it("is kept by a job that fails, and there when it runs again", async () => {
    const rig = rigged();
    class Fails extends Job {
      perform(): void {
        seen.push(Current.attributes);
        if (seen.length === 1) throw new Error("broken");
      }
    }
    await Current.run({ requestId: "req-1" }, () => Fails.performLater());

    await rig.run();
    rig.elapse(3600);
    await rig.run();

    expect(seen).toEqual([{ requestId: "req-1" }, { requestId: "req-1" }]);
  });

  it("goes on to other jobs with what the job itself has set", async () => {
    const rig = rigged();
    class Sets extends Job {
      async perform(): Promise<void> {
        Current.set({ roles: ["owner"] });
        await Show.performLater();
      }
    }
    await Current.run({ requestId: "req-1" }, () => Sets.performLater());

    await rig.run();
    await rig.run();

    expect(seen).toEqual([{ requestId: "req-1", roles: ["owner"] }]);
  });

  it("is there for middleware and callbacks", async () => {
    const rig = rigged();
    configure({
      middleware: {
        perform: [
          async (_, next) => {
            seen.push(Current.attributes.user);
            await next();
          },
        ],
      },
    });
    await Current.run({ user: new User("1") }, () => Show.performLater());

    await rig.run();

    expect(seen).toEqual([users.get("1"), { user: users.get("1") }]);
  });

  it("is shown by log lines as far as that was asked for, and can be shown", async () => {
    const rig = rigged();
    const since = new Date(0);
    await Current.run({ requestId: "req-1", user: new User("1"), since }, () =>
      Show.performLater(),
    );

    await rig.run();

    const fields = rig.log.lines.map((line) => line.fields);
    expect(fields).not.toEqual([]);
    expect(fields.every(({ requestId }) => requestId === "req-1")).toBe(true);
    expect(fields.some((each) => "user" in each || "since" in each)).toBe(false);
  });

  it("is refused where it cannot travel", async () => {
    rigged();

    const deferred = Current.run({ requestId: "req-1", work: () => {} }, () => Show.performLater());

    await expect(deferred).rejects.toThrow(SerializationError);
    await expect(deferred).rejects.toThrow(
      /^context attribute work of Current: a function cannot be deferred/,
    );
  });
});

describe("a job's context, that cannot be had", () => {
  it("is without a record that is gone, and says so; jobs that it defers still name it", async () => {
    const rig = rigged();
    await Current.run({ requestId: "req-1", user: new User("2") }, () => ShowTwice.performLater());

    await rig.run();
    users.set("2", new User("2"));
    await rig.run();

    expect(seen).toEqual([{ requestId: "req-1" }, { requestId: "req-1", user: users.get("2") }]);
    expect(rig.log.messages("warn")).toEqual([
      "Running ShowTwice without user of Current: its record is not there",
    ]);
  });

  it.each<[string, unknown]>([
    ["a model that is not registered", { _aj_globalid: "gid://app/Money/1" }],
    ["no global id", { _aj_globalid: 5 }],
    ["a serializer of Ruby's own", { _aj_serialized: "MoneySerializer", value: 5 }],
  ])("is without: %s", async (_, value) => {
    const rig = rigged();
    await rig.put(payloadOf({ cattr: { request_id: "req-1", price: value } }));

    await rig.run();

    expect(seen).toEqual([{ requestId: "req-1" }]);
    expect(rig.log.messages("warn")).toEqual([
      "Running Show without price of Current: it cannot be read here",
    ]);
  });

  it("makes the job fail where records cannot be asked for", async () => {
    const rig = rigged();
    await Current.run({ user: new User("1") }, () => Show.performLater());
    isDown = true;

    const outcome = await rig.run();

    expect(outcome.kind).toBe("retry");
    expect(seen).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["a text", "req-1"],
    ["null", null],
    ["a list of what are no pairs", [5, null, [], [null, 1], [{ value: 5 }, 1]]],
    ["names that do harm", JSON.parse('{"__proto__":{"harm":1}}')],
  ])("is nothing where the record has %s", async (_, cattr) => {
    const rig = rigged();
    await rig.put(payloadOf({ cattr }));

    await rig.run();

    expect(seen.map((attributes) => Object.entries(attributes as object))).toEqual([[]]);
    expect(seen).not.toContainEqual(expect.objectContaining({ harm: 1 }));
  });
});

describe("a job's context, as Ruby wrote it", () => {
  /** What a job of that payload sees, and the payload of the next one that it defers. */
  async function followed(payload = "") {
    const rig = rigged();
    const next: unknown[] = [];
    class PlainWorker extends Job {
      async perform(): Promise<void> {
        seen.push(Current.attributes);
        const job = await Show.performLater();
        next.push(job.record.cattr);
      }
    }
    registerCommands(PlainWorker);
    const { jid } = JSON.parse(payload) as { jid: string };
    await rig.put(payload, { jid });
    await rig.run();
    return next[0];
  }

  it.each(VERSIONS)("is read, and goes on as it was: %s", async (version) => {
    const { string_attribute: payload } = payloadsByCase(recording(version, "middleware"));

    const next = await followed(payload);

    expect(seen).toEqual([{ requestId: "req-1" }]);
    expect(next).toEqual((JSON.parse(payload ?? "") as { cattr: unknown }).cattr);
  });

  it("is read with records and symbols, which go on as such", async () => {
    users.set("42", new User("42"));
    const recorded = recording("sidekiq-8.1.7", "middleware");
    const { global_id_and_symbol: payload } = payloadsByCase(recorded);

    const next = await followed(payload);

    expect(seen).toEqual([{ requestId: "req-2", user: users.get("42"), mode: "fast" }]);
    expect(next).toEqual((JSON.parse(payload ?? "") as { cattr: unknown }).cattr);
  });

  it("keeps integers of any size, and passes them on", async () => {
    const next = await followed(
      '{"class":"PlainWorker","args":[],"queue":"default","jid":"big","cattr":{"big":18446744073709551616}}',
    );

    expect(seen).toEqual([{ big: 2n ** 64n }]);
    expect(stringifyNumbers(next)).toBe('{"big":18446744073709551616}');
  });
});
