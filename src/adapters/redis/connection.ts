import { AdapterError } from "../adapter-error.ts";
import { ConfigurationError } from "../../support/errors.ts";
import type { RedisClient, RedisOptions } from "./redis-options.ts";

/** Seconds after which an unanswered command counts as lost, and its connection as broken. */
const REPLY_TIMEOUT = 5;

export type Reply = string | number | null | readonly Reply[];

/**
 * One connection to Redis.
 *
 * A command is sent once: what was on its way when the connection broke is rejected, and the caller decides whether it
 * may be sent again. A server that says nothing for {@link REPLY_TIMEOUT} seconds, as through a half-open
 * connection, is given up and dialled anew.
 */
export class Connection {
  readonly client: RedisClient;
  #isClosed = false;

  private constructor(client: RedisClient) {
    this.client = client;
  }

  /** @param overrides Options of this one connection, such as whether commands wait for it. */
  static async open(options: RedisOptions, overrides: object): Promise<Connection> {
    const settings = {
      maxRetriesPerRequest: null,
      autoResendUnfulfilledCommands: false,
      commandTimeout: REPLY_TIMEOUT * 1000,
      retryStrategy: (attempt: number) => Math.min(1000, 25 * 2 ** Math.min(attempt, 10)),
      // A replica that was a master before a failover: the next connection finds the new one.
      reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
      ...overrides,
    };
    const client =
      options.client === undefined
        ? await dial(options, settings)
        : options.client.duplicate({ ...settings, keyPrefix: "" });
    // Without a listener an error would end the process. Commands tell of it.
    client.on("error", () => undefined);
    return new Connection(client);
  }

  async command(name: string, ...args: readonly (string | number)[]): Promise<Reply> {
    if (this.#isClosed) {
      throw new AdapterError("Cannot reach Redis: this adapter was closed. Make a new one");
    }
    try {
      return (await this.client.call(name, ...args)) as Reply;
    } catch (error) {
      if (error instanceof Error && error.message === "Command timed out") {
        this.client.disconnect(true);
      }
      throw error;
    }
  }

  /** Resolves when it can be used; at once if it can be now. */
  async ready(): Promise<void> {
    if (this.client.status !== "ready") {
      await new Promise<void>((resolve) => {
        const onReady = (): void => {
          this.client.off("ready", onReady);
          resolve();
        };
        this.client.on("ready", onReady);
      });
    }
  }

  /** Ends the connection without a word. */
  close(): void {
    this.#isClosed = true;
    this.client.disconnect(false);
  }
}

async function dial(options: RedisOptions, settings: object): Promise<RedisClient> {
  const { Redis } = await import("ioredis").catch((cause: unknown) => {
    throw new ConfigurationError(
      "Cannot use Redis: the package ioredis is missing. Run npm install ioredis",
      {
        cause,
      },
    );
  });
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
  if (
    client !== undefined &&
    (given === undefined || ("isCluster" in client && client.isCluster === true))
  ) {
    throw new ConfigurationError("Cannot open another connection like the given client's");
  }
  const plain = Object.entries(given ?? {}).filter(([, value]) => typeof value !== "function");
  const settings = {
    ...Object.fromEntries(plain),
    maxRetriesPerRequest: null,
    autoResendUnfulfilledCommands: false,
    commandTimeout: REPLY_TIMEOUT * 1000,
    keyPrefix: "",
    ...overrides,
  };
  return url === undefined ? [settings] : [url, settings];
}

/** Whether the same command may succeed soon: Redis is away, starts, or another takes over. */
export function isPassing(error: unknown): boolean {
  const text = reasonOf(error);
  return (
    /^(LOADING|READONLY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|BUSY|NOREPLICAS|UNBLOCKED)\b/.test(text) ||
    /Connection is closed|Command timed out|Stream isn't writeable|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN/.test(
      text,
    )
  );
}

/** Whether the server may have run a command whose answer was this error. */
export function mayHaveRun(error: unknown): boolean {
  const text = reasonOf(error);
  return /Connection is closed|Command timed out|ECONNRESET|EPIPE|ETIMEDOUT/.test(text);
}

/** An error of Redis, said in this library's words. */
export function adapterError(what: string, cause: unknown): AdapterError {
  const reason = reasonOf(cause);
  return new AdapterError(`Cannot ${what}: Redis answered "${reason}". ${adviceFor(reason)}`, {
    cause,
    maybeAccepted: mayHaveRun(cause),
  });
}

/** What Redis, or the way to it, said. */
function reasonOf(error: unknown): string {
  const said = error instanceof AdapterError ? (error.cause ?? error) : error;
  return said instanceof Error ? said.message : String(said);
}

function adviceFor(reason: string): string {
  if (reason.startsWith("OOM")) {
    return "Its memory is full: raise maxmemory, or work off what waits";
  }
  if (/^(NOAUTH|WRONGPASS|NOPERM)/.test(reason)) {
    return "Check the user, the password and their rights";
  }
  if (reason.startsWith("READONLY")) {
    return "It is a replica: check which server is the master";
  }
  return "Check that it runs and can be reached from here";
}
