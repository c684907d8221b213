import { existsSync, readFileSync } from "node:fs";
import type { RedisAdapter } from "mandate/redis";
import type { JobRecord } from "../../../src/adapters/job-record.ts";
import { KEPT, SERVED } from "./tick.ts";

/** What is there of one recurring job. */
export class Found {
  /** Second → how many jobs lie there that nobody runs. */
  readonly kept = new Map<number, number>();
  /** Second → when its job began, in microseconds, for each run. */
  readonly runs = new Map<number, number[]>();

  get seconds(): number[] {
    return [...new Set([...this.kept.keys(), ...this.runs.keys()])].toSorted((a, b) => a - b);
  }
}

/** All jobs that there are, and all that ran, by the keys of their recurring jobs. */
export async function findAll(
  adapter: RedisAdapter,
  ledgers: readonly string[],
): Promise<Map<string, Found>> {
  const all = new Map<string, Found>();
  const of = (key: string): Found => {
    const found = all.get(key) ?? new Found();
    all.set(key, found);
    return found;
  };
  for (const queue of [KEPT, SERVED]) {
    let cursor: string | undefined;
    do {
      const page = await adapter.store.page({ queue }, cursor, 1_000);
      for (const { payload } of page.jobs) {
        const { key, at } = (JSON.parse(payload) as JobRecord).recurring as Occurrence;
        of(key).kept.set(at, (of(key).kept.get(at) ?? 0) + 1);
      }
      ({ cursor } = page);
    } while (cursor !== undefined);
  }
  for (const file of ledgers.filter((path) => existsSync(path))) {
    // A line that a kill cut off is none.
    for (const line of readFileSync(file, "utf8").split("\n").slice(0, -1)) {
      const [key = "", at, microseconds] = line.split(" ");
      const { runs } = of(key);
      runs.set(Number(at), [...(runs.get(Number(at)) ?? []), Number(microseconds)]);
    }
  }
  return all;
}

interface Occurrence {
  readonly key: string;
  readonly at: number;
}
