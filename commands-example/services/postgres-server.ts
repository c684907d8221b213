import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { PGlite } from "@electric-sql/pglite";

const SSL_REQUEST = 80_877_103;
/**
 * What ends a round: Query, Sync and FunctionCall. Until then a client's messages belong together.
 */
const LAST_OF_ROUND = new Set("QSF");

/**
 * Lets other processes use the Postgres of this one, by Postgres's own protocol.
 *
 * It has one session for all: a client has it to itself from its first message until it is in no
 * transaction any more, and the others wait. So clients must not rely on what a session keeps:
 * settings, prepared statements with names, temporary tables.
 */
export class PostgresServer {
  readonly #postgres: PGlite;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(postgres: PGlite) {
    this.#postgres = postgres;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      // A client that is killed resets its connection: that is its end, and no more.
      socket.on("error", () => undefined).once("close", () => this.#sockets.delete(socket));
      void this.#serve(socket);
    });
  }

  static async start(postgres: PGlite): Promise<PostgresServer> {
    const server = new PostgresServer(postgres);
    await once(server.#server.listen(0, "127.0.0.1"), "listening");
    return server;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#sockets.forEach((socket) => socket.destroy());
    await once(this.#server, "close");
  }

  async #serve(socket: Socket): Promise<void> {
    const rounds = roundsOf(socket);
    for await (const first of rounds) {
      await this.#postgres.runExclusive(async () => {
        let isInTransaction = await this.#answer(socket, first);
        while (isInTransaction) {
          const { value: round } = await rounds.next();
          if (round === undefined) {
            // It went away in the middle.
            await this.#postgres.execProtocolRaw(query("ROLLBACK"));
            return;
          }
          isInTransaction = await this.#answer(socket, round);
        }
      });
    }
  }

  /** Resolves to whether the client is in a transaction now. */
  async #answer(socket: Socket, round: Buffer): Promise<boolean> {
    const answer = await this.#postgres.execProtocolRaw(round);
    socket.write(answer);
    // The last message is ReadyForQuery: "Z", four bytes of length, and "I" where all is done.
    return answer.at(-6) === 0x5a && answer.at(-1) !== 0x49;
  }
}

/** What a client says, cut where it waits for an answer. Ends when the client does. */
async function* roundsOf(socket: Socket): AsyncGenerator<Buffer, undefined> {
  let pending = Buffer.alloc(0);
  let isStarted = false;
  let round: Buffer[] = [];
  try {
    for await (const chunk of socket) {
      pending = Buffer.concat([pending, chunk as Buffer]);
      for (;;) {
        // The first message has no type.
        const head = isStarted ? 1 : 0;
        const length = pending.length < head + 4 ? Infinity : head + pending.readUInt32BE(head);
        if (pending.length < length) break;
        const message = pending.subarray(0, length);
        pending = pending.subarray(length);
        if (!isStarted && message.readUInt32BE(4) === SSL_REQUEST) {
          socket.write("N");
          continue;
        }
        const type = String.fromCharCode(message[0] ?? 0);
        if (isStarted && type === "X") return;
        round.push(message);
        if (!isStarted || LAST_OF_ROUND.has(type)) {
          yield Buffer.concat(round);
          round = [];
        }
        isStarted = true;
      }
    }
  } catch {
    // It was killed, or this server stops.
  }
}

function query(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.from("Q\0\0\0\0");
  head.writeUInt32BE(4 + text.length, 1);
  return Buffer.concat([head, text]);
}
