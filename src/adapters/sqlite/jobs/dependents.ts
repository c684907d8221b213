import type { Unsuccessful } from "../../ends.ts";
import type { PrereqFailure } from "../../job-record.ts";
import type { Context } from "../store/context.ts";
import type { Job, JobRow } from "./job.ts";
import type { JobTable } from "./job-table.ts";

/** A prerequisite that was no success. */
interface Failed {
  readonly jid: string;
  readonly ended: Unsuccessful;
}

/** Who waits for whom, and who is free and waits to be handed on. */
export class Dependents {
  readonly #context: Context;
  readonly #table: JobTable;

  constructor(context: Context, table: JobTable) {
    this.#context = context;
    this.#table = table;
  }

  get hasFree(): boolean {
    return this.#context.get("SELECT 1 FROM job WHERE free IS NOT NULL LIMIT 1") !== undefined;
  }

  /** @param prereqs unfinished jobs, each once, at least one. */
  hold(job: Job, prereqs: readonly string[], failure: PrereqFailure): void {
    const ord = this.#context.next();
    job.wait = { prereqs, failure, ord, open: prereqs.length };
    this.#table.save(job);
    for (const prereq of prereqs) {
      this.#context.run(
        "INSERT INTO prereq (prereq, ord, job) VALUES (?, ?, ?)",
        prereq,
        ord,
        job.id,
      );
    }
  }

  /** The jids of those that wait for a job, at most so many, in the order of their blocking. */
  of(jid: string, limit: number): string[] {
    const rows = this.#context.all<{ jid: string }>(
      "SELECT job.jid FROM prereq JOIN job ON job.id = prereq.job WHERE prereq = ? ORDER BY prereq.ord LIMIT ?",
      jid,
      limit,
    );
    return rows.map((row) => row.jid);
  }

  /** The job waits for nothing but its end. */
  doom(job: Job, failedPrereq: Failed, failure: PrereqFailure): void {
    job.wait = { prereqs: [], failure, ord: 0, open: 0, failedPrereq };
    this.#free(job);
  }

  /** The job waits no longer, whatever becomes of it. */
  forget(job: Job): void {
    const { prereqs = [], ord = 0 } = job.wait ?? {};
    for (const prereq of prereqs) {
      this.#context.run("DELETE FROM prereq WHERE prereq = ? AND ord = ?", prereq, ord);
    }
    job.wait = undefined;
    job.free = undefined;
  }

  /** Frees what waited for this job alone. */
  finished(jid: string, ended: Unsuccessful | undefined): void {
    const waiting = this.#context.all<JobRow>(
      "SELECT job.* FROM prereq JOIN job ON job.id = prereq.job WHERE prereq = ? ORDER BY prereq.ord",
      jid,
    );
    if (waiting.length === 0) {
      return;
    }
    this.#context.run("DELETE FROM prereq WHERE prereq = ?", jid);
    for (const row of waiting) {
      this.#tell(this.#table.of(row), jid, ended);
    }
  }

  /** At most `limit` jobs that are free, in the order in which they became so. */
  free(limit: number): Job[] {
    return this.#table.all("free IS NOT NULL ORDER BY free LIMIT ?", limit);
  }

  #tell(job: Job, prereq: string, ended: Unsuccessful | undefined): void {
    const { wait } = job;
    if (wait === undefined || job.free !== undefined) {
      return;
    }
    wait.open -= 1;
    if (ended !== undefined && wait.failure !== "release") {
      wait.failedPrereq = { jid: prereq, ended };
    }
    if (wait.open > 0 && wait.failedPrereq === undefined) {
      this.#table.save(job);
    } else {
      this.#free(job);
    }
  }

  #free(job: Job): void {
    job.free = this.#context.next();
    this.#table.save(job);
    this.#context.notices.work();
  }
}
