import { AdapterError } from "../adapter-error.ts";
import { ConfigurationError } from "../../support/errors.ts";
import type { RedisClient, RedisOptions } from "./redis-options.ts";

/** Seconds after which an unanswered command counts as lost, and its connection as broken, unless options say otherwise. */
const REPLY_TIMEOUT = 5;

/** Of every connection. Nothing is kept to be sent later: who gave it up would not know. */
const SETTINGS = {
  maxRetriesPerRequest: null,
  autoResendUnfulfilledCommands: false,
  enableOfflineQueue: false,
  // Of a client that is copied, it would be inherited: nobody would connect.
  lazyConnect: false,
  commandTimeout: REPLY_TIMEOUT * 1000,
  connectTimeout: REPLY_TIMEOUT * 1000,
  keyPrefix: "",
  // Of a client that is copied, too: answers are read as Redis sends them, and each command goes out by itself.
  stringNumbers: false,
  enableAutoPipelining: false,
  monitor: false,
};

export type Reply = string | number | null | readonly Reply[];

/**
 * One connection to Redis.
 *
 * A command is sent once. What was on its way when the connection broke is rejected, and so is what waits for a
 * connection that cannot be made: the caller decides whether to try again. A server that says nothing for
 * {@link REPLY_TIMEOUT} seconds, as through a half-open connection, is given up and dialled anew.
 */
export class Connection {
  readonly client: RedisClient;
  /** Rejects what was sent and not answered. */
  readonly #sent = new Set<(error: Error) => void>();
  readonly #waiting = new Set<{ resolve: () => void; reject: (error: Error) => void }>();
  #lastError: Error | undefined;
  /** Why the database that was asked for cannot be had. */
  #refusal: Error | undefined;
  #isClosed = false;
  #letsProcessEnd = false;

  private constructor(client: RedisClient) {
    this.client = client;
    client.on("ready", () => this.#ready());
    client.on("close", () => this.#broke());
    // Without a listener an error would end the process. Commands tell of it.
    client.on("error", (error: Error & { readonly command?: { readonly name?: string } }) => {
      const isRefusal = error.command?.name === "select";
      this.#lastError = withoutArguments(error);
      if (isRefusal) {
        this.#refusal = this.#lastError;
      }
    });
  }

  /** @param overrides Options of this one connection. */
  static async open(options: RedisOptions, overrides: object): Promise<Connection> {
    const settings = {
      ...SETTINGS,
      ...deadlineIn(options),
      retryStrategy: (attempt: number) => Math.min(1000, 25 * 2 ** Math.min(attempt, 10)),
      // A replica that was a master before a failover: the next connection finds the new one.
      reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
      ...overrides,
    };
    return new Connection(
      options.client === undefined
        ? await dial(options, settings)
        : options.client.duplicate(settings),
    );
  }

  /** From now on it keeps the process alive only while something is under way: a script that defers ends. */
  letProcessEnd(): void {
    this.#letsProcessEnd = true;
    this.#hold();
  }

  async command(name: string, ...args: readonly (string | number)[]): Promise<Reply> {
    if (!this.#isUsable || this.#isClosed) {
      await this.ready();
    }
    return this.#send(name, args);
  }

  #send(name: string, args: readonly (string | number)[]): Promise<Reply> {
    return new Promise<Reply>((resolve, reject) => {
      this.#sent.add(reject);
      if (this.#sent.size === 1) {
        this.#hold();
      }
      this.client.call(name, ...args).then(
        (reply) => {
          this.#answered(reject);
          resolve(reply as Reply);
        },
        (error: Error) => {
          // One that was rejected when its connection broke says nothing of the one there is now.
          if (this.#sent.has(reject) && isTimeout(error)) {
            this.client.disconnect(true);
          }
          this.#answered(reject);
          reject(withoutArguments(error));
        },
      );
    });
  }

  #answered(reject: (error: Error) => void): void {
    if (this.#sent.delete(reject) && this.#sent.size === 0) {
      this.#hold();
    }
  }

  /** Resolves when it can be used, at once if it can be now; rejects when connecting fails. */
  async ready(): Promise<void> {
    if (this.#isClosed) {
      throw new AdapterError("Cannot reach Redis: this adapter was closed. Make a new one");
    }
    if (!this.#isUsable) {
      await new Promise<void>((resolve, reject) => this.#waiting.add({ resolve, reject }));
    }
  }

  /** Ends the connection without a word. */
  close(): void {
    this.#isClosed = true;
    this.client.disconnect(false);
    this.#broke();
  }

  get #isUsable(): boolean {
    return this.client.status === "ready" && this.#refusal === undefined;
  }

  #ready(): void {
    if (this.#refusal !== undefined) {
      // ioredis would go on all the same, with the jobs of database 0.
      this.client.disconnect(true);
      return;
    }
    this.#lastError = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    waiting.forEach(({ resolve }) => resolve());
    this.#hold();
  }

  #hold(): void {
    if (this.#letsProcessEnd && this.client.status === "ready") {
      const { stream } = this.client;
      void (this.#sent.size > 0 ? stream?.ref?.() : stream?.unref?.());
    }
  }

  #broke(): void {
    const sent = [...this.#sent];
    this.#sent.clear();
    sent.forEach((reject) => reject(new Error("Connection is closed")));
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    const error = new NotSent(this.#refusal ?? this.#lastError);
    this.#refusal = undefined;
    waiting.forEach(({ reject }) => reject(error));
  }
}

function deadlineIn({ redis }: RedisOptions): { readonly commandTimeout?: unknown } {
  const { commandTimeout } = redis ?? {};
  return commandTimeout === undefined ? {} : { commandTimeout };
}

/** ioredis notes on its errors which command failed, and Redis quotes one it does not know: with a job's arguments. */
function withoutArguments(error: Error): Error {
  if (!(error instanceof Error)) {
    return error;
  }
  delete (error as { command?: unknown }).command;
  const [said = "", ...quoted] = error.message.split(", with args beginning with:");
  if (quoted.length > 0) {
    error.message = said;
    error.stack = `${error.name}: ${said}`;
  }
  return error;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === "Command timed out";
}

/** The command never left. */
class NotSent extends Error {
  constructor(cause: Error | undefined) {
    super(cause?.message ?? "There is no connection", { cause });
  }
}

async function dial(options: RedisOptions, settings: object): Promise<RedisClient> {
  const { Redis } = await import("ioredis");
  const { url, redis } = options;
  const all = { ...redis, ...settings };
  return (url === undefined ? new Redis(all) : new Redis(url, all)) as unknown as RedisClient;
}

/**
 * What ioredis is called with in a thread: all but functions, which cannot be handed over.
 *
 * @throws {ConfigurationError} if a connection like it cannot be made there.
 */
export function connectionOptions(options: RedisOptions, overrides: object): readonly unknown[] {
  const { url, client } = options;
  const given = client === undefined ? options.redis : (client as { options?: object }).options;
  if (client !== undefined && given === undefined) {
    throw new ConfigurationError("Cannot open another connection like the given client's");
  }
  const plain = Object.entries(given ?? {}).filter(([, value]) => typeof value !== "function");
  const settings = {
    ...Object.fromEntries(plain),
    ...SETTINGS,
    ...deadlineIn(options),
    ...overrides,
  };
  return url === undefined ? [settings] : [url, settings];
}

/** Whether the same command may succeed soon: Redis is away, starts, or another takes over. */
export function isPassing(error: unknown): boolean {
  const text = reasonOf(error);
  return (
    saidBy(error) instanceof NotSent ||
    /^(LOADING|READONLY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|BUSY|NOREPLICAS|UNBLOCKED)\b/.test(text) ||
    /Connection is closed|Command timed out|Stream isn't writeable|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN/.test(
      text,
    )
  );
}

/** Whether the server may have run a command whose answer was this error. */
export function mayHaveRun(error: unknown): boolean {
  if (saidBy(error) instanceof NotSent) {
    return false;
  }
  const text = reasonOf(error);
  return /Connection is closed|Command timed out|ECONNRESET|EPIPE|ETIMEDOUT/.test(text);
}

/** An error of Redis, said in this library's words. */
export function adapterError(what: string, cause: unknown): AdapterError {
  const reason = reasonOf(cause);
  return new AdapterError(
    `Cannot ${what}: ${/^[A-Z]+ /.test(reason) ? "Redis answered" : "Redis is unreachable,"} "${reason}". ${adviceFor(reason)}`,
    {
      cause,
      maybeAccepted: mayHaveRun(cause),
    },
  );
}

/** What Redis, or the way to it, said. */
function reasonOf(error: unknown): string {
  const said = saidBy(error);
  return said instanceof Error ? said.message : String(said);
}

function saidBy(error: unknown): unknown {
  return error instanceof AdapterError ? (error.cause ?? error) : error;
}

/** What to do about what Redis, or the way to it, said. */
export function adviceFor(reason: string): string {
  if (/\bDB index\b|\bSELECT\b/i.test(reason)) {
    return "Check the number of the database, at the end of its URL";
  }
  if (reason.startsWith("OOM")) {
    return "Its memory is full: raise maxmemory, or work off what waits";
  }
  if (/^(NOAUTH|WRONGPASS|NOPERM)/.test(reason)) {
    return "Check the user, the password and their rights";
  }
  if (/CROSSSLOT|different slot|non local key|^MOVED/i.test(reason)) {
    return (
      'This is a Redis Cluster: give RedisAdapter a keyPrefix with a hash tag, such as "{jobs}:", ' +
      "and the address of the node that has its slot"
    );
  }
  if (reason.startsWith("READONLY")) {
    return "It is a replica: check which server is the master";
  }
  return "Check that it runs and can be reached from here";
}
