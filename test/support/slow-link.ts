import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface Link {
  /** Bytes a second from the server to each client. */
  readonly down?: number;
  /** Bytes a second from each client to the server. */
  readonly up?: number;
  /** Seconds by which all that the server says is late. */
  readonly latency?: number;
  /** After so many bytes from the server a connection stands still for good, open as it is. */
  readonly stallsAfter?: number;
  /** And after so many to the server. */
  readonly upStallsAfter?: number;
}

/** A line to a server that lets through no more than its bandwidth, and says nothing of that. */
export class SlowLink {
  readonly #target: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #link: Link;
  /** Connections that stand still. */
  stalled = 0;
  /** Bytes that came from the server. */
  received = 0;

  static async start(target: number, link: Link): Promise<SlowLink> {
    const proxy = new SlowLink(target, link);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  private constructor(target: number, link: Link) {
    this.#target = target;
    this.#link = link;
    this.#server = createServer((client) => this.#join(client));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** For connections that are made from now on, and for what those that are there still let through. */
  become(link: Link): void {
    this.#link = link;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await closed;
  }

  #join(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        client.destroy();
        server.destroy();
        this.#sockets.delete(socket);
      });
    }
    this.#carry(client, server, () => ({
      rate: this.#link.up,
      stallsAfter: this.#link.upStallsAfter,
    }));
    this.#carry(server, client, () => ({
      rate: this.#link.down,
      latency: this.#link.latency,
      stallsAfter: this.#link.stallsAfter,
    }));
  }

  #carry(
    from: Socket,
    to: Socket,
    state: () => {
      rate?: number | undefined;
      latency?: number | undefined;
      stallsAfter?: number | undefined;
    },
  ): void {
    let free = 0;
    let carried = 0;
    from.on("data", (bytes) => {
      const { rate = Infinity, latency = 0, stallsAfter = Infinity } = state();
      carried += bytes.length;
      if (carried > stallsAfter) {
        this.stalled += 1;
        from.pause();
        return;
      }
      if (latency === 0) {
        from.pause();
      }
      free = Math.max(free, Date.now()) + (bytes.length / rate) * 1000;
      const arrive = (): void => {
        to.write(bytes);
        from.resume();
      };
      const wait = Math.max(0, free - Date.now()) + latency * 1000;
      if (wait === 0) {
        arrive();
      } else {
        setTimeout(arrive, wait);
      }
    });
  }
}
