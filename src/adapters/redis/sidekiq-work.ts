/**
 * The payload in an entry of what a Sidekiq process says that it runs: as text, or as an object in old versions.
 *
 * @returns it, or nothing where there is none to be read.
 * @see Sidekiq 8.1 `launcher.rb`: `{"queue": …, "payload": "{…}", "run_at": …}`
 */
export function payloadAtWork(entry: string): string[] {
  try {
    const { payload } = (JSON.parse(entry) ?? {}) as { payload?: unknown };
    return [typeof payload === "string" ? payload : JSON.stringify(payload ?? "")];
  } catch {
    return [];
  }
}
