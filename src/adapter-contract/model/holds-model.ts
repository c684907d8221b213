import type { Hold } from "../../adapters/hold.ts";
import type { Ended, HoldQueue } from "./holds-operations.ts";

/** What the model knows of a job that holds keys. */
export interface Holding {
  readonly name: string;
  readonly queue: HoldQueue;
  readonly isLater: boolean;
  readonly holds: readonly Hold[];
  /** Keys. */
  readonly held: Set<string>;
  place: "line" | "queue" | "scheduled" | "retry" | "dead" | "running" | "over";
  cancelled: boolean;
  /** With workers that died. */
  lost: number;
}

/**
 * Who holds what, in the shortest words. Which of several jobs is handed out is the store's choice:
 * whether it might be, is not.
 */
export class HoldModel {
  readonly jobs: Map<string, Holding> = new Map();
  /** By key: jobs and code, by name. */
  readonly holders: Map<string, Set<string>> = new Map();
  readonly limits: Map<string, number> = new Map();
  line: Holding[] = [];

  constructor(holds: readonly Hold[]) {
    for (const { key, to = 1 } of holds) {
      this.holders.set(key, new Set());
      this.limits.set(key, to);
    }
  }

  of(key: string): Set<string> {
    return this.holders.get(key) ?? new Set();
  }

  isFull(key: string): boolean {
    return this.of(key).size >= (this.limits.get(key) ?? 1);
  }

  /** @returns the key that refuses it, if one does. */
  offer(job: Holding): string | undefined {
    const fromEnqueue = job.holds.filter(({ from }) => from === "enqueue");
    const refusing = fromEnqueue.filter(({ whenFull }) => whenFull === "refuse");
    const full = refusing.find(({ key }) => this.isFull(key));
    if (full !== undefined) {
      return full.key;
    }
    this.jobs.set(job.name, job);
    refusing.forEach(({ key }) => this.take(job, key));
    const parks = fromEnqueue.find(({ whenFull }) => whenFull === "park");
    if (parks !== undefined && (this.isFull(parks.key) || this.line.length > 0)) {
      job.place = "line";
      this.line.push(job);
    } else {
      if (parks !== undefined) this.take(job, parks.key);
      this.#start(job);
    }
    return undefined;
  }

  take(job: Holding, key: string): void {
    job.held.add(key);
    this.of(key).add(job.name);
  }

  letGo(job: Holding, isOver: (hold: Hold) => boolean): void {
    for (const hold of job.holds) {
      if (job.held.has(hold.key) && isOver(hold)) {
        job.held.delete(hold.key);
        this.of(hold.key).delete(job.name);
      }
    }
  }

  /** Keys that it needs a turn of to be handed out. */
  turnsOf(job: Holding): Hold[] {
    return job.holds.filter(({ from, key }) => from === "fetch" && !job.held.has(key));
  }

  needsTurn(job: Holding): boolean {
    return this.turnsOf(job).length > 0 || job.held.has("until fetched");
  }

  /** Whether the job might be handed out, and by which key it is refused then. */
  mayRun(job: Holding): { readonly may: boolean; readonly refusedBy?: string } {
    const full = this.turnsOf(job).find(({ key }) => this.isFull(key));
    if (full === undefined) {
      return { may: job.place === "queue" };
    }
    return full.whenFull === "refuse"
      ? { may: job.place === "queue", refusedBy: full.key }
      : { may: false };
  }

  handOut(job: Holding, isRun: boolean): void {
    job.place = "running";
    for (const { key } of isRun ? this.turnsOf(job) : []) {
      this.take(job, key);
    }
    this.letGo(job, ({ until }) => until === "fetched");
  }

  settle(job: Holding, kind: Ended): void {
    if (kind === "release") {
      this.comeBack(job);
      return;
    }
    job.lost = 0;
    const isAttempt = kind !== "requeue";
    this.letGo(job, ({ until }) => until === "settled" || (isAttempt && until === "attempted"));
    if (kind === "done" || kind === "discarded" || job.cancelled) {
      this.end(job);
    } else if (kind === "dead") {
      this.die(job);
    } else {
      job.place = kind === "retry" ? "retry" : "queue";
    }
  }

  /** Unrun, or lost with its worker. */
  comeBack(job: Holding, isLost = false): void {
    this.letGo(job, ({ until }) => until === "settled");
    job.lost += isLost ? 1 : 0;
    if (job.cancelled || job.lost === 3) {
      job.lost = 0;
      return job.cancelled ? this.end(job) : this.die(job);
    }
    job.place = "queue";
    const back = job.holds.find(({ until }) => until === "fetched");
    if (back !== undefined && !this.isFull(back.key)) {
      this.take(job, back.key);
    }
  }

  die(job: Holding): void {
    this.#leaveLine(job);
    job.place = "dead";
    this.letGo(job, ({ until }) => until !== "over");
  }

  /** @returns whether it comes back from the dead set. */
  revive(job: Holding): boolean {
    const again = job.holds.filter(
      ({ from, until, key }) =>
        from === "enqueue" &&
        (until === "finished" || until === "fetched" || until === "settled") &&
        !job.held.has(key),
    );
    const isFree = again.every(
      ({ key }) => !this.isFull(key) && (key !== "line" || this.line.length === 0),
    );
    if (isFree) {
      again.forEach(({ key }) => this.take(job, key));
      job.place = "queue";
    }
    return isFree;
  }

  /** It is over; what was dead is held against it. */
  end(job: Holding): void {
    this.#leaveLine(job);
    if (job.place !== "dead") {
      this.letGo(job, () => true);
    }
    job.place = "over";
  }

  /** To its queue, whatever it waits for. */
  run(job: Holding): void {
    this.#leaveLine(job);
    job.place = "queue";
  }

  /** Lets those in line go on. */
  release(): number {
    let count = 0;
    for (let job = this.line[0]; job !== undefined && !this.isFull("line"); job = this.line[0]) {
      this.line.shift();
      this.take(job, "line");
      this.#start(job);
      count += 1;
    }
    return count;
  }

  #start(job: Holding): void {
    job.place = job.isLater ? "scheduled" : "queue";
  }

  #leaveLine(job: Holding): void {
    this.line = this.line.filter((other) => other !== job);
  }
}
