import { createHash } from "node:crypto";
import { type Entry, RecordEntry } from "../../adapter.ts";
import { readRecord, type JobRecord } from "../../job-record.ts";
import type { Connection } from "../connection/connection.ts";
import type { Keys } from "../keys.ts";
import { objectIn, textIn } from "./untrusted.ts";

/** Half a year, as long as Sidekiq keeps the dead. */
const TIME_TO_LIVE = 15_552_000;

export interface Identity {
  readonly jid: string;
  readonly queue: string;
}

/** Whose a payload is, and the record that says so: it is read once. */
export interface Identified extends Identity {
  readonly record: JobRecord | undefined;
}

/**
 * Whose a payload is that does not say so itself: broken JSON, or a record without jid or queue.
 * Sidekiq's structures hold payloads alone, so this is written beside them. Rare: a well-formed
 * payload never comes here.
 */
export class Owners {
  readonly #connection: Pick<Connection, "command">;
  readonly #keys: Keys;

  constructor(connection: Pick<Connection, "command">, keys: Keys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  /**
   * Notes those of a batch that will need it, before they are enqueued; `undefined` where none
   * does.
   */
  note(entries: readonly Entry[]): Promise<void> | undefined {
    const owners = entries.filter(isAnonymous);
    return owners.length === 0 ? undefined : this.#rememberAll(owners);
  }

  async #rememberAll(entries: readonly Entry[]): Promise<void> {
    for (const { jid, queue, payload } of entries) {
      await this.remember(payload, { jid, queue });
    }
  }

  async remember(payload: string, identity: Identity): Promise<void> {
    const key = this.#keys.owner(digest(payload));
    await this.#connection.command("SET", key, JSON.stringify(identity), "EX", TIME_TO_LIVE);
  }

  /** Jid and queue of a payload; `jid` is "" and `queue` the fallback where nobody knows. */
  async identify(payload: string, fallbackQueue?: string): Promise<Identified> {
    const said = readIdentity(payload);
    return isWhole(said) ? said : this.#identify(payload, said, fallbackQueue);
  }

  async #identify(
    payload: string,
    said: SaidIdentity,
    fallbackQueue = "default",
  ): Promise<Identified> {
    const noted = await this.#connection.command("GET", this.#keys.owner(digest(payload)));
    const known = typeof noted === "string" ? objectIn(noted) : {};
    return {
      jid: said.jid ?? textIn(known["jid"]),
      queue: said.queue ?? text(known["queue"]) ?? fallbackQueue,
      record: said.record,
    };
  }

  /** Of many: there is no promise for one that says it itself. */
  async identifyAll(payloads: readonly string[], fallbackQueue?: string): Promise<Identified[]> {
    const identities: Identified[] = [];
    for (const payload of payloads) {
      const said = readIdentity(payload);
      identities.push(isWhole(said) ? said : await this.#identify(payload, said, fallbackQueue));
    }
    return identities;
  }
}

/** Wrong only towards noting too much. */
function isAnonymous(entry: Entry): boolean {
  const { jid, queue, payload } = entry;
  return (
    !(entry instanceof RecordEntry) &&
    !(payload.includes(`"jid":"${jid}"`) && payload.includes(`"queue":"${queue}"`))
  );
}

interface SaidIdentity {
  readonly jid: string | undefined;
  readonly queue: string | undefined;
  readonly record: JobRecord | undefined;
}

function readIdentity(payload: string): SaidIdentity {
  const record = readRecord(payload);
  return { jid: text(record?.jid), queue: text(record?.queue), record };
}

function isWhole(said: SaidIdentity): said is Identified {
  return said.jid !== undefined && said.queue !== undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function digest(payload: string): string {
  return createHash("sha1").update(payload).digest("hex");
}
