import { InvalidScheduleError } from "./invalid-schedule-error.ts";

/** A part of a schedule's text, and the index at which it stands there. */
export interface Piece {
  readonly text: string;
  readonly at: number;
}

/** A schedule as it was written: errors show all of it, and where in it they are. */
export class SourceText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** An error about one part of the text. */
  refuse({ text, at }: Piece, why: string, whatToDo: string): InvalidScheduleError {
    const where = `${JSON.stringify(text)} (character ${at + 1})`;
    return this.#error(`${where} ${why}. ${whatToDo}`, at);
  }

  /** An error about the text as a whole. */
  refuseAll(why: string, whatToDo: string): InvalidScheduleError {
    return this.#error(`${why}. ${whatToDo}`);
  }

  #error(reason: string, at?: number): InvalidScheduleError {
    const message = `Cannot read ${JSON.stringify(this.text)} as a schedule: ${reason}`;
    return new InvalidScheduleError(message, { text: this.text, at });
  }
}

/** The pieces of a text that a pattern, which must be global, finds. */
export function piecesOf({ text, at }: Piece, pattern: RegExp): Piece[] {
  return [...text.matchAll(pattern)].map((match) => ({ text: match[0], at: at + match.index }));
}
