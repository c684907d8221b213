/** What a worker that has claimed tells the others, so that they need not read what it wrote. */
export interface ClaimNote {
  readonly worker: string;
  /** All that was due up to then is dealt with; epoch seconds. */
  readonly after: number;
}

export function noteOf({ worker, after }: ClaimNote): string {
  return `${worker} ${after}`;
}

/** `undefined` where it says something else. */
export function readNote(text: string): ClaimNote | undefined {
  const [worker = "", time] = text.split(" ");
  const after = Number(time);
  return Number.isFinite(after) ? { worker, after } : undefined;
}
