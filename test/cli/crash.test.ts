import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { deadSet, retrySet } from "mandate";
import { missing } from "../support/requires.ts";
import { Leave, Wait } from "./programs/commands.ts";
import { Explode, Float } from "./programs/crashing.ts";
import { workersOnRedis } from "./workers-on-redis.ts";

// Each starts a program.
vi.setConfig({ testTimeout: 60_000 });

const crashing = fileURLToPath(new URL("programs/crashing.ts", import.meta.url));

describe.skipIf(missing("redis"))("mandate worker, where nobody catches what a job throws", () => {
  const { start } = workersOnRedis();

  it("fails the job whose promise it was, and gives back its neighbours", async () => {
    const program = start("-r", crashing);
    const neighbour = await Wait.defer();
    await program.line(/^Waits/);

    const culprit = await Float.defer();

    expect(await program.exit).toBe(1);
    expect(program.log.filter(({ level }) => level !== "info").map(({ msg }) => msg)).toEqual([
      "Nobody caught what Float threw: this worker ends, and gives its other jobs back",
      expect.stringMatching(/^Failed Float, retrying in \d+ s: Nobody awaits this$/),
      "Ended by a failure: Nobody awaits this",
    ]);
    expect(program.log.find(({ msg }) => msg.startsWith("Nobody caught"))).toMatchObject({
      jid: culprit.id,
      err: { type: "RangeError" },
    });
    expect([await culprit.status(), await neighbour.status()]).toEqual(["retrying", "enqueued"]);
    expect((await retrySet().find(culprit.id))?.errorMessage).toBe("Nobody awaits this");
  });

  it("fails it as its class says", async () => {
    const program = start("-r", crashing);

    const culprit = await Explode.defer();

    expect(await program.exit).toBe(1);
    expect((await deadSet().find(culprit.id))?.errorMessage).toBe("Nobody can catch this");
  });

  it("names the job that left it behind when it ended", async () => {
    const program = start("-r", crashing);
    const neighbour = await Wait.defer();
    await program.line(/^Waits/);

    const culprit = await Leave.defer();

    expect(await program.exit).toBe(1);
    expect(program.log.find(({ jid, level }) => jid === culprit.id && level === "error")?.msg).toBe(
      "Nobody caught what Leave threw, and left behind when it ended: " +
        "this worker ends, and gives its other jobs back",
    );
    expect([await culprit.status(), await neighbour.status()]).toEqual(["finished", "enqueued"]);
  });

  it("names those that run where no job can be told, and leaves them to the lease", async () => {
    const program = start("-r", crashing, "-c", "2");
    const suspects = [await Wait.defer(), await Wait.defer()];
    const other = await Wait.defer();
    await program.lines(/^Waits/, 2);

    program.signal("SIGHUP");

    expect(await program.exit).toBe(1);
    const [first, second] = suspects.map(({ id }) => `Wait (${id})`);
    expect(program.log.map(({ msg }) => msg)).toContain(
      "Nobody caught an error, and no job can be told that threw it. One of those that run may have: " +
        `${first}, ${second}. This worker ends, and gives the others back; ` +
        "these come again when its lease has run out",
    );
    expect(await Promise.all(suspects.map((job) => job.status()))).toEqual(["running", "running"]);
    expect(await other.status()).toBe("enqueued");
  });

  it("says so where none runs", async () => {
    const program = start("-r", crashing);
    await program.line(/^Worker started/);

    program.signal("SIGHUP");

    expect(await program.exit).toBe(1);
    expect(program.log.map(({ msg }) => msg)).toContain(
      "Nobody caught an error, and no job can be told that threw it; none runs here: this worker ends",
    );
  });
});
