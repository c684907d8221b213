import { AdapterError } from "../../adapter-error.ts";
import type { FetchRequest } from "../../adapter.ts";
import { hasStar } from "../../served-queues.ts";

/** What `exchange.lua` answers, but for `{"lost"}` and `{"late"}`. */
export type ExchangeReply = readonly [
  state: string,
  milliseconds: string,
  releasable: number,
  anyRecoveries: number,
  refused: string[],
  /** Queue, "/PRIORITY" of its lane or "", and payloads, in turns. */
  fetched: (string | string[])[],
  wasHanded: number,
  mayBeHanded: number,
  isCut: number,
];

interface ExchangeCall {
  readonly number: number;
  /** How many jobs to fetch. */
  readonly limit: number;
  readonly request: FetchRequest | undefined;
  /** A note is to be taken away, or written. */
  readonly hasOffer: boolean;
  readonly takesMore: boolean;
  /** Of the outcomes. */
  readonly outcomes: readonly (string | number)[];
}

/** What it takes, behind the lease's identity. */
export function exchangeArgs(call: ExchangeCall): (string | number)[] {
  const { number, limit, request, hasOffer, takesMore, outcomes } = call;
  const queues = request?.queues;
  return [
    number,
    limit,
    Math.floor(Math.random() * 2 ** 31),
    hasOffer ? 1 : 0,
    takesMore ? 1 : 0,
    request !== undefined && queues === undefined ? -1 : (queues?.length ?? 0),
    queues?.some(hasStar) === true ? 1 : 0,
    ...(queues ?? []),
    ...outcomes,
  ];
}

/**
 * A later exchange came to Redis before this one, as where it had forgotten the script: it got this one once more, behind that.
 * Nothing was done.
 */
export function overtaken(identity: string): AdapterError {
  return new AdapterError(
    `Cannot go on as worker "${identity}": a later exchange came to Redis first, and this one was refused. ` +
      "Send it again: nothing of it was done",
  );
}
