import { EventEmitter } from "node:events";
import { AdapterError } from "../../adapter-error.ts";
import { dial, replyTimeout } from "./dial.ts";
import { connectionClosed, NotSent, timedOut, withoutArguments } from "./redis-errors.ts";
import { Outbox } from "./outbox.ts";
import type { RedisClient, RedisOptions, RedisSocket } from "../redis-options.ts";
import { encodeCommand } from "./encode-command.ts";
import { ReplyError, ReplyReader, type Reply } from "./reply-reader.ts";
import { Unanswered, type Receiver } from "./unanswered.ts";

/**
 * Milliseconds for which the process is kept when all is answered: to let it go costs as much as a
 * command, and so does to keep it.
 */
const LET_GO_AFTER = 20;

/** Whoever waits for a connection. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface ConnectionEvents {
  /** It can be used, for the first time or again. */
  readonly ready: [];
  readonly close: [];
  /** To subscribers. */
  readonly message: [channel: string, said: string | readonly string[] | null];
}

/**
 * One connection to Redis. ioredis makes it, and another when it breaks; once it can be used, its
 * socket is ours: there is less between a command and the socket, and answers are read by the
 * hundred.
 *
 * A command is sent once. What was on its way when the connection broke is rejected, and so is what
 * waits for a connection that cannot be made: the caller decides whether to try again. Where an
 * answer is awaited and nothing moves for five seconds, as through a half-open connection, it is
 * given up and dialled anew; a slow one is waited for.
 */
export class Connection {
  readonly events: EventEmitter<ConnectionEvents> = new EventEmitter();
  readonly #client: RedisClient;
  readonly #unanswered: Unanswered;
  /** There as long as it can be used. */
  #socket: RedisSocket | undefined;
  #outbox: Outbox | undefined;
  #isSubscriber = false;
  /** It could be used since it was dialled last. */
  #wasReady = false;
  #waiting: Waiting[] = [];
  #lastError: Error | undefined;
  /** Why the database that was asked for cannot be had. */
  #refusal: Error | undefined;
  #isClosed = false;
  #letsProcessEnd = false;
  #keepsProcess = true;
  #isLettingGo = false;

  private constructor(client: RedisClient, timeout: number) {
    this.#client = client;
    this.#unanswered = new Unanswered(timeout, () => this.#giveUp(timedOut()));
    client.on("ready", () => void this.#dialled());
    client.on("close", () => this.#closed());
    // Without a listener an error would end the process. Commands tell of it.
    client.on("error", (error: Error & { readonly command?: { readonly name?: string } }) => {
      const isRefusal = error.command?.name === "select";
      this.#lastError = withoutArguments(error);
      if (isRefusal) {
        this.#refusal = this.#lastError;
      } else if (client.status === "connecting") {
        // Where there is no socket yet nothing closes: no Sentinel answers, or an option makes no
        // sense.
        this.#rejectWaiting();
      }
    });
  }

  /** @param connectionName What Redis lists it as. */
  static async open(options: RedisOptions, connectionName: string): Promise<Connection> {
    return new Connection(await dial(options, connectionName), replyTimeout(options));
  }

  /**
   * From now on it keeps the process alive only while something is under way: a script that defers
   * ends.
   */
  letProcessEnd(): void {
    this.#letsProcessEnd = true;
    this.#letGoSoon();
  }

  get isReady(): boolean {
    return this.#socket?.writable === true;
  }

  /** Resolves when it can be used, at once if it can be now; rejects when connecting fails. */
  async ready(): Promise<void> {
    if (this.#isClosed) {
      throw new AdapterError("Cannot reach Redis: this adapter was closed. Make a new one");
    }
    if (this.isReady) {
      return;
    }
    if (this.#client.status === "end") {
      // ioredis has given up, and why will be said again if it is still so.
      void this.#client.connect().catch(() => undefined);
    }
    redial(this.#client)?.ref();
    await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  command(name: string, ...args: readonly (string | number)[]): Promise<Reply> {
    return new Promise((resolve, reject) =>
      this.send(encodeCommand([name, ...args]), { resolve, reject }),
    );
  }

  /** @param encoded By `resp/encode-command.ts`. */
  send(encoded: string, receiver: Receiver): void {
    const socket = this.#socket;
    if (socket?.writable === true) {
      this.#write(socket, encoded, receiver);
    } else {
      this.ready().then(
        () => this.send(encoded, receiver),
        (error: Error) => receiver.reject(error),
      );
    }
  }

  /**
   * Messages of these channels come by `events` until the connection breaks. Nothing but this and
   * `PING` can be sent then.
   */
  async subscribe(channels: readonly string[]): Promise<void> {
    await this.ready();
    this.#isSubscriber = true;
    await Promise.all(channels.map((channel) => this.command("SUBSCRIBE", channel)));
  }

  /** Ends the connection without a word. */
  close(): void {
    this.#isClosed = true;
    this.#client.disconnect(false);
    this.#broke(connectionClosed());
    this.#rejectWaiting();
  }

  #write(socket: RedisSocket, encoded: string, receiver: Receiver): void {
    this.#outbox?.write(encoded);
    // All else while it is on its way.
    this.#unanswered.add(receiver, encoded.length);
    if (!this.#keepsProcess) {
      this.#keepsProcess = true;
      socket.ref();
    }
  }

  #answer(reply: Reply | ReplyError): void {
    if (this.#isSubscriber && Array.isArray(reply) && reply[0] === "message") {
      const [, channel, said] = reply;
      // What a listener throws is no fault of the connection.
      queueMicrotask(() => this.events.emit("message", channel as string, said as string));
      return;
    }
    const receiver = this.#unanswered.takeOldest();
    if (receiver === undefined) {
      throw new SyntaxError("Cannot tell what Redis answers: nothing was asked");
    }
    if (!(reply instanceof ReplyError)) {
      receiver.resolve(reply);
    } else {
      receiver.reject(withoutArguments(reply));
      if (reply.message.startsWith("READONLY") && this.isReady) {
        // A replica that was a master before a failover: the next connection finds the new one.
        this.#client.disconnect(true);
      }
    }
    if (this.#unanswered.isEmpty) {
      this.#letGoSoon();
    }
  }

  async #dialled(): Promise<void> {
    const { stream } = this.#client;
    // Answers come in order: with this one all of ioredis's are here. Whether it is a good one does
    // not matter.
    const isAnswered = await this.#client.call("PING").then(
      () => true,
      (error: Error) => error.name === "ReplyError",
    );
    const { status } = this.#client;
    if (stream === undefined || stream !== this.#client.stream || status !== "ready") {
      return;
    }
    if (isAnswered && this.#refusal === undefined) {
      this.#takeOver(stream);
    } else {
      // With a database that cannot be had ioredis would go on all the same: with the jobs of
      // database 0.
      this.#client.disconnect(true);
    }
  }

  #takeOver(socket: RedisSocket): void {
    const reader = new ReplyReader((reply) => this.#answer(reply));
    socket.removeAllListeners("data");
    socket.on("data", (bytes) => {
      try {
        // What comes after it was given up answers nothing that anybody waits for.
        if (this.#socket === socket) {
          this.#unanswered.moved();
          reader.read(bytes);
        }
      } catch (error) {
        this.#lastError = error as Error;
        this.#giveUp(connectionClosed());
      }
    });
    this.#socket = socket;
    this.#outbox = new Outbox(socket, () => this.#unanswered.moved());
    this.#wasReady = true;
    this.#keepsProcess = true;
    this.#letGoSoon();
    this.#lastError = undefined;
    this.#takeWaiting().forEach(({ resolve }) => resolve());
    this.events.emit("ready");
  }

  #letGoSoon(): void {
    if (this.#letsProcessEnd && !this.#isLettingGo) {
      this.#isLettingGo = true;
      setTimeout(() => this.#letGo(), LET_GO_AFTER).unref();
    }
  }

  #letGo(): void {
    this.#isLettingGo = false;
    if (this.#unanswered.isEmpty && this.#socket !== undefined) {
      this.#keepsProcess = false;
      this.#socket.unref();
    }
  }

  /** Nothing that comes on this socket is read any more. */
  #giveUp(reason: Error): void {
    const socket = this.#socket;
    this.#broke(reason);
    this.#client.disconnect(true);
    // The other side may be as silent to a goodbye.
    socket?.destroy();
  }

  /** @param reason Of the oldest command; for others it is that the connection is closed. */
  #broke(reason: Error): void {
    const wasReady = this.#socket !== undefined;
    this.#socket = undefined;
    this.#isSubscriber = false;
    this.#unanswered.rejectAll(reason);
    if (wasReady) {
      this.events.emit("close");
    }
  }

  #closed(): void {
    this.#broke(connectionClosed());
    if (!this.#wasReady) {
      // Who came after it was lost waits for the next one.
      this.#rejectWaiting();
    }
    this.#wasReady = false;
    if (this.#letsProcessEnd && this.#waiting.length === 0) {
      redial(this.#client)?.unref();
    }
  }

  #rejectWaiting(): void {
    const notSent = new NotSent(this.#refusal ?? this.#lastError);
    this.#refusal = undefined;
    this.#takeWaiting().forEach(({ reject }) => reject(notSent));
  }

  #takeWaiting(): Waiting[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}

/**
 * ioredis's timer until it dials again. It is not told of; where it is not found, a process does
 * not end while Redis is away.
 */
function redial(client: RedisClient): NodeJS.Timeout | undefined {
  return (client as { reconnectTimeout?: NodeJS.Timeout | null }).reconnectTimeout ?? undefined;
}
