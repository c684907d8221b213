import type { SqlValue } from "../driver/driver.ts";
import type { StoreSettings } from "../../store-settings.ts";
import { Database } from "./database.ts";
import { Notices } from "./notices.ts";

/** What is kept in memory during a step, and written at its end. */
export interface Written {
  /** Writes it. */
  flush(): void;
  /** Forgets it. */
  forget(): void;
  /** Another step begins, in the same transaction. */
  stepBegins?(): void;
}

/**
 * What all parts of an adapter share in one step, which is one transaction: the time, numbers that
 * put things in order, and what is to be told once it is done.
 */
export class Context {
  readonly settings: StoreSettings;
  /** Epoch seconds: the same during a step. */
  now = 0;
  notices: Notices = new Notices();
  #database: Database | undefined;
  readonly #written: Written[] = [];
  #last: number | undefined;
  #first: number | undefined;
  #dead: number | undefined;
  readonly #sizes = new Map<string, number>();
  #stampAt = NaN;
  #stampUnit = "";
  #stamp = "";

  constructor(settings: StoreSettings) {
    this.settings = settings;
  }

  /** The open file; there from the first step on. */
  get database(): Database {
    return this.#database as Database;
  }

  opened(database: Database): void {
    this.#database = database;
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.database.all<Row>(sql, ...values);
  }

  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.database.get<Row>(sql, ...values);
  }

  run(sql: string, ...values: SqlValue[]): number {
    return this.database.run(sql, ...values);
  }

  /** Takes part in the beginning and the end of each step. */
  add(written: Written): void {
    this.#written.push(written);
  }

  begin(now: number): void {
    this.now = now;
    this.notices = new Notices();
    this.forget();
  }

  /** One of several steps of a transaction begins. */
  beginStep(): void {
    for (const each of this.#written) {
      each.stepBegins?.();
    }
  }

  /** What was read may be old now, or was undone. */
  forget(): void {
    this.#last = undefined;
    this.#first = undefined;
    this.#dead = undefined;
    this.#sizes.clear();
    for (const each of this.#written) {
      each.forget();
    }
  }

  /** Writes all that is kept in memory. */
  flush(): void {
    for (const each of this.#written) {
      each.flush();
    }
    this.#write("last", this.#last);
    this.#write("first", this.#first);
    this.#write("dead", this.#dead);
    this.flushSizes();
  }

  /** Writes how many jobs there are in queues. */
  flushSizes(): void {
    for (const [queue, by] of this.#sizes) {
      if (by !== 0) this.run("UPDATE queue SET size = size + ? WHERE name = ?", by, queue);
    }
    this.#sizes.clear();
  }

  /** A number above all before. */
  next(): number {
    this.#last = (this.#last ?? this.#read("last")) + 1;
    return this.#last;
  }

  /** A number below 0, and below all before that are. */
  head(): number {
    this.#first = (this.#first ?? this.#read("first")) - 1;
    return this.#first;
  }

  /** How many jobs are dead. */
  get dead(): number {
    return (this.#dead ??= this.#read("dead"));
  }

  set dead(dead: number) {
    this.#dead = dead;
  }

  /** So many jobs came to a queue; below 0: left. */
  sized(queue: string, by: number): void {
    const before = this.#sizes.get(queue);
    if (before === undefined && by > 0) {
      this.run(
        "INSERT INTO queue (name, known) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET known = 1 WHERE known = 0",
        queue,
      );
    }
    this.#sizes.set(queue, (before ?? 0) + by);
  }

  /** How many jobs are in a queue: those that are to be fetched, and those that are parked. */
  sizeOf(queue: string): number {
    const row = this.get<{ size: number }>("SELECT size FROM queue WHERE name = ?", queue);
    return (row?.size ?? 0) + (this.#sizes.get(queue) ?? 0);
  }

  /** A queue is no more. */
  forgetQueue(queue: string): void {
    this.run(
      "UPDATE queue SET known = 0, size = size + ? WHERE name = ?",
      this.#sizes.get(queue) ?? 0,
      queue,
    );
    this.#sizes.delete(queue);
  }

  /** The present as records carry it, as JSON. */
  get stamp(): string {
    const { timestamps } = this.settings;
    if (this.#stampAt !== this.now || this.#stampUnit !== timestamps) {
      this.#stampAt = this.now;
      this.#stampUnit = timestamps;
      this.#stamp = JSON.stringify(this.settings.timestamp(this.now));
    }
    return this.#stamp;
  }

  #write(name: string, value: number | undefined): void {
    if (value !== undefined) {
      this.run("UPDATE meta SET value = ? WHERE name = ?", value, name);
    }
  }

  #read(name: string): number {
    return this.get<{ value: number }>("SELECT value FROM meta WHERE name = ?", name)?.value ?? 0;
  }
}
