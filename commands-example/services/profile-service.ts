import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const BIOS: Readonly<Record<string, string>> = {
  "ada@academy.example": "Wrote the first program, for a machine that was never built.",
  "grace@academy.example": "Wrote the first compiler, and kept the first bug.",
  "edsger@academy.example": "Found the shortest path in twenty minutes, without paper.",
};

/**
 * Somebody else's HTTP API: `GET /profiles/<email>` answers `{ "bio": "…" }`, unless it is down
 * (503), or was asked more than once in a second (429, with `Retry-After`).
 */
export class ProfileService {
  /** The status of each answer it gave. */
  readonly answers: number[] = [];
  /** How many requests it will answer with 503: it is only just starting. */
  outages = 1;
  /**
   * When it may be asked again, in epoch milliseconds. Its first client comes a second too early.
   */
  freeAt: number | undefined;

  readonly #server = createServer((request, response) => {
    const bio = BIOS[decodeURIComponent(request.url?.replace("/profiles/", "") ?? "")];
    const status = this.#admit() ?? (bio === undefined ? 404 : 200);
    this.answers.push(status);
    if (status === 429) response.setHeader("Retry-After", this.#secondsUntilFree());
    response.writeHead(status).end(JSON.stringify({ bio }));
  });

  static async start(): Promise<ProfileService> {
    const service = new ProfileService();
    await once(service.#server.listen(0, "127.0.0.1"), "listening");
    return service;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  /** The status of a refusal; `undefined` where the request is let through. */
  #admit(): number | undefined {
    if (this.outages > 0) {
      this.outages -= 1;
      return 503;
    }
    const now = Date.now();
    this.freeAt ??= now + 1000;
    if (now < this.freeAt) return 429;
    this.freeAt = now + 1000;
    return undefined;
  }

  #secondsUntilFree(): number {
    return Math.ceil(((this.freeAt ?? 0) - Date.now()) / 1000);
  }
}
