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
} from "../job-store.ts";
import type { Position } from "./chunk.ts";
import type { Job } from "./job.ts";
import type { Listed } from "./job-queue.ts";
import type { MemoryState } from "./memory-state.ts";

/** Reading and managing jobs in this process. */
export class MemoryJobStore implements JobStore {
  readonly #state: MemoryState;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  async queueNames(): Promise<readonly string[]> {
    return [...this.#state.jobs.queues.keys()].sort();
  }

  async size(place: Place): Promise<number> {
    this.#trim(place);
    return this.#list(place)?.size ?? 0;
  }

  async page(place: Place, cursor: string | undefined, limit: number): Promise<Page> {
    this.#trim(place);
    const list = this.#list(place);
    const position = cursor === undefined ? undefined : positionOf(cursor);
    const newestFirst = "set" in place && (place.set === "dead" || place.set === "finished");
    const jobs = (newestFirst ? list?.before(position, limit) : list?.after(position, limit)) ?? [];
    const last = jobs.length === limit ? jobs.at(-1) : undefined;
    return { jobs: jobs.map((job) => job.stored()), cursor: last && cursorOf(last) };
  }

  async find(place: Place, jid: string): Promise<StoredJob | undefined> {
    if (isFinished(place)) {
      this.#trim(place);
      return this.#state.finished.find(jid)?.stored();
    }
    const job = this.#state.jobs.known.find(jid);
    return job !== undefined && this.#state.jobs.isIn(job, place) ? job.stored() : undefined;
  }

  async dependents(jid: string, limit: number): Promise<readonly string[]> {
    return this.#state.jobs.dependents.of(jid, limit);
  }

  async delete(place: Place, stored: StoredJob): Promise<boolean> {
    return this.#delete(place, stored, "deleted");
  }

  async move(
    place: Place,
    stored: StoredJob,
    to: "queue" | "dead",
    payload: string,
  ): Promise<boolean> {
    return this.#move(place, { job: stored, payload }, to);
  }

  async deleteAll(
    place: Place,
    jobs: readonly StoredJob[],
    ended: "deleted" | "cancelled" = "deleted",
  ): Promise<number> {
    return jobs.filter((job) => this.#delete(place, job, ended)).length;
  }

  async moveAll(place: Place, moves: readonly Move[], to: "queue" | "dead"): Promise<number> {
    return moves.filter((move) => this.#move(place, move, to)).length;
  }

  async rewriteAll(
    place: Place,
    jobs: readonly StoredJob[],
    rewriting: Rewriting,
  ): Promise<number> {
    return jobs.filter((job) => this.#rewrite(place, job, rewriting)).length;
  }

  async cancel(jid: string): Promise<boolean> {
    return this.#state.cancel(jid);
  }

  async clear(place: Place): Promise<number> {
    const { jobs, finished } = this.#state;
    if (isFinished(place)) {
      return finished.clear();
    }
    const list = this.#list(place);
    let count = 0;
    for (let job = list?.first; job !== undefined; job = list?.first) {
      jobs.takeOut(job);
      jobs.finish(job, "deleted");
      count += 1;
    }
    if ("queue" in place && place.parked === undefined) {
      jobs.queues.delete(place.queue);
    }
    return count;
  }

  async pause(queue: string): Promise<void> {
    this.#state.paused.add(queue);
  }

  async resume(queue: string): Promise<void> {
    this.#state.resume(queue);
  }

  async pausedQueues(): Promise<readonly string[]> {
    return [...this.#state.paused];
  }

  async counters(): Promise<{ readonly processed: number; readonly failed: number }> {
    return { ...this.#state.counters };
  }

  async countersByDay(days: number): Promise<readonly DayCounters[]> {
    const { now, counters } = this.#state;
    return this.#state.days.last(days, now(), counters);
  }

  async workers(): Promise<readonly WorkerState[]> {
    const now = this.#state.now();
    const alive = [...this.#state.leases()].filter((lease) => !lease.isOver(now));
    return alive.map((lease) => lease.worker());
  }

  async running(): Promise<readonly RunningJob[]> {
    return [...this.#state.leases()].flatMap((lease) => [...lease.running()]);
  }

  async signal(identity: string, signal: "TSTP" | "TERM"): Promise<boolean> {
    const now = this.#state.now();
    const alive = [...this.#state.leases()].find(
      (lease) => lease.identity === identity && !lease.isOver(now),
    );
    alive?.signal(signal);
    return alive !== undefined;
  }

  async foreignProcesses(): Promise<readonly []> {
    return [];
  }

  async facts(): Promise<Readonly<Record<string, string>>> {
    return {};
  }

  async findings(): Promise<readonly []> {
    return [];
  }

  async now(): Promise<number> {
    return this.#state.now();
  }

  #list(place: Place): Listed | undefined {
    return isFinished(place) ? this.#state.finished.list : this.#state.jobs.list(place);
  }

  /** Where none comes any more, nobody else forgets those whose time is over. */
  #trim(place: Place): void {
    if (isFinished(place)) {
      this.#state.finished.trim(this.#state.now());
    }
  }

  #delete(place: Place, stored: StoredJob, ended: "deleted" | "cancelled"): boolean {
    if (isFinished(place)) {
      return this.#takeFinished(stored);
    }
    const job = this.#take(place, stored);
    if (job !== undefined) {
      this.#state.jobs.finish(job, ended);
    }
    return job !== undefined;
  }

  #move(place: Place, { job: stored, payload }: Move, to: "queue" | "dead"): boolean {
    const job = isFinished(place) ? this.#revive(stored) : this.#takeToMove(place, stored, to);
    if (job === undefined) {
      return false;
    }
    job.payload = payload;
    if (to === "dead") {
      this.#state.jobs.bury(job, this.#state.now());
    } else {
      this.#state.jobs.enqueue(job, this.#state.now());
    }
    return true;
  }

  #rewrite(place: Place, { jid = "", payload }: StoredJob, rewriting: Rewriting): boolean {
    const { jobs, finished } = this.#state;
    const job = isFinished(place) ? finished.find(jid) : jobs.known.find(jid);
    const isThere = job?.payload === payload && (isFinished(place) || jobs.isIn(job, place));
    const after = isThere ? rewriting(payload) : undefined;
    if (job !== undefined && after !== undefined) {
      job.payload = after;
    }
    return after !== undefined;
  }

  #takeFinished({ jid = "", payload }: StoredJob): boolean {
    const { finished } = this.#state;
    const isThere = finished.find(jid)?.payload === payload;
    if (isThere) {
      finished.forget(jid);
    }
    return isThere;
  }

  /** A job anew of one that is over, in no list; `undefined` if there is another of its jid. */
  #revive(stored: StoredJob): Job | undefined {
    const { jobs } = this.#state;
    const { jid = "", queue, payload } = stored;
    if (jobs.known.has(jid) || !this.#takeFinished(stored)) {
      return undefined;
    }
    jobs.known.forgetEnd(jid);
    this.#state.admission.admit([{ jid, queue, payload }], this.#state.now());
    const job = jobs.known.find(jid);
    if (job !== undefined) {
      jobs.takeOut(job);
    }
    return job;
  }

  /** As `#take`; but a dead one that cannot have its holds again stays where it is. */
  #takeToMove(place: Place, stored: StoredJob, to: "queue" | "dead"): Job | undefined {
    const { jobs } = this.#state;
    const holds = to === "dead" ? undefined : jobs.known.find(stored.jid ?? "")?.holds;
    const isDead = "set" in place && place.set === "dead";
    if (holds === undefined || !isDead) {
      return this.#take(place, stored);
    }
    const job = jobs.keeping.obstacles(holds).length > 0 ? undefined : this.#take(place, stored);
    if (job !== undefined) {
      jobs.keeping.revived(holds, this.#state.now());
    }
    return job;
  }

  /** Takes out the job that was read, unless it has moved since. */
  #take(place: Place, { jid, payload }: StoredJob): Job | undefined {
    const job = jid === undefined ? undefined : this.#state.jobs.known.find(jid);
    const { jobs } = this.#state;
    if (job === undefined || !jobs.isIn(job, place) || job.payload !== payload) {
      return undefined;
    }
    jobs.takeOut(job);
    return job;
  }
}

function cursorOf({ rank, order, age }: Position): string {
  return age === undefined ? `${rank} ${order}` : `${rank} ${order} ${age}`;
}

function positionOf(cursor: string): Position {
  const [rank = NaN, order = NaN, age] = cursor.split(" ").map(Number);
  return { rank, order, age };
}

function isFinished(place: Place): place is { readonly set: "finished" } {
  return "set" in place && place.set === "finished";
}
