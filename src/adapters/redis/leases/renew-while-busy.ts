/** What the thread is told: all of it can be cloned. */
export interface RenewalTask {
  /** ioredis's options, its url first if there is one. */
  readonly connect: readonly unknown[];
  /** The file from which ioredis is found. */
  readonly from: string;
  /** The script that renews, and what it takes, but for what changes. */
  readonly lua: string;
  readonly keys: readonly (string | number)[];
  readonly identity: string;
  readonly ttl: number | string;
  readonly info: string;
  readonly concurrency: number;
  /**
   * When the event loop was last seen, then how many jobs run, then whether the worker is quiet.
   */
  readonly shared: SharedArrayBuffer;
  /** Seconds of silence from which on the thread renews, and how often. */
  readonly every: number;
  /** Seconds of silence after which it gives the loop up. */
  readonly stuckAfter: number;
}

interface RenewingRedis {
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  on(event: string, listener: () => void): unknown;
  disconnect(reconnect: boolean): void;
}

/**
 * Keeps a lease while the event loop is busy: what the thread runs.
 *
 * Its text is sent to the thread, so it may use nothing from this file or another, only its
 * parameters and Node's globals. As long as the loop is seen it does nothing: the loop renews by
 * itself. A loop that is silent for `stuckAfter` is taken for stuck, and its lease runs out.
 *
 * @param tell Hands a signal from Redis to the loop.
 */
export function renewWhileBusy(
  task: RenewalTask,
  Redis: new (...args: readonly unknown[]) => RenewingRedis,
  tell: (signal: string) => void,
): void {
  const seen = new BigInt64Array(task.shared, 0, 1);
  const state = new Int32Array(task.shared, 8, 2);
  const redis = new Redis(...task.connect);
  redis.on("error", () => undefined);
  let roundTrip = 0;
  let isRenewing = false;
  setInterval(() => {
    const silence = Number(process.hrtime.bigint() - Atomics.load(seen, 0)) / 1e9;
    if (isRenewing || silence < task.every || silence > task.stuckAfter) {
      return;
    }
    isRenewing = true;
    const began = process.hrtime.bigint();
    redis
      .call(
        "EVAL",
        task.lua,
        ...task.keys,
        task.identity,
        task.ttl,
        "",
        task.info,
        task.concurrency,
        Atomics.load(state, 0),
        String(Atomics.load(state, 1) === 1),
        roundTrip,
        Math.round(process.memoryUsage.rss() / 1024),
        // The loop says what it runs, and cannot at present.
        "same",
      )
      .then(
        (answer) => {
          roundTrip = Math.round(Number(process.hrtime.bigint() - began) / 1000);
          const signal = (answer as readonly unknown[])[1];
          if (typeof signal === "string" && signal !== "") {
            tell(signal);
          }
        },
        // The next round tries again, where nobody answered on another connection.
        (error: unknown) => {
          if (error instanceof Error && error.message === "Command timed out") {
            redis.disconnect(true);
          }
        },
      )
      .finally(() => {
        isRenewing = false;
      });
  }, task.every * 1000);
}
