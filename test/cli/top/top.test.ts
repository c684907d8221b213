import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "mandate";
import type { Line } from "../../../src/cli/top/frame.ts";
import { openScreen, type Screen } from "../../../src/cli/top/screen.ts";
import { watch } from "../../../src/cli/top/watch.ts";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "../commands/jobs-in-redis.ts";
import { run } from "../commands/recording-terminal.ts";

/** Keeps what is drawn. */
class DrawnScreen implements Screen {
  readonly size = { columns: 80, rows: 24 };
  readonly frames: string[] = [];
  press: (name: string) => void = () => undefined;
  #onFrame: () => void = () => undefined;

  draw(lines: readonly Line[]): void {
    this.frames.push(lines.map((spans) => spans.map(({ text }) => text).join("")).join("\n"));
    this.#onFrame();
  }

  onKey(listener: (name: string) => void): void {
    this.press = listener;
  }

  onResize(): void {
    // It has one size.
  }

  close(): void {
    // Nothing was taken.
  }

  /** Resolves at a frame that fits, drawn from now on. */
  async until(pattern: RegExp): Promise<void> {
    const first = this.frames.length;
    while (!this.frames.slice(first).some((frame) => pattern.test(frame))) {
      await new Promise<void>((resolve) => (this.#onFrame = resolve));
    }
  }
}

describe.skipIf(missing("redis"))("top", () => {
  let jobs: JobsInRedis;

  beforeAll(async () => {
    jobs = await JobsInRedis.start();
    await jobs.add("queue", 2, { queue: "mailers" });
  });
  afterAll(() => jobs?.dispose());

  it("prints one frame where that is asked for", async () => {
    const { exit, lines, notes } = await run(["top", "--once", "--interval", "0.1", ...jobs.url]);

    expect([exit, notes]).toEqual([0, []]);
    expect(lines[1]).toMatch(/^\d+ processed {2}0\.0\/s/);
    expect(lines).toContainEqual(expect.stringMatching(/^mailers +2 /));
    expect(lines).toContain(
      "No worker process is alive: nothing runs. Start one with mandate worker",
    );
  });

  it("shows queues in which jobs wait, and paused ones, before the empty ones", async () => {
    await jobs.add("queue", 1, { queue: "zebra" });
    await jobs.add("queue", 1, { queue: "empty" });
    for (const { jid } of (await jobs.adapter.store.page({ queue: "empty" }, undefined, 9)).jobs)
      await run(["jobs", "kill", jid ?? "", "-y", ...jobs.url]);
    await jobs.adapter.store.pause("zoo");

    const { lines } = await run(["top", "--once", "--interval", "0.1", ...jobs.url]);

    const heading = lines.findIndex((line) => line.startsWith("QUEUE "));
    const names = lines.slice(heading + 1).map((line) => line.split(" ")[0]);
    expect(names.slice(0, 4)).toEqual(["mailers", "zebra", "zoo", "empty"]);
    await jobs.adapter.store.resume("zoo");
  });

  it.each([
    [[], "Cannot show a live view: this is no terminal. Add --once for a single frame"],
    [
      ["--interval", "0"],
      'Cannot use "0" as --interval: it is not from 0.1s to 1 hour. Write --interval 2s',
    ],
    [["--interval", "soon"], expect.stringMatching(/^.*--interval.*$/) as string],
  ])("refuses %j", async (args, message) => {
    const { exit, notes } = await run(["top", ...args, ...jobs.url]);

    expect(exit).toBe(2);
    expect(notes.map((note) => note.replace("mandate: ", ""))).toEqual([message]);
  });

  it("says what to install where the library is missing", async () => {
    const load = () => Promise.reject(new Error("Cannot find package 'terminal-kit'"));

    await expect(openScreen(load)).rejects.toMatchObject({
      code: "MANDATE_USAGE",
      message:
        "Cannot show a live view: terminal-kit is not installed. " +
        "Run npm install terminal-kit, or add --once for a single frame",
    });
  });

  it("shows what fails, and that a silent store is silent, until it answers again", async () => {
    let fault: (() => Promise<never>) | undefined;
    const faulty = <Target extends object>(target: Target, own: object = {}): Target =>
      new Proxy(target, {
        get: (_, name) => {
          const member = (Reflect.get(own, name) ?? Reflect.get(target, name)) as unknown;
          if (typeof member !== "function") return member;
          return (...args: unknown[]) =>
            fault === undefined ? (Reflect.apply(member, target, args) as unknown) : fault();
        },
      });
    const adapter: Adapter = faulty(jobs.adapter, { store: faulty(jobs.adapter.store) });
    const screen = new DrawnScreen();
    const ended = new AbortController();
    const watched = watch(adapter, screen, { interval: 0.05, signal: ended.signal });

    await screen.until(/^mailers +2 /m);
    fault = () => Promise.reject(new Error("it is away"));
    await screen.until(/^No answer for .*: it is away$/m);
    screen.press("p");
    await screen.until(/: it is away$/m);
    fault = undefined;
    await screen.until(/^q quit/m);
    fault = () => new Promise(() => undefined);
    await screen.until(/^No answer for \d\.\ds: the store is silent$/m);

    ended.abort();
    await expect(watched).resolves.toBeUndefined();
  }, 30_000);
});
