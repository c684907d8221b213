import { seconds, type Duration } from "../../support/duration.ts";
import { CronDays } from "./cron-days.ts";
import type { FieldContext } from "./cron-field.ts";
import { CronRecurrence } from "./cron-recurrence.ts";
import { isCron, readCron, type Cron } from "./cron.ts";
import { IntervalRecurrence } from "./interval-recurrence.ts";
import { InvalidScheduleError } from "./invalid-schedule-error.ts";
import { OnceRecurrence } from "./once-recurrence.ts";
import { meaningOf } from "./phrase-crons.ts";
import { readPhrase } from "./phrase-reader.ts";
import { zonesLike } from "./read-time-zone.ts";
import type { Recurrence } from "./recurrence.ts";
import type { ScheduleOptions, ScheduleText } from "./schedule-text.ts";
import { piecesOf, SourceText, type Piece } from "./source-text.ts";
import { TimeZone } from "./time-zone.ts";

interface Read {
  readonly recurrences: readonly Recurrence[];
  readonly warnings: readonly string[];
}

interface Context extends FieldContext {
  readonly timeZone: TimeZone;
}

/** Longer, a text is no schedule: Fugit's limit, too. */
const MAX_LENGTH = 256;
/** An interval as Go's cron has it, and one point in time. */
const NAMED = /^(@every|@at|once at)[ \t]+(.*)$/i;
const WITHOUT_ZONE =
  "a time zone has no effect on an interval, which is counted from 1 January 1970";
const WRITTEN = 'Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes"';

/** Reads a schedule, whichever of the ways it is written in. */
export function readSchedule(
  given: ScheduleText,
  { timeZone = "UTC", seed }: ScheduleOptions,
): Read {
  if (typeof given === "object" && given !== null && !Array.isArray(given) && "every" in given) {
    return { recurrences: [new IntervalRecurrence(wholeSeconds(given.every))], warnings: [] };
  }
  if (typeof given !== "string") {
    throw new InvalidScheduleError(
      `Cannot read a schedule: it is neither a text nor { every }, but ${given === null ? "null" : `of type ${typeof given}`}. ${WRITTEN}`,
      { text: String(given) },
    );
  }
  const source = new SourceText(given);
  if (given.trim() === "") throw source.refuseAll("it is empty", WRITTEN);
  if (given.length > MAX_LENGTH) {
    throw source.refuseAll(`it is longer than ${MAX_LENGTH} characters`, "Write several schedules");
  }
  const zone = TimeZone.named(timeZone);
  if (zone === undefined) {
    throw source.refuseAll(
      `its time zone ${JSON.stringify(timeZone)} is none`,
      zonesLike(timeZone),
    );
  }
  const context = { source, seed: seed ?? given, timeZone: zone };
  const reads = piecesOf({ text: given, at: 0 }, /[^;\n]*[^;\s][^;\n]*/g).map((piece) =>
    readOne(trimmed(piece), context),
  );
  const byText = new Map(
    reads.flatMap(({ recurrences }) => recurrences.map((each) => [each.text, each])),
  );
  return {
    recurrences: [...byText]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, each]) => each),
    warnings: reads.flatMap(({ warnings }) => warnings),
  };
}

function readOne(piece: Piece, context: Context): Read {
  const [isNamed, name, argument = ""] = NAMED.exec(piece.text) ?? [];
  if (isNamed !== undefined) {
    const at = piece.at + piece.text.length - argument.length;
    const read = name?.toLowerCase() === "@every" ? readInterval : readOnce;
    return { recurrences: [read({ text: argument, at }, context)], warnings: [] };
  }
  if (isCron(piece.text)) {
    return fromCrons([readCron(piece, context)], piece, context);
  }
  const phrase = readPhrase(piece, context.source);
  const { crons, interval } = meaningOf(phrase, context.source);
  if (interval !== undefined) {
    return {
      recurrences: [new IntervalRecurrence(interval)],
      warnings: phrase.timeZone === undefined ? [] : [WITHOUT_ZONE],
    };
  }
  const timeZone = phrase.timeZone ?? context.timeZone;
  const read = crons.map((text) => readCron({ text, at: piece.at }, context));
  return fromCrons(read, piece, { ...context, timeZone });
}

function fromCrons(crons: readonly Cron[], piece: Piece, { source, timeZone }: Context): Read {
  for (const cron of crons) {
    if (new CronDays(cron.days).next(0) === undefined) {
      const whatToDo = "Write a day that one of its months has";
      throw source.refuse(piece, "can never fire: there is no such day", whatToDo);
    }
  }
  return {
    recurrences: crons.map((cron) => new CronRecurrence(cron, cron.timeZone ?? timeZone)),
    warnings: crons.flatMap(({ warnings }) => warnings),
  };
}

function readInterval({ text, at }: Piece, { source }: Context): IntervalRecurrence {
  try {
    return new IntervalRecurrence(wholeSeconds(text as Duration));
  } catch {
    throw source.refuse(
      { text, at },
      "is no interval",
      'Write whole seconds, such as "90s", "30 minutes" or "2 days"',
    );
  }
}

function readOnce({ text, at }: Piece, { source }: Context): OnceRecurrence {
  const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isDate ? Date.parse(text) / 1000 : NaN;
  if (Number.isNaN(time)) {
    throw source.refuse(
      { text, at },
      "is no point in time",
      'Write one such as "2030-01-31T09:00:00Z"',
    );
  }
  return new OnceRecurrence(time);
}

function wholeSeconds(every: Duration): number {
  const length = secondsIn(every);
  if (!Number.isSafeInteger(length) || length === 0) {
    throw new InvalidScheduleError(
      `Cannot read ${JSON.stringify(every)} as an interval: it is not one or more whole seconds. Write "30s", "15 minutes" or "2 days"`,
      { text: String(every) },
    );
  }
  return length;
}

function secondsIn(every: Duration): number {
  try {
    return seconds(every, "an interval");
  } catch (error) {
    const { message } = error as Error;
    throw new InvalidScheduleError(message, { text: String(every), cause: error });
  }
}

function trimmed({ text, at }: Piece): Piece {
  return { text: text.trim(), at: at + text.length - text.trimStart().length };
}
