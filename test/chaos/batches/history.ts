import { existsSync, readFileSync } from "node:fs";
import type { Word } from "./notes.ts";

export interface Line {
  /** Microseconds. */
  readonly at: number;
  readonly jid: string;
  readonly batch: string;
  readonly word: Word;
}

const CALLBACKS: ReadonlySet<Word> = new Set(["complete", "success", "death"]);

/** What was noted of a batch, in the order in which it was. */
export class BatchHistory {
  /** By the jids of its jobs. */
  readonly members = new Map<string, Line[]>();
  readonly callbacks: Line[] = [];

  add(line: Line): void {
    if (CALLBACKS.has(line.word)) {
      this.callbacks.push(line);
    } else {
      this.members.set(line.jid, [...(this.members.get(line.jid) ?? []), line]);
    }
  }

  /** The runs of a callback. */
  runsOf(event: Word): readonly Line[] {
    return this.callbacks.filter(({ word }) => word === event);
  }
}

/** What was noted in files, by batch. */
export function readHistories(files: readonly string[]): ReadonlyMap<string, BatchHistory> {
  const histories = new Map<string, BatchHistory>();
  for (const line of readLines(files).filter(({ word }) => word !== "lost")) {
    const history = histories.get(line.batch) ?? new BatchHistory();
    histories.set(line.batch, history);
    history.add(line);
  }
  return histories;
}

/** Jids of those that a living worker lost, as often as it did. */
export function readLost(files: readonly string[]): string[] {
  return readLines(files).flatMap(({ jid, word }) => (word === "lost" ? jid : []));
}

/** A line that a kill cut off is none. */
function readLines(files: readonly string[]): Line[] {
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, "utf8").split("\n").slice(0, -1).map(readLine))
    .toSorted((one, other) => one.at - other.at);
}

function readLine(text: string): Line {
  const [at = "", jid = "", batch = "", word = ""] = text.split(" ");
  return { at: Number(at), jid, batch, word: word as Word };
}
