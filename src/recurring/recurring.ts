import type { Adapter } from "../adapters/adapter.ts";
import { checkOptionNames } from "../job/checks/checks.ts";
import type { PreparedJob } from "../job/defer/prepared-job.ts";
import { settings } from "../job/settings/settings.ts";
import { define } from "./definition.ts";
import { documentsOf } from "./documents-of.ts";
import { InvalidRecurringJobError } from "./recurring-errors.ts";
import { RecurringJob, RecurringJobHandle } from "./recurring-job.ts";
import { RECURRING_OPTIONS, type RecurringOptions } from "./recurring-options.ts";
import type { ScheduleText } from "./schedule/schedule-text.ts";
import { changeDocument } from "./store/change-document.ts";
import { readLivingSets } from "./store/definition-sets.ts";
import { readJobs } from "./store/read-jobs.ts";
import { definitionOf, isOfSet, jobDocument, textOf, type StoredJob } from "./store/stored-job.ts";

/** What `recurring.load` takes beside the file. */
export interface RecurringFileOptions {
  /**
   * Which of the file's sections counts. @default `NODE_ENV`, `APP_ENV` or `RAILS_ENV`, else
   * "development"
   */
  readonly environment?: string;
}

/** Recurring jobs, whichever way they were defined. */
export const recurring = {
  /**
   * Defines a recurring job at run time, or defines it anew: it stays, over deploys, until it is
   * deleted. Code and files define theirs by `this.recurring(…)` and by name.
   *
   * @param job What each occurrence runs: `Report.prepare(tenant)`.
   * @example
   * ```ts
   * import { Command, recurring } from "mandate";
   *
   * class Report extends Command.initializeWith((tenant: number) => ({ tenant })) {
   *   call() {
   *     console.log(this.tenant);
   *   }
   * }
   *
   * await recurring.define("report-42", "every 15 minutes", Report.prepare(42), { catchUp: "all" });
   * ```
   * @throws {InvalidScheduleError} if the schedule is none.
   * @throws {InvalidRecurringJobError} if code or a file defines that key, or the job cannot recur.
   * @throws {UnknownOptionError} if there is no such option.
   * @throws {AdapterError} if the store does not answer.
   */
  async define(
    key: string,
    schedule: ScheduleText,
    job: PreparedJob,
    options: RecurringOptions = {},
  ): Promise<RecurringJob> {
    checkOptionNames(options, RECURRING_OPTIONS, `recurring job ${JSON.stringify(key)}`);
    const { adapter } = settings();
    const documents = documentsOf(adapter);
    const timeZone = options.timeZone ?? settings().timeZone;
    const own = define(key, schedule, job, { ...options, timeZone });
    const [now, living] = await Promise.all([adapter.store.now(), readLivingSets(documents)]);
    const written = await changeDocument(documents, jobDocument(key), (text) => {
      const stored = text === undefined ? undefined : (JSON.parse(text) as StoredJob);
      if (stored !== undefined && isOfSet(stored, living)) {
        throw new InvalidRecurringJobError(key, "code or a file defines it. Choose another key");
      }
      return {
        text: textOf({ schedule: own.schedule, after: now, runs: [], ...stored, own }),
      };
    });
    const stored = JSON.parse(written?.text ?? "") as StoredJob;
    return new RecurringJob(stored, own, { adapter, isOfCode: false });
  },

  /**
   * Adds what a file says to what workers of this process define that start from then on: Solid
   * Queue's `config/recurring.yml`, sidekiq-cron's `config/schedule.yml`, or sidekiq-scheduler's
   * section or file, as they are. Its classes are looked for when a worker starts. What has no
   * effect is logged as a warning.
   *
   * @param file Its path, relative to the working directory.
   * @returns the keys.
   * @example
   * ```ts
   * import { recurring } from "mandate";
   *
   * await recurring.load("config/recurring.yml");
   * ```
   * @throws {ConfigurationError} with file and line, if it cannot be read, or something in it
   *   cannot be kept.
   */
  async load(file: string, options: RecurringFileOptions = {}): Promise<string[]> {
    checkOptionNames(options, ["environment"], "the options of recurring.load");
    // Only now: most programs have no such file, and its parser takes a while to load.
    const { loadRecurringFile } = await import("./files/loaded-files.ts");
    return loadRecurringFile(file, options.environment);
  },

  /** One of them, to pause, resume, run, update or delete it. */
  job(key: string): RecurringJobHandle {
    return new RecurringJobHandle(key, settings().adapter);
  },

  /** All that are defined, a page at a time, in no order. */
  jobs(): AsyncGenerator<RecurringJob, void, undefined> {
    return recurringJobsIn(settings().adapter);
  },
};

/** All recurring jobs that are defined in a store, a page at a time. */
export async function* recurringJobsIn(
  adapter: Adapter,
): AsyncGenerator<RecurringJob, void, undefined> {
  const documents = documentsOf(adapter);
  const living = await readLivingSets(documents);
  for await (const { stored } of readJobs(documents)) {
    const definition = definitionOf(stored, living);
    if (definition !== undefined) {
      yield new RecurringJob(stored, definition, { adapter, isOfCode: isOfSet(stored, living) });
    }
  }
}
