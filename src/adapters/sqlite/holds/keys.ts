import type { Hold } from "../../hold.ts";
import type { KeyLimit } from "../../holds.ts";
import type { Context } from "../store/context.ts";
import type { Key } from "./key.ts";
import { KeyTable } from "./key-table.ts";

/** Who takes a key, and until when. */
export interface Taking {
  readonly holder: string;
  /** The job that lets go of it when it ends, or a run of it. */
  readonly jid: string | undefined;
  readonly ends: Hold["until"];
  readonly seconds?: number | undefined;
}

/** That somebody holds a key. */
export interface Grip {
  readonly id: number;
  readonly key: number;
  readonly holder: string;
  readonly ends: Hold["until"];
  readonly until: number | null;
  readonly is_dead: number;
}

/** All keys. Whoever waits for one hears of it as soon as it may be free. */
export class Keys {
  readonly #context: Context;
  readonly #table: KeyTable;

  constructor(context: Context) {
    this.#context = context;
    this.#table = new KeyTable(context);
  }

  /** Whether there is any. */
  get areNone(): boolean {
    return this.#table.isEmpty;
  }

  /** One that somebody names, or holds. */
  named(name: string): Key {
    return this.#table.find(name) ?? this.#table.make(name);
  }

  byId(id: number): Key | undefined {
    const row = this.#context.get<{ name: string }>("SELECT name FROM key WHERE id = ?", id);
    return row && this.#table.find(row.name);
  }

  /** One as it is now. */
  find(name: string): Key | undefined {
    const key = this.#table.find(name);
    if (key !== undefined) {
      this.refresh(key);
    }
    return key;
  }

  /** Looks whether time has ended any of its holds. */
  refresh(key: Key): void {
    const { now } = this.#context;
    if (key.nextEnd === undefined || key.nextEnd > now) {
      return;
    }
    const over = this.#context.all<Grip>(
      "SELECT * FROM grip WHERE key = ? AND until IS NOT NULL AND until <= ?",
      key.id,
      now,
    );
    over.forEach((grip) => this.#remove(key, grip));
    this.#readNextEnd(key);
    this.changed(key);
  }

  /** The key, which is there from now on, as it is declared here. */
  declared(name: string, limit: KeyLimit): Key {
    const key = this.find(name) ?? this.#table.make(name);
    if (key.declare(limit, this.#context.now)) {
      this.#tell(key);
    }
    return key;
  }

  /** Whether it holds the key. */
  holds(key: Key, holder: string): boolean {
    return this.grip(key, holder) !== undefined;
  }

  grip(key: Key, holder: string): Grip | undefined {
    return key.held === 0
      ? undefined
      : this.#context.get<Grip>("SELECT * FROM grip WHERE key = ? AND holder = ?", key.id, holder);
  }

  /** All that a job holds. */
  gripsOf(jid: string): Grip[] {
    return this.#context.all<Grip>("SELECT * FROM grip WHERE jid = ? ORDER BY id", jid);
  }

  /** The one that has held it longest. */
  eldest(key: Key): string | undefined {
    return this.#context.get<{ holder: string }>(
      "SELECT holder FROM grip WHERE key = ? ORDER BY id LIMIT 1",
      key.id,
    )?.holder;
  }

  /** Those that hold it, the eldest first. */
  holdersOf(key: Key): Grip[] {
    return this.#context.all<Grip>("SELECT * FROM grip WHERE key = ? ORDER BY id", key.id);
  }

  take(key: Key, { holder, jid, ends, seconds }: Taking): void {
    const { now } = this.#context;
    const before = this.grip(key, holder);
    if (before !== undefined) {
      this.#remove(key, before);
    }
    const until = seconds === undefined || seconds === Infinity ? null : now + seconds;
    this.#context.run(
      "INSERT INTO grip (key, holder, jid, since, ends, until) VALUES (?, ?, ?, ?, ?, ?)",
      key.id,
      holder,
      jid ?? null,
      now,
      ends,
      until,
    );
    key.held += 1;
    key.taken += 1;
    if (before?.until != null || until !== null) {
      this.#readNextEnd(key);
      this.#setWake(key);
    }
  }

  letGo(grip: Grip): void {
    const key = this.byId(grip.key);
    if (key !== undefined) {
      this.#remove(key, grip);
      if (grip.until !== null) {
        this.#readNextEnd(key);
      }
      this.changed(key);
    }
  }

  /** A holder is dead, or no more. */
  markDead(grip: Grip, key: Key, isDead: boolean): void {
    this.#context.run("UPDATE grip SET is_dead = ? WHERE id = ?", isDead ? 1 : 0, grip.id);
    key.dead += isDead ? 1 : -1;
  }

  /** Somebody let go, a limit was raised, or a token is due: whoever waits may go on. */
  changed(key: Key): void {
    this.#tell(key);
    this.#forgetIdle(key);
  }

  #tell(key: Key): void {
    const { now, notices } = this.#context;
    if ((key.parked > 0 || key.isAwaited) && key.isFree(now)) {
      this.#setReady(key, true);
      key.isAwaited = false;
      notices.work();
    }
    const isWatchable = key.watching > 0 && (key.held === 0 || key.hasDied);
    if ((key.lined > 0 && !key.isFull) || isWatchable) {
      key.freed ??= this.#context.next();
      notices.work();
    }
    this.#setWake(key);
  }

  /** Somebody waits for it from now on, or no longer. */
  waitingChanged(key: Key): void {
    this.#setWake(key);
    this.#forgetIdle(key);
  }

  /** No more can be handed out for it now. */
  isUsedUp(key: Key): void {
    this.#setReady(key, false);
    this.#setWake(key);
  }

  #setReady(key: Key, isReady: boolean): void {
    const { id } = key;
    this.#context.run("UPDATE parked_line SET ready = ? WHERE key = ?", isReady ? 1 : 0, id);
  }

  // --- What may go on, and when
  // ---------------------------------------------------------------------

  get areFreed(): boolean {
    this.#table.flush();
    return this.#context.get("SELECT 1 FROM key WHERE freed IS NOT NULL LIMIT 1") !== undefined;
  }

  /** The next key after that number of which somebody may go on. */
  nextFreed(after: number): Key | undefined {
    this.#table.flush();
    const row = this.#context.get<{ name: string }>(
      "SELECT name FROM key WHERE freed IS NOT NULL AND freed > ? ORDER BY freed LIMIT 1",
      after,
    );
    return row && this.#table.find(row.name);
  }

  /** When a key is to be looked at. */
  get nextWake(): number | undefined {
    this.#table.flush();
    return (
      this.#context.get<{ at: number | null }>(
        "SELECT MIN(wake_at) AS at FROM key WHERE wake_at IS NOT NULL",
      )?.at ?? undefined
    );
  }

  /** Looks at keys whose time has come. */
  wake(): void {
    const { now } = this.#context;
    this.#table.flush();
    const rows = this.#context.all<{ name: string }>(
      "SELECT name FROM key WHERE wake_at IS NOT NULL AND wake_at <= ? ORDER BY wake_at",
      now,
    );
    for (const { name } of rows) {
      const key = this.#table.find(name);
      if (key !== undefined) {
        key.wakeAt = undefined;
        this.refresh(key);
        this.changed(key);
      }
    }
  }

  /** Forgets keys of which nothing has to be kept, and holds whose time is over. */
  sweep(most: number): void {
    this.#table.flush();
    const rows = this.#context.all<{ name: string }>(
      `SELECT name FROM key WHERE id IN (SELECT DISTINCT key FROM grip WHERE until IS NOT NULL AND until <= ? LIMIT ?)
       UNION SELECT name FROM (SELECT name FROM key WHERE named = 0 AND held = 0 AND is_limited = 0 LIMIT ?)`,
      this.#context.now,
      most,
      most,
    );
    for (const { name } of rows) {
      const key = this.find(name);
      if (key !== undefined) this.#forgetIdle(key);
    }
  }

  #setWake(key: Key): void {
    const at = key.nextChange(this.#context.now);
    if (at !== key.wakeAt) {
      key.wakeAt = at;
      if (at !== undefined) this.#context.notices.dueAt(at);
    }
  }

  #forgetIdle(key: Key): void {
    if (!key.isGone && key.isIdle(this.#context.now)) {
      this.#table.delete(key);
    }
  }

  #remove(key: Key, grip: Grip): void {
    key.held -= this.#context.run("DELETE FROM grip WHERE id = ?", grip.id);
    key.dead -= grip.is_dead;
  }

  #readNextEnd(key: Key): void {
    key.nextEnd =
      this.#context.get<{ at: number | null }>(
        "SELECT MIN(until) AS at FROM grip WHERE key = ? AND until IS NOT NULL",
        key.id,
      )?.at ?? undefined;
  }
}
