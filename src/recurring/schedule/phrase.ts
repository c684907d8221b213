import type { Piece } from "./source-text.ts";
import type { TimeOfDay } from "./phrase-times.ts";
import type { TimeZone } from "./time-zone.ts";

export type PhraseUnit = "second" | "minute" | "hour" | "day" | "week" | "month" | "year";

/** `every 15 minutes starting at minute 1` */
export interface Every {
  readonly count: number;
  readonly unit: PhraseUnit;
  readonly startingAt: number | undefined;
  readonly piece: Piece;
}

/** What an English phrase says, before it is put together. */
export interface Phrase {
  every: Every | undefined;
  /** Days of the week and of the month as a cron has them: `1-4`, `5#L`; `15`, `25-L`. */
  readonly weekdays: string[];
  readonly monthdays: string[];
  readonly months: string[];
  readonly times: TimeOfDay[];
  /** Values and ranges: `10`, `0-29`; `*` for "on the minute". */
  readonly seconds: string[];
  readonly minutes: string[];
  readonly hours: string[];
  /** `from 9am to 5pm` */
  window: { readonly from: TimeOfDay; readonly to: TimeOfDay; readonly piece: Piece } | undefined;
  /** Whether days of the month and of the week stand side by side, with "or" in between. */
  isEither: boolean;
  timeZone: TimeZone | undefined;
}
