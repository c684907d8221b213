import type { Context } from "../store/context.ts";
import type { Notices } from "../store/notices.ts";

/** What one process tells the others. */
export interface Post {
  readonly id: number;
  readonly kind: "work" | "due" | "cancel" | "signal" | "document" | "end";
  /** A time, a document's name, or a jid. */
  readonly about: string | null;
  readonly note: string | null;
}

/** Seconds for which a process is told things after it last said that it listens. */
export const MEMBERSHIP = 90;
/** Seconds for which what was told is kept. */
const KEPT = 60;
/** How many are told between two looks for those that are older. */
const BETWEEN_SWEEPS = 200;

/**
 * What processes tell each other, and which there are. By the clock of the machine, which is one
 * for all.
 */
export class Posts {
  readonly #context: Context;
  readonly #sender: string;
  #untilSweep = 0;

  constructor(context: Context, sender: string) {
    this.#context = context;
    this.#sender = sender;
  }

  /** This process listens. @returns the number of the last post before. */
  join(): number {
    this.renew();
    return (
      this.#context.get<{ id: number | null }>("SELECT MAX(id) AS id FROM post")?.id ??
      this.#lastEver()
    );
  }

  renew(): void {
    this.#context.run(
      "INSERT OR REPLACE INTO member (sender, until) VALUES (?, ?)",
      this.#sender,
      present() + MEMBERSHIP,
    );
  }

  leave(): void {
    this.#context.run(
      "DELETE FROM member WHERE sender = ? OR until < ?",
      this.#sender,
      present() - MEMBERSHIP,
    );
  }

  /** Those of others after that number. */
  after(id: number): Post[] {
    return this.#context.all<Post>(
      "SELECT id, kind, about, note FROM post WHERE id > ? AND sender <> ? ORDER BY id",
      id,
      this.#sender,
    );
  }

  /** Tells all others. @returns whether there is anything to tell, and anybody. */
  write(notices: Notices): boolean {
    const { isWork, due, isCancelled, isSignal, documents, ends } = notices;
    const isHeard = this.#context.get(
      "SELECT 1 FROM member WHERE sender <> ? AND until > ? LIMIT 1",
      this.#sender,
      present(),
    );
    if (isHeard === undefined) {
      return false;
    }
    let count = 0;
    const post = (kind: Post["kind"], about?: string, note?: string): void => {
      count += 1;
      this.#post(kind, about, note);
    };
    if (isWork && this.#wakesOthers()) post("work");
    if (due !== Infinity) post("due", String(due));
    if (isCancelled) post("cancel");
    if (isSignal) post("signal");
    documents.forEach(({ name, note }) => post("document", name, note));
    ends.forEach((jid) => post("end", jid));
    return count > 0;
  }

  /** Whether workers of others sleep until they hear of work. They do not any more. */
  #wakesOthers(): boolean {
    return (
      this.#context.run("UPDATE lease SET idle = 0 WHERE idle = 1 AND sender <> ?", this.#sender) >
      0
    );
  }

  #post(kind: Post["kind"], about: string | undefined, note: string | undefined): void {
    const now = present();
    this.#context.run(
      "INSERT INTO post (at, sender, kind, about, note) VALUES (?, ?, ?, ?, ?)",
      now,
      this.#sender,
      kind,
      about ?? null,
      note ?? null,
    );
    this.#untilSweep -= 1;
    if (this.#untilSweep < 0) {
      this.#untilSweep = BETWEEN_SWEEPS;
      this.#context.run("DELETE FROM post WHERE at < ?", now - KEPT);
    }
  }

  /** Where all were deleted, numbers go on all the same. */
  #lastEver(): number {
    return (
      this.#context.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'post'")
        ?.seq ?? 0
    );
  }
}

function present(): number {
  return Date.now() / 1000;
}
