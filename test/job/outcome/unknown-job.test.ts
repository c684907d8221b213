import { describe, expect, it } from "vitest";
import { Job } from "mandate";
import { registerCommands, UnknownCommandError } from "../../../src/job/declare/registry.ts";
import { DEAD, LastingAdapter, RETRY, Rig, SCHEDULED } from "../rig.ts";

const JID = "0123456789abcdef01234567";

describe("a job that nobody registered", () => {
  it("is retried, with an error that names the ways out", async () => {
    const rig = new Rig();
    await put(rig, {});

    await rig.run();

    const { error_class: name, error_message: text, retry_count: count } = await rig.only(RETRY);
    expect({ name, count }).toEqual({ name: "UnknownCommandError", count: 0 });
    expect(text).toMatch(
      /^Cannot run job 0123456789abcdef01234567: no job is registered as "RubyOnly"\. Pass its class to registerCommands, or its folder to loadCommands; or, where others run it, start this worker with onUnknownJob: "leave"\. Registered here: /,
    );
  });

  it.each([{ retry: false }, { retry: 0 }, { retry: 0, dead: false }])(
    "is kept among the dead where its record is %j",
    async (fields) => {
      const rig = new Rig();
      await put(rig, fields);

      await rig.run();

      expect(await rig.only(DEAD)).toMatchObject({ jid: JID, error_class: "UnknownCommandError" });
    },
  );
});

describe("a job that is left to others", () => {
  it("waits twice as long each time, up to five minutes", async () => {
    const rig = leaving();
    await put(rig, {});

    const waits: number[] = [];
    for (let time = 0; time < 9; time += 1) {
      await rig.run();
      const { dueIn } = await rig.only(SCHEDULED);
      waits.push(dueIn);
      rig.elapse(dueIn);
    }

    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    expect(rig.log.troubles).toEqual(
      waits
        .filter((wait) => wait === 300)
        .map(() => "Left RubyOnly to others, again in 300 s: it is not registered here"),
    );
  });

  it("keeps its bytes, but for the count", async () => {
    const rig = leaving();
    const payload = `{"class":"RubyOnly","args":[1.0,18446744073709551616],"jid":"${JID}","retry":false,"queue":"default"`;
    await rig.put(`${payload}}`, { jid: JID });

    await rig.run();

    const [stored] = await rig.stored(SCHEDULED);
    expect(stored?.payload).toBe(`${payload},"left_count":1}`);
  });

  it("tells no error handler, and holds back what waits for it", async () => {
    const rig = leaving();
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    await put(rig, {});

    await rig.run();

    expect(told).toEqual([]);
    expect(await rig.adapter.unfinished([JID])).toEqual([JID]);
  });

  it.each(["-3", '"many"', "1e300", "null"])("survives a count of %s", async (count) => {
    const rig = leaving();
    await rig.put(`{"class":"RubyOnly","args":[],"jid":"${JID}","left_count":${count}}`, {
      jid: JID,
    });

    await rig.run();

    expect(await rig.only(SCHEDULED)).toMatchObject({ dueIn: 5, left_count: 1 });
  });

  it("counts anew once somebody knew it", async () => {
    class Known extends Job {
      perform(): void {
        throw new Error("fails");
      }
    }
    registerCommands(Known);
    const rig = leaving();
    await put(rig, { class: "Known", left_count: 4 });

    await rig.run();

    expect(await rig.only(RETRY)).not.toHaveProperty("left_count");
  });

  it("is none where a job that runs meets an unknown one", async () => {
    class Meets extends Job {
      perform(): void {
        throw new UnknownCommandError("Other", "command", undefined);
      }
    }
    registerCommands(Meets);
    const rig = leaving();
    await put(rig, { class: "Meets" });

    expect((await rig.run()).kind).toBe("retry");
  });
});

describe("a job that nobody registered, in a store that outlives the process", () => {
  it("is left for ten minutes while a deploy may be under way, then fails", async () => {
    const rig = lasting();
    await put(rig, { created_at: rig.now });

    const waits: number[] = [];
    while ((await rig.run()).kind === "requeue") {
      const { dueIn } = await rig.only(SCHEDULED);
      waits.push(dueIn);
      rig.elapse(dueIn);
    }

    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300]);
    expect(await rig.only(RETRY)).toMatchObject({
      error_class: "UnknownCommandError",
      retry_count: 0,
    });
    expect(rig.log.troubles[0]).toBe(
      "Left RubyOnly to others, again in 5 s: it is not registered here",
    );
  });

  it("is not left again once it failed for that", async () => {
    const rig = lasting();
    await put(rig, { created_at: rig.now, retry_count: 2, error_class: "UnknownCommandError" });

    expect((await rig.run()).kind).toBe("retry");
  });

  it.each([
    ["younger than the worker, however old", { age: 5_000, workerAge: 6_000 }, "requeue"],
    ["younger than ten minutes", { age: 500, workerAge: 1 }, "requeue"],
    ["older than both", { age: 5_000, workerAge: 1 }, "retry"],
  ])("is %s: %j", async (_what, { age, workerAge }, kind) => {
    const rig = lasting();
    rig.startedAt = rig.now - workerAge;
    await put(rig, { created_at: rig.now - age });

    expect((await rig.run()).kind).toBe(kind);
  });

  it("fails at once where nothing says how old it is", async () => {
    const rig = lasting();
    await put(rig, {});

    expect((await rig.run()).kind).toBe("retry");
  });
});

function lasting(): Rig {
  return new Rig(new LastingAdapter());
}

function leaving(): Rig {
  const rig = new Rig();
  rig.onUnknownJob = "leave";
  return rig;
}

async function put(rig: Rig, fields: object): Promise<void> {
  const record = { class: "RubyOnly", args: [1], jid: JID, queue: "default", retry: true };
  await rig.put(JSON.stringify({ ...record, ...fields }), { jid: JID });
}
