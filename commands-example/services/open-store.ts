import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Adapter, MemoryAdapter } from "mandate";
import { PostgresAdapter } from "mandate/postgres";
import { RedisAdapter } from "mandate/redis";
import { SqliteAdapter } from "mandate/sqlite";
import type { Services } from "./services.ts";

/** Where jobs can be. */
const stores = ["memory", "sqlite", "postgres", "redis"] as const;

export interface OpenStore {
  readonly adapter: Adapter;
  close(): Promise<void>;
}

/**
 * Opens the store of that name: a file that goes at the end, the application's own database, or a
 * redis-server that is started for it.
 */
export async function openStore(
  name: string,
  { postgres }: Pick<Services, "postgres">,
): Promise<OpenStore> {
  switch (name) {
    case "memory":
      return closedAlone(new MemoryAdapter());
    case "sqlite": {
      const directory = await mkdtemp(join(tmpdir(), "academy-jobs-"));
      process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
      return closedAlone(new SqliteAdapter({ file: join(directory, "jobs.db") }));
    }
    case "postgres":
      return closedAlone(new PostgresAdapter({ pglite: postgres }));
    case "redis": {
      // Only here: nobody else needs a redis-server.
      const { RedisServer } = await import("./redis-server.ts");
      const server = await RedisServer.start();
      const adapter = new RedisAdapter({ url: server.url });
      return {
        adapter,
        async close() {
          await adapter.close();
          await server.stop();
        },
      };
    }
    default:
      throw new RangeError(`Cannot run on "${name}": --on takes ${stores.join(", ")}`);
  }
}

function closedAlone(adapter: Adapter): OpenStore {
  return { adapter, close: async () => adapter.close() };
}
