/** A job that waits, or runs. */
export interface FairJob {
  readonly name: string;
  readonly key: string | undefined;
  readonly priority: number;
  round: number;
  /** Negative where it was put back: the later the lower. */
  age: number;
  lost: number;
  isWaiting: boolean;
}

interface Rounds {
  passed: number;
  readonly last: Map<string, number>;
}

/** Who comes when, of the jobs in one queue: rounds as the contract says. */
export class FairModel {
  readonly jobs: Map<string, FairJob> = new Map();
  readonly #rounds = new Map<number, Rounds>();
  #age = 0;
  #back = 0;
  /**
   * One was taken away, and left a gap: how long that counts is the store's choice. Until the queue
   * is empty only what comes of each key is looked at.
   */
  #hasGaps = false;

  /** Those that wait. */
  get waiting(): FairJob[] {
    return [...this.jobs.values()].filter(({ isWaiting }) => isWaiting);
  }

  add(name: string, key: string | undefined, priority: number): FairJob {
    const job = { name, key, priority, round: 0, age: 0, lost: 0, isWaiting: true };
    this.enqueue(job);
    return job;
  }

  /** To the end of its key's jobs. */
  enqueue(job: FairJob): void {
    this.jobs.set(job.name, job);
    const rounds = this.#of(job.priority);
    this.#age += 1;
    job.age = this.#age;
    if (job.key !== undefined) {
      job.round = Math.max(rounds.passed, rounds.last.get(job.key) ?? 0) + 1;
      rounds.last.set(job.key, job.round);
    }
    job.isWaiting = true;
  }

  /** @returns what is wrong with these having been handed out. */
  handOut(names: readonly string[]): string | undefined {
    const jobs = names.flatMap((name) => this.jobs.get(name) ?? []);
    const wrong = this.#wrongAmong(jobs);
    for (const job of jobs) {
      job.isWaiting = false;
      if (job.key !== undefined && job.age > 0) {
        const rounds = this.#of(job.priority);
        rounds.passed = Math.max(rounds.passed, job.round);
      }
    }
    this.#forgetGaps();
    return wrong;
  }

  settle(job: FairJob, kind: "done" | "requeue" | "dead" | "release"): void {
    if (kind === "release") {
      this.#putBack(job);
      return;
    }
    job.lost = 0;
    if (kind === "requeue") {
      this.enqueue(job);
    } else {
      this.jobs.delete(job.name);
    }
  }

  comeBack(job: FairJob, isLost: boolean): void {
    job.lost += isLost ? 1 : 0;
    if (job.lost === 3) {
      this.jobs.delete(job.name);
    } else {
      this.#putBack(job);
    }
  }

  /** It is taken out from where it waits. */
  remove(job: FairJob): void {
    this.#hasGaps = true;
    this.jobs.delete(job.name);
    this.#forgetGaps();
  }

  /** @returns how many there were. */
  clear(): number {
    const { waiting } = this;
    waiting.forEach(({ name }) => this.jobs.delete(name));
    this.#forgetGaps();
    return waiting.length;
  }

  #putBack(job: FairJob): void {
    this.#back -= 1;
    job.age = this.#back;
    job.round = 0;
    job.isWaiting = true;
  }

  #wrongAmong(jobs: readonly FairJob[]): string | undefined {
    const left = this.waiting.filter((job) => !jobs.includes(job));
    const [last] = jobs.slice(-1);
    const urgent = left.find(({ priority }) => priority < (last?.priority ?? -Infinity));
    if (urgent !== undefined) {
      return `${urgent.name} is more urgent`;
    }
    for (const [index, job] of jobs.entries()) {
      const behind = [...jobs.slice(index + 1), ...left].filter((other) => isSame(job, other));
      const earlier = behind.find((other) =>
        this.#hasGaps
          ? other.key === job.key && other.round === 0 && isBefore(other, job)
          : isBefore(other, job),
      );
      if (earlier !== undefined) {
        return `${earlier.name} comes before ${job.name}`;
      }
    }
    return undefined;
  }

  #forgetGaps(): void {
    if (this.waiting.length === 0) {
      this.#hasGaps = false;
      this.#rounds.clear();
    }
  }

  #of(priority: number): Rounds {
    let rounds = this.#rounds.get(priority);
    if (rounds === undefined) {
      rounds = { passed: 0, last: new Map() };
      this.#rounds.set(priority, rounds);
    }
    return rounds;
  }
}

/** Whether it is known which of two goes first: those with a key, and those without one. */
function isSame(one: FairJob, other: FairJob): boolean {
  return one.priority === other.priority && (one.key === undefined) === (other.key === undefined);
}

function isBefore(one: FairJob, other: FairJob): boolean {
  return one.round === other.round ? one.age < other.age : one.round < other.round;
}
