import type { Adapter } from "../../adapters/adapter.ts";
import { dateAt, readTimestamp } from "../../adapters/job-record.ts";
import type { SetName } from "../../adapters/job-store.ts";
import { checkInteger, checkOptionNames } from "../../job/checks/checks.ts";
import { ownLine } from "../../job/record/backtrace.ts";
import { settings } from "../../job/settings/settings.ts";
import type { JobEntry } from "../entries/job-entry.ts";
import { look, pages, type PassOptions } from "../lists/pass.ts";
import { matcherOf, type JobSelection } from "../lists/selection.ts";

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
    await look({ adapter, place: { set } }, { selection, options }, (entries) =>
      grouping.addFailed(entries, set),
    );
  }
  return grouping.groups();
}

/** Some of what fails, and how much of it was looked at. */
export interface ErrorsSeen {
  /** Of those that were looked at: the largest group first. */
  readonly groups: readonly ErrorGroup[];
  /** How many jobs were looked at. */
  readonly seen: number;
  /** How many there are, in retry and dead. */
  readonly total: number;
}

/**
 * As `errors`, of as many jobs as can be looked at while somebody waits: the retries that are due
 * first, and those that died last.
 *
 * @param selection Only these.
 * @param options `lookAt`: how many jobs at most, half of them in retry where there are so many.
 *   @default 2,000. `messageOf`: what is shown of a job's message, where there may be secrets in
 *     it.
 * @param adapter @default the one of `configure`
 * @throws {RangeError} if `lookAt` is no integer of at least 1.
 * @throws {UnknownOptionError} if there is no such field or option.
 *
 * @example
 * ```ts
 * import { errorsSeen } from "mandate";
 *
 * const { groups, seen, total } = await errorsSeen({}, { lookAt: 5_000 });
 * console.log(groups[0]?.errorClass, `by ${seen} of ${total}`);
 * ```
 */
export async function errorsSeen(
  selection: JobSelection = {},
  options: {
    readonly lookAt?: number;
    readonly messageOf?: (entry: JobEntry) => string | undefined;
  } = {},
  adapter: Adapter = settings().adapter,
): Promise<ErrorsSeen> {
  checkOptionNames(options, ["lookAt", "messageOf"], "the options of errorsSeen");
  const { lookAt = 2_000, messageOf } = options;
  checkInteger(lookAt, "the lookAt of errorsSeen", 1);
  const grouping = new Grouping(messageOf);
  const matches = matcherOf(selection, await adapter.store.now());
  const sizes = await Promise.all(SETS.map((set) => adapter.store.size({ set })));
  const [inRetry = 0, dead = 0] = sizes;
  // What one has not, the other may.
  const ofDead = Math.min(dead, Math.max(Math.floor(lookAt / 2), lookAt - inRetry));
  const shares = [Math.min(inRetry, lookAt - ofDead), ofDead];
  let seen = 0;
  for (const [at, set] of SETS.entries()) {
    let left = shares[at] ?? 0;
    if (left === 0) continue;
    for await (const page of pages({ adapter, place: { set } })) {
      const counted = page.slice(0, left);
      grouping.addFailed(counted.filter(matches), set);
      left -= counted.length;
      seen += counted.length;
      if (left <= 0) break;
    }
  }
  return { groups: grouping.groups(), seen, total: inRetry + dead };
}

class Grouping {
  readonly #messageOf: (entry: JobEntry) => string | undefined;
  readonly #groups = new Map<string, Group>();
  /** Equal backtraces are equal texts, and unpacked once. */
  readonly #places = new Map<unknown, string | undefined>();

  constructor(messageOf = ({ errorMessage }: JobEntry): string | undefined => errorMessage) {
    this.#messageOf = messageOf;
  }

  /** @returns how many of these have failed. */
  addFailed(entries: readonly JobEntry[], set: SetName): number {
    const failed = entries.filter(({ errorClass }) => errorClass !== undefined);
    failed.forEach((entry) => this.#add(entry, set === "dead"));
    return failed.length;
  }

  #add(entry: JobEntry, isDead: boolean): void {
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
      .map((group) => group.shown(this.#messageOf))
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
  /** The one that failed last. */
  #latest: JobEntry | undefined;
  /** In seconds: a date for each job would take longer than the rest of grouping it. */
  #firstSeen = Infinity;
  #lastSeen = -Infinity;

  constructor(className: string, errorClass: string, place: string | undefined) {
    this.#kind = { className, errorClass, place };
  }

  add(entry: JobEntry, isDead: boolean): void {
    const { record, queueName } = entry;
    const failedAt = readTimestamp(record?.failed_at);
    const lastFailedAt = readTimestamp(record?.retried_at) ?? failedAt ?? -Infinity;
    this.#queues.add(queueName);
    this.#inRetry += isDead ? 0 : 1;
    this.#dead += isDead ? 1 : 0;
    this.#firstSeen = Math.min(this.#firstSeen, failedAt ?? Infinity);
    if (lastFailedAt >= this.#lastSeen) {
      this.#lastSeen = lastFailedAt;
      this.#latest = entry;
    }
  }

  shown(messageOf: (entry: JobEntry) => string | undefined): ErrorGroup {
    return {
      ...this.#kind,
      message: (this.#latest && messageOf(this.#latest)) ?? "",
      count: this.#inRetry + this.#dead,
      inRetry: this.#inRetry,
      dead: this.#dead,
      queues: [...this.#queues].toSorted(),
      firstSeen: dateAt(this.#firstSeen),
      lastSeen: dateAt(this.#lastSeen),
    };
  }
}
