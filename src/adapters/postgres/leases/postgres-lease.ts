import type {
  Exchange,
  FetchedJob,
  FetchRequest,
  Lease,
  LeaseOptions,
  Outcome,
} from "../../adapter.ts";
import { AdapterError, LeaseLostError } from "../../adapter-error.ts";
import { assertOutcomes } from "../../entries.ts";
import type { Row } from "../connection/database.ts";
import { textArray, type PostgresContext } from "../postgres-context.ts";
import { shownPayload } from "../shown-payload.ts";
import { quoted } from "../schema/migrate.ts";
import { heldRuns, type RunHolder } from "../within/complete-within.ts";
import { answerOf, EXCHANGE, leftOf, type Meta } from "./exchange-answer.ts";
import { Floors } from "./floors.ts";
import { LeaseHearing } from "./lease-hearing.ts";
import { outcomeLines, type Settling } from "./outcome-lines.ts";
import { Receipt, type Handed } from "./receipt.ts";
import { SideBySide } from "./side-by-side.ts";

/** What this version of the library asks of the schema: later ones see who still does. */
const PROTOCOL = 1;

/** A lease on jobs in Postgres. */
export class PostgresLease implements Lease {
  readonly identity: string;
  readonly #id: number;
  readonly #options: LeaseOptions;
  readonly #context: PostgresContext;
  readonly #hearing: LeaseHearing;
  /** Runs that it holds, as far as this process knows. */
  readonly #held = new Map<number, Receipt>();
  /** Those that were done as part of a transaction of the application's. */
  readonly #completed = new Set<number>();
  readonly #holder: RunHolder;
  /** Of these nobody knows whether they were settled: an answer was lost. */
  readonly #uncertain = new Set<number>();
  #isUncertain = false;
  /** An exchange that nobody waits for any more may still be done, however late. */
  #hasLostAnswer = false;
  readonly #exchanges = new SideBySide();
  readonly #floors = new Floors();
  #ended = false;

  /** @throws {AdapterError} if a lease of that identity is open. */
  static async open(options: LeaseOptions, context: PostgresContext): Promise<PostgresLease> {
    const { identity, ttl, info, state } = options;
    if (!(ttl > 0)) {
      throw new RangeError(`Cannot lease jobs for ${ttl} seconds: expected a ttl above 0`);
    }
    const [row] = await context.query(
      "open a lease",
      "SELECT @.open_lease_1($1::text, $2::float8, $3::int, $4::text, $5::text) AS id",
      [identity, ttl, PROTOCOL, JSON.stringify(info), JSON.stringify(stateOf(state()))],
    );
    if (row?.["id"] == null) {
      throw new AdapterError(
        `Cannot open a lease for worker "${identity}": one is open under that identity. ` +
          "Use another for each lease",
      );
    }
    const lease = new PostgresLease(Number(row["id"]), options, context);
    await lease.#hearing.start();
    return lease;
  }

  private constructor(id: number, options: LeaseOptions, context: PostgresContext) {
    this.identity = options.identity;
    this.#id = id;
    this.#options = options;
    this.#context = context;
    this.#hearing = new LeaseHearing(options, context);
    this.#holder = {
      complete: `${quoted(context.schema)}.complete_within_1`,
      onCompleted: (run) => void this.#completed.add(run),
    };
  }

  async exchange(outcomes: readonly Outcome[], request?: FetchRequest): Promise<Exchange> {
    this.#assertOpen();
    if (request !== undefined && !(request.limit >= 1)) {
      throw new RangeError(`Cannot fetch ${request.limit} jobs: expected a limit of at least 1`);
    }
    assertOutcomes(outcomes);
    // What an exchange that is under way has fetched must not be taken for what nobody knows of.
    return this.#exchanges.run(
      () => this.#isUncertain,
      async (isAlone) => {
        this.#assertOpen();
        const refused: FetchedJob[] = [];
        const settlings = this.#settlings(outcomes, refused);
        return isAlone
          ? this.#afterLostAnswer(settlings, refused, request)
          : this.#exchange(settlings, refused, request);
      },
    );
  }

  async renew(): Promise<void> {
    this.#assertOpen();
    const { ttl, state, onSignal, onWork } = this.#options;
    const answer = await this.#context.call<{ lost?: boolean; signal?: "TSTP" | "TERM" | null }>(
      "renew a lease",
      "renew_1($1::int, $2::float8, $3::text)",
      [this.#id, ttl, JSON.stringify(stateOf(state()))],
    );
    if (answer.lost === true) throw this.#lose();
    if (answer.signal != null) onSignal?.(answer.signal);
    if (this.#hasLostAnswer) {
      // The next exchange looks for what such a one has fetched meanwhile.
      this.#isUncertain = true;
      onWork();
    }
  }

  async checkpoint(job: FetchedJob, payload: string): Promise<boolean> {
    this.#assertOpen();
    const handed = Receipt.of(job, this);
    const [row] = await this.#context.query(
      "write a checkpoint",
      "SELECT @.checkpoint_1($1::int, $2::text, $3::bigint, $4::text) AS how",
      [this.#id, handed?.jid ?? "", handed?.run ?? -1, payload],
    );
    if (row?.["how"] === "lost") {
      throw this.#lose();
    }
    return row?.["how"] === "held";
  }

  async close(): Promise<void> {
    if (this.#ended) {
      return;
    }
    this.#end();
    await this.#context.call("close a lease", "close_lease_1($1::int)", [this.#id]);
  }

  async giveUp(): Promise<void> {
    this.#end();
    await this.#context.query(
      "give up a lease",
      "UPDATE @.lease SET expires_at = 0 WHERE id = $1::int",
      [this.#id],
    );
  }

  #settlings(outcomes: readonly Outcome[], refused: FetchedJob[]): Settling[] {
    const settlings: Settling[] = [];
    for (const outcome of outcomes) {
      const handed = Receipt.of(outcome.job, this);
      if (handed === undefined) {
        refused.push(outcome.job);
      } else if (this.#held.delete(handed.run)) {
        heldRuns().delete(handed.jid);
        const isCompleted = this.#completed.delete(handed.run);
        settlings.push({ outcome, handed: isCompleted ? { ...handed, guarded: true } : handed });
      }
    }
    return settlings;
  }

  async #exchange(
    settlings: readonly Settling[],
    refused: FetchedJob[],
    request: FetchRequest | undefined,
    isAlone = false,
  ): Promise<Exchange> {
    const lines = outcomeLines(settlings, isAlone);
    const { settings, bell } = this.#context;
    let rows: readonly Row[];
    try {
      rows = await this.#context.query("settle and fetch jobs", EXCHANGE, [
        this.#id,
        lines.runs,
        lines.rest,
        lines.isAlone,
        textArray(request?.queues ?? ["*"]),
        this.#floors.text,
        request?.limit ?? 0,
        request?.turns ?? request?.limit ?? 0,
        settings.deadMaxJobs,
        settings.deadTimeout,
      ]);
    } catch (error) {
      this.#lostAnswer(settlings, error);
      throw error;
    }
    const meta = JSON.parse(String(rows.at(-1)?.["o_extra"])) as Meta;
    if (meta.lost === true) {
      throw this.#lose();
    }
    this.#floors.learn(meta.walks);
    const jobs = rows.slice(0, -1).map((row) => this.#receipt(row, meta));
    const left = leftOf(settlings, meta);
    if (meta.work === true) bell.ring({ work: true });
    if (meta.due != null) bell.ring({ due: meta.due });
    if (lines.ended.length > 0) bell.ring({ ended: lines.ended });
    this.#hearing.asked(jobs.length > 0);
    if (left.length > 0 && !isAlone) {
      // Somebody gave one of them a key to hold meanwhile, or they are lost: that is settled alone.
      const again = left.map(({ outcome, handed }) => ({
        outcome,
        handed: { ...handed, guarded: true },
      }));
      const { releasable } = await this.#exchange(again, refused, undefined, true);
      return { ...answerOf(jobs, refused, meta), releasable };
    }
    refused.push(
      ...left
        .filter(({ handed }) => !this.#uncertain.delete(handed.run))
        .map(({ outcome }) => outcome.job),
    );
    settlings.forEach(({ handed }) => this.#uncertain.delete(handed.run));
    return answerOf(jobs, refused, meta);
  }

  #receipt(row: Row, { how }: Meta): Receipt {
    const jid = row["o_jid"] as string;
    const { refusedBy, expired } = how?.[jid] ?? {};
    const handed: Handed = {
      jid,
      queue: row["o_queue"] as string,
      payload: shownPayload(row["o_payload"], row["o_enqueued_at"], this.#context.settings),
      run: Number(row["o_run"]),
      recoveries: Number(row["o_recoveries"]),
      guarded: row["o_guarded"] === true,
      refusedBy: refusedBy ?? undefined,
      expired: expired === true ? true : undefined,
    };
    const receipt = new Receipt(handed, this);
    this.#held.set(handed.run, receipt);
    heldRuns().set(jid, { run: handed.run, by: this.#holder });
    return receipt;
  }

  // --- After an answer was lost
  // ---------------------------------------------------------------------

  #lostAnswer(settlings: readonly Settling[], error: unknown): void {
    const isUncertain = error instanceof AdapterError && error.maybeAccepted;
    this.#isUncertain ||= isUncertain;
    this.#hasLostAnswer ||= isUncertain;
    for (const { outcome, handed } of settlings) {
      this.#held.set(handed.run, outcome.job as Receipt);
      if (isUncertain) this.#uncertain.add(handed.run);
    }
  }

  /**
   * Settles first; then whatever the lease holds and this process does not know of was fetched in
   * vain.
   */
  async #afterLostAnswer(
    settlings: readonly Settling[],
    refused: FetchedJob[],
    request: FetchRequest | undefined,
  ): Promise<Exchange> {
    const exchange = await this.#exchange(settlings, refused, undefined);
    const rows = await this.#context.query(
      "look for jobs after a lost answer",
      "SELECT * FROM @.held_1($1::int)",
      [this.#id],
    );
    this.#isUncertain = false;
    const unknown = rows.filter((row) => !this.#held.has(Number(row["o_run"])));
    if (unknown.length === 0 && request !== undefined) {
      return this.#exchange([], refused, request);
    }
    return { ...exchange, jobs: unknown.map((row) => this.#receipt(row, {})), isMore: true };
  }

  // --- Its end
  // --------------------------------------------------------------------------------------

  #assertOpen(): void {
    if (this.#ended) {
      throw new LeaseLostError(this.identity);
    }
  }

  #lose(): LeaseLostError {
    this.#end();
    return new LeaseLostError(this.identity);
  }

  #end(): void {
    this.#ended = true;
    this.#hearing.stop();
    for (const receipt of this.#held.values()) {
      const { jid = "", run } = Receipt.of(receipt, this) ?? {};
      if (heldRuns().get(jid)?.run === run) heldRuns().delete(jid);
    }
  }
}

function stateOf(state: ReturnType<LeaseOptions["state"]>): object {
  return { ...state, rss: process.memoryUsage.rss() };
}
