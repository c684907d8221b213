import type { RedisContext } from "./redis-context.ts";

/**
 * The queues that living processes of Sidekiq serve: those in its set of processes that have no lease of ours.
 *
 * @see Sidekiq 8.1 launcher.rb `to_data`; what a process says of itself is gone a minute after its last heartbeat
 */
export async function sidekiqsQueues({ command, keys }: RedisContext): Promise<readonly string[]> {
  const all = (await command("SMEMBERS", keys.processes)) as string[];
  const ours = new Set((await command("ZRANGE", keys.leases, 0, -1)) as string[]);
  const infos = await Promise.all(
    all
      .filter((identity) => !ours.has(identity))
      .map((identity) => command("HGET", keys.process(identity), "info")),
  );
  return [...new Set(infos.flatMap(queuesIn))];
}

function queuesIn(info: unknown): string[] {
  try {
    const { queues } = JSON.parse(String(info)) as { readonly queues?: unknown };
    return Array.isArray(queues) ? queues.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}
