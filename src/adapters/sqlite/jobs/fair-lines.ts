import type { Context } from "../store/context.ts";
import { STATES, type Job } from "./job.ts";

/** Which rounds have been given of one queue and priority. */
interface Rounds {
  /** The last of which a job was handed out. */
  readonly passed: number;
  /** As `passed`, of jobs that have no key. */
  readonly passed_by_others: number;
}

/** Where one stands among others. */
export interface Standing {
  readonly rank: number;
  readonly order: number;
}

/**
 * Queues whose keys take turns: in the order of their rounds. A round is given as a job comes, so
 * that nothing is looked for where one is handed out.
 */
export class FairLines {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Gives a job that comes to the end of its key's jobs its place. */
  place(job: Job, key: string): void {
    const { queue, priority } = job;
    const age = this.#context.next();
    const rounds = this.#rounds(queue, priority) ?? this.#begin(queue, priority, age);
    const size = this.#context.sizeOf(queue);
    const last = this.#context.get<{ round: number }>(
      "SELECT round FROM fair_last WHERE queue = ? AND priority = ? AND fair = ?",
      queue,
      priority,
      key,
    );
    const { passed } = rounds;
    const round = Math.min(Math.max(last?.round ?? 0, passed), passed + size) + 1;
    this.#context.run(
      `INSERT INTO fair_last (queue, priority, fair, round) VALUES (?, ?, ?, ?)
         ON CONFLICT (queue, priority, fair) DO UPDATE SET round = excluded.round`,
      queue,
      priority,
      key,
      round,
    );
    job.rank = priority;
    job.order = round;
    job.age = age;
  }

  /** Whether there may be jobs in the queue whose keys take turns. */
  isFair(queue: string): boolean {
    return (
      this.#context.get("SELECT 1 FROM fair_round WHERE queue = ? LIMIT 1", queue) !== undefined
    );
  }

  /** Whether the first with a key goes before the first without. */
  isNext(queue: string, first: Standing | undefined, other: Standing | undefined): boolean {
    if (first === undefined || other === undefined) {
      return first !== undefined;
    }
    return first.rank === other.rank
      ? other.order >= 0 && first.order < this.#roundOfOthers(queue, first.rank)
      : first.rank < other.rank;
  }

  /** A job of the queue was handed out. */
  handedOut(
    queue: string,
    { fairKey, priority, order }: Pick<Job, "fairKey" | "priority" | "order">,
  ): void {
    const rounds = this.#rounds(queue, priority);
    if (rounds === undefined || order < 0) {
      return;
    }
    const passed = fairKey === undefined ? rounds.passed : Math.max(rounds.passed, order);
    const others =
      fairKey === undefined ? this.#roundOfOthers(queue, priority) : rounds.passed_by_others;
    this.#context.run(
      "UPDATE fair_round SET passed = ?, passed_by_others = ? WHERE queue = ? AND priority = ?",
      passed,
      others,
      queue,
      priority,
    );
    if (fairKey !== undefined) {
      this.#context.run(
        "DELETE FROM fair_last WHERE queue = ? AND priority = ? AND fair = ? AND round <= ?",
        queue,
        priority,
        fairKey,
        passed,
      );
    }
  }

  /** A job with a key has left: where it was the last, the queue is as any other. */
  left(queue: string): void {
    const isLeft = (state: number): boolean =>
      this.#context.get(`SELECT 1 FROM job WHERE queue = ? AND state = ${state} LIMIT 1`, queue) !==
      undefined;
    if (!isLeft(STATES.fair) && !isLeft(STATES.parked)) {
      this.#context.run("DELETE FROM fair_round WHERE queue = ?", queue);
      this.#context.run("DELETE FROM fair_last WHERE queue = ?", queue);
    }
  }

  #rounds(queue: string, priority: number): Rounds | undefined {
    return this.#context.get<Rounds>(
      "SELECT passed, passed_by_others FROM fair_round WHERE queue = ? AND priority = ?",
      queue,
      priority,
    );
  }

  #begin(queue: string, priority: number, age: number): Rounds {
    this.#context.run("INSERT INTO fair_round VALUES (?, ?, ?, ?)", queue, priority, age, age);
    // Those that are parked without a key have their age in the same place.
    return { passed: age, passed_by_others: age };
  }

  #roundOfOthers(queue: string, priority: number): number {
    const { passed = 0, passed_by_others: others = 0 } = this.#rounds(queue, priority) ?? {};
    return Math.max(passed, others) + 1;
  }
}
