import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Child } from "./child.ts";

const SPARES = 3;
const root = fileURLToPath(new URL("../..", import.meta.url));

export interface FleetOptions {
  readonly url: string;
  /** Seconds. */
  readonly leaseTtl: number;
  readonly concurrency: number;
  /** How many work at a time. @default 3 */
  readonly size?: number;
  /** In the folder `programs`. @default "worker.ts" */
  readonly program?: string;
  /** What the next one is told beside. */
  readonly environment?: (index: number) => NodeJS.ProcessEnv;
}

/** Workers at work, and some that are loaded and wait to take the place of one that is killed. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #folder: string;
  readonly #spares: Child[] = [];
  readonly working: Child[] = [];
  readonly killed: Child[] = [];
  /** Ended as operators do, and replaced. */
  readonly #stopped: Child[] = [];
  #count = 0;

  static async start(options: FleetOptions): Promise<Fleet> {
    const cache = join(root, "node_modules/.cache");
    mkdirSync(cache, { recursive: true });
    const folder = mkdtempSync(join(cache, "chaos-"));
    const fleet = new Fleet(options, folder);
    await fleet.#bundle();
    fleet.#fill();
    await fleet.fill();
    return fleet;
  }

  /** Lets as many work as there are to be. */
  async fill(): Promise<void> {
    while (this.working.length < (this.#options.size ?? 3)) {
      await this.#startOne();
    }
  }

  private constructor(options: FleetOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
  }

  /** The files in which workers noted what they did. */
  get ledgers(): string[] {
    return Array.from({ length: this.#count }, (_, index) => this.#ledger(index));
  }

  /** Kills one that works, has it looked at, and lets another take its place. */
  async kill(victim: Child, afterwards: () => Promise<void>): Promise<void> {
    this.working.splice(this.working.indexOf(victim), 1);
    await victim.end("SIGKILL");
    this.killed.push(victim);
    await afterwards();
    await this.#startOne();
  }

  /** All that ever worked. */
  get all(): readonly Child[] {
    return [...this.working, ...this.#stopped, ...this.killed];
  }

  /**
   * Ends them as operators do, once nothing is left.
   *
   * @param countLeft Jobs that have not come to their end. While they go from place to place some
   *   may be missed: it is asked again where nobody works any more.
   */
  async workOff(countLeft: () => Promise<number>): Promise<void> {
    for (;;) {
      while ((await countLeft()) > 0) {
        await sleep(50);
      }
      await this.stop();
      if ((await countLeft()) === 0) return;
      this.#stopped.push(...this.working.splice(0));
      await this.fill();
    }
  }

  /** Ends them as operators do. */
  async stop(): Promise<void> {
    await Promise.all(this.working.map((child) => child.end("SIGTERM")));
  }

  /**
   * Ends one as a deploy does: another takes its place before.
   *
   * @returns when it was told, in microseconds of the monotonic clock.
   */
  async replace(old: Child): Promise<number> {
    await this.#startOne();
    this.working.splice(this.working.indexOf(old), 1);
    const at = Number(process.hrtime.bigint() / 1000n);
    await old.end("SIGTERM");
    return at;
  }

  /** Has those that are loaded ahead know what is true by now. */
  async renewSpares(): Promise<void> {
    await Promise.all(this.#spares.splice(0).map((child) => child.end("SIGKILL")));
    this.#fill();
  }

  async dispose(): Promise<void> {
    const all = [...this.working, ...this.#spares];
    await Promise.all(all.map((child) => child.end("SIGKILL")));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Bundled, a worker needs a third of the time to start. Its thread looks for ioredis beside it. */
  async #bundle(): Promise<void> {
    const shared = { bundle: true, platform: "node" } as const;
    await build({
      ...shared,
      stdin: { contents: 'export { Redis } from "ioredis";', resolveDir: root },
      outfile: join(this.#folder, "node_modules/ioredis/index.js"),
      format: "cjs",
    });
    await build({
      ...shared,
      entryPoints: [
        fileURLToPath(new URL(`programs/${this.#options.program ?? "worker.ts"}`, import.meta.url)),
      ],
      outfile: this.#program,
      format: "esm",
      external: ["ioredis"],
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
  }

  get #program(): string {
    return join(this.#folder, "worker.mjs");
  }

  #ledger(index: number): string {
    return join(this.#folder, `ledger-${index}`);
  }

  async #startOne(): Promise<void> {
    const child = this.#spares.shift();
    this.#fill();
    if (child !== undefined) {
      this.working.push(child);
      await child.start();
    }
  }

  #fill(): void {
    const { url, leaseTtl, concurrency } = this.#options;
    while (this.#spares.length < SPARES) {
      const environment = {
        REDIS_URL: url,
        STORE_URL: url,
        LEDGER: this.#ledger(this.#count),
        LEASE_TTL: String(leaseTtl),
        CONCURRENCY: String(concurrency),
        // A line for each job would cost more than the job.
        MANDATE_LOG_LEVEL: "error",
        ...this.#options.environment?.(this.#count),
      };
      this.#count += 1;
      this.#spares.push(new Child({ program: this.#program, environment }));
    }
  }
}
