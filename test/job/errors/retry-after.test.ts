import { createServer, get, type IncomingMessage } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { InvalidDurationError, retryAfter } from "mandate";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

const NOW = new Date("2026-03-01T12:00:00Z");

describe("retryAfter", () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  it.each([
    ["30", 30],
    ["0", 0],
    [" 120 ", 120],
    ["Sun, 01 Mar 2026 12:01:30 GMT", 90],
    ["Sunday, 01-Mar-26 12:01:30 GMT", 90],
    ["Sun, 01 Mar 2026 11:00:00 GMT", 0],
  ])("reads %j as %d seconds", (value, expected) => {
    expect(retryAfter(new Headers({ "Retry-After": value }))).toBe(expected);
  });

  it.each(["", "soon", "-1", "1.5", "1e3", "NaN", "Infinity", "999999999999", "30 seconds"])(
    "falls back where it says %j",
    (value) => {
      expect(retryAfter({ headers: { "retry-after": value } })).toBe(60);
      expect(retryAfter({ headers: { "retry-after": value } }, "5 minutes")).toBe(300);
    },
  );

  it.each([
    ["a Response", new Response(null, { headers: { "retry-after": "7" } })],
    ["its headers", new Headers({ "retry-after": "7" })],
    ["headers by name", { "Retry-After": "7" }],
    ["a number", { headers: { "retry-after": 7 } }],
    ["one that came twice", { headers: { "retry-after": ["7", "9"] } }],
    [
      "an error with a response",
      Object.assign(new Error("429"), { response: { headers: { "retry-after": "7" } } }),
    ],
    [
      "an error of the AWS SDK",
      Object.assign(new Error("429"), { $response: { headers: { "retry-after": "7" } } }),
    ],
    [
      "an error that has a response for its cause",
      new Error("429", { cause: new Response(null, { headers: { "retry-after": "7" } }) }),
    ],
    [
      "an error that was wrapped",
      new Error("a", { cause: { response: { headers: { "retry-after": "7" } } } }),
    ],
    ["an error with headers", Object.assign(new Error("429"), { headers: { "retry-after": "7" } })],
    [
      "headers with get, as axios has them",
      {
        response: {
          headers: { get: (name: string) => (name === "retry-after" ? "7" : undefined) },
        },
      },
    ],
  ])("finds it in %s", (_what, source) => {
    expect(retryAfter(source)).toBe(7);
  });

  it.each([
    undefined,
    null,
    "429",
    429,
    new Error("429"),
    {},
    { headers: null },
    { response: undefined },
  ])("falls back where %s has none", (source) => {
    expect(retryAfter(source, 5)).toBe(5);
  });

  it("falls back where what was caught cannot be read", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();

    expect(retryAfter(proxy)).toBe(60);
  });

  it("does not take anything for a fallback", () => {
    expect(() => retryAfter(new Headers(), "soon" as never)).toThrow(InvalidDurationError);
  });
});

it("retryAfter reads what Node's own client answers", async () => {
  const server = createServer((_request, response) => {
    response.writeHead(429, { "Retry-After": "12" }).end();
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const [message] = (await once(get(url), "response")) as [IncomingMessage];
  message.resume();

  expect(retryAfter(message)).toBe(12);
  expect(retryAfter(await fetch(url))).toBe(12);
});
