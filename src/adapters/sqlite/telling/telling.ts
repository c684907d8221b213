// From the module, not from the global object: fake timers leave it alone.
import { clearInterval, setInterval } from "node:timers";
import { Listeners } from "../../listeners.ts";
import type { Listening } from "../../job-notes.ts";
import type { Context } from "../store/context.ts";
import type { DocumentChange, Notices } from "../store/notices.ts";
import type { Steps } from "../store/steps.ts";
import { Announcer } from "./announcer.ts";
import { MEMBERSHIP, type Post, type Posts } from "./posts.ts";
import type { WakeFile } from "./wake-file.ts";

/**
 * Milliseconds between two looks whether another process has written: where the system tells us,
 * and where not.
 */
const LOOKS = { watched: 1_000, unwatched: 100 };

export interface TellingParts {
  readonly context: Context;
  readonly steps: () => Steps;
  readonly posts: Posts;
  readonly wakeFile: WakeFile;
  /** When something is due next. */
  readonly nextAt: () => number | undefined;
  /** What is cancelled, and has not ended. */
  readonly cancelled: () => string[];
  /** Looks whether an operator has asked anything of the leases of this process. */
  readonly onSignal: () => void;
}

/** Who hears of what was done here, and by other processes. */
export class Telling {
  readonly leases: Announcer = new Announcer();
  readonly #parts: TellingParts;
  readonly #ends = new Listeners();
  readonly #documents = new Set<{
    readonly prefix: string;
    onChange(name: string, note?: string): void;
  }>();
  #joining: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last = 0;
  #joinedAt = 0;
  #version: unknown;
  #isPosted = false;
  #isClosed = false;

  constructor(parts: TellingParts) {
    this.#parts = parts;
  }

  /** This process is to be told what others do, from now on. */
  join(): Promise<void> {
    this.#joining ??= this.#join();
    this.#joining.catch(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  onEnd(jid: string, listener: () => void): Listening {
    this.#ends.add(jid, listener);
    return { ready: this.join(), stop: () => void this.#ends.remove(jid, listener) };
  }

  onChange(prefix: string, onChange: (name: string, note?: string) => void): Listening {
    const listener = { prefix, onChange };
    this.#documents.add(listener);
    return { ready: this.join(), stop: () => void this.#documents.delete(listener) };
  }

  /** Within the step: what others are told is written with it. */
  prepare(notices: Notices): void {
    if (notices.areNone) {
      return;
    }
    if (notices.due !== Infinity && notices.due > (this.#parts.nextAt() ?? Infinity)) {
      // Whoever waits has an earlier time to look at anyway.
      notices.due = Infinity;
    }
    this.#isPosted = this.#parts.posts.write(notices);
  }

  /** Once the step is done. */
  tell(notices: Notices): void {
    if (this.#isPosted) {
      this.#isPosted = false;
      this.#parts.wakeFile.touch();
    }
    if (notices.isWork) this.leases.work();
    if (notices.due !== Infinity) this.leases.due(notices.due);
    if (notices.isCancelled) this.#tellCancelled();
    if (notices.isSignal) this.#parts.onSignal();
    notices.documents.forEach((change) => this.#tellOfDocument(change));
    notices.ends.forEach((jid) => queueMicrotask(() => this.#ends.tell(jid)));
  }

  /** Hears nothing any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    if (this.#joining !== undefined) {
      // Where that fails its time runs out.
      await this.#parts
        .steps()
        .write(() => this.#parts.posts.leave())
        .catch(() => undefined);
    }
    this.#parts.wakeFile.close();
  }

  async #join(): Promise<void> {
    const { steps, posts, wakeFile } = this.#parts;
    this.#last = await steps().write(() => posts.join());
    this.#joinedAt = performance.now();
    if (!this.#isClosed) {
      const isWatched = wakeFile.watch(
        () => void this.#hear(),
        () => this.#look(LOOKS.unwatched),
      );
      this.#look(isWatched ? LOOKS.watched : LOOKS.unwatched);
    }
  }

  #look(milliseconds: number): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#lookAround(), milliseconds).unref();
  }

  /** The system may have told us nothing, and others forget who says nothing. */
  async #lookAround(): Promise<void> {
    const silent = (performance.now() - this.#joinedAt) / 1000;
    if (silent > MEMBERSHIP / 3) {
      this.#joinedAt = performance.now();
      await this.#parts
        .steps()
        .write(() => this.#parts.posts.renew())
        .catch(() => undefined);
    }
    if (silent > MEMBERSHIP) {
      this.#tellAll();
    }
    const [row] = await this.#read(() => this.#parts.context.all<object>("PRAGMA data_version"));
    const version: unknown = Object.values(row ?? {})[0];
    if (version !== this.#version) {
      this.#version = version;
      await this.#hear();
    }
  }

  async #hear(): Promise<void> {
    for (const post of await this.#read(() => this.#parts.posts.after(this.#last))) {
      this.#last = Math.max(this.#last, post.id);
      this.#hearOf(post);
    }
  }

  /** Nothing where it cannot be read now: there is another look. */
  async #read<Row>(step: () => Row[]): Promise<Row[]> {
    if (this.#isClosed) {
      return [];
    }
    try {
      return await this.#parts.steps().read(step);
    } catch {
      return [];
    }
  }

  #hearOf({ kind, about, note }: Post): void {
    switch (kind) {
      case "work":
        this.leases.work();
        break;
      case "due":
        this.leases.due(Number(about));
        break;
      case "cancel":
        this.#tellCancelled();
        break;
      case "signal":
        this.#parts.onSignal();
        break;
      case "document":
        this.#tellOfDocument({ name: about ?? "", note: note ?? undefined });
        break;
      case "end":
        this.#ends.tell(about ?? "");
    }
  }

  /** It was silent for so long that others did not tell it anything. */
  #tellAll(): void {
    this.leases.work();
    this.leases.due(this.#parts.context.now);
    this.#tellCancelled();
    this.#parts.onSignal();
    this.#ends.names.forEach((jid) => this.#ends.tell(jid));
  }

  #tellCancelled(): void {
    if (!this.leases.isEmpty) {
      void this.#read(() => [this.#parts.cancelled()]).then(([jids]) => {
        if (jids !== undefined) this.leases.cancelled(jids);
      });
    }
  }

  #tellOfDocument({ name, note }: DocumentChange): void {
    for (const listener of this.#documents) {
      // Whoever hears of it is not to be in the middle of a step of the store.
      if (name.startsWith(listener.prefix)) queueMicrotask(() => listener.onChange(name, note));
    }
  }
}
