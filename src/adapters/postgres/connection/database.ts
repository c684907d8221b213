import type { Listening } from "../../job-notes.ts";

/** One row of an answer. */
export type Row = Readonly<Record<string, unknown>>;

/** A value of a statement: what every driver sends alike. */
export type Value = string | number | boolean | null;

/** What takes one statement at a time: a connection, a pool, or an open transaction. */
export interface Queryable {
  /**
   * Sends one statement, and resolves to its rows.
   *
   * @param values In the order of `$1`, `$2`, …
   */
  query(text: string, values: readonly Value[]): Promise<readonly Row[]>;
}

/** What is asked to see whether Postgres answers. */
export const ASKED = "SELECT 1 AS answered";

/** A Postgres, whichever library speaks to it. */
export interface Database extends Queryable {
  /** Of the library. */
  readonly driver: "pg" | "postgres.js" | "pglite";
  /** Runs many statements as one step, which may take long: on large tables, or behind a lock. */
  script(text: string): Promise<void>;
  /**
   * Hears of what is notified on a channel, from when it resolves on.
   *
   * @param onBreak It hears nothing any more. What hears again by itself calls `onReady` then.
   */
  listen(channel: string, listener: ChannelListener): Promise<Pick<Listening, "stop">>;
  /** Closes what was opened for this adapter. */
  close(): Promise<void>;
}

/** Whoever hears of a channel. */
export interface ChannelListener {
  onMessage(message: string): void;
  /** From now on it hears; it may have missed something before. */
  onReady(): void;
  onBreak(): void;
}
