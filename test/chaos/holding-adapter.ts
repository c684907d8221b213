import type { DocumentWrite } from "../../src/adapters/documents.ts";
import type { Entry } from "../../src/adapters/adapter.ts";
import type { EnqueueAnswer } from "../../src/adapters/enqueue-answer.ts";
import type { Hold } from "../../src/adapters/hold.ts";
import { RedisAdapter } from "mandate/redis";

/** Gives jobs holds of every kind that lets all of them run in the end: by their jids, so that a job that is sent again has the same. */
export class HoldingAdapter extends RedisAdapter {
  override enqueue(
    entries: readonly Entry[],
    timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    return super.enqueue(entries.map(withHolds), timeout, given);
  }
}

function withHolds(entry: Entry): Entry {
  const number = Number.parseInt(entry.jid.slice(0, 8), 16);
  const holds = KINDS[number % 20]?.(number >>> 8);
  return holds === undefined ? entry : { ...entry, holds };
}

const turn = (key: string, to = 2): Hold => {
  return { key, from: "fetch", until: "settled", whenFull: "park", to };
};

const line = (key: string, more: Partial<Hold> = {}): Hold => {
  return { key, from: "enqueue", until: "finished", whenFull: "park", ...more };
};

const member = (key: string, until: Hold["until"]): Hold => {
  return { key, from: "enqueue", until, whenFull: "refuse", to: Infinity };
};

/** Half of all jobs have none. */
const KINDS: readonly ((number: number) => readonly Hold[])[] = [
  (number) => [turn(`turn${number % 3}`)],
  (number) => [turn(`turn${number % 3}`), turn(`other${number % 2}`, 3)],
  (number) => [{ ...turn(`once${number % 5}`, 1), until: "finished" }],
  () => [{ ...turn("rate"), until: "fetched", rate: { to: 100, seconds: 1, burst: 10 } }],
  (number) => [line(`line${number % 20}`)],
  (number) => [line(`started${number % 20}`, { until: "fetched" })],
  (number) => [line(`time${number % 50}`, { until: "time", seconds: 0.1 })],
  () => [member("batch", "over"), member("attempts", "attempted")],
  (number) => [line(`line${number % 20}`), turn(`turn${number % 3}`), member("batch", "over")],
  (number) => [line(`safe${number % 10}`, { seconds: 5 })],
];
