import type { Adapter } from "../../adapters/adapter.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { countOf } from "../../support/wording.ts";

/**
 * Takes back what dead workers held.
 *
 * @throws {ConfigurationError} if anybody may run jobs of a store.
 */
export async function assertAtRest(adapter: Adapter): Promise<void> {
  const { store } = adapter;
  await adapter.recover();
  const [workers, others] = await Promise.all([store.workers(), store.foreignProcesses()]);
  const living = [...workers, ...others.map(({ process }) => process)];
  const [first] = living;
  if (first !== undefined) {
    throw new ConfigurationError(
      `Cannot move the jobs of a store on which ${countOf(living.length, "worker")} may run: ` +
        `${first.hostname}:${first.pid} was seen lately. Stop them; one that was killed is forgotten within a minute`,
    );
  }
}
