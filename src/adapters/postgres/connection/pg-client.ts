import type { PgClient, PgPool } from "./drivers.ts";
import { inTime } from "./in-time.ts";
import { neverSent } from "./postgres-errors.ts";

/**
 * A connection of the pool's, new or used.
 *
 * @throws what the pool says, or that it had none in time. Then nothing was sent.
 */
export async function connected(pool: PgPool, patienceMs: number): Promise<PgClient> {
  const coming = pool.connect();
  try {
    return guarded(await inTime(coming, { patienceMs, what: "connection" }));
  } catch (error) {
    // Should it come in the end, nobody waits for it any more.
    coming.then(
      (client) => void client.release(),
      () => undefined,
    );
    throw neverSent(error);
  }
}

const knownPools = new WeakSet<PgPool>();
const known = new WeakSet<PgClient>();

/** A connection that is ended as soon as it is there says so before connect() is heard of. */
export function guardNew(pool: PgPool): void {
  if (!knownPools.has(pool)) {
    knownPools.add(pool);
    pool.on("connect", guarded);
  }
}

/**
 * One that breaks says so, too, while it is in use, which would end the process where nobody
 * listens.
 */
function guarded(client: PgClient): PgClient {
  if (!known.has(client)) {
    known.add(client);
    client.on("error", () => undefined);
  }
  return client;
}
