import { ENDS_KEPT, JIDS_KEPT, MOST_ENDS, type Unsuccessful } from "../../ends.ts";
import type { Entry } from "../../entry.ts";
import type { Context } from "../store/context.ts";

/** What is remembered of jobs that are over. */
export class Ends {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Whether the jid makes no second job yet. */
  isOver({ jid, remembered }: Pick<Entry, "jid" | "remembered">): boolean {
    return remembered === true && this.#isOver(jid);
  }

  #isOver(jid: string): boolean {
    return (
      this.#context.get(
        "SELECT 1 FROM remembered WHERE jid = ? AND until > ?",
        jid,
        this.#context.now,
      ) !== undefined
    );
  }

  /** A job is over. */
  note(
    { jid, isRemembered }: { readonly jid: string; readonly isRemembered: boolean },
    ended?: Unsuccessful,
  ): void {
    const { now } = this.#context;
    // What a person took away, or cancelled, was not run to its end: its jid is free again.
    if (isRemembered && ended !== "cancelled" && ended !== "deleted") {
      this.#context.run(
        "INSERT OR REPLACE INTO remembered (jid, until) VALUES (?, ?)",
        jid,
        now + JIDS_KEPT,
      );
    }
    if (ended !== undefined) {
      this.#context.run(
        "INSERT OR REPLACE INTO ended (jid, ended, until) VALUES (?, ?, ?)",
        jid,
        ended,
        now + ENDS_KEPT,
      );
    }
  }

  /** The job begins anew: how the job ended before is of no interest any more. */
  forget(jid: string): void {
    this.#context.run("DELETE FROM ended WHERE jid = ?", jid);
  }

  /** How a job ended that is over, without success. */
  of(jid: string): Unsuccessful | undefined {
    return this.#context.get<{ ended: Unsuccessful }>(
      "SELECT ended FROM ended WHERE jid = ? AND until > ?",
      jid,
      this.#context.now,
    )?.ended;
  }

  /** Whether anything is remembered of a job that is over. */
  remembers(jid: string): boolean {
    return this.#isOver(jid) || this.of(jid) !== undefined;
  }

  /** Forgets what is old, and too much. */
  sweep(most: number): void {
    const { now } = this.#context;
    for (const table of ["ended", "remembered"]) {
      this.#context.run(
        `DELETE FROM ${table} WHERE jid IN (SELECT jid FROM ${table} WHERE until <= ? LIMIT ?)`,
        now,
        most,
      );
    }
    this.#context.run("DELETE FROM ended WHERE id <= (SELECT MAX(id) FROM ended) - ?", MOST_ENDS);
  }
}
