import type { LeaseOptions } from "../../adapter.ts";
import { batchKey } from "../../batches.ts";
import type { PostgresContext } from "../postgres-context.ts";
import type { Ring } from "../waking/bell.ts";

/**
 * Where nothing is heard of, a worker looks: after so many milliseconds, and twice as many each
 * time,
 */
const FIRST_LOOK_MS = 100;
/** up to so many. */
const LAST_LOOK_MS = 1_000;
/** Where others are heard, messages that got lost are made up for. */
const LOOK_ANYWAY_MS = 5_000;

/** What one lease hears of, and does where nothing can be heard. */
export class LeaseHearing {
  readonly #options: LeaseOptions;
  readonly #context: PostgresContext;
  #stop: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_LOOK_MS;
  #isStopped = false;

  constructor(options: LeaseOptions, context: PostgresContext) {
    this.#options = options;
    this.#context = context;
  }

  async start(): Promise<void> {
    const stop = await this.#context.bell.hear((ring) => this.#hear(ring));
    if (this.#isStopped) {
      stop();
      return;
    }
    this.#stop = stop;
    this.#lookLater();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#stop?.();
  }

  /** The worker has asked for jobs. */
  asked(gotAny: boolean): void {
    if (gotAny) {
      this.#pauseMs = FIRST_LOOK_MS;
    }
  }

  #hear({ work, due, cancelled, signalled, missed }: Ring): void {
    const { onWork, onDue, identity } = this.#options;
    if (work === true || missed === true) onWork();
    if (due !== undefined) onDue(due);
    if (missed === true) onDue(Date.now() / 1000);
    if (cancelled === true || missed === true) this.#lookForCancelled();
    if (signalled?.includes(identity) === true) this.#lookForSignal();
  }

  #lookLater(): void {
    const { isLive } = this.#context.bell;
    this.#timer = setTimeout(
      () => {
        this.#pauseMs = Math.min(2 * this.#pauseMs, LAST_LOOK_MS);
        this.#hear({ missed: true });
        this.#lookLater();
      },
      isLive ? LOOK_ANYWAY_MS : this.#pauseMs,
    );
    this.#timer.unref();
  }

  #lookForCancelled(): void {
    const { onCancel } = this.#options;
    if (onCancel === undefined) {
      return;
    }
    cancelledKeys(this.#context).then(
      (keys) => {
        if (keys.size > 0 && !this.#isStopped) onCancel(keys);
      },
      // The next look, or the end of the run, will do.
      () => undefined,
    );
  }

  #lookForSignal(): void {
    this.#context
      .query(
        "look for a signal",
        "UPDATE @.lease l SET signal = NULL FROM @.lease b WHERE l.identity = $1::text AND l.signal IS NOT NULL AND b.id = l.id RETURNING b.signal",
        [this.#options.identity],
      )
      .then(([row]) => {
        if (row !== undefined) this.#options.onSignal?.(row["signal"] as "TSTP" | "TERM");
      })
      // It hears of it as it renews.
      .catch(() => undefined);
  }
}

/** The jobs that are cancelled and run, and the batches that are and have not ended. */
async function cancelledKeys({ query }: PostgresContext): Promise<ReadonlySet<string>> {
  const rows = await query("look for cancelled jobs", "SELECT key, is_job FROM @.cancelled_1()");
  return new Set(
    rows.map(({ key, is_job: isJob }) => (isJob === true ? String(key) : batchKey(String(key)))),
  );
}
