import { JobEntry } from "../../inspection/entries/job-entry.ts";
import type { RunningEntry } from "../../inspection/entries/running-entry.ts";
import { spoken } from "../../support/wording.ts";
import type { Visit } from "../request/visit.ts";
import type { Html } from "./html.ts";

interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly look: string;
}

const WIDTH = 1_000;
/** So wide is the shortest: it is to be seen. */
const LEAST = 6;

/** A job's way so far as one bar: waited, ran, waits again. Runs that failed before the last are not recorded. */
export function Timeline({ visit, entry }: { visit: Visit; entry: JobEntry | RunningEntry }): Html {
  const spans = spansOf(visit, entry).filter(({ from, to }) => to >= from);
  const total = spans.reduce((sum, { from, to }) => sum + (to - from), 0);
  if (spans.length === 0 || total <= 0) {
    return <></>;
  }
  let x = 0;
  const room = WIDTH - LEAST * spans.length;
  const bars = spans.map((span) => {
    const width = LEAST + (room * (span.to - span.from)) / total;
    const bar = { ...span, x, width };
    x += width;
    return bar;
  });
  const said = spans.map(({ name, from, to }) => `${name} ${spoken(to - from)}`).join(", ");
  return (
    <figure class="timeline">
      <svg viewBox={`0 0 ${WIDTH} 14`} preserveAspectRatio="none" role="img" aria-label={said}>
        {bars.map((bar) => (
          <rect
            class={bar.look}
            x={bar.x}
            y="0"
            width={Math.max(1, bar.width - 2)}
            height="14"
            rx="3"
          />
        ))}
      </svg>
      <figcaption>
        {spans.map(({ name, from, to, look }) => (
          <span>
            <i class={`dot ${look}`} />
            {name} <b>{spoken(to - from)}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function spansOf({ t, snapshot }: Visit, entry: JobEntry | RunningEntry): Span[] {
  const at = (date: Date | undefined): number | undefined => date && date.getTime() / 1000;
  const created = at(entry.createdAt);
  const failed = at(entry.failedAt);
  const last = at(entry.lastFailedAt);
  const started = at(entry.startedAt);
  const end = entry instanceof JobEntry ? at(entry.at) : undefined;
  const now = snapshot.at;
  const spans: Span[] = [];
  const add = (name: string, look: string, from?: number, to?: number): void => {
    if (from !== undefined && to !== undefined) spans.push({ name, look, from, to });
  };
  if (failed !== undefined) {
    add(t("until it failed first"), "waited", created, failed);
    add(t("failing"), "failed", failed, last);
    add(t("since"), "waits", last, now);
  } else if (started !== undefined) {
    add(t("waited"), "waited", created, started);
    add(entry instanceof JobEntry ? t("ran") : t("runs"), "ran", started, end ?? now);
  } else {
    add(t("waits"), "waits", created, now);
  }
  return spans;
}
