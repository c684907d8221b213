import { fileURLToPath } from "node:url";
import { Batch, configure, deferAll, registerCommands, silentLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { describe, expect, it, onTestFinished } from "vitest";
import { settings } from "../../src/job/settings/settings.ts";
import { RunningProgram } from "../cli/running-program.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { GoThrough, ROWS } from "./programs/rows.ts";

const program = fileURLToPath(new URL("programs/rows.ts", import.meta.url));

describe.skipIf(missing("redis"))("a worker that is told by SIGTERM to end", () => {
  it("hands a job on at its checkpoint, with all that the job holds", async () => {
    const server = await RedisServer.start();
    const adapter = new RedisAdapter({ url: server.url, logger: silentLogger });
    const before = settings().adapter;
    configure({ adapter });
    registerCommands(GoThrough);
    onTestFinished(async () => {
      configure({ adapter: before });
      await adapter.close();
      await server.dispose();
    });
    const start = (): RunningProgram =>
      new RunningProgram(["worker", "-r", program, "-c", "2"], { env: { REDIS_URL: server.url } });
    const jobs = [GoThrough.prepare("a"), GoThrough.prepare("b")];
    const batch = await Batch.create({}, () => deferAll(jobs));
    const first = start();
    await expect.poll(() => rowsIn(first).length).toBeGreaterThan(5);

    first.signal("SIGTERM");

    expect(await first.exit).toBe(0);
    const [held] = (await adapter.store.page({ queue: "default" }, undefined, 1)).jobs;
    expect(held?.jid).toBe(jobs[0]?.id);
    expect(JSON.parse(held?.payload ?? "{}")).not.toHaveProperty("retry_count");
    expect(await GoThrough.defer("a")).toMatchObject({ isDuplicate: true, id: jobs[0]?.id });
    expect(await batch.status()).toMatchObject({ total: 2, pending: 2, running: 0, failed: 0 });

    const second = start();
    const { done } = await batch.completed({ timeout: "1 minute" });
    second.signal("SIGTERM");
    await second.exit;

    expect(done).toBe(2);
    const all = ["a", "b"].flatMap((file) =>
      Array.from({ length: ROWS }, (_, row) => `${file} ${row + 1}`),
    );
    // In order, and none twice: what was handed on was first in its key's line.
    expect([...rowsIn(first), ...rowsIn(second)]).toEqual(all);
    expect(rowsIn(second)[0]).toBe(`a ${rowsIn(first).length + 1}`);
  });
});

function rowsIn({ stdout }: RunningProgram): string[] {
  return stdout.split("\n").filter((line) => /^[ab] \d+$/.test(line));
}
