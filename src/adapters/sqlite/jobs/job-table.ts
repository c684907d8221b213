import type { Entry } from "../../entry.ts";
import type { SqlValue } from "../driver/driver.ts";
import { JobHolds } from "../holds/job-holds.ts";
import type { Context, Written } from "../store/context.ts";
import { Job, JOB_COLUMNS, STATES, type JobRow } from "./job.ts";

const UPDATE = `UPDATE job SET ${JOB_COLUMNS.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`;

/**
 * Jobs by jid. In one step each of them is one object, which is written as soon as it has changed.
 */
export class JobTable implements Written {
  readonly #context: Context;
  readonly #read = new Map<number, Job>();

  constructor(context: Context) {
    this.#context = context;
    context.add(this);
  }

  find(jid: string): Job | undefined {
    return this.first("jid = ?", jid);
  }

  has(jid: string): boolean {
    return this.#context.get("SELECT 1 FROM job WHERE jid = ?", jid) !== undefined;
  }

  /** The first that a clause finds, which may have an order. */
  first(where: string, ...values: SqlValue[]): Job | undefined {
    const row = this.#context.get<JobRow>(`SELECT * FROM job WHERE ${where} LIMIT 1`, ...values);
    return row && this.of(row);
  }

  /** All that a clause finds, which may have an order and a limit. */
  all(where: string, ...values: SqlValue[]): Job[] {
    const rows = this.#context.all<JobRow>(`SELECT * FROM job WHERE ${where}`, ...values);
    return rows.map((row) => this.of(row));
  }

  of(row: JobRow): Job {
    let job = this.#read.get(row.id);
    if (job === undefined) {
      job = new Job(row);
      this.#read.set(row.id, job);
    }
    return job;
  }

  /** A new one, on its way to its place; `undefined` if one of its jid is there. */
  insert(entry: Entry): Job | undefined {
    const { now } = this.#context;
    const { holds, expiresAt, delay } = entry;
    const at = delay === undefined ? entry.at : now + delay;
    const isGuarded = holds !== undefined || expiresAt !== undefined;
    const row = this.#context.get<JobRow>(
      `INSERT INTO job (jid, queue, state, priority, at, payload, fair, batch, holds) VALUES (?, ?, ${STATES.moving}, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (jid) DO NOTHING RETURNING *`,
      entry.jid,
      entry.queue,
      entry.priority ?? 0,
      at ?? null,
      entry.payload,
      entry.fairKey ?? null,
      entry.batch ?? null,
      isGuarded ? new JobHolds(now, { holds, expiresAt }).toText() : null,
    );
    return row && this.of(row);
  }

  save(job: Job): void {
    this.#context.run(UPDATE, ...job.values(), job.id);
  }

  delete(job: Job): void {
    this.#read.delete(job.id);
    this.#context.run("DELETE FROM job WHERE id = ?", job.id);
  }

  flush(): void {
    // Each was written when it changed.
  }

  forget(): void {
    this.#read.clear();
  }

  stepBegins(): void {
    this.#read.clear();
  }
}
