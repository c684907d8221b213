import type {
  DayCounters,
  JobStore,
  Move,
  Page,
  Place,
  Rewriting,
  RunningJob,
  StoredJob,
  WorkerState,
} from "../../job-store.ts";
import { lastDates } from "../../dates.ts";
import type { Finding } from "../../finding.ts";
import type { Steps, StepOptions } from "../store/steps.ts";
import { Changes, type ChangesParts } from "./changes.ts";
import { factsOf, findingsOf } from "./facts.ts";
import { isOfJobs, Pages } from "./pages.ts";
import type { LeaseTable } from "../leases/lease-table.ts";

/** How many jobs are dealt with in one step. */
const SLICE = 500;
const DURABLE: StepOptions = { isDurable: true };

/** What reading and managing shares with its adapter. */
export interface JobStoreParts extends ChangesParts {
  readonly steps: Steps;
  readonly leases: LeaseTable;
  readonly file: string;
}

/** Reading and managing jobs in a file. */
export class SqliteJobStore implements JobStore {
  readonly #parts: JobStoreParts;
  readonly #pages: Pages;
  readonly #changes: Changes;

  constructor(parts: JobStoreParts) {
    this.#parts = parts;
    this.#pages = new Pages(parts.context);
    this.#changes = new Changes(parts);
  }

  queueNames(): Promise<readonly string[]> {
    return this.#names("SELECT name FROM queue WHERE known = 1");
  }

  size(place: Place): Promise<number> {
    return this.#read(() =>
      isOfJobs(place) ? this.#pages.size(place) : this.#parts.finished.size(),
    );
  }

  page(place: Place, cursor: string | undefined, limit: number): Promise<Page> {
    return this.#read(() =>
      isOfJobs(place)
        ? this.#pages.page(place, cursor, limit)
        : this.#parts.finished.page(cursor, limit),
    );
  }

  find(place: Place, jid: string): Promise<StoredJob | undefined> {
    return this.#read(() =>
      isOfJobs(place) ? this.#pages.find(place, jid) : this.#parts.finished.find(jid),
    );
  }

  dependents(jid: string, limit: number): Promise<readonly string[]> {
    return this.#read(() => this.#parts.jobs.dependents.of(jid, limit));
  }

  delete(place: Place, stored: StoredJob): Promise<boolean> {
    return this.#write(() => this.#changes.delete(place, stored, "deleted"));
  }

  move(place: Place, stored: StoredJob, to: "queue" | "dead", payload: string): Promise<boolean> {
    return this.#write(() => this.#changes.move(place, { job: stored, payload }, to));
  }

  deleteAll(
    place: Place,
    jobs: readonly StoredJob[],
    ended: "deleted" | "cancelled" = "deleted",
  ): Promise<number> {
    return this.#each(jobs, (job) => this.#changes.delete(place, job, ended));
  }

  moveAll(place: Place, moves: readonly Move[], to: "queue" | "dead"): Promise<number> {
    return this.#each(moves, (move) => this.#changes.move(place, move, to));
  }

  rewriteAll(place: Place, jobs: readonly StoredJob[], rewriting: Rewriting): Promise<number> {
    return this.#each(jobs, (job) => this.#changes.rewrite(place, job, rewriting));
  }

  cancel(jid: string): Promise<boolean> {
    return this.#write(() => this.#parts.jobs.cancel(jid));
  }

  async clear(place: Place): Promise<number> {
    if (!isOfJobs(place)) {
      return this.#write(() => this.#parts.finished.clear());
    }
    let count = 0;
    let cleared: number;
    do {
      cleared = await this.#write(() => this.#changes.clear(place, SLICE));
      count += cleared;
    } while (cleared === SLICE);
    return count;
  }

  async pause(queue: string): Promise<void> {
    await this.#write(() =>
      this.#parts.context.run(
        "INSERT INTO queue (name, paused) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET paused = 1",
        queue,
      ),
    );
  }

  async resume(queue: string): Promise<void> {
    const { context } = this.#parts;
    await this.#write(() => {
      if (context.run("UPDATE queue SET paused = 0 WHERE name = ? AND paused = 1", queue) > 0) {
        context.notices.work();
      }
    });
  }

  pausedQueues(): Promise<readonly string[]> {
    return this.#names("SELECT name FROM queue WHERE paused = 1");
  }

  counters(): Promise<{ readonly processed: number; readonly failed: number }> {
    return this.#read(() => {
      const row = this.#parts.context.get<Pick<DayCounters, "processed" | "failed">>(
        "SELECT COALESCE(SUM(processed), 0) AS processed, COALESCE(SUM(failed), 0) AS failed FROM counter",
      );
      return { processed: row?.processed ?? 0, failed: row?.failed ?? 0 };
    });
  }

  countersByDay(days: number): Promise<readonly DayCounters[]> {
    const { context } = this.#parts;
    return this.#read(() =>
      lastDates(context.now, days).map((date) => {
        const row = context.get<DayCounters>(
          "SELECT processed, failed FROM counter WHERE day = ?",
          date,
        );
        return { date, processed: row?.processed ?? 0, failed: row?.failed ?? 0 };
      }),
    );
  }

  workers(): Promise<readonly WorkerState[]> {
    return this.#read(() => this.#parts.leases.workers());
  }

  running(): Promise<readonly RunningJob[]> {
    return this.#read(() => this.#parts.leases.running());
  }

  signal(identity: string, signal: "TSTP" | "TERM"): Promise<boolean> {
    return this.#write(() => this.#parts.leases.signal(identity, signal));
  }

  async foreignProcesses(): Promise<readonly []> {
    return [];
  }

  facts(): Promise<Readonly<Record<string, string>>> {
    return this.#read(() => factsOf(this.#parts.context, this.#parts.file));
  }

  findings(): Promise<readonly Finding[]> {
    return this.#read(() => findingsOf(this.#parts.context, this.#parts.file));
  }

  now(): Promise<number> {
    return this.#read(() => this.#parts.context.now);
  }

  #names(sql: string): Promise<readonly string[]> {
    return this.#read(() =>
      this.#parts.context
        .all<{ name: string }>(sql)
        .map(({ name }) => name)
        .sort(),
    );
  }

  /** In slices: others want to write meanwhile. @returns for how many it was done. */
  async #each<Item>(items: readonly Item[], deal: (item: Item) => boolean): Promise<number> {
    let count = 0;
    for (let start = 0; start < items.length; start += SLICE) {
      const slice = items.slice(start, start + SLICE);
      count += await this.#write(() => slice.filter(deal).length);
    }
    return count;
  }

  #read<Value>(step: () => Value): Promise<Value> {
    return this.#parts.steps.read(step);
  }

  #write<Value>(step: () => Value): Promise<Value> {
    return this.#parts.steps.write(step, DURABLE);
  }
}
