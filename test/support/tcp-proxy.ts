import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A line to a server that a test can disturb. */
export class TcpProxy {
  readonly #target: number;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [client: Socket, server: Socket]>();
  #isSilent = false;
  #losesReplyTo: (request: string) => boolean = () => false;
  /** How many replies were lost. */
  lost = 0;

  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** From now on, the connection is cut after the server has answered such a request, and before its answer arrives. */
  loseReplies(to: (request: string) => boolean): void {
    this.#losesReplyTo = to;
  }

  /** Half open from now on: nothing arrives on either side, and nobody is told. */
  silence(): void {
    this.#isSilent = true;
  }

  /** As if the server had sent it, on every connection. */
  inject(reply: string): void {
    this.#pairs.forEach(([client]) => client.write(reply));
  }

  /** As it was. What was silenced stays so: its connections know nothing of each other any more. */
  mend(): void {
    this.#isSilent = false;
    this.#losesReplyTo = () => false;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const pair of this.#pairs) {
      pair.forEach((socket) => socket.destroy());
    }
    await closed;
  }

  #join(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    const pair = [client, server] as const;
    const cut = (): void => {
      client.destroy();
      server.destroy();
      this.#pairs.delete(pair);
    };
    let isDead = false;
    let losesNext = false;
    this.#pairs.add(pair);
    client.on("data", (request) => {
      isDead ||= this.#isSilent;
      if (!isDead) {
        losesNext ||= this.#losesReplyTo(request.toString("latin1"));
        server.write(request);
      }
    });
    server.on("data", (reply) => {
      isDead ||= this.#isSilent;
      if (isDead) {
        return;
      }
      if (losesNext) {
        this.lost += 1;
        cut();
      } else {
        client.write(reply);
      }
    });
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", cut);
    }
  }
}
