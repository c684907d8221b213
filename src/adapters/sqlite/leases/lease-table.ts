import { LeaseLostError } from "../../adapter-error.ts";
import type { LeaseOptions } from "../../lease-options.ts";
import type { RunningJob, WorkerInfo, WorkerState } from "../../job-store.ts";
import { payloadOf, STATES, type JobRow } from "../jobs/job.ts";
import type { Context } from "../store/context.ts";

/** What a worker says of itself with each renewal. */
type Said = ReturnType<LeaseOptions["state"]> & { readonly rss: number };

/** A lease as others see it. */
interface LeaseRow {
  readonly id: number;
  readonly identity: string;
  readonly info: string;
  readonly state: string;
  readonly seen_at: number;
}

/** The table of leases: all that are open, of all processes. */
export class LeaseTable {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** @returns its row; `undefined` if one of that identity is open. */
  open({ identity, ttl, info, state }: LeaseOptions, sender: string): number | undefined {
    const { now } = this.#context;
    return this.#context.get<{ id: number }>(
      `INSERT INTO lease (identity, sender, expires_at, info, state, seen_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (identity) DO NOTHING RETURNING id`,
      identity,
      sender,
      now + ttl,
      JSON.stringify(info),
      said(state),
      now,
    )?.id;
  }

  /** @throws {LeaseLostError} if it has ended, or its time is over. */
  assertAlive(id: number | undefined, identity: string): void {
    if (id === undefined || !this.isAlive(id)) {
      throw new LeaseLostError(identity);
    }
  }

  /** Once it is over it stays so, whatever the clock does. */
  isAlive(id: number): boolean {
    const row = this.#context.get<{ at: number }>(
      "SELECT expires_at AS at FROM lease WHERE id = ?",
      id,
    );
    if (row !== undefined && row.at <= this.#context.now) {
      this.giveUp(id);
    }
    return row !== undefined && row.at > this.#context.now;
  }

  /** Its time is over. */
  giveUp(id: number): void {
    this.#context.run("UPDATE lease SET expires_at = -9e999 WHERE id = ?", id);
  }

  /** @returns what an operator has asked of it meanwhile. */
  renew(id: number, { ttl, state }: LeaseOptions): "TSTP" | "TERM" | undefined {
    const { now } = this.#context;
    const signal = this.takeSignal(id);
    this.#context.run(
      "UPDATE lease SET expires_at = ?, state = ?, seen_at = ? WHERE id = ?",
      now + ttl,
      said(state),
      now,
      id,
    );
    return signal;
  }

  /** Whether it sleeps until it hears of work. */
  sleeps(id: number, isIdle: boolean): void {
    const idle = isIdle ? 1 : 0;
    this.#context.run("UPDATE lease SET idle = ? WHERE id = ? AND idle <> ?", idle, id, idle);
  }

  close(id: number): void {
    this.#context.run("DELETE FROM lease WHERE id = ?", id);
  }

  /** Those whose time is over, in the order in which they were opened. */
  over(): { readonly id: number; readonly identity: string }[] {
    return this.#context.all(
      "SELECT id, identity FROM lease WHERE expires_at <= ? ORDER BY id",
      this.#context.now,
    );
  }

  /** Leaves a signal for a worker, which takes it at its next renewal, or when it hears of it. */
  signal(identity: string, signal: "TSTP" | "TERM"): boolean {
    const { now } = this.#context;
    const isAlive = this.#context.run(
      "UPDATE lease SET signal = ? WHERE identity = ? AND expires_at > ?",
      signal,
      identity,
      now,
    );
    this.#context.notices.isSignal ||= isAlive > 0;
    return isAlive > 0;
  }

  takeSignal(id: number): "TSTP" | "TERM" | undefined {
    const row = this.#context.get<{ signal: "TSTP" | "TERM" | null }>(
      "SELECT signal FROM lease WHERE id = ?",
      id,
    );
    if (row?.signal != null) {
      this.#context.run("UPDATE lease SET signal = NULL WHERE id = ?", id);
    }
    return row?.signal ?? undefined;
  }

  workers(): WorkerState[] {
    const rows = this.#context.all<LeaseRow>(
      "SELECT id, identity, info, state, seen_at FROM lease WHERE expires_at > ? ORDER BY id",
      this.#context.now,
    );
    return rows.map(({ identity, info, state, seen_at: seenAt }) => ({
      identity,
      library: "mandate",
      ...(JSON.parse(info) as WorkerInfo),
      ...(JSON.parse(state) as Said),
      seenAt,
    }));
  }

  running(): RunningJob[] {
    const rows = this.#context.all<
      JobRow & { readonly identity: string; readonly started: number }
    >(
      `SELECT lease.identity, job.queue, job.payload, job.stamp, job.started FROM lease JOIN job ON job.lease = lease.id AND job.state = ${STATES.running} ORDER BY lease.id, job.fetched`,
    );
    return rows.map((row) => ({
      identity: row.identity,
      queue: row.queue,
      payload: payloadOf(row),
      startedAt: row.started,
    }));
  }
}

function said(state: LeaseOptions["state"]): string {
  return JSON.stringify({ ...state(), rss: process.memoryUsage.rss() } satisfies Said);
}
