import type { Position } from "./chunk.ts";
import type { Job } from "./job.ts";
import { SortedList } from "./sorted-list.ts";

/** Which rounds have been given of one priority. */
interface Rounds {
  /** The last of which a job was handed out. */
  passed: number;
  /** As `passed`, of jobs that have no key. */
  passedByOthers: number;
  /** The last one of each key that is not over. */
  readonly last: Map<string, number>;
}

/** What a job's round depends on. */
interface Joining {
  readonly key: string;
  /** How many jobs are in its queue. */
  readonly size: number;
  /** A number above those of all jobs that came before, by which they are in order. */
  readonly age: number;
}

/**
 * Jobs of one queue whose keys take turns: in the order of their rounds. A round is given as a job
 * comes, so that nothing is looked for where one is handed out.
 */
export class FairLine {
  readonly jobs: SortedList<Job> = new SortedList();
  readonly #byPriority = new Map<number, Rounds>();

  /** The position of a job that comes to the end of its key's jobs. */
  place(priority: number, { key, size, age }: Joining): Required<Position> {
    let rounds = this.#byPriority.get(priority);
    if (rounds === undefined) {
      // Those that are parked without a key have their age in the same place.
      rounds = { passed: age, passedByOthers: age, last: new Map() };
      this.#byPriority.set(priority, rounds);
    }
    const { passed, last } = rounds;
    forgetSome(rounds, size);
    const round = Math.min(Math.max(last.get(key) ?? 0, passed), passed + size) + 1;
    last.set(key, round);
    return { rank: priority, order: round, age };
  }

  /** @param other The first job of the queue that has no key. */
  isNext(other: Job | undefined): boolean {
    const { first } = this.jobs;
    if (first === undefined || other === undefined) {
      return first !== undefined;
    }
    return first.rank === other.rank
      ? !isAtHead(other) && first.order < this.#roundOfOthers(first.rank)
      : first.rank < other.rank;
  }

  /** A job of the queue was handed out. */
  handedOut({ fair, priority, order }: Job): void {
    const rounds = this.#byPriority.get(priority);
    if (rounds === undefined || isAtHead({ order })) {
      return;
    }
    if (fair === undefined) {
      rounds.passedByOthers = this.#roundOfOthers(priority);
      return;
    }
    rounds.passed = Math.max(rounds.passed, order);
    if ((rounds.last.get(fair.key) ?? Infinity) <= rounds.passed) {
      rounds.last.delete(fair.key);
    }
  }

  #roundOfOthers(priority: number): number {
    const { passed = 0, passedByOthers = 0 } = this.#byPriority.get(priority) ?? {};
    return Math.max(passed, passedByOthers) + 1;
  }
}

/** Whether a job was put back to the head of its queue. */
function isAtHead({ order }: { readonly order: number }): boolean {
  return order < 0;
}

/** Of keys whose jobs were taken away nothing is kept for long. */
function forgetSome({ passed, last }: Rounds, size: number): void {
  if (last.size > 2 * size + 16) {
    for (const [key, round] of last) {
      if (round <= passed) last.delete(key);
    }
  }
}
