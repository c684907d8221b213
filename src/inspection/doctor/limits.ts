import type { Adapter } from "../../adapters/adapter.ts";
import type { Finding } from "../../adapters/finding.ts";
import { queueKey } from "../../adapters/hold.ts";
import { fullName } from "../../guards/limiter/limiter-kind.ts";
import { limiters } from "../../guards/limiter/limiters.ts";
import { counted, countOf, spoken } from "../../support/wording.ts";
import { RecordView } from "../entries/record-view.ts";
import { limitStats, type LimitStats } from "../figures/limits.ts";
import { limitedJobs } from "../lists/queue-jobs.ts";
import { limitsOfQueues } from "../lists/queue-limits.ts";
import { firstOf as firstSome, type Check } from "./examination.ts";

/** Seconds that a job may wait for its turn. */
const LONG_WAIT = 300;
/** Seconds for which a job may keep others from theirs. */
const LONG_RUN = 1_800;
/** Limits that are looked at: those with the longest lines. */
const LOOKED_AT = 20;

/**
 * Whether jobs come faster than limits let them start, and whether any keeps a turn for very long.
 */
export const checkLimits: Check = async ({ adapter }) => {
  const limits = (await limitStats(adapter)).slice(0, LOOKED_AT);
  const [since, now] = await Promise.all([firstOf(adapter), adapter.store.now()]);
  const slow = limits.flatMap((each) => {
    const first = since.get(each.key);
    return first === undefined || now - first < LONG_WAIT ? [] : [slowFinding(each, now - first)];
  });
  const queues = [...(await limitsOfQueues(adapter))].filter(
    ([, { concurrency = Infinity, running }]) => running >= concurrency,
  );
  const full: readonly FullKey[] = [
    ...limits.map(({ limit, key }) => ({ limit, key })),
    ...queues.map(([name]) => ({ limit: `the limit of queue ${name}`, key: queueKey(name) })),
    ...(await fullLimiters(adapter)),
  ];
  const held = await Promise.all(full.map((key) => heldForLong(adapter, { ...key, now })));
  return [...slow, ...held.flat()];
};

function slowFinding({ limit, to, rate, running, waiting }: LimitStats, seconds: number): Finding {
  const jobs = `${countOf(waiting, "job")}, the first for ${spoken(seconds)}`;
  const [serves, todo] =
    rate === undefined
      ? [`${counted(running)} of ${counted(to ?? Infinity)} run`, "let more of them run at once"]
      : [
          `the last starts in ${spoken((waiting * rate.seconds) / rate.to)} at ${counted(rate.to)} in ${spoken(rate.seconds)}`,
          "let more of them start",
        ];
  return {
    check: limit,
    level: "warning",
    problem: "limit-slow",
    found: `over it wait ${jobs}; ${serves}`,
    todo: `Raise the limit, so as to ${todo}, or defer fewer of these jobs`,
    jobs: waiting,
    seconds,
  };
}

/** Since when the first waits that is over each limit, epoch seconds. */
async function firstOf(adapter: Adapter): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const { name: queue } of await limitedJobs(adapter)) {
    const { jobs } = await adapter.store.page({ queue, parked: true }, undefined, 100);
    for (const { waitsFor = "", payload } of jobs) {
      const { enqueuedAt, createdAt } = new RecordView(payload);
      const at = (enqueuedAt ?? createdAt)?.getTime() ?? Infinity;
      found.set(waitsFor, Math.min(at / 1000, found.get(waitsFor) ?? Infinity));
    }
  }
  return found;
}

/** Those inside code that let nobody in until somebody leaves. */
async function fullLimiters(adapter: Adapter): Promise<readonly FullKey[]> {
  const full: FullKey[] = [];
  for await (const { kind, name, key, used, size } of firstSome(limiters(adapter))) {
    if (kind === "concurrent" && used >= size) {
      full.push({ limit: fullName(kind, name), key, isOfCode: true });
    }
  }
  return full;
}

interface FullKey {
  readonly limit: string;
  readonly key: string;
  /** Its holders are jids with a nonce, or processes. */
  readonly isOfCode?: boolean;
}

async function heldForLong(
  { holds }: Adapter,
  { limit, key, isOfCode = false, now }: FullKey & { readonly now: number },
): Promise<Finding[]> {
  const page = await holds?.holders(key, undefined, 100);
  const long = page?.holders.filter(({ since }) => now - since >= LONG_RUN) ?? [];
  const [first] = long;
  if (first === undefined) {
    return [];
  }
  const seconds = now - first.since;
  const { holder } = first;
  const jid = isOfCode ? holder.slice(0, holder.lastIndexOf(":")) : holder;
  return [
    {
      check: limit,
      level: "warning",
      problem: "limit-held-long",
      found: `${jid} holds it for ${spoken(seconds)}, and others wait`,
      todo: "Look what that job does, give its class a timeout, or cancel it",
      jobs: long.length,
      jid,
      seconds,
    },
  ];
}
