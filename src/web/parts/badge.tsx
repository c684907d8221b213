import type { Translate } from "../texts/texts.ts";
import type { Html } from "./html.ts";

const LOOKS: Readonly<Record<string, string>> = {
  running: "live",
  queue: "calm",
  enqueued: "calm",
  scheduled: "calm",
  retry: "warning",
  retrying: "warning",
  blocked: "muted",
  dead: "wrong",
  finished: "ok",
  done: "ok",
  cancelled: "muted",
  discarded: "muted",
  expired: "muted",
  unknown: "muted",
  ok: "ok",
  warning: "warning",
  wrong: "wrong",
  failed: "wrong",
  refused: "wrong",
  begun: "warning",
  success: "ok",
  open: "live",
  incomplete: "warning",
  waiting: "calm",
  paused: "warning",
  quiet: "warning",
  skipped: "muted",
  duplicate: "muted",
};

/** Where the same word is a button's, which is said otherwise in other languages. */
const WORDS: Readonly<Record<string, string>> = { retry: "retrying" };

/** What a state is called. */
export function stateName(state: string, t: Translate): string {
  return t(WORDS[state] ?? state);
}

/** A state: its word, in a colour that says it again. */
export function Badge({ state, t }: { state: string; t: Translate }): Html {
  return <span class={`badge ${LOOKS[state] ?? "muted"}`}>{stateName(state, t)}</span>;
}
