import { randomBytes } from "node:crypto";
import type { Listening } from "../../job-notes.ts";
import type { ChannelListener, Database } from "../connection/database.ts";

/** What there is to hear. */
export interface Ring {
  /** Something may be there to fetch, or to release. */
  readonly work?: boolean;
  /** Something is due then. */
  readonly due?: number;
  /** A job was cancelled, or a batch. */
  readonly cancelled?: boolean;
  /** Workers whom an operator asked for something. */
  readonly signalled?: readonly string[];
  /** Jobs that have left something. */
  readonly ended?: readonly string[];
  /** Documents that were written or deleted, and the note of whoever did. */
  readonly documents?: readonly (readonly [name: string, note?: string | undefined])[];
  /** Something may have been missed. */
  readonly missed?: boolean;
}

type Hearer = (ring: Ring) => void;

/** Notifying takes a lock of the whole database: so often at most, in milliseconds. */
const PAUSE_MS = 10;
/** Postgres takes 8,000 bytes. */
const LONGEST = 7_800;
/** Whether messages arrive is tried so often, in milliseconds, and so long is waited for it. */
const PROBE_MS = 10_000;
const PROBE_PATIENCE_MS = 2_000;
/** Nothing was heard yet, or not since the connection broke. */
const NEVER = -Number.MAX_VALUE;

/**
 * Tells what happens, here at once and to other processes by NOTIFY: after the commit, by the
 * client, and gathered. A trigger would have all commits of the database wait for each other.
 */
export class Bell {
  readonly #database: () => Promise<Database>;
  readonly channel: string;
  /** Whether others are told. */
  readonly isOn: boolean;
  readonly #self: string = randomBytes(6).toString("hex");
  readonly #hearers = new Set<Hearer>();
  #pending: Ring[] = [];
  #timer: NodeJS.Timeout | undefined;
  #listening: Promise<{ stop(): void } | undefined> | undefined;
  #probe: NodeJS.Timeout | undefined;
  #heardAt: number = NEVER;
  /** Somebody listens who may have missed something. */
  #wasDeaf = false;
  #isClosed = false;

  constructor(
    database: () => Promise<Database>,
    { channel, isOn }: { readonly channel: string; readonly isOn: boolean },
  ) {
    this.#database = database;
    this.channel = channel;
    this.isOn = isOn;
  }

  /** Whether others are heard: messages of its own have arrived lately. */
  get isLive(): boolean {
    return performance.now() - this.#heardAt < PROBE_MS + PROBE_PATIENCE_MS;
  }

  ring(ring: Ring): void {
    this.#hear(ring);
    if (!this.isOn || this.#isClosed) {
      return;
    }
    this.#pending.push(ring);
    if (this.#timer === undefined) {
      this.#send();
    }
  }

  /** @returns what ends it. */
  async hear(hearer: Hearer): Promise<() => void> {
    this.#hearers.add(hearer);
    await this.#listen().catch(() => undefined);
    return () => {
      this.#hearers.delete(hearer);
      if (this.#hearers.size === 0) this.#silence();
    };
  }

  /** As `hear`, for whoever does not wait. */
  listening(hearer: Hearer): Listening {
    let isStopped = false;
    const heard = this.hear((ring) => {
      if (!isStopped) hearer(ring);
    });
    return {
      ready: heard.then(() => undefined),
      stop: () => {
        isStopped = true;
        void heard.then((stop) => stop());
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#silence();
  }

  #hear(ring: Ring): void {
    for (const hearer of this.#hearers) {
      hearer(ring);
    }
  }

  #send(): void {
    const rings = this.#pending;
    this.#pending = [];
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#pending.length > 0) this.#send();
    }, PAUSE_MS);
    this.#timer.unref();
    for (const message of messagesOf(this.#self, rings)) {
      this.#notify(message);
    }
  }

  #notify(message: string): void {
    // Whoever does not hear it looks by himself, if later.
    this.#database()
      .then((database) =>
        database.query("SELECT 1 AS sent FROM pg_notify($1::text, $2::text)", [
          this.channel,
          message,
        ]),
      )
      .catch(() => undefined);
  }

  #listen(): Promise<unknown> {
    if (!this.isOn) {
      return Promise.resolve();
    }
    const listener: ChannelListener = {
      onMessage: (message) => this.#receive(message),
      onReady: () => {
        const hasMissed = this.#wasDeaf;
        this.#wasDeaf = false;
        this.#heardAt = performance.now();
        if (hasMissed) this.#hear({ missed: true });
      },
      onBreak: () => {
        this.#wasDeaf = true;
        this.#heardAt = NEVER;
      },
    };
    this.#listening ??= this.#database()
      .then((database) => database.listen(this.channel, listener))
      .then((listening) => {
        this.#probe = setInterval(() => this.#notify(`["${this.#self}"]`), PROBE_MS);
        this.#probe.unref();
        return listening;
      })
      .catch((error: unknown) => {
        this.#listening = undefined;
        this.#wasDeaf = true;
        throw error;
      });
    return this.#listening;
  }

  #silence(): void {
    clearInterval(this.#probe);
    void this.#listening?.then((listening) => listening?.stop()).catch(() => undefined);
    this.#listening = undefined;
    this.#wasDeaf = false;
    this.#heardAt = NEVER;
  }

  #receive(message: string): void {
    this.#heardAt = performance.now();
    const [sender, ring] = parsed(message);
    if (sender !== this.#self && ring !== undefined) {
      this.#hear(ring);
    }
  }
}

function parsed(message: string): [sender: string | undefined, ring: Ring | undefined] {
  try {
    return JSON.parse(message) as [string, Ring];
  } catch {
    // Somebody else's, or a transaction's: there may be something.
    return [undefined, { missed: true }];
  }
}

/** As few as hold all of it. */
function messagesOf(self: string, rings: readonly Ring[]): string[] {
  const due = rings.flatMap((ring) => ring.due ?? []);
  const first: Ring = {
    ...(rings.some(({ work }) => work === true) ? { work: true } : {}),
    ...(due.length > 0 ? { due: Math.min(...due) } : {}),
    ...(rings.some(({ cancelled }) => cancelled === true) ? { cancelled: true } : {}),
  };
  const parts: Ring[] = [
    ...(Object.keys(first).length > 0 ? [first] : []),
    ...chunks(rings.flatMap(({ signalled = [] }) => signalled)).map((signalled) => ({ signalled })),
    ...chunks(rings.flatMap(({ ended = [] }) => ended)).map((ended) => ({ ended })),
    ...chunks(rings.flatMap(({ documents = [] }) => documents)).map((documents) => ({ documents })),
  ];
  return parts
    .map((part) => JSON.stringify([self, part]))
    .map((text) => (Buffer.byteLength(text) > LONGEST ? `["${self}",{"missed":true}]` : text));
}

function chunks<Item>(items: readonly Item[]): Item[][] {
  const all: Item[][] = [];
  let length = Infinity;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (length + size > LONGEST - 100) {
      all.push([]);
      length = 0;
    }
    all.at(-1)?.push(item);
    length += size;
  }
  return all;
}
