// The scripted incident: a deploy breaks one command, and 5,000 of its jobs fail. With the program alone a person finds
// which, since when, with which error and arguments, pauses the queue, and after the fix retries just those. What is
// typed is the section "When it goes wrong" of docs/operating.md, line by line.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Command, configure, deferAll, retrySet } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { Worker } from "mandate/worker";
import { silentLogger } from "../../src/support/logger.ts";
import { repositoryFiles } from "../repository/source-files.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { run, type Said } from "./commands/recording-terminal.ts";

vi.setConfig({ testTimeout: 120_000 });

const FAILING = 5_000;

/** What docs/operating.md says to type. */
const script = repositoryFiles("docs/operating.md")
  .flatMap(({ text }) => /## When it goes wrong\n[^]*?```sh\n([^]*?)```/.exec(text)?.[1] ?? "")
  .flatMap((block) => [...block.matchAll(/^mandate (.*?) *(?:#.*)?$/gm)])
  .map(([, line = ""]) => line);

let isBroken = false;
const converted = new Set<string>();

class ConvertDocument extends Command.initializeWith((file: string) => ({ file })) {
  static {
    this.queueAs("documents");
    // Long after this test.
    this.retryIn(() => 3_600);
  }

  call(): void {
    if (isBroken) throw new RangeError("the page size must be positive");
    converted.add(this.file);
  }
}

class SendReceipt extends Command.initializeWith((order: number) => ({ order })) {
  static {
    this.queueAs("documents");
    this.retryIn(() => 3_600);
  }

  call(): void {
    throw new TypeError(`no order ${this.order}`);
  }
}

describe.skipIf(missing("redis"))("an incident", () => {
  let server: RedisServer;
  let adapter: RedisAdapter;

  beforeAll(async () => {
    server = await RedisServer.start();
    adapter = new RedisAdapter({ url: server.url, leaseThread: false, logger: silentLogger });
    configure({ adapter, logger: silentLogger });
  });
  afterAll(async () => {
    await adapter?.close();
    await server?.dispose();
  });

  const typed: string[] = [];

  function mandate(line: string): Promise<Said> {
    typed.push(line.replace(/\b[0-9a-f]{24}\b/, "JID"));
    return run([...line.split(" "), "--redis-url", server.url]);
  }

  it("is understood, stopped and mended with the program alone", async () => {
    // 9:00: a deploy breaks ConvertDocument. SendReceipt fails as it always did.
    const worker = new Worker({ queues: ["documents"], concurrency: 100 });
    await worker.start();
    isBroken = true;
    const files = Array.from({ length: FAILING }, (_, index) => `file${index}.pdf`);
    await deferAll(files.map((file) => ConvertDocument.prepare(file)));
    for (let order = 0; order < 50; order += 1) await SendReceipt.defer(order);
    await vi.waitUntil(async () => (await retrySet().size()) === FAILING + 50, {
      timeout: 90_000,
      interval: 100,
    });

    // Which, since when, and where?
    const stats = await mandate("stats");
    expect(stats.lines).toContain("retry            5,050");
    const errors = await mandate("errors");
    expect(errors.lines[0]).toMatch(
      /^ {2}5,000 {2}ConvertDocument {2}RangeError {2}first .* ago, last .* ago$/,
    );
    expect(errors.lines[1]).toContain("incident.test.ts:");
    expect(errors.lines[2]).toBe("         the page size must be positive");

    // With which arguments?
    const list = await mandate("jobs list retry --command ConvertDocument -n 2");
    const [jid = ""] = /^[0-9a-f]{24}/.exec(list.lines[0] ?? "") ?? [];
    expect(list.lines[0]).toMatch(/ConvertDocument\("file\d+\.pdf"\)$/);
    const shown = await mandate(`jobs show ${jid}`);
    expect(shown.lines.join("\n")).toContain("RangeError: the page size must be positive");

    // Nothing more of it shall fail.
    expect((await mandate("queues pause documents")).exit).toBe(0);
    await ConvertDocument.defer("late.pdf");
    expect((await mandate("queues")).lines.at(-1)).toMatch(/^documents +1 .* paused$/);

    // The fix is deployed: just those go again.
    isBroken = false;
    const selection = "--all --command ConvertDocument --error RangeError";
    const rehearsal = await mandate(`jobs retry ${selection} --dry-run`);
    expect(rehearsal.lines).toEqual(["Would retry 5,000 jobs of the retry set"]);
    expect((await mandate(`jobs retry ${selection}`)).lines).toEqual(["Retried 5,000 jobs"]);
    expect((await mandate("queues resume documents")).lines).toEqual(["Resumed documents"]);
    await vi.waitUntil(() => converted.size === FAILING + 1, { timeout: 90_000, interval: 100 });
    await worker.stop();

    expect(converted).toEqual(new Set([...files, "late.pdf"]));
    expect(typed).toEqual(script.map((line) => line.replace(/\b[0-9a-f]{24}\b/, "JID")));
    expect((await mandate("errors")).lines[0]).toMatch(/^ {5}50 {2}SendReceipt {2}TypeError /);
  });
});
