import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

const commands = fileURLToPath(new URL("../programs/enqueued.ts", import.meta.url));

const noArray =
  "Cannot use the arguments: they are no JSON array. Write them as in '[\"ada@example.org\", 42]'";

describe.skipIf(missing("redis"))("mandate enqueue", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
  });
  afterAll(() => redis?.dispose());

  function enqueue(...args: readonly string[]): ReturnType<typeof run> {
    return run(["enqueue", ...args, "-r", commands, ...redis.url]);
  }

  it("defers a command with its arguments, as its class says", async () => {
    const { exit, lines } = await enqueue("SendMail", '["ada@example.org", {"copies": [1, null]}]');

    const { jobs } = await redis.adapter.store.page({ queue: "mailers" }, undefined, 2);
    expect(exit).toBe(0);
    expect(lines).toEqual([`Enqueued SendMail as ${jobs[0]?.jid} on queue mailers`]);
    expect(JSON.parse(jobs[0]?.payload ?? "")).toMatchObject({
      class: "MandateJob",
      args: ["SendMail", "ada@example.org", { copies: [1, null] }],
    });
  });

  it("puts it elsewhere, and later, if that is asked for", async () => {
    const said = await enqueue("SendMail", '["a"]', "-q", "low", "--wait", "1h", "--json");

    const [job] = jsonOf(said);
    const { jobs } = await redis.adapter.store.page({ set: "scheduled" }, undefined, 2);
    expect(job).toEqual({ jid: jobs[0]?.jid, queue: "low", class: "SendMail" });
    expect(jobs[0]?.at).toBeCloseTo(Date.now() / 1000 + 3600, -1);
    expect((await enqueue("SendMail", '["a"]', "--wait", "3h")).lines).toEqual([
      expect.stringMatching(/^Scheduled SendMail as [0-9a-f]{24} for queue mailers, in 3h$/),
    ]);
    expect((await enqueue("SendMail", '["a"]', "--wait", "60")).exit).toBe(0);
  });

  it("finds records by their global ids", async () => {
    const { exit } = await enqueue("SendMail", '["gid://app/EnqueuedUser/7", {"x": 1}]');

    const { jobs } = await redis.adapter.store.page({ queue: "mailers" }, undefined, 9);
    expect(exit).toBe(0);
    expect(JSON.parse(jobs.at(-1)?.payload ?? "")).toMatchObject({
      args: ["SendMail", "gid://app/EnqueuedUser/7", { x: 1 }],
      meta: expect.anything() as object,
    });
  });

  it.each([
    ["an argument", '["gid://app/EnqueuedOrder/6"]', "0"],
    ["in an array", '[["a", "gid://app/EnqueuedOrder/6"]]', "0.1"],
    ["in an object", '["a", {"order": "gid://app/EnqueuedOrder/6"}]', "1.order"],
    ["of another application", '["gid://shop/EnqueuedOrder/6"]', "0"],
  ])("stores a reference to a row without a class, %s", async (_, args, at) => {
    const { exit } = await enqueue("SendMail", args);

    const { jobs } = await redis.adapter.store.page({ queue: "mailers" }, undefined, 99);
    expect(exit).toBe(0);
    expect(JSON.parse(jobs.at(-1)?.payload ?? "")).toMatchObject({
      args: ["SendMail", ...(JSON.parse(args) as unknown[])],
      meta: { gids: [at] },
    });
    expect(jobs.at(-1)?.payload).not.toContain("4242");
  });

  it("takes a text that only looks like a global id as it is", async () => {
    expect((await enqueue("SendMail", '["gid://"]')).exit).toBe(0);
  });

  it("performs a job of Active Job's shape later", async () => {
    expect((await enqueue("CleanUp")).lines).toEqual([
      expect.stringMatching(/^Enqueued CleanUp as [0-9a-f]{24} on queue default$/),
    ]);
  });

  it("says that a callback refused it", async () => {
    const { exit, notes } = await enqueue("Refused");

    expect([exit, notes]).toEqual([1, ["A callback of Refused refused it: nothing was enqueued"]]);
  });

  it.each([
    [
      ["Unknown"],
      'Cannot enqueue "Unknown": no command or job of that name was loaded. ' +
        "Give its file or folder, as in -r ./commands. Loaded: SendMail, Charge, Refused, CleanUp",
    ],
    [["SendMail", "oops"], noArray],
    [["SendMail", '{"to": 1}'], noArray],
    [
      ["SendMail", "[]", "--queue", "a b"],
      'Cannot use "a b" as a queue in the options of SendMail: give a name of letters, digits and the signs _ : . -',
    ],
    [
      ["SendMail", "[]", "--wait", "soon"],
      'Cannot read "soon" as wait of SendMail: it is not a number followed by a unit. Write a number of seconds, ' +
        'or a string such as "30s", "5 minutes", "1.5 hours", "2 days" or "1 week"',
    ],
    [
      [],
      "Cannot run \"enqueue\": something is missing after it. Write mandate enqueue COMMAND ['JSON ARGUMENTS']",
    ],
    [
      ["SendMail", "[]", "[]"],
      "Cannot use \"[]\": mandate enqueue takes no more. Write enqueue COMMAND ['JSON ARGUMENTS']",
    ],
  ])("refuses %j", async (args, message) => {
    const { exit, notes } = await enqueue(...args);

    expect([exit, notes]).toEqual([2, [`mandate: ${message}`]]);
  });

  it("says which arguments are missing, unless they may be", async () => {
    expect((await enqueue("SendMail", "[]")).notes).toEqual([
      "SendMail takes 2 arguments, and got 0: to and options are missing. That is well only where it may be left out",
    ]);
    expect((await enqueue("SendMail", '["a"]')).notes).toEqual([
      "SendMail takes 2 arguments, and got 1: options is missing. That is well only where it may be left out",
    ]);
    expect((await enqueue("SendMail", '["a", {}]')).notes).toEqual([]);
    expect(await enqueue("Charge", "[]")).toMatchObject({
      exit: 1,
      notes: [
        "mandate: Cannot use 0 arguments for Charge: it reads argument 1 (order), which needs at least 1. " +
          "Pass it, or give the parameter a default",
      ],
    });
  });

  it("says in one line what the command itself refuses", async () => {
    const { exit, notes } = await enqueue("SendMail", "[1, 2, 3, 4]");

    expect(exit).toBe(1);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^mandate: Cannot .*SendMail/);
  });
});
