/** Whether it stands for all queues that begin so, and not for one. */
export function hasStar(name: string): boolean {
  return name.endsWith("*");
}

/**
 * The queues that a list stands for, in its order.
 *
 * `"beta*"` stands for all queues that begin so, and `"*"` for all, but for those that another
 * entry fits better: the one with the queue's own name, else the longest.
 *
 * @param all The queues that there are, in the order in which those of one entry come.
 */
export function servedQueues(listed: readonly string[], all: readonly string[]): string[] {
  const served = new Map(listed.map((name) => [name, hasStar(name) ? [] : [name]]));
  const prefixes = listed.filter(hasStar).map((name) => name.slice(0, -1));
  prefixes.sort((one, other) => other.length - one.length);
  for (const queue of all) {
    const prefix = prefixes.find((each) => queue.startsWith(each));
    if (prefix !== undefined && !(served.has(queue) && !hasStar(queue))) {
      served.get(`${prefix}*`)?.push(queue);
    }
  }
  return listed.flatMap((name) => served.get(name) ?? []);
}

/** Whether one of the entries stands for the queue. */
export function isListed(listed: readonly string[], queue: string): boolean {
  return servedQueues(listed, [queue]).includes(queue);
}
