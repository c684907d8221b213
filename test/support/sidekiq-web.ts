import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../interop/ruby/web_server.rb", import.meta.url));

/** Sidekiq's own Web UI in a process of its own, and somebody in front of it. */
export class SidekiqWeb implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #url: string;
  #cookie = "";

  static async start(redisUrl: string): Promise<SidekiqWeb> {
    const child = spawn("ruby", [program], {
      env: { ...process.env, LANG: "C.UTF-8", REDIS_URL: `${redisUrl}/0` },
      stdio: ["ignore", "pipe", "ignore"],
    });
    for await (const line of createInterface(child.stdout)) {
      const port = /"port":(\d+)/.exec(line)?.[1];
      if (port !== undefined) return new SidekiqWeb(child, `http://127.0.0.1:${port}`);
    }
    throw new Error("web_server.rb ended before it served anything");
  }

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  /** A page, as HTML or JSON. */
  get(path: string): Promise<string> {
    return this.#ask(path, {});
  }

  /** Sends a form of one of its pages, as a button there does. */
  async post(page: string, path: string, fields: Readonly<Record<string, string>>): Promise<void> {
    // Each token is good for one form.
    const [, token = ""] =
      /name='authenticity_token' value='([^']+)'/.exec(await this.get(page)) ?? [];
    const body = new URLSearchParams({ authenticity_token: token, ...fields });
    await this.#ask(path, { method: "POST", body });
  }

  /** What stands for a job in the forms of one of its pages: the time and the jid. */
  async keyOf(path: string, jid: string): Promise<string> {
    const [key] = new RegExp(`[\\d.]+-${jid}`).exec(await this.get(path)) ?? [];
    if (key === undefined) throw new Error(`${path} does not show ${jid}`);
    return key;
  }

  async #ask(path: string, request: RequestInit): Promise<string> {
    const headers = { cookie: this.#cookie };
    const answer = await fetch(this.#url + path, { ...request, headers, redirect: "manual" });
    const [cookie = this.#cookie] = answer.headers.getSetCookie();
    this.#cookie = cookie.split(";", 1)[0] ?? "";
    const text = await answer.text();
    if (answer.status >= 400) throw new Error(`${path} answered ${answer.status}: ${text}`);
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }
}
