import { clock } from "../support/clock.ts";

/** The clock as it was before the first journey. */
let untravelled: (() => number) | undefined;

/** The library's time goes on from there. @param time Epoch seconds. */
export function moveClockTo(time: number): void {
  const before = (untravelled ??= clock.now.bind(clock));
  const ahead = Math.ceil(time * 1000) / 1000 - before();
  clock.now = () => Math.round((before() + ahead) * 1000) / 1000;
}

/** The time is what it is. */
export function returnToPresent(): void {
  if (untravelled !== undefined) clock.now = untravelled;
  untravelled = undefined;
}
