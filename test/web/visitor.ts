import { dashboard, type DashboardHandler } from "mandate/web";

type Options = Parameters<typeof dashboard>[0];

/** What a page answered. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** Somebody in front of a dashboard, with a browser's headers and no browser. */
export class Visitor {
  readonly handler: DashboardHandler;
  readonly #base: string;

  constructor(options: Partial<Options> = {}) {
    this.handler = dashboard({ authorize: "open", ...options });
    this.#base = options.basePath ?? "";
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
    return told(await this.handler(new Request(this.#url(path), { headers })));
  }

  async json<Data = Record<string, never>>(path: string): Promise<Data> {
    const { text } = await this.get(path, { accept: "application/json" });
    return JSON.parse(text) as Data;
  }

  /** Sends a form from the dashboard's own pages, its question answered. */
  async post(
    path: string,
    fields: Fields,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const body = new URLSearchParams();
    for (const [name, values] of Object.entries({ confirmed: "yes", ...fields })) {
      [values].flat().forEach((value) => body.append(name, value));
    }
    const request = new Request(this.#url(path), {
      method: "POST",
      body,
      headers: { "sec-fetch-site": "same-origin", ...headers },
    });
    return told(await this.handler(request));
  }

  /** As `post`, and the sentence of the page that follows. */
  async done(path: string, fields: Fields): Promise<string> {
    const { status, headers, text } = await this.post(path, fields);
    if (status !== 303) return `${status} ${text}`;
    const location = new URL(headers.get("location") ?? "", "http://jobs.test");
    const page = await told(await this.handler(new Request(location)));
    return unescaped(/id="status"[^>]*>([^<]*)</.exec(page.text)?.[1] ?? "");
  }

  #url(path: string): string {
    return `http://jobs.test${this.#base}${path}`;
  }
}

async function told(response: Response): Promise<Answered> {
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** HTML's five signs as what they stand for. */
function unescaped(html: string): string {
  return html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
