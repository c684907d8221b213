import type {
  Exchange,
  FetchedJob,
  FetchRequest,
  Lease,
  LeaseOptions,
  Outcome,
} from "../../adapter.ts";
import { AdapterError } from "../../adapter-error.ts";
import { assertOutcomes } from "../../entries.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Steps } from "../store/steps.ts";
import type { Telling } from "../telling/telling.ts";
import type { HandingOut } from "./handing-out.ts";
import type { LeaseTable } from "./lease-table.ts";
import { Receipt } from "./receipt.ts";
import type { Recovering } from "./recovering.ts";
import { goOn, type Settling } from "./settling.ts";

/** What leases share. */
export interface LeaseParts {
  readonly sender: string;
  readonly steps: Steps;
  readonly jobs: Jobs;
  readonly leases: LeaseTable;
  readonly settling: Settling;
  readonly handingOut: HandingOut;
  readonly recovering: Recovering;
  readonly telling: Telling;
}

/** And whom one tells that it has ended. */
interface OwnParts extends LeaseParts {
  readonly onEnd: (lease: SqliteLease) => void;
}

/** A lease on jobs in a file. */
export class SqliteLease implements Lease {
  readonly identity: string;
  readonly #options: LeaseOptions;
  readonly #parts: OwnParts;
  /** Its row; `undefined` once it was closed. */
  #id: number | undefined;

  private constructor(options: LeaseOptions, parts: OwnParts) {
    this.identity = options.identity;
    this.#options = options;
    this.#parts = parts;
  }

  /** @throws {AdapterError} if a lease of that identity is open. */
  static async open(options: LeaseOptions, parts: OwnParts): Promise<SqliteLease> {
    const { identity, ttl } = options;
    if (!(ttl > 0)) {
      throw new RangeError(`Cannot lease jobs for ${ttl} seconds: expected a ttl above 0`);
    }
    const { steps, leases, telling, sender } = parts;
    await telling.join();
    const lease = new SqliteLease(options, parts);
    lease.#id = await steps.write(() => leases.open(options, sender));
    if (lease.#id === undefined) {
      throw new AdapterError(
        `Cannot open a lease for worker "${identity}": one is open under that identity. Use another for each lease`,
      );
    }
    telling.leases.add(options);
    return lease;
  }

  async exchange(outcomes: readonly Outcome[], request?: FetchRequest): Promise<Exchange> {
    if (request !== undefined && !(request.limit >= 1)) {
      throw new RangeError(`Cannot fetch ${request.limit} jobs: expected a limit of at least 1`);
    }
    assertOutcomes(outcomes);
    const own = outcomes.filter(({ job }) => Receipt.isOf(job, this));
    const refused = outcomes.filter(({ job }) => !Receipt.isOf(job, this)).map(({ job }) => job);
    const { steps, jobs } = this.#parts;
    return steps.write(() => {
      const id = this.#assertAlive();
      this.#parts.settling.settleAll(id, own);
      const fetched = request === undefined ? { jobs: [] } : this.#fetch(id, request);
      return { ...fetched, refused, releasable: jobs.areReleasable };
    });
  }

  async renew(): Promise<void> {
    const signal = await this.#parts.steps.write(() => {
      const id = this.#assertAlive();
      return this.#parts.leases.renew(id, this.#options);
    });
    this.#signal(signal);
  }

  async checkpoint(receipt: FetchedJob, payload: string): Promise<boolean> {
    const { steps, jobs, settling } = this.#parts;
    return steps.write(() => {
      const id = this.#assertAlive();
      const job = Receipt.isOf(receipt, this) ? settling.held(id, receipt) : undefined;
      if (job !== undefined) {
        goOn(job, payload);
        jobs.table.save(job);
      }
      return job !== undefined;
    });
  }

  async close(): Promise<void> {
    const { steps, leases, recovering, telling } = this.#parts;
    telling.leases.remove(this.#options);
    this.#parts.onEnd(this);
    const id = this.#id;
    this.#id = undefined;
    if (id !== undefined) {
      await steps.write(() => {
        if (leases.isAlive(id)) recovering.close(id);
      });
    }
  }

  async giveUp(): Promise<void> {
    const { steps, leases, telling } = this.#parts;
    telling.leases.remove(this.#options);
    this.#parts.onEnd(this);
    const id = this.#id;
    this.#id = undefined;
    if (id !== undefined) {
      await steps.write(() => leases.giveUp(id));
    }
  }

  /** Looks whether an operator has asked anything of it. */
  async hearSignal(): Promise<void> {
    const { steps, leases } = this.#parts;
    const id = this.#id;
    this.#signal(id === undefined ? undefined : await steps.write(() => leases.takeSignal(id)));
  }

  #signal(signal: "TSTP" | "TERM" | undefined): void {
    if (signal !== undefined) {
      this.#options.onSignal?.(signal);
    }
  }

  #assertAlive(): number {
    this.#parts.leases.assertAlive(this.#id, this.identity);
    return this.#id as number;
  }

  #fetch(id: number, request: FetchRequest): Omit<Exchange, "refused" | "releasable"> {
    const { handingOut, leases, telling } = this.#parts;
    const fetched = handingOut.fetch({ id, lease: this }, request);
    telling.leases.asked(this.#options);
    leases.sleeps(id, fetched.jobs.length < request.limit);
    return fetched;
  }
}
