import { createHash } from "node:crypto";
import { isUsualJid } from "../../support/jid.ts";
import { consoleLogger } from "../../support/logger.ts";
import type {
  Adapter,
  Capabilities,
  Entry,
  Lease,
  LeaseOptions,
  Promotion,
  Recovery,
} from "../adapter.ts";
import { AdapterError } from "../adapter-error.ts";
import type { Batches, BatchHappening } from "../batches.ts";
import { assertGiven, type Documents, type DocumentWrite } from "../documents.ts";
import type { EnqueueAnswer } from "../enqueue-answer.ts";
import { assertEntries } from "../entries.ts";
import type { Holds } from "../holds.ts";
import type { JobNotes } from "../job-notes.ts";
import type { TimeUnit } from "../job-record.ts";
import type { JobStatus, JobStore } from "../job-store.ts";
import { StoreSettings, type StoreOptions } from "../store-settings.ts";
import type { WireFormats } from "../wire-format.ts";
import { EnqueueLine } from "./accepting/enqueue-line.ts";
import { releaseBlocked } from "./accepting/release-blocked.ts";
import { PostgresBatches } from "./batches/postgres-batches.ts";
import type { Value } from "./connection/database.ts";
import { Connection } from "./connection.ts";
import { PostgresDocuments } from "./documents/postgres-documents.ts";
import { PostgresHolds } from "./holds/postgres-holds.ts";
import { PostgresJobNotes } from "./kept/postgres-job-notes.ts";
import { PostgresLease } from "./leases/postgres-lease.ts";
import { recoverLeases } from "./leases/recovery.ts";
import { PostgresJobStore } from "./managing/postgres-job-store.ts";
import { textArray, type PostgresContext, type Told } from "./postgres-context.ts";
import { checkPostgresOptions, type PostgresOptions } from "./postgres-options.ts";
import { LATEST } from "./schema/migrations.ts";
import { Bell } from "./waking/bell.ts";

/**
 * Keeps jobs in Postgres, in tables of their own beside the application's.
 *
 * Needs Postgres 14, and one of `pg`, postgres.js and PGlite. The schema is made with the first
 * statement, unless `autoMigrate` is `false`.
 *
 * @example
 * ```ts
 * import { configure } from "mandate";
 * import { PostgresAdapter } from "mandate/postgres";
 *
 * configure({
 *   adapter: new PostgresAdapter({ connectionString: "postgres://127.0.0.1/app" }),
 * });
 * ```
 */
export class PostgresAdapter implements Adapter {
  readonly name = "postgres";
  readonly capabilities: Capabilities = {
    persistent: true,
    priorities: true,
    fairness: true,
    holds: true,
    documents: true,
    batches: true,
  };
  readonly store: JobStore;
  readonly notes: JobNotes;
  readonly holds: Holds;
  readonly documents: Documents;
  readonly batches: Batches;
  /** As it was given. */
  readonly wireFormat: WireFormats | undefined;
  readonly #settings: StoreSettings;
  readonly #connection: Connection;
  readonly #context: PostgresContext;
  readonly #line: EnqueueLine;
  #isClosed = false;

  /** @throws {ConfigurationError} if an option does not exist, or two of them name a database. */
  constructor(options: PostgresOptions = {}) {
    checkPostgresOptions(options);
    const { schema = "mandate", logger = consoleLogger(), notify = true, wireFormat } = options;
    this.#settings = new StoreSettings("PostgresAdapter", options);
    this.wireFormat = wireFormat;
    this.#connection = new Connection(options, schema);
    const bell = new Bell(() => this.#connection.database(), {
      channel: channelOf(schema),
      isOn: notify,
    });
    const query: PostgresContext["query"] = (deed, text, values = []) =>
      this.#connection.query(deed, text, values);
    this.#context = {
      schema,
      logger,
      bell,
      query,
      settings: this.#settings,
      call: async <Answer>(deed: string, call: string, values: readonly Value[] = []) => {
        const [row] = await query(deed, `SELECT @.${call} AS answer`, values);
        const answer = JSON.parse(String(row?.["answer"])) as Answer & Told;
        if (answer.work === true) bell.ring({ work: true });
        if (answer.due != null) bell.ring({ due: answer.due });
        return answer;
      },
    };
    this.#line = new EnqueueLine(this.#context);
    this.store = new PostgresJobStore(this.#context);
    this.notes = new PostgresJobNotes(this.#context);
    this.holds = new PostgresHolds(this.#context);
    this.documents = new PostgresDocuments(this.#context);
    this.batches = new PostgresBatches(this.#context);
  }

  async enqueue(
    entries: readonly Entry[],
    timeout?: number,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    assertEntries(entries);
    if (given !== undefined) {
      assertGiven(given, entries);
    }
    this.#assertOpen("accept jobs");
    const answer = this.#line.enqueue(entries, given);
    return timeout === undefined
      ? answer
      : within(timeout, answer, () => this.#line.giveUp(entries));
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    this.#assertOpen("open a lease");
    return PostgresLease.open(options, this.#context);
  }

  async promoteDue(limit = 1_000): Promise<Promotion> {
    const { promoted, nextAt } = await this.#context.call<{
      promoted: number;
      nextAt: number | null;
    }>("promote jobs", "promote_1($1::int)", [limit]);
    return { promoted, nextAt: nextAt ?? undefined };
  }

  async releaseBlocked(onBatch?: (happened: BatchHappening) => void): Promise<number> {
    return releaseBlocked(this.#context, onBatch);
  }

  async recover(): Promise<readonly Recovery[]> {
    return recoverLeases(this.#context);
  }

  async unfinished(jids: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#context.query(
      "look for unfinished jobs",
      "SELECT u.jid FROM unnest($1::text::text[]) WITH ORDINALITY u(jid, n) WHERE @.is_unfinished_1(u.jid) ORDER BY u.n",
      [textArray(jids)],
    );
    return rows.map(({ jid }) => String(jid));
  }

  async status(jid: string): Promise<JobStatus> {
    const [row] = await this.#context.query(
      "look for a job",
      "SELECT @.status_1($1::text) AS status",
      [jid],
    );
    const status = String(row?.["status"]) as JobStatus;
    return status === "unknown" && isUsualJid(jid) ? "finished" : status;
  }

  /** How times are written into records. */
  get timestamps(): TimeUnit {
    return this.#settings.timestamps;
  }

  useDefaults(defaults: StoreOptions): void {
    this.#settings.useDefaults(defaults);
  }

  /**
   * Makes the schema, or brings it up to date.
   *
   * @param to A version to stop at. @default the latest
   * @returns the version that it has then.
   * @throws {ConfigurationError} if it is newer than that.
   */
  async migrate(to: number = LATEST): Promise<number> {
    return this.#connection.migrate(to);
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#context.bell.close();
      await this.#connection.close();
    }
  }

  #assertOpen(deed: string): void {
    if (this.#isClosed) {
      throw new AdapterError(`Cannot ${deed}: this Postgres adapter is closed. Make a new one`);
    }
  }
}

/** A channel's name is folded by some libraries: it has nothing that could be. */
function channelOf(schema: string): string {
  const isPlain = /^[a-z_][a-z0-9_]{0,50}$/.test(schema);
  return `mandate_${isPlain ? schema : createHash("sha1").update(schema).digest("hex").slice(0, 16)}`;
}

/** @param giveUp Says whether what is waited for may come about all the same. */
async function within<Answer>(
  seconds: number,
  answer: Promise<Answer>,
  giveUp: () => boolean,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `Cannot enqueue jobs: Postgres did not answer within ${seconds} seconds`;
      reject(new AdapterError(message, { maybeAccepted: giveUp() }));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
