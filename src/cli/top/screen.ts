import { widthOf } from "../terminal/width.ts";
import { UsageError } from "../usage.ts";
import type { Line, Size } from "./frame.ts";

/** A whole terminal: what is shown on it, and the keys that are typed. */
export interface Screen {
  readonly size: Size;
  draw(lines: readonly Line[]): void;
  /** @param listener Is told the names of keys: "q", "UP", "CTRL_C". */
  onKey(listener: (name: string) => void): void;
  onResize(listener: () => void): void;
  /** Shows again what was there before. */
  close(): void;
}

/** What is used of terminal-kit. */
interface TerminalKit {
  readonly terminal: KitTerminal;
  readonly ScreenBuffer: new (options: object) => KitBuffer;
}

interface KitTerminal {
  readonly width: number;
  readonly height: number;
  fullscreen(isFull: boolean): unknown;
  hideCursor(isHidden?: boolean): unknown;
  grabInput(isGrabbed: boolean): unknown;
  on(event: "key" | "resize", listener: (name: string) => void): unknown;
  off(event: "key" | "resize", listener: (name: string) => void): unknown;
}

interface KitBuffer {
  fill(options: object): unknown;
  put(options: object, text: string): unknown;
  draw(options?: object): unknown;
}

/**
 * Takes over the terminal, by terminal-kit, which is loaded only here.
 *
 * @throws {UsageError} if that is not installed.
 */
export async function openScreen(
  load: () => Promise<unknown> = () => import("terminal-kit"),
): Promise<Screen> {
  let kit: TerminalKit;
  try {
    const loaded = (await load()) as { default?: TerminalKit } & TerminalKit;
    kit = loaded.default ?? loaded;
  } catch (error) {
    throw new UsageError(
      "Cannot show a live view: terminal-kit is not installed. " +
        "Run npm install terminal-kit, or add --once for a single frame",
      { cause: error },
    );
  }
  return new KitScreen(kit);
}

class KitScreen implements Screen {
  readonly #kit: TerminalKit;
  readonly #hasColours = !process.env["NO_COLOR"];
  readonly #keys = new Set<(name: string) => void>();
  readonly #resizes = new Set<() => void>();

  constructor(kit: TerminalKit) {
    this.#kit = kit;
    const { terminal } = kit;
    terminal.fullscreen(true);
    terminal.hideCursor();
    terminal.grabInput(true);
    terminal.on("key", this.#onKey);
    terminal.on("resize", this.#onResize);
  }

  get size(): Size {
    const { width, height } = this.#kit.terminal;
    return { columns: width, rows: height };
  }

  /** Every character anew: an application that logs may have written over them. */
  draw(lines: readonly Line[]): void {
    const { ScreenBuffer, terminal } = this.#kit;
    const { columns: width, rows: height } = this.size;
    const buffer = new ScreenBuffer({ dst: terminal, width, height });
    buffer.fill({ attr: PLAIN });
    lines.forEach((spans, y) => {
      let x = 0;
      for (const { text, look } of spans) {
        buffer.put({ x, y, attr: this.#attributesOf(look) }, text);
        x += widthOf(text);
      }
    });
    buffer.draw();
  }

  onKey(listener: (name: string) => void): void {
    this.#keys.add(listener);
  }

  onResize(listener: () => void): void {
    this.#resizes.add(listener);
  }

  close(): void {
    const { terminal } = this.#kit;
    terminal.off("key", this.#onKey);
    terminal.off("resize", this.#onResize);
    terminal.grabInput(false);
    terminal.hideCursor(false);
    terminal.fullscreen(false);
  }

  readonly #onKey = (name: string): void => this.#keys.forEach((listener) => listener(name));
  readonly #onResize = (): void => this.#resizes.forEach((listener) => listener());

  #attributesOf(look: Line[number]["look"]): object {
    switch (look) {
      case undefined:
        return PLAIN;
      case "bold":
      case "dim":
      case "inverse":
        return { ...PLAIN, [look]: true };
      default:
        return this.#hasColours ? { color: look, bgDefaultColor: true } : PLAIN;
    }
  }
}

const PLAIN = { defaultColor: true, bgDefaultColor: true };
