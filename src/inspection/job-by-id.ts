import type { Adapter } from "../adapters/adapter.ts";
import { checkName } from "../job/checks/checks.ts";
import type { ResultOf } from "../job/defer/handle-of.ts";
import { JobById } from "../job/handle/job-by-id.ts";
import { settings } from "../job/settings/settings.ts";

/**
 * The job of an id that was kept, in a row of a database, say: what can be asked of it without the
 * handle that `defer` returned. Nothing is read until it is asked something, so there is one for
 * every id.
 *
 * @param jid A handle's `id`.
 * @param adapter @default the one of `configure`
 * @throws {TypeError} if `jid` cannot be one.
 *
 * @example
 * ```ts
 * import { Command, jobById } from "mandate";
 *
 * class Export extends Command.initializeWith((year: number) => ({ year })) {
 *   static {
 *     this.keepResult("1 day");
 *   }
 *
 *   async call() {
 *     return { path: `/exports/${this.year}.csv` };
 *   }
 * }
 *
 * const { id } = await Export.defer(2026);
 * // later, in any process
 * const job = jobById<typeof Export>(id);
 * if ((await job.status()) === "finished") {
 *   const { path } = await job.result();
 *   console.log(path);
 * }
 * ```
 */
export function jobById<Class = unknown>(
  jid: string,
  adapter: Adapter = settings().adapter,
): JobById<ResultOf<Class>> {
  checkName(jid, "jobById", "a jid");
  return new JobById(jid, adapter);
}
