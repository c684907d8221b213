import type { Context, Written } from "../store/context.ts";
import { Key, type KeyRow } from "./key.ts";

/** The table of keys. What was read of it in a step is written at its end. */
export class KeyTable implements Written {
  readonly #context: Context;
  /** By name, and what is in the table of each. */
  readonly #read = new Map<string, { readonly key: Key; image: string }>();

  constructor(context: Context) {
    this.#context = context;
    context.add(this);
  }

  get isEmpty(): boolean {
    return this.#read.size === 0 && this.#context.get("SELECT 1 FROM key LIMIT 1") === undefined;
  }

  find(name: string): Key | undefined {
    const read = this.#read.get(name);
    if (read !== undefined) {
      return read.key;
    }
    return this.#keep(this.#context.get<KeyRow>("SELECT * FROM key WHERE name = ?", name));
  }

  /** There must be none of that name. */
  make(name: string): Key {
    const row = this.#context.get<KeyRow>("INSERT INTO key (name) VALUES (?) RETURNING *", name);
    return this.#keep(row) as Key;
  }

  delete(key: Key): void {
    key.isGone = true;
    this.#read.delete(key.name);
    this.#context.run("DELETE FROM key WHERE id = ?", key.id);
  }

  flush(): void {
    for (const read of this.#read.values()) {
      const values = valuesOf(read.key);
      const image = values.join();
      if (image !== read.image) {
        read.image = image;
        this.#context.run(UPDATE, ...values, read.key.id);
      }
    }
  }

  forget(): void {
    this.#read.clear();
  }

  #keep(row: KeyRow | undefined): Key | undefined {
    const key = row && new Key(row);
    if (key !== undefined) {
      this.#read.set(key.name, { key, image: valuesOf(key).join() });
    }
    return key;
  }
}

const UPDATE = `UPDATE key SET most = ?, rate = ?, spent_until = ?, is_limited = ?, named = ?, taken = ?, dead = ?,
  has_died = ?, is_awaited = ?, held = ?, lined = ?, watching = ?, parked = ?, next_end = ?, freed = ?, wake_at = ? WHERE id = ?`;

function valuesOf(key: Key): (string | number | null)[] {
  const { tokens } = key;
  return [
    key.to,
    tokens === undefined ? null : JSON.stringify(tokens.rate),
    tokens === undefined || tokens.spentUntil === -Infinity ? null : tokens.spentUntil,
    key.isLimited ? 1 : 0,
    key.named,
    key.taken,
    key.dead,
    key.hasDied ? 1 : 0,
    key.isAwaited ? 1 : 0,
    key.held,
    key.lined,
    key.watching,
    key.parked,
    key.nextEnd ?? null,
    key.freed ?? null,
    key.wakeAt ?? null,
  ];
}
