const DAY = 86_400;

/** A day of UTC as Sidekiq names it: "2026-11-28". @param at Epoch seconds. */
export function dateOf(at: number): string {
  return new Date(at * 1000).toISOString().slice(0, 10);
}

/** The last days of UTC, the oldest first. @param now Epoch seconds, in the last of them. */
export function lastDates(now: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => dateOf(now - (count - 1 - index) * DAY));
}
