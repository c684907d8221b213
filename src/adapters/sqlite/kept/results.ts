import type { LeftResult } from "../../job-notes.ts";
import type { Context } from "../store/context.ts";

/** What jobs leave that are over. */
export class Results {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  leave(jid: string, { text, seconds }: LeftResult): void {
    this.#context.run(
      "INSERT OR REPLACE INTO result (jid, text, until) VALUES (?, ?, ?)",
      jid,
      text,
      this.#context.now + seconds,
    );
    this.#context.notices.ends.push(jid);
  }

  of(jid: string): string | undefined {
    // As bytes: Node 22 ends a text at the first "\0" in it.
    const row = this.#context.get<{ bytes: Uint8Array }>(
      "SELECT CAST(text AS BLOB) AS bytes FROM result WHERE jid = ? AND until > ?",
      jid,
      this.#context.now,
    );
    return row && Buffer.from(row.bytes).toString();
  }
}
