import type { Exchange, FetchedJob } from "../../adapter.ts";
import type { ParkedJob } from "../../fetching.ts";
import type { Told } from "../postgres-context.ts";
import type { Walk } from "./floors.ts";
import { outcomeLines, type Settling } from "./outcome-lines.ts";

export const EXCHANGE: string =
  "SELECT * FROM @.exchange_1($1::int, $2::text::bigint[], $3::text, $4::boolean, $5::text::text[], " +
  "$6::text, $7::int, $8::int, $9::int, $10::float8)";

/** What an exchange answers beside jobs. */
export interface Meta extends Told {
  readonly lost?: boolean;
  readonly releasable?: boolean;
  /** Runs that were settled in the fast way, where those were not all. */
  readonly done?: readonly number[];
  readonly refused?: readonly number[];
  /** Queues where it took long to come to the first jobs, or that were looked at from a floor. */
  readonly walks?: Readonly<Record<string, Walk>>;
  readonly isMore?: boolean;
  readonly wantsTurn?: boolean;
  readonly parked?: readonly ParkedJob[];
  readonly unparked?: readonly ParkedJob[];
  readonly how?: Readonly<Record<string, { refusedBy: string | null; expired: boolean }>>;
}

/** The same as those who called it read it. */
export function answerOf(
  jobs: readonly FetchedJob[],
  refused: readonly FetchedJob[],
  meta: Meta,
): Exchange {
  const { releasable = false, isMore, wantsTurn, parked = [], unparked = [] } = meta;
  const exchange = { jobs, refused, releasable };
  const turns =
    isMore === undefined ? exchange : { ...exchange, isMore, wantsTurn: wantsTurn === true };
  return parked.length + unparked.length === 0 ? turns : { ...turns, parked, unparked };
}

/** Those that were not settled, since they are not held, or have to be settled alone. */
export function leftOf(settlings: readonly Settling[], { done, refused }: Meta): Settling[] {
  if (done === undefined && (refused === undefined || refused.length === 0)) {
    return [];
  }
  const lost = new Set(refused);
  const ended = done && new Set(done);
  const isFast = ({ outcome, handed }: Settling): boolean =>
    outcomeLines([{ outcome, handed }], false).rest === null;
  return settlings.filter((each) =>
    isFast(each) ? ended !== undefined && !ended.has(each.handed.run) : lost.has(each.handed.run),
  );
}
