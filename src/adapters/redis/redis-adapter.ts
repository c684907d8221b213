import { consoleLogger, type Logger } from "../../support/logger.ts";
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
import { ALL_ACCEPTED, type EnqueueAnswer } from "../enqueue-answer.ts";
import type { Holds } from "../holds.ts";
import { assertEntries } from "../entries.ts";
import { StoreSettings, type StoreOptions } from "../store-settings.ts";
import type { WireFormats } from "../wire-format.ts";
import type { TimeUnit } from "../job-record.ts";
import type { JobStatus, JobStore } from "../job-store.ts";
import { RedisBatches } from "./batches/redis-batches.ts";
import { Connection } from "./connection/connection.ts";
import { dial } from "./connection/dial.ts";
import { failure } from "./connection/redis-errors.ts";
import { RedisDocuments } from "./documents/redis-documents.ts";
import { RedisHolds } from "./holds/redis-holds.ts";
import { EnqueueLine } from "./accepting/enqueue-line.ts";
import { DocumentNews } from "./documents/document-news.ts";
import { isRunning } from "./managing/is-running.ts";
import { keysUnder, type Keys } from "./keys.ts";
import { LaneWatch } from "./waiting/lane-watch.ts";
import { openLease } from "./leases/open-lease.ts";
import { recoverLeases } from "./leases/recovery.ts";
import { RedisJobNotes } from "./kept/redis-job-notes.ts";
import { RedisProfiles } from "./kept/redis-profiles.ts";
import { RedisJobStore } from "./managing/redis-job-store.ts";
import type { RedisContext } from "./redis-context.ts";
import { checkRedisOptions, checkUrl, type RedisOptions } from "./redis-options.ts";
import { ResultChannel } from "./kept/result-channel.ts";
import { statusOfGone } from "./kept/remembered-ends.ts";
import { releaseBlocked } from "./waiting/blocked.ts";
import { promoteDue } from "./waiting/due.ts";
import { ScriptRunner } from "./scripts/script-runner.ts";
import { unfinishedScript } from "./waiting/unfinished-script.ts";
import { Owners } from "./payloads/owners.ts";
import { Sweep } from "./sidekiq/sweep.ts";

/**
 * Keeps jobs in Redis, where Sidekiq keeps them: both work on one Redis, and see each other's jobs.
 *
 * Needs Redis 6.2. Connections: one for enqueueing and reading, opened with the first command; and
 * for each open lease one for its exchanges, one that hears of work, and one of the thread that
 * keeps it.
 *
 * @example
 * ```ts
 * import { configure } from "mandate";
 * import { RedisAdapter } from "mandate/redis";
 *
 * configure({ adapter: new RedisAdapter({ url: "redis://127.0.0.1:6379/0" }) });
 * ```
 */
export class RedisAdapter implements Adapter {
  readonly name = "redis";
  readonly capabilities: Capabilities = {
    persistent: true,
    priorities: true,
    fairness: true,
    holds: true,
    documents: true,
    batches: true,
  };
  readonly store: JobStore;
  readonly notes: RedisJobNotes;
  readonly holds: Holds;
  readonly documents: Documents;
  readonly batches: Batches;
  /** As it was given. */
  readonly wireFormat: WireFormats | undefined;
  readonly #options: RedisOptions;
  readonly #settings: StoreSettings;
  readonly #keys: Keys;
  readonly #logger: Logger;
  readonly #context: RedisContext;
  readonly #line: EnqueueLine;
  readonly #lanes: LaneWatch;
  readonly #results: ResultChannel = new ResultChannel(() => this.#openForMessages());
  #connection: Promise<Connection> | undefined;
  /** The same, once it is there: nothing has to be awaited for each command. */
  #opened: Connection | undefined;
  #isClosed = false;

  /**
   * @throws {ConfigurationError} if an option does not exist, two of them name a server, or its URL
   *   names no database.
   */
  constructor(options: RedisOptions = {}) {
    checkRedisOptions(options);
    this.#settings = new StoreSettings("RedisAdapter", options);
    this.wireFormat = options.wireFormat;
    const fallback = (options.client ?? options.redis) ? undefined : process.env["REDIS_URL"];
    this.#options = { ...options, url: options.url ?? fallback };
    checkUrl(this.#options.url);
    this.#logger = options.logger ?? consoleLogger();
    this.#keys = keysUnder(options.keyPrefix ?? "");
    const connection: RedisContext["connection"] = () => this.#opened ?? this.#connect();
    const command: RedisContext["command"] = async (name, ...args) => {
      try {
        return await (await connection()).command(name, ...args);
      } catch (error) {
        throw failure(`run ${name}`, error);
      }
    };
    const scripts = new ScriptRunner(this.#keys, this.#settings);
    const run: RedisContext["run"] = async (script, input) => {
      try {
        return await scripts.run(await connection(), script, input);
      } catch (error) {
        throw failure(`run ${script.name}`, error);
      }
    };
    const owners = new Owners({ command }, this.#keys);
    const { sidekiqHeartbeat: heartbeat = 10 } = options;
    const shared = { keys: this.#keys, owners, logger: this.#logger, heartbeat };
    const settings = this.#settings;
    this.#context = { ...shared, connection, command, run, scripts, settings };
    const news = new DocumentNews(this.#context);
    this.#line = new EnqueueLine(this.#context, { news });
    this.#lanes = new LaneWatch(this.#context);
    this.store = new RedisJobStore(this.#context);
    this.holds = new RedisHolds(this.#context);
    this.batches = new RedisBatches(this.#context, { channel: this.#results });
    this.documents = new RedisDocuments(this.#context, { channel: this.#results, news });
    const profiles = new RedisProfiles(this.#context, () =>
      dial(this.#options, "mandate-profiles"),
    );
    this.notes = new RedisJobNotes(this.#context, { channel: this.#results, profiles });
  }

  async enqueue(
    entries: readonly Entry[],
    timeout = 5,
    given?: DocumentWrite,
  ): Promise<EnqueueAnswer> {
    assertEntries(entries);
    if (given !== undefined) {
      assertGiven(given, entries);
    }
    this.#assertOpen();
    if (entries.length === 0 && given === undefined) {
      return ALL_ACCEPTED;
    }

    if (entries.some(isBesideList)) {
      this.#lanes.start();
    }
    const noting = this.#context.owners.note(entries);
    if (noting !== undefined) {
      await noting;
    }
    return this.#line.add(entries, timeout, given);
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    this.#assertOpen();
    return openLease(this.#context, options, this.#options);
  }

  promoteDue(limit = 1_000): Promise<Promotion> {
    return promoteDue(this.#context, limit);
  }

  releaseBlocked(onBatch?: (happened: BatchHappening) => void): Promise<number> {
    return releaseBlocked(this.#context, onBatch);
  }

  recover(): Promise<readonly Recovery[]> {
    return recoverLeases(this.#context);
  }

  async unfinished(jids: readonly string[], asker = ""): Promise<readonly string[]> {
    const { run, heartbeat } = this.#context;
    return jids.length === 0 ? [] : run(unfinishedScript, { jids, asker, heartbeat });
  }

  /**
   * Looks for what others did to jobs behind this library's back: which Ruby has taken, finished or
   * deleted, those that jobs wait for first. Workers call it with each heartbeat; of all that do,
   * one looks, and only when there is a reason to.
   *
   * @param signal Breaks it off.
   * @returns how many jobs turned out to be over.
   * @throws The signal's reason, once it is aborted.
   */
  sweep(signal?: AbortSignal): Promise<number> {
    return new Sweep(this.#context, signal).run();
  }

  async status(jid: string): Promise<JobStatus> {
    const state = await this.#context.command("HGET", this.#keys.jobs, jid);
    // What follows the letter is of no interest here.
    switch (typeof state === "string" ? state[0] : undefined) {
      case "s":
        return "scheduled";
      case "r":
        return "retrying";
      case "b":
      case "p":
        return "blocked";
      case "d":
        return "dead";
      case "q":
        return (await isRunning(this.#context, this.store, jid)) ? "running" : "enqueued";
      default:
        return statusOfGone(this.#context, jid);
    }
  }

  get timestamps(): TimeUnit {
    return this.#settings.timestamps;
  }

  useDefaults(defaults: StoreOptions): void {
    this.#settings.useDefaults(defaults);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#lanes.close();
    this.#line.close();
    await this.#results.close();
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
  }

  #connect(): Promise<Connection> {
    return (this.#connection ??= this.#open());
  }

  async #open(): Promise<Connection> {
    this.#assertOpen();
    const connection = await Connection.open(this.#options, "mandate");
    connection.letProcessEnd();
    this.#opened = connection;
    return connection;
  }

  async #openForMessages(): Promise<Connection> {
    this.#assertOpen();
    return Connection.open(this.#options, "mandate-results");
  }

  #assertOpen(): void {
    if (this.#isClosed) {
      throw new AdapterError("Cannot use this Redis adapter: it was closed. Make a new one");
    }
  }
}

function isBesideList({ priority = 0, fairKey }: Entry): boolean {
  return priority !== 0 || fairKey !== undefined;
}
