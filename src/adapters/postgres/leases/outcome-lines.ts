import type { Outcome } from "../../adapter.ts";
import type { LeftResult } from "../../job-notes.ts";
import { withJid } from "../../presentable.ts";
import { numberArray } from "../postgres-context.ts";
import type { Handed } from "./receipt.ts";

/** One that is to be settled. */
export interface Settling {
  readonly outcome: Outcome;
  readonly handed: Handed;
}

/** Outcomes as the exchange takes them. */
export interface OutcomeLines {
  /** Of those that are done and leave nothing. */
  readonly runs: string;
  /** The others, as JSON; `null` if there are none. */
  readonly rest: string | null;
  /** Whether it changes what others depend on. */
  readonly isAlone: boolean;
  /** Those that leave a result. */
  readonly ended: readonly string[];
}

/** Writes outcomes down. */
export function outcomeLines(settlings: readonly Settling[], isAlone: boolean): OutcomeLines {
  const runs: number[] = [];
  const rest: object[] = [];
  const ended: string[] = [];
  let alone = isAlone;
  for (const { outcome, handed } of settlings) {
    alone ||= handed.guarded || outcome.kind === "dead" || outcome.kind === "block";
    if (outcome.kind === "done" && !handed.guarded && isPlain(outcome)) {
      runs.push(handed.run);
      continue;
    }
    rest.push(line(outcome, handed));
    if ((outcome.kind === "done" || outcome.kind === "dead") && outcome.result !== undefined) {
      ended.push(handed.jid);
    }
  }
  return {
    runs: numberArray(runs),
    rest: rest.length === 0 ? null : JSON.stringify(rest),
    isAlone: alone,
    ended,
  };
}

function isPlain(outcome: Outcome & { readonly kind: "done" }): boolean {
  const { failed, ended, result, finished } = outcome;
  return failed !== true && ended === undefined && result === undefined && finished === undefined;
}

function line(outcome: Outcome, { jid: j, run: r }: Handed): object {
  const base = { j, r, k: outcome.kind };
  switch (outcome.kind) {
    case "done": {
      const { failed: f, ended: e, result, finished: fin } = outcome;
      return { ...base, f, e, ...left(result), fin };
    }
    case "dead": {
      const { result } = outcome;
      return { ...base, t: payloadOf(outcome, j), ...left(result) };
    }
    case "release":
      return { ...base, t: outcome.payload };
    case "block": {
      const { queue: q, prereqs: p, prereqFailure: pf } = outcome;
      return { ...base, t: payloadOf(outcome, j), q, p, pf };
    }
    default: {
      const { queue: q, at: a, delay: d } = outcome;
      return { ...base, t: payloadOf(outcome, j), q, a, d };
    }
  }
}

/** Postgres takes no NUL: as JSON it has none. */
function left(result: LeftResult | undefined): object | undefined {
  return result && { res: JSON.stringify(result.text), secs: result.seconds };
}

/** Under the jid that the store knows it by, where the record has none that can be read. */
function payloadOf(outcome: { jid: string | undefined; payload: string }, jid: string): string {
  return outcome.jid === undefined ? withJid(outcome.payload, jid) : outcome.payload;
}
