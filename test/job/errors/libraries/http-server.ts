import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on a free port: `/429` answers so, with `Retry-After: 7`; `/503` without one; `/hang` never does; `/reset` hangs up. */
export class HttpServer {
  readonly #server: Server;

  static async start(): Promise<HttpServer> {
    const server = createServer((request, response) => {
      const [, what] = request.url?.split("/") ?? [];
      if (what === "hang") return;
      if (what === "reset") return void request.socket.destroy();
      const headers = what === "429" ? { "retry-after": "7" } : {};
      response.writeHead(Number(what) || 200, { "content-type": "application/json", ...headers });
      response.end(`{ "message": "an answer" }`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new HttpServer(server);
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  url(what: "429" | "503" | "hang" | "reset"): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${what}`;
  }

  async dispose(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}
