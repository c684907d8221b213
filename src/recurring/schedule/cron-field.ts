import { didYouMean } from "../../support/nearest.ts";
import { hashOf } from "./hash-of.ts";
import { piecesOf, type Piece, type SourceText } from "./source-text.ts";

/** What one of a cron's fields may hold. */
export interface FieldKind {
  /** As messages say it: `"minute"`. */
  readonly noun: string;
  readonly least: number;
  readonly most: number;
  /** Names of values, by the value. */
  readonly names?: ReadonlyMap<string, number>;
  /** A value that stands for another: hour 24 is hour 0, weekday 7 is Sunday. */
  readonly alias?: readonly [value: number, meant: number];
  /** What the values begin anew with: `"hour"` for minutes. */
  readonly restartsWith: string;
}

/** A field that was read. */
export interface CronField {
  /** In their order. */
  readonly values: readonly number[];
  /** Whether a star was written, by itself or with a step behind it. */
  readonly hasStar: boolean;
  /** As it was written, in lower case. */
  readonly written: string;
  readonly warnings: readonly string[];
}

/** What may be chosen from where `~` leaves the choice: the same text always gets the same. */
export interface FieldContext {
  readonly source: SourceText;
  readonly seed: string;
}

/** A star, a value, or two of them with `-` or `~` between; and a step. */
const ELEMENT = /^(?:([*?])|(-?\w+)?(?:([-~])(-?\w+)?)?)(?:\/(\d+))?$/;

/** An element's parts. Where it starts and ends is still to be read. */
export interface Element {
  readonly isStar: boolean;
  readonly from: Piece | undefined;
  readonly join: string | undefined;
  readonly to: Piece | undefined;
  readonly step: number | undefined;
}

/** The elements of a list; like Fugit, commas that separate nothing are passed over. */
export function elementsOf(field: Piece): Piece[] {
  return piecesOf(field, /[^,]+/g);
}

export function readElement(piece: Piece, kind: FieldKind, { source }: FieldContext): Element {
  const [all, star, from, join, to, step] = ELEMENT.exec(piece.text) ?? [];
  const isHalf = join === "-" && (from === undefined || to === undefined);
  if (all === undefined || all === "" || isHalf) {
    throw source.refuse(piece, `is no ${kind.noun}`, written(kind));
  }
  if (step !== undefined && Number(step) === 0) {
    throw source.refuse(piece, "has a step of 0", "Write a step from 1 up, or none");
  }
  const toAt = piece.at + (from?.length ?? 0) + 1;
  return {
    isStar: star !== undefined || (from === undefined && join === undefined),
    from: from === undefined ? undefined : { text: from, at: piece.at },
    join,
    to: to === undefined ? undefined : { text: to, at: toAt },
    step: step === undefined ? undefined : Number(step),
  };
}

/** A value by its number or name. */
export function readValue(piece: Piece, kind: FieldKind, { source }: FieldContext): number {
  const named = kind.names?.get(piece.text.toLowerCase());
  if (named !== undefined) {
    return named;
  }
  const value = /^\d+$/.test(piece.text) ? Number(piece.text) : NaN;
  const most = Math.max(kind.most, kind.alias?.[0] ?? 0);
  if (!(value >= kind.least && value <= most)) {
    const meant = Number.isNaN(value)
      ? didYouMean(piece.text, [...(kind.names?.keys() ?? [])])
      : "";
    throw source.refuse(
      piece,
      `is no ${kind.noun}`,
      `${written(kind)}.${meant}`.replace(/\.$/, ""),
    );
  }
  return value;
}

/**
 * Reads a field whose values stand in a ring: what ends before it begins goes on at the beginning.
 */
export function readField(field: Piece, kind: FieldKind, context: FieldContext): CronField {
  const values = new Set<number>();
  const warnings: string[] = [];
  let hasStar = false;
  for (const piece of elementsOf(field)) {
    const element = readElement(piece, kind, context);
    hasStar ||= element.isStar;
    for (const value of valuesOf(element, kind, { ...context, piece })) values.add(value);
    warnings.push(...unevenSteps(element, kind, piece));
  }
  if (values.size === 0) {
    throw context.source.refuse(field, `names no ${kind.noun}`, written(kind));
  }
  const sorted = [...values].toSorted((one, other) => one - other);
  return { values: sorted, hasStar, written: field.text.toLowerCase(), warnings };
}

/** The values that an element stands for, in its own order. */
export function valuesOf(
  { isStar, from, join, to, step }: Element,
  kind: FieldKind,
  context: FieldContext & { readonly piece: Piece },
): number[] {
  const { least, most } = kind;
  const read = (piece: Piece | undefined, otherwise: number): number =>
    piece === undefined ? otherwise : readValue(piece, kind, context);
  const isOpen = isStar || (join === undefined && step !== undefined);
  const first = read(from, least);
  const last = isOpen || join === "~" ? read(to, most) : read(to, first);
  const size = most - least + 1;
  const length = last >= first ? last - first + 1 : last - first + 1 + size;
  const run = Array.from({ length }, (_, index) => aliased(first + index, kind));
  if (join === "~") {
    const count = Math.min(step ?? length, length);
    const chosen = hashOf(`${context.seed} ${kind.noun} ${context.piece.text}`) % count;
    return run.filter((_, index) => index % (step ?? length) === chosen);
  }
  return run.filter((_, index) => index % (step ?? 1) === 0);
}

/** Back into the ring. */
function aliased(value: number, { least, most, alias }: FieldKind): number {
  const meant = alias !== undefined && value === alias[0] ? alias[1] : value;
  return meant > most ? meant - (most - least + 1) : meant;
}

/** A step that does not divide its ring begins anew: the last gap is another one. */
function unevenSteps({ isStar, step }: Element, kind: FieldKind, piece: Piece): string[] {
  const size = kind.most - kind.least + 1;
  if (!isStar || step === undefined || (step <= size && size % step === 0)) {
    return [];
  }
  const values = Array.from(
    { length: Math.ceil(size / step) },
    (_, index) => kind.least + index * step,
  );
  const shown = values.length > 6 ? [...values.slice(0, 5), "…", values.at(-1)] : values;
  return [
    `"${piece.text}" begins anew with each ${kind.restartsWith}: it means ${kind.noun} ${shown.join(", ")}${intervalOf(step, kind)}`,
  ];
}

function intervalOf(step: number, { noun }: FieldKind): string {
  const unit = noun === "day of the month" ? "day" : noun;
  const isOne = ["second", "minute", "hour", "day"].includes(unit);
  return isOne ? `. "every ${step} ${unit}s" is a true interval` : "";
}

/** `*`, or `*` with a step, where values are that. */
export function stepText(
  values: readonly number[],
  { least, most }: FieldKind,
): string | undefined {
  const size = most - least + 1;
  const step = (values[1] ?? most + 1) - least;
  const isStep =
    values.length === Math.ceil(size / step) &&
    values.every((value, index) => value === least + index * step);
  if (!isStep || (values.length === 1 && size > 1)) {
    return undefined;
  }
  return step === 1 ? "*" : `*/${step}`;
}

/** The shortest that means the same. A star says more than its values: whether a cron is fixed. */
export function fieldText({ values, hasStar }: CronField, kind: FieldKind): string {
  return (hasStar ? stepText(values, kind) : undefined) ?? listText(values);
}

/** Numbers in their order as a list, in which three and more in a row are a range. */
export function listText(values: readonly number[]): string {
  return runsOf(values)
    .map(([first, last]) => {
      const separator = last - first >= 2 ? "-" : ",";
      return last > first ? `${first}${separator}${last}` : `${first}`;
    })
    .join(",");
}

/** The runs without a gap in numbers that stand in their order. */
export function runsOf(values: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === value - 1) last[1] = value;
    else runs.push([value, value]);
  }
  return runs;
}

function written({ least, most, names }: FieldKind): string {
  const [named] = names?.keys() ?? [];
  const byName = named === undefined ? "" : `, a name such as "${named}"`;
  const forms = `a range such as "${least}-${most}", a step such as "*/2", or a list of those`;
  return `Write "*", a number from ${least} to ${most}${byName}, ${forms}`;
}
