import { expect, it, onTestFinished, vi } from "vitest";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { run } from "./recording-terminal.ts";

vi.mock("hono", () => {
  throw new Error("Cannot find package 'hono'");
});

it.skipIf(missing("redis"))("mandate web says what to install", async () => {
  const server = await RedisServer.start();
  onTestFinished(() => server.dispose());

  const { exit, notes } = await run(["web", "--redis-url", server.url]);

  expect([exit, notes.join()]).toEqual([
    2,
    expect.stringMatching(
      /^mandate: Cannot show the dashboard: .* Install the package that it needs: npm install hono$/,
    ),
  ]);
});
