import type { Session } from "node:inspector";

/**
 * What V8 recorded, as Node writes it to a `.cpuprofile` and Chrome, speedscope and the Firefox
 * Profiler read it.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile
 */
export type CpuProfile = object;

/**
 * Samples, each millisecond, what this thread does. Several can be under way at once, and each
 * costs a session of the inspector: nothing of it is loaded before somebody asks.
 */
export class CpuRecording {
  readonly #session: Session;
  #recorded: CpuProfile | undefined;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** @throws {Error} if this Node has no inspector. */
  static async start(): Promise<CpuRecording> {
    const { Session } = await import("node:inspector");
    const session = new Session();
    session.connect();
    const recording = new CpuRecording(session);
    recording.#ask("Profiler.enable");
    recording.#ask("Profiler.start");
    return recording;
  }

  /** Ends it. @returns what it recorded; the second time as well. */
  stop(): CpuProfile {
    if (this.#recorded === undefined) {
      this.#recorded = (this.#ask("Profiler.stop") as { profile: CpuProfile }).profile;
      this.#session.disconnect();
    }
    return this.#recorded;
  }

  /** A session of the own thread answers before it returns. */
  #ask(method: string): unknown {
    let answer: unknown;
    this.#session.post(method, (error: Error | null, found?: object) => {
      answer = found ?? error;
    });
    return answer;
  }
}
