// The core of Sentry's SDK stands for @sentry/node, which adds to it what instruments other packages: package.json.
import * as Sentry from "@sentry/node";
import { ServerRuntimeClient } from "@sentry/node/server";
import { Command, configure, MemoryAdapter, silentLogger } from "mandate";
import { startWorker } from "mandate/worker";
import { expect, it, onTestFinished } from "vitest";
import { codeBlocks } from "../repository/code-blocks.ts";
import { repositoryFiles } from "../repository/source-files.ts";

/** An event as Sentry gets it. */
interface SentryEvent {
  readonly level?: string;
  readonly message?: string;
  readonly tags?: object;
  readonly extra?: object;
  readonly exception?: {
    readonly values: readonly { readonly type: string; readonly value: string }[];
  };
}

/** The events that a client sends from now on: it has a transport that keeps them. */
function sentEvents(): readonly SentryEvent[] {
  const events: SentryEvent[] = [];
  const client = new ServerRuntimeClient({
    dsn: "https://key@sentry.invalid/1",
    integrations: [],
    stackParser: () => [],
    transport: (options) =>
      Sentry.createTransport(options, async ({ body }) => {
        const [, , event = ""] = Buffer.from(body).toString().split("\n");
        events.push(JSON.parse(event) as SentryEvent);
        return { statusCode: 200 };
      }),
  });
  Sentry.setCurrentClient(client);
  client.init();
  onTestFinished(async () => {
    await client.close();
  });
  return events;
}

class ImportFile extends Command.initializeWith((secret: string) => ({ secret })) {
  static {
    this.retry(1);
    this.retryIn(() => 0.01);
  }

  call() {
    throw new RangeError("no such file");
  }
}

it("tells Sentry of failures and of jobs that are given up", async () => {
  const events = sentEvents();
  const adapter = new MemoryAdapter();
  configure({ adapter, logger: silentLogger });
  onTestFinished(() => configure({ errorHandlers: [], deathHandlers: [] }));
  await import("./sentry-example.ts");
  const job = await ImportFile.defer("a secret");

  const worker = await startWorker({ adapter });
  await worker.drain();
  await worker.stop();
  await Sentry.flush(5_000);

  const tags = { job: "ImportFile", queue: "default", jid: job.id };
  const failure = expect.objectContaining({
    tags,
    exception: {
      values: [expect.objectContaining({ type: "RangeError", value: "no such file" })],
    },
  });
  expect(events).toEqual([
    failure,
    failure,
    expect.objectContaining({
      level: "fatal",
      message: "ImportFile is dead",
      tags,
      extra: { error: "RangeError: no such file" },
    }),
  ]);
  expect(JSON.stringify(events)).not.toContain("a secret");
});

it("is what docs/errors.md shows", () => {
  const shown = repositoryFiles("docs/errors.md").flatMap(codeBlocks);
  const [example] = repositoryFiles("test/configuration/sentry-example.ts");

  expect(shown.map(({ code }) => code.trim())).toContain(example!.text.trim());
});
