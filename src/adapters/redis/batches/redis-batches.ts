import { clock } from "../../../support/clock.ts";
import type { Batches, BatchOpening, BatchPage, BatchState } from "../../batches.ts";
import type { Listening } from "../../job-notes.ts";
import { readTexts } from "../connection/read-reply.ts";
import { isPassing } from "../connection/redis-errors.ts";
import type { ResultChannel } from "../kept/result-channel.ts";
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
/** Seconds for which a change is tried while Redis is away: as long as an enqueue. */
const PATIENCE = 5;
/** Seconds from one try to the next, at first and at most. */
const SHORTEST_PAUSE = 0.02;
const LONGEST_PAUSE = 0.5;

/** Batches, as shared/batches.lua keeps them. */
export class RedisBatches implements Batches {
  readonly #context: RedisContext;

  readonly #channel: ResultChannel;

  constructor(context: RedisContext, { channel }: { readonly channel: ResultChannel }) {
    this.#context = context;
    this.#channel = channel;
  }

  open(opening: BatchOpening): Promise<boolean> {
    return persist(() => this.#context.run(openBatchScript, opening));
  }

  renew(id: string, seconds: number): Promise<boolean> {
    return this.#context.run(changeBatchScript, { deed: "renew", id, with: seconds });
  }

  close(id: string, isIncomplete = false): Promise<boolean> {
    const change = { deed: "close", id, with: isIncomplete ? 1 : 0 } as const;
    return persist(() => this.#context.run(changeBatchScript, change));
  }

  cancel(id: string): Promise<readonly string[]> {
    return persist(() => this.#context.run(cancelBatchScript, { id, seconds: TOLD }));
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
    return persist(() => this.#context.run(changeBatchScript, { deed: "note", id, with: text }));
  }

  listen(id: string, onComplete: () => void): Listening {
    return this.#channel.listen(this.#context.keys.batch(id), () => onComplete());
  }

  async notes(id: string): Promise<readonly string[]> {
    const { command, keys } = this.#context;
    return readTexts(await command("LRANGE", keys.batchNotes(id), 0, -1));
  }
}

/** Changes a batch, again while Redis is away: what is changed twice is as if it was once. */
async function persist<Output>(change: () => Promise<Output>): Promise<Output> {
  const deadline = clock.monotonic() + PATIENCE;
  for (let pause = SHORTEST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await change();
    } catch (error) {
      if (!isPassing(error) || clock.monotonic() + pause > deadline) throw error;
    }
    await clock.sleep(pause);
  }
}
