import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteAdapter } from "mandate/sqlite";
import type { StoreUnderTest } from "../../../src/adapter-contract/rig.ts";

/** Where the disk need not be waited for: what is tested is no power cut. */
const MEMORY_DISK = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A file in a folder of its own, of which the clock is set by hand. */
export async function createStore(): Promise<StoreUnderTest> {
  let now = 1_800_000_000;
  const folder = mkdtempSync(join(MEMORY_DISK, "mandate-sqlite-"));
  const adapters: SqliteAdapter[] = [];
  const connect = (): SqliteAdapter => {
    const adapter = new SqliteAdapter({
      file: join(folder, "jobs.db"),
      synchronous: "normal",
      clock: { now: () => now },
    });
    adapters.push(adapter);
    return adapter;
  };
  return {
    adapter: connect(),
    tick: 1,
    connect: async () => connect(),
    elapse: async (seconds) => {
      now += seconds;
    },
    dispose: async () => {
      await Promise.all(adapters.map((adapter) => adapter.close()));
      rmSync(folder, { recursive: true });
    },
  };
}
