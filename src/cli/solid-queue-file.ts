import { isSettings, type Settings } from "../ruby-files/ruby-file.ts";
import { lineOf } from "../ruby-files/ruby-yaml.ts";
import { cannotUse, type FileContext, type FileSettings, type Share } from "./yaml-settings.ts";

interface SolidQueueContext extends FileContext {
  /** `async` has all workers in one process. */
  readonly mode: string | undefined;
}

/** How many threads one of Solid Queue's workers has where nothing is said. */
const THREADS = 3;

const OF_WORKER = ["queues", "threads", "processes", "polling_interval"];
const OF_FILE = ["workers", "dispatchers", "scheduler"];

/**
 * Whether a file is Solid Queue's: it says at the top, or in a section, which workers or
 * dispatchers there are.
 */
export function isSolidQueueFile(all: Settings): boolean {
  return [all, ...Object.values(all).filter(isSettings)].some(
    ({ workers, dispatchers }) => isListOfMaps(workers) || isListOfMaps(dispatchers),
  );
}

/**
 * Reads a Solid Queue configuration file as it is.
 *
 * Each of its workers is a process, or as many as it says, which serves its queues by as many slots
 * as it has threads. Nothing is polled or dispatched here, so that intervals and dispatchers mean
 * nothing.
 *
 * @throws {UsageError} if it asks for what cannot be had.
 * @see Solid Queue 1.5 configuration.rb and queue_selector.rb
 */
export function readSolidQueueFile(all: Settings, context: SolidQueueContext): FileSettings {
  const section = all[context.environment];
  const settings = isSettings(section) ? section : all;
  const reader = new Reader(context.file);
  const shares = OF_FILE.some((name) => name in settings)
    ? reader.shares(settings, context.mode === "async")
    : reader.defaults(context.environment);
  return { ...served(shares, context.mode), configured: {}, unused: [], remarks: reader.remarks };
}

function served(
  shares: readonly Share[],
  mode: string | undefined,
): Pick<FileSettings, "config" | "capsules" | "shares"> {
  const [first, ...others] = shares;
  if (mode === "async") {
    const capsules = others.map(({ queues, concurrency }, index) => ({
      name: `worker ${index + 2}`,
      queues: queues === "*" ? ["*"] : queues,
      concurrency,
    }));
    return { config: { ...first }, capsules, shares: [] };
  }
  const isAlone = others.every((share) => share === first);
  const processes = shares.length === 1 ? {} : { processes: shares.length };
  return isAlone
    ? { config: { ...first, ...processes }, capsules: [], shares: [] }
    : { config: processes, capsules: [], shares };
}

class Reader {
  readonly #file: string;
  readonly remarks: string[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** What each process serves. */
  shares(settings: Settings, isAsync: boolean): Share[] {
    const { workers, scheduler } = settings;
    if (isSettings(scheduler) && scheduler["dynamic_tasks_enabled"] === true) {
      const why = "recurring tasks are not run here, and dynamic_tasks_enabled has no effect";
      this.#remark(this.#at(scheduler, "dynamic_tasks_enabled"), why, "Have cron enqueue them");
    }
    if (workers === undefined || workers === null) {
      throw cannotUse(
        this.#at(settings, "dispatchers" in settings ? "dispatchers" : "scheduler"),
        "it asks for no workers, and nothing is to be dispatched here",
        'Write "workers:", and below it "- queues: default", or start no worker by it',
      );
    }
    if (!isListOfMaps(workers)) {
      throw cannotUse(
        this.#at(settings, "workers"),
        "its workers are no list",
        'Write "workers:", and below it "- queues: default"',
      );
    }
    const shares = workers.flatMap((worker) => {
      const share = {
        queues: this.#queues(worker),
        concurrency: this.#count(worker, "threads", { least: 1, byDefault: THREADS }),
      };
      this.#nameUnknown(worker);
      const processes = this.#count(worker, "processes", { least: 0, byDefault: 1 });
      return Array<Share>(isAsync ? 1 : processes).fill(share);
    });
    if (shares.length === 0) {
      throw cannotUse(
        this.#at(settings, "workers"),
        "its workers come to no process",
        'Write "processes: 1", or start no worker by it',
      );
    }
    return shares;
  }

  /** Solid Queue's own, where a file says nothing for an environment. */
  defaults(environment: string): Share[] {
    this.#remark(
      this.#file,
      `nothing in it is for environment "${environment}", so all queues are served, ${THREADS} jobs at a time`,
      `Write a section "${environment}:", or give --environment`,
    );
    return [{ queues: "*", concurrency: THREADS }];
  }

  /** In their order, strictly. A star by itself is all, whatever stands beside it. */
  #queues(worker: Settings): Share["queues"] {
    const given = [worker["queues"] ?? []].flat();
    if (!given.every((name) => typeof name === "string")) {
      throw cannotUse(
        this.#at(worker, "queues"),
        "one of its queues is no name",
        'Write "queues: default" or "queues: [real_time, background]"',
      );
    }
    const names = [...new Set(given.map((name) => name.trim()))];
    if (names.length === 0 || names.includes("*")) {
      return "*";
    }
    const where = this.#at(worker, "queues");
    const odd = names.find((name) => /[\s,]/.test(name) || name === "");
    if (odd !== undefined) {
      const list = odd.split(/[\s,]+/).join(", ");
      throw cannotUse(where, `"${odd}" is no name of a queue`, `Write "queues: [${list}]"`);
    }
    const usable = names.filter((name) => !name.slice(0, -1).includes("*"));
    for (const name of names.filter((each) => !usable.includes(each))) {
      const why = `"${name}" has a star before its end, and stands for no queue`;
      this.#remark(where, why, "Name the queues, or what they begin with");
    }
    if (usable.length === 0) {
      throw cannotUse(where, "none of its queues can be served", "Name one, or leave queues out");
    }
    return usable;
  }

  #count(
    worker: Settings,
    name: string,
    { least, byDefault }: { readonly least: number; readonly byDefault: number },
  ): number {
    const value = worker[name] ?? byDefault;
    const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (!Number.isSafeInteger(number) || (number as number) < least) {
      throw cannotUse(
        this.#at(worker, name),
        `its ${name} is no whole number from ${least} up`,
        `Write "${name}: ${byDefault}"`,
      );
    }
    return number as number;
  }

  #nameUnknown(worker: Settings): void {
    for (const name of Object.keys(worker).filter((each) => !OF_WORKER.includes(each))) {
      const why = `"${name}" is no setting of a worker, and has no effect`;
      this.#remark(this.#at(worker, name), why, "Those are queues, threads and processes");
    }
  }

  #at(container: object, key: string): string {
    return `${this.#file}:${lineOf(container, key)}`;
  }

  #remark(where: string, why: string, whatToDo: string): void {
    this.remarks.push(`${where}: ${why}. ${whatToDo}`);
  }
}

function isListOfMaps(value: unknown): value is readonly Settings[] {
  return Array.isArray(value) && value.every(isSettings);
}
