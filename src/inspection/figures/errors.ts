import type { Adapter } from "../../adapters/adapter.ts";
import { dateAt, readTimestamp } from "../../adapters/job-record.ts";
import type { SetName } from "../../adapters/job-store.ts";
import { ownLine } from "../../job/record/backtrace.ts";
import { settings } from "../../job/settings/settings.ts";
import type { JobEntry } from "../entries/job-entry.ts";
import { look, type PassOptions } from "../lists/pass.ts";
import type { JobSelection } from "../lists/selection.ts";

/** Jobs that failed in the same way. */
export interface ErrorGroup {
  /** The command's name, or that of a `Job` class. */
  readonly className: string;
  /** The name of their last error. */
  readonly errorClass: string;
  /**
   * Where they failed, as `path:line`: the first line of their backtrace that is the application's
   * own; `undefined` where there is none.
   */
  readonly place: string | undefined;
  /** The message of the one that failed last. */
  readonly message: string;
  /** How many jobs. */
  readonly count: number;
  /** How many of these jobs will run again. */
  readonly inRetry: number;
  /** How many of these jobs are dead. */
  readonly dead: number;
  /** The queues they go to, sorted. */
  readonly queues: readonly string[];
  /** When the first of them failed first. */
  readonly firstSeen: Date | undefined;
  /** When one of them failed last. */
  readonly lastSeen: Date | undefined;
}

const SETS: readonly SetName[] = ["retry", "dead"];

/**
 * What fails: the jobs in retry and the dead, grouped by what they are, what they failed with and
 * where.
 *
 * @param selection Only these.
 * @param options `onProgress` tells of one set after the other.
 * @param adapter @default the one of `configure`
 * @returns the largest group first.
 */
export async function errors(
  selection: JobSelection = {},
  options: PassOptions = {},
  adapter: Adapter = settings().adapter,
): Promise<readonly ErrorGroup[]> {
  const grouping = new Grouping();
  for (const set of SETS) {
    await look({ adapter, place: { set } }, { selection, options }, (entries) => {
      const failed = entries.filter(({ errorClass }) => errorClass !== undefined);
      failed.forEach((entry) => grouping.add(entry, set === "dead"));
      return failed.length;
    });
  }
  return grouping.groups();
}

class Grouping {
  readonly #groups = new Map<string, Group>();
  /** Equal backtraces are equal texts, and unpacked once. */
  readonly #places = new Map<unknown, string | undefined>();

  add(entry: JobEntry, isDead: boolean): void {
    const { className, errorClass = "" } = entry;
    const place = this.#placeOf(entry);
    const key = `${className}\n${errorClass}\n${place ?? ""}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = new Group(className, errorClass, place);
      this.#groups.set(key, group);
    }
    group.add(entry, isDead);
  }

  groups(): ErrorGroup[] {
    return [...this.#groups.values()]
      .map((group) => group.shown())
      .toSorted((one, other) => other.count - one.count);
  }

  #placeOf(entry: JobEntry): string | undefined {
    const text = entry.record?.error_backtrace;
    if (!this.#places.has(text)) {
      // A store of what was seen lately, and no more: there may be as many as jobs.
      if (this.#places.size >= 1_000) {
        this.#places.clear();
      }
      this.#places.set(text, ownLine(entry.backtrace));
    }
    return this.#places.get(text);
  }
}

class Group {
  readonly #kind: Pick<ErrorGroup, "className" | "errorClass" | "place">;
  readonly #queues = new Set<string>();
  #inRetry = 0;
  #dead = 0;
  #message = "";
  /** In seconds: a date for each job would take longer than the rest of grouping it. */
  #firstSeen = Infinity;
  #lastSeen = -Infinity;

  constructor(className: string, errorClass: string, place: string | undefined) {
    this.#kind = { className, errorClass, place };
  }

  add({ record, errorMessage, queueName }: JobEntry, isDead: boolean): void {
    const failedAt = readTimestamp(record?.failed_at);
    const lastFailedAt = readTimestamp(record?.retried_at) ?? failedAt ?? -Infinity;
    this.#queues.add(queueName);
    this.#inRetry += isDead ? 0 : 1;
    this.#dead += isDead ? 1 : 0;
    this.#firstSeen = Math.min(this.#firstSeen, failedAt ?? Infinity);
    if (lastFailedAt >= this.#lastSeen) {
      this.#lastSeen = lastFailedAt;
      this.#message = errorMessage ?? "";
    }
  }

  shown(): ErrorGroup {
    return {
      ...this.#kind,
      message: this.#message,
      count: this.#inRetry + this.#dead,
      inRetry: this.#inRetry,
      dead: this.#dead,
      queues: [...this.#queues].toSorted(),
      firstSeen: dateAt(this.#firstSeen),
      lastSeen: dateAt(this.#lastSeen),
    };
  }
}
