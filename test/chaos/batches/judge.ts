import type { BatchStatus } from "mandate";
import { BatchHistory, readHistories, type Line } from "./history.ts";
import { now, type Word } from "./notes.ts";

/** What is known once nothing moves any more. */
export interface Evidence {
  readonly ledgers: readonly string[];
  readonly statuses: readonly BatchStatus[];
  /** Jids of those that were dead at one time or another, and of those that are, or were when they were deleted. */
  readonly died: ReadonlySet<string>;
  readonly dead: ReadonlySet<string>;
  /** Jids of those that were buried because their workers were lost. */
  readonly lost: ReadonlySet<string>;
  /** Jid → how often its worker was killed, or lost it while it lived. */
  readonly inFlight: ReadonlyMap<string, number>;
}

const ENDED: ReadonlySet<Word> = new Set(["done", "failed", "died", "discarded", "left"]);
const OVER: ReadonlySet<Word> = new Set(["done", "discarded", "left"]);
const RUNS: ReadonlySet<Word> = new Set(["begun", "requeued"]);
const EVENTS = { complete: "completedAt", success: "succeededAt", death: "diedAt" } as const;

/** @returns what is wrong: nothing of it follows from what the store counts, but from what ran. */
export function judge(evidence: Evidence): string[] {
  const histories = readHistories(evidence.ledgers);
  const judges = new Map<string, BatchJudge>();
  for (const status of evidence.statuses) {
    const history = histories.get(status.id) ?? new BatchHistory();
    judges.set(status.id, new BatchJudge(status, history, evidence));
  }
  for (const each of judges.values()) {
    judges.get(each.status.parent ?? "")?.children.push(each);
  }
  const unknown = [...histories.keys()].filter((id) => !judges.has(id));
  return [
    ...unknown.map((id) => `batch ${id} is known no more`),
    ...[...judges.values()].flatMap((each) =>
      each.problems().map((problem) => `batch ${each.status.id}: ${problem}\n${each.story()}`),
    ),
  ];
}

class BatchJudge {
  readonly status: BatchStatus;
  readonly children: BatchJudge[] = [];
  readonly #history: BatchHistory;
  readonly #evidence: Evidence;

  constructor(status: BatchStatus, history: BatchHistory, evidence: Evidence) {
    this.status = status;
    this.#history = history;
    this.#evidence = evidence;
  }

  problems(): string[] {
    return [...this.#counts(), ...this.#callbacks(), ...this.#early()];
  }

  /** All that is known of it. */
  story(): string {
    const lines = [...this.#history.members.values(), this.#history.callbacks].flat();
    return [
      JSON.stringify(this.status),
      ...lines.map(({ at, jid, word }) => `  ${at} ${jid} ${word}`),
    ].join("\n");
  }

  get #jids(): string[] {
    return [...this.#history.members.keys()];
  }

  get #isCancelled(): boolean {
    return this.status.cancelledAt !== undefined;
  }

  get #isCancelledBeforeComplete(): boolean {
    const { cancelledAt, completedAt } = this.status;
    return cancelledAt !== undefined && !(completedAt !== undefined && completedAt < cancelledAt);
  }

  /** Whether no job is left of it. */
  get #isOver(): boolean {
    const { dead } = this.#evidence;
    return !this.#jids.some((jid) => dead.has(jid)) && this.children.every((each) => each.#isOver);
  }

  get #hasDied(): boolean {
    const { died } = this.#evidence;
    return this.#jids.some((jid) => died.has(jid)) || this.children.some((each) => each.#hasDied);
  }

  #counts(): string[] {
    const { total, pending, running, done, failed, dead, open } = this.status;
    const members = this.#jids;
    const deadOnes = members.filter((jid) => this.#evidence.dead.has(jid)).length;
    // What was added, and was gone before that was noted, is known to nobody.
    const isRight = this.#isCancelled ? total >= members.length : total === members.length;
    const found = { total, pending, running, done, failed, dead, open };
    const expected = {
      total: isRight ? total : members.length,
      pending: 0,
      running: 0,
      done: total - deadOnes,
      failed: 0,
      dead: deadOnes,
      open: false,
    };
    const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
    return one === other ? [] : [`${one} was counted, and is ${other}`];
  }

  /** Each that must come, once; none that must not. */
  #callbacks(): string[] {
    const isSuccess = this.#isOver && !this.#isCancelled && !this.status.incomplete;
    // Nobody knows of a batch whose maker was killed before its callbacks came.
    const isStillborn = this.status.incomplete && this.status.total === 0;
    return Object.entries(EVENTS).flatMap(([word, time]) => {
      const event = word as keyof typeof EVENTS;
      const runs = this.#history.runsOf(event);
      const isSaid = this.status[time] !== undefined;
      const jids = [...new Set(runs.map(({ jid }) => jid))];
      const times = 1 + (this.#evidence.inFlight.get(jids[0] ?? "") ?? 0);
      const isDue =
        event === "complete" ||
        (event === "success" ? isSuccess : this.#isCancelled ? isSaid : this.#hasDied);
      return [
        ...(isSaid === isDue ? [] : [`its ${event} is ${isSaid ? "" : "not "}said to be`]),
        ...(isDue && runs.length === 0 && !isStillborn ? [`its ${event} did not come`] : []),
        ...(!isDue && runs.length > 0 ? [`its ${event} came`] : []),
        ...(jids.length > 1 ? [`its ${event} was enqueued ${jids.length} times`] : []),
        ...(runs.length > times ? [`its ${event} ran ${runs.length} times`] : []),
      ];
    });
  }

  #early(): string[] {
    const [complete, success, death] = (["complete", "success", "death"] as const).map(
      (event) => this.#history.runsOf(event)[0]?.at,
    );
    return [
      ...this.#untriedAt(complete).map((jid) => `its complete came before ${jid} was tried`),
      ...this.#leftAt(success).map((jid) => `its success came before ${jid} was over`),
      ...(death === undefined || this.#diedBefore(death) ? [] : ["its death came before one"]),
      ...this.children
        .filter(({ status }) => isLate(status, this.status))
        .map(({ status }) => `it was complete before ${status.id} in it`),
    ];
  }

  #untriedAt(at: number | undefined): string[] {
    return this.#those({ at, since: monotonic(this.status.completedAt) }, (lines, jid) => {
      if (!this.#isCancelledBeforeComplete) {
        return !lines.some(({ word }) => ENDED.has(word));
      }
      // Of what is cancelled no run begins any more, and one that is cut off is not run again.
      const runs = lines.filter(({ word }) => RUNS.has(word) || ENDED.has(word));
      return runs.at(-1)?.word === "begun" && !this.#evidence.inFlight.has(jid);
    });
  }

  #leftAt(at: number | undefined): string[] {
    return this.#those({ at, since: at }, (lines) => !lines.some(({ word }) => OVER.has(word)));
  }

  /** Jobs that were there by then of which something was so at a time, but for those that were lost with their workers. */
  #those(
    { at = 0, since = 0 }: Readonly<Record<"at" | "since", number | undefined>>,
    isSo: (lines: readonly Line[], jid: string) => boolean,
  ): string[] {
    return [...this.#history.members].flatMap(([jid, lines]) => {
      const isThere = lines.some((line) => line.at < since);
      const before = lines.filter((line) => line.at < at);
      return isThere && isSo(before, jid) && !this.#evidence.lost.has(jid) ? [jid] : [];
    });
  }

  #diedBefore(at: number): boolean {
    const own = [...this.#history.members].some(
      ([jid, lines]) =>
        this.#evidence.lost.has(jid) || lines.some((line) => line.word === "died" && line.at < at),
    );
    return own || this.children.some((each) => each.#diedBefore(at));
  }
}

/** Whether the inner one became complete after the outer one, which was to wait for it. */
function isLate(inner: BatchStatus, outer: BatchStatus): boolean {
  const [at, by] = [inner.completedAt ?? new Date(8.64e15), outer.completedAt];
  return by !== undefined && inner.createdAt < by && at > by;
}

/** When a time was by the clock of the notes, to the millisecond below. */
function monotonic(time: Date | undefined): number | undefined {
  return time && now() - (Date.now() - time.getTime() + 1) * 1_000;
}
