import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { PostgresAdapter } from "../../../src/adapters/postgres/postgres-adapter.ts";
import type { PostgresOptions } from "../../../src/adapters/postgres/postgres-options.ts";
import { deferWithin } from "../../../src/adapters/postgres/within/within.ts";
import { Command, configure, deferAll, silentLogger } from "../../../src/index.ts";
import { startWorker } from "../../../src/worker.ts";
import { PgBouncer } from "../../support/pg-bouncer.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { freshSchema } from "./postgres-store.ts";

const ran: string[] = [];
class Note extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {
    ran.push(this.name);
  }
}

class Once extends Command.initializeWith((name: string) => ({ name })) {
  static {
    this.unique();
  }

  call(): void {
    ran.push(this.name);
  }
}

describe.skipIf(missing("postgres") || missing("pgbouncer"))(
  "behind a pooler in transaction mode",
  () => {
    let server: PostgresServer;
    let bouncer: PgBouncer;

    beforeAll(async () => {
      server = await PostgresServer.start();
      bouncer = await PgBouncer.start(server.url, 3);
    });
    afterAll(async () => {
      await bouncer.dispose();
      await server.dispose();
    });

    const drivers: Readonly<Record<string, () => PostgresOptions>> = {
      "pg's own connections": () => ({ connectionString: bouncer.url, prepare: false }),
      "a pool of pg": () => {
        const pool = new pg.Pool({ connectionString: bouncer.url });
        onTestFinished(() => pool.end());
        return { pool, prepare: false };
      },
      "postgres.js": () => {
        const sql = postgres(bouncer.url, { prepare: false, onnotice: () => undefined });
        onTestFinished(() => sql.end());
        return { sql };
      },
    };

    it.each(Object.entries(drivers))("all works on %s", async (_, given) => {
      ran.length = 0;
      const schema = freshSchema();
      const options = { ...given(), schema, logger: silentLogger };
      const adapter = new PostgresAdapter(options);
      configure({ adapter, logger: silentLogger });
      const worker = await startWorker({ concurrency: 5 });
      onTestFinished(async () => {
        await worker.stop();
        await adapter.close();
      });
      const many = Array.from({ length: 2_500 }, (_each, index) => `job-${index}`);

      await deferAll(many.map((name) => Note.prepare(name)));
      await haveRun(many.length);
      // It has been idle, and is told by nobody.
      const first = await Once.set({ wait: 0.5 }).defer("once");
      const second = await Once.defer("once");
      await haveRun(many.length + 1);
      const client = new pg.Client({ connectionString: bouncer.url });
      await client.connect();
      await client.query("BEGIN");
      await deferWithin(client, () => Note.defer("within"));
      await client.query("COMMIT");
      await client.end();
      await haveRun(many.length + 2);

      expect(ran.toSorted()).toEqual([...many, "once", "within"].toSorted());
      expect([second?.isDuplicate, second?.id]).toEqual([true, first?.id]);
      expect(await adapter.store.size({ queue: "default" })).toBe(0);
    });

    it("says what to do where statements are prepared, and the pooler does not keep them", async () => {
      const adapter = new PostgresAdapter({
        connectionString: bouncer.url,
        schema: freshSchema(),
        logger: silentLogger,
      });
      onTestFinished(() => adapter.close());
      configure({ adapter, logger: silentLogger });
      await adapter.migrate();

      // Which connection of the pooler's each of them comes to is chance.
      let failed: PromiseSettledResult<unknown> | undefined;
      for (let round = 0; round < 200 && failed === undefined; round += 1) {
        const asked = [
          Note.defer(`job-${round}`),
          adapter.status("any"),
          adapter.store.queueNames(),
          adapter.store.pausedQueues(),
        ];
        failed = (await Promise.allSettled(asked)).find(({ status }) => status === "rejected");
      }

      expect(failed).toMatchObject({
        reason: { message: expect.stringContaining("prepare: false") },
      });
    });

    async function haveRun(count: number): Promise<void> {
      await expect.poll(() => ran.length, { timeout: 20_000 }).toBe(count);
    }
  },
);
