/** One job in what a Sidekiq process says that it runs. */
export interface JobAtWork {
  readonly queue: unknown;
  readonly payload: string;
  /** Epoch seconds. */
  readonly runAt: unknown;
}

/**
 * An entry of what a Sidekiq process says that it runs. Its payload is text, or an object in old
 * versions.
 *
 * @returns it, or nothing where there is none to be read.
 * @see Sidekiq 8.1 `launcher.rb`: `{"queue": …, "payload": "{…}", "run_at": …}`
 */
export function jobAtWork(entry: string): JobAtWork[] {
  try {
    const { queue, payload, run_at: runAt } = (JSON.parse(entry) ?? {}) as Record<string, unknown>;
    const text = typeof payload === "string" ? payload : JSON.stringify(payload ?? "");
    return [{ queue, payload: text, runAt }];
  } catch {
    return [];
  }
}
