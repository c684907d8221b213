import { drainLanes } from "./lanes.ts";
import type { RedisContext } from "../redis-context.ts";

/**
 * Looks, as long as jobs wait beside lists, whether somebody looks there: the last worker that does
 * may be killed, and Ruby's workers see only the list. Workers look as they recover what the dead
 * held; this is for processes that have none, and enqueued such jobs.
 */
export class LaneWatch {
  readonly #context: RedisContext;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(context: RedisContext) {
    this.#context = context;
  }

  /** Begins, where it is not under way. */
  start(): void {
    if (this.#timer === undefined && !this.#isClosed) {
      const look = (): void => void this.#look();
      this.#timer = setTimeout(look, this.#context.heartbeat * 1000).unref();
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Never rejects: of an outage others tell, and it looks again. */
  async #look(): Promise<void> {
    const isLeft = await drainLanes(this.#context).catch(() => true);
    this.#timer = undefined;
    if (isLeft) {
      this.start();
    }
  }
}
