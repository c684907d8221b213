import axios from "axios";
import got from "got";
import { errorKinds, retryAfter } from "mandate";
import { Agent, interceptors, request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../support/redis-server.ts";
import { HttpServer } from "./http-server.ts";
import { failureOf, kindsOf } from "./kinds.ts";

let server: HttpServer;
/** Where nobody listens. */
let nowhere: string;

beforeAll(async () => {
  server = await HttpServer.start();
  nowhere = `http://127.0.0.1:${await freePort()}/`;
});
afterAll(async () => {
  await server.dispose();
});

/** How each client is asked, to throw where the answer is no success. */
const clients: Readonly<Record<string, (url: string, ms?: number) => Promise<unknown>>> = {
  async "fetch, its response the cause"(url, ms = 5_000) {
    const response = await fetch(url, { signal: AbortSignal.timeout(ms) });
    throw new Error(`Answered ${response.status}`, { cause: response });
  },
  async "fetch, its response thrown"(url, ms = 5_000) {
    throw await fetch(url, { signal: AbortSignal.timeout(ms) });
  },
  undici(url, ms = 5_000) {
    const agent = new Agent({ headersTimeout: ms }).compose(interceptors.responseError());
    return request(url, { dispatcher: agent });
  },
  axios: (url, ms = 5_000) => axios.get(url, { timeout: ms }),
  "axios by fetch": (url, ms = 5_000) => axios.get(url, { timeout: ms, adapter: "fetch" }),
  got: (url, ms = 5_000) => got(url, { retry: { limit: 0 }, timeout: { request: ms } }),
};

describe.each(Object.entries(clients))("%s", (_name, ask) => {
  it("is told to wait, and says for how long", async () => {
    const error = await failureOf(ask(server.url("429")));

    expect(errorKinds.httpStatus(429, 503)(error)).toBe(true);
    expect(errorKinds.httpStatus(503)(error)).toBe(false);
    expect(retryAfter(error, "30 seconds")).toBe(7);
    expect(kindsOf(error)).toEqual([]);
  });

  it("is told that the service is away, and not for how long", async () => {
    const error = await failureOf(ask(server.url("503")));

    expect(errorKinds.httpStatus(429, 503)(error)).toBe(true);
    expect(retryAfter(error, "30 seconds")).toBe(30);
  });

  it("is refused a connection", async () => {
    expect(kindsOf(await failureOf(ask(nowhere)))).toEqual(["connection"]);
  });

  it("loses its connection", async () => {
    expect(kindsOf(await failureOf(ask(server.url("reset"))))).toEqual(["connection"]);
  });

  it("does not wait for ever", async () => {
    expect(kindsOf(await failureOf(ask(server.url("hang"), 50)))).toEqual(["timeout"]);
  });
});
