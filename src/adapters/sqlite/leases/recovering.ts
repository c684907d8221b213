import { buriedAsLost, LOSSES_TO_BURY } from "../../bury.ts";
import type { Recovery } from "../../recovery.ts";
import { STATES, type Job } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Context } from "../store/context.ts";
import type { LeaseTable } from "./lease-table.ts";

/** Gives back what leases held. */
export class Recovering {
  readonly #context: Context;
  readonly #jobs: Jobs;
  readonly #leases: LeaseTable;

  constructor(context: Context, jobs: Jobs, leases: LeaseTable) {
    this.#context = context;
    this.#jobs = jobs;
    this.#leases = leases;
  }

  /** Of leases whose time is over. */
  recover(): Recovery[] {
    return this.#leases
      .over()
      .map(({ id, identity }) => ({ identity, ...this.#recoverFrom(id) }))
      .filter(({ recovered, buried }) => recovered > 0 || buried.length > 0);
  }

  /** A lease ends, and what it holds goes to the heads of its queues. */
  close(lease: number): void {
    const jobs = this.#held(lease);
    this.#leases.close(lease);
    jobs.reverse().forEach((job) => this.#jobs.putBack(job));
  }

  #recoverFrom(lease: number): Pick<Recovery, "recovered" | "buried"> {
    const kept: Job[] = [];
    const buried: string[] = [];
    const held = this.#held(lease);
    this.#leases.close(lease);
    for (const job of held) {
      if (this.#jobs.isCancelled(job)) {
        this.#jobs.finish(job, "cancelled");
        continue;
      }
      job.recoveries += 1;
      if (job.recoveries < LOSSES_TO_BURY) {
        kept.push(job);
      } else {
        const stamp = this.#context.settings.timestamp(this.#context.now);
        job.payload = buriedAsLost({ ...job.stored(), stamp });
        this.#jobs.bury(job);
        buried.push(job.jid);
      }
    }
    kept.reverse().forEach((job) => this.#jobs.putBack(job, true));
    return { recovered: kept.length, buried };
  }

  #held(lease: number): Job[] {
    return this.#jobs.table.all(`lease = ? AND state = ${STATES.running} ORDER BY fetched`, lease);
  }
}
