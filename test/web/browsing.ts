import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dashboard, toNode } from "mandate/web";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { programOf } from "../support/programs.ts";
import { servers } from "../support/servers.ts";

type Options = Parameters<typeof dashboard>[0];

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Debian's Chromium, and a dashboard that it looks at. */
export class Browsing implements AsyncDisposable {
  readonly url: string;
  /** What pages said that they should not have: reports of their policy, dialogs, errors. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  readonly #server: Server;
  /** How many requests there were, by path. */
  readonly requests: string[];

  static async start(options: Partial<Options> = {}): Promise<Browsing> {
    const requests: string[] = [];
    const answer = toNode(dashboard({ authorize: "open", ...options }));
    const server = createServer(((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      void answer(request, response);
    }) as RequestListener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const browser = await chromium.launch({
      executablePath: programOf(servers.chromium) ?? "chromium",
      // A gate runs as root, where the sandbox does not work.
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
    return new Browsing(browser, server, requests);
  }

  private constructor(browser: Browser, server: Server, requests: string[]) {
    this.#browser = browser;
    this.#server = server;
    this.requests = requests;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A window of its own. */
  async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 900 },
      baseURL: this.url,
      bypassCSP: false,
      ...options,
    });
    const page = await context.newPage();
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" && !/Failed to load resource/.test(text)) {
        this.complaints.push(text);
      }
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("dialog", (dialog) => {
      this.complaints.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(path);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds wrong with a page, by WCAG 2.2 A and AA; or only what a theme can have made so. */
export async function violations(page: Page, what: "all" | "colours" = "all"): Promise<string[]> {
  // Not as a script of the page, which its policy forbids.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const found = await page.evaluate(async (only) => {
    const { axe: tool } = globalThis as unknown as {
      axe: { run(what: unknown, how: unknown): Promise<{ violations: Violation[] }> };
    };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const runOnly =
      only === "all"
        ? { type: "tag", values: tags }
        : { type: "rule", values: ["color-contrast", "link-in-text-block"] };
    const result = await tool.run("html", { runOnly });
    return result.violations;
  }, what);
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""} (${nodes.length})`);
}
