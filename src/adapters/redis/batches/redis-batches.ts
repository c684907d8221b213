import type { Batches, BatchOpening, BatchPage, BatchState } from "../../batches.ts";
import { readTexts } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import {
  cancelBatchScript,
  changeBatchScript,
  listBatchesScript,
  openBatchScript,
  readBatchesScript,
} from "./batch-scripts.ts";

/** Seconds for which workers are told that a batch is cancelled, if it does not end before. */
const TOLD = 2_592_000;
/** Batches that are read at a time. */
const MOST = 200;

/** Batches, as shared/batches.lua keeps them. */
export class RedisBatches implements Batches {
  readonly #context: RedisContext;

  constructor(context: RedisContext) {
    this.#context = context;
  }

  open(opening: BatchOpening): Promise<boolean> {
    return this.#context.run(openBatchScript, opening);
  }

  renew(id: string, seconds: number): Promise<boolean> {
    return this.#context.run(changeBatchScript, { deed: "renew", id, with: seconds });
  }

  close(id: string, isIncomplete = false): Promise<boolean> {
    return this.#context.run(changeBatchScript, { deed: "close", id, with: isIncomplete ? 1 : 0 });
  }

  cancel(id: string): Promise<readonly string[]> {
    return this.#context.run(cancelBatchScript, { id, seconds: TOLD });
  }

  async read(ids: readonly string[]): Promise<readonly (BatchState | undefined)[]> {
    const states: (BatchState | undefined)[] = [];
    for (let from = 0; from < ids.length; from += MOST) {
      states.push(...(await this.#context.run(readBatchesScript, ids.slice(from, from + MOST))));
    }
    return states;
  }

  list(cursor: string | undefined, limit: number): Promise<BatchPage> {
    return this.#context.run(listBatchesScript, { cursor, limit });
  }

  note(id: string, text: string): Promise<boolean> {
    return this.#context.run(changeBatchScript, { deed: "note", id, with: text });
  }

  async notes(id: string): Promise<readonly string[]> {
    const { command, keys } = this.#context;
    return readTexts(await command("LRANGE", keys.batchNotes(id), 0, -1));
  }
}
