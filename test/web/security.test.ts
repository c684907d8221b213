import {
  auditLog,
  Command,
  configure,
  MemoryAdapter,
  queue,
  retrySet,
  silentLogger,
} from "mandate";
import { basicAuth, dashboard, type Access, type DashboardAction } from "mandate/web";
import { Worker } from "mandate/worker";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { pages } from "../../src/web/pages/pages.ts";
import { Visitor, type Fields } from "./visitor.ts";

const HOSTILE = [
  `<img src=x onerror="alert(1)">`,
  `"><script>alert(1)</script>`,
  `'onmouseover='alert(1)`,
  "javascript:alert(1)",
  "</script><script>alert(1)</script>",
  "\u202Eevil\u0000\uD800",
];

let adapter: MemoryAdapter;

beforeEach(() => {
  adapter = new MemoryAdapter({ logger: silentLogger });
  configure({ adapter, logger: silentLogger });
});

class Ship extends Command.initializeWith((order: unknown) => ({ order })) {
  call(): void {}
}

/** What a browser would make of a page: tags and attributes that nobody wrote on purpose. */
function injected(html: string): string[] {
  const tags = html.match(/<[a-z][^>]*>/g) ?? [];
  return tags.filter((tag) => {
    const bare = tag.replaceAll(/="[^"]*"/g, "");
    return (
      /^<(?:img|iframe)/.test(tag) ||
      / on\w/.test(bare) ||
      /(?:href|src)="\s*(?:javascript|vbscript):/i.test(tag) ||
      (tag.startsWith("<script") && !tag.startsWith('<script type="module" nonce='))
    );
  });
}

describe("what is sent to the wrong place, or is too much", () => {
  const open = (): ((request: Request) => Promise<Response>) => dashboard({ authorize: "open" });
  const send = (path: string, init: RequestInit): Promise<Response> =>
    open()(new Request(`http://localhost${path}`, init));
  const headers = { "sec-fetch-site": "same-origin", host: "localhost" };

  it("is refused where a page takes nothing", async () => {
    const { status } = await send("/help", {
      method: "POST",
      headers,
      body: new URLSearchParams(),
    });

    expect(status).toBe(405);
  });

  it("is refused from elsewhere, whatever the method", async () => {
    const { status } = await send("/queues", {
      method: "DELETE",
      headers: { "sec-fetch-site": "cross-site", origin: "http://evil.example" },
    });

    expect(status).toBe(403);
  });

  it("is refused before it is read", async () => {
    const request = new Request("http://localhost/jobs", {
      method: "POST",
      headers: { ...headers, "content-length": "99999999" },
      body: new URLSearchParams({ action: "retry" }),
    });

    expect((await open()(request)).status).toBe(413);
  });
});

describe("who comes in", () => {
  it("1: is nobody, where no options say who", () => {
    expect(() => dashboard({} as never)).toThrow(
      new TypeError(
        "Cannot open a dashboard: authorize is undefined, so that nobody could be told from anybody. " +
          'Give basicAuth({ user, password }), a function, or "open" for development',
      ),
    );
  });

  it("1: is not everybody in production, unless that is spelt out", () => {
    vi.stubEnv("NODE_ENV", "production");
    onTestFinished(() => void vi.unstubAllEnvs());

    expect(() => dashboard({ authorize: "open" })).toThrow(
      new TypeError(
        'Cannot open a dashboard to everybody in production. Give basicAuth({ user, password }) or a function as authorize; or say "open-in-production"',
      ),
    );
    expect(() => dashboard({ authorize: "open-in-production" })).not.toThrow();
  });

  it("1: is refused on every page, whether there is one or not", async () => {
    const visitor = new Visitor({ authorize: () => false });

    for (const path of [...pages.map((page) => page.path), "/none", "/healthz"]) {
      expect([path, (await visitor.get(path)).status]).toEqual([path, 403]);
      expect([path, (await visitor.post(path, {})).status]).toEqual([path, 403]);
    }
  });

  it("has a name and a password", async () => {
    const visitor = new Visitor({
      authorize: basicAuth([
        { user: "ops", password: "correct horse battery" },
        { user: "eve", password: "staple staple staple", can: "read" },
      ]),
    });
    const as = (user: string, password: string): Promise<{ status: number; text: string }> =>
      visitor.get("/", { authorization: `Basic ${btoa(`${user}:${password}`)}` });

    expect((await visitor.get("/")).headers.get("www-authenticate")).toContain("Basic");
    expect((await as("ops", "wrong")).status).toBe(401);
    expect((await as("eve", "correct horse battery")).status).toBe(401);
    expect((await as("ops", "correct horse battery")).text).toContain("Signed in as ops");
    expect((await as("eve", "staple staple staple")).text).toContain("with some rights");
  });

  it("has no weak password in production, and none that is empty anywhere", () => {
    expect(() => basicAuth({ user: "ops", password: "" })).toThrow(
      new TypeError("Cannot use basicAuth: password is empty. Give one, from the environment"),
    );
    expect(() => basicAuth({ user: "", password: "x" })).toThrow(
      new TypeError("Cannot use basicAuth: user is empty. Give a name without a colon"),
    );
    expect(() => basicAuth([])).toThrow(
      new TypeError("Cannot use basicAuth: there is no account. Give at least one"),
    );
    vi.stubEnv("NODE_ENV", "production");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => basicAuth({ user: "ops", password: "short" })).toThrow(
      new TypeError(
        "Cannot use basicAuth: the password has 5 characters. In production give at least 12",
      ),
    );
  });

  it.each([
    [
      { basePath: "jobs" },
      'Cannot use "jobs" as basePath of dashboard: give a path that begins with a slash, such as "/jobs"',
    ],
    [
      { publicOrigin: "example.org" },
      'Cannot use "example.org" as publicOrigin: give scheme and host, such as "https://example.org"',
    ],
    [
      { secret: "short" },
      "Cannot use the secret of dashboard: it is no text of at least 16 characters. Give a random one",
    ],
    [
      { stores: {} },
      "Cannot use stores of dashboard: give at least one, and no adapter beside them",
    ],
  ])("has no options like %j", (options, message) => {
    expect(() => dashboard({ authorize: "open", ...options })).toThrow(new TypeError(message));
  });

  it("may be sent elsewhere by the application", async () => {
    const visitor = new Visitor({
      authorize: () => Response.redirect("http://jobs.test/login", 302),
    });

    expect((await visitor.get("/")).status).toBe(302);
  });
});

describe("2: what somebody may do", () => {
  const deeds: readonly (readonly [DashboardAction, string, Fields])[] = [
    ["jobs.retry", "/jobs", { action: "retry", jid: "a" }],
    ["jobs.promote", "/jobs", { action: "promote", jid: "a" }],
    ["jobs.kill", "/jobs", { action: "kill", jid: "a" }],
    ["jobs.cancel", "/jobs", { action: "cancel", jid: "a" }],
    ["jobs.delete", "/jobs", { action: "delete", jid: ["a", "b"] }],
    ["jobs.retry", "/jobs", { all: "retry", place: "dead" }],
    ["jobs.kill", "/jobs", { all: "kill", place: "queue" }],
    ["jobs.delete", "/jobs", { all: "delete", place: "queue" }],
    ["queues.pause", "/queues", { action: "pause", name: "default" }],
    ["queues.pause", "/queues", { action: "resume", name: "default" }],
    ["queues.clear", "/queues", { action: "clear", name: "default", typed: "default" }],
    ["processes.quiet", "/processes", { action: "quiet", identity: "a" }],
    ["processes.stop", "/processes", { action: "stop", identity: "a" }],
    ["recurring.run", "/recurring", { action: "run", key: "a" }],
    ["recurring.pause", "/recurring", { action: "pause", key: "a" }],
    ["batches.retry", "/batches", { action: "retry", id: "a" }],
    ["batches.cancel", "/batches", { action: "cancel", id: "a" }],
    ["locks.release", "/limits", { action: "release", key: "unique:a", typed: "unique:a" }],
  ];
  const as = (can: Access["can"], readOnly = false): Visitor =>
    new Visitor({ authorize: () => ({ actor: "eve", can }), readOnly });

  it.each(deeds)("%s takes its right, by form and by JSON: %s %j", async (action, path, fields) => {
    const job = await Ship.defer(1);
    const others = deeds.map(([each]) => each).filter((each) => each !== action);

    for (const visitor of [as("read"), as(others), as("all", true)]) {
      expect((await visitor.post(path, fields)).status).toBe(403);
      const accept = { accept: "application/json" };
      expect((await visitor.post(path, fields, accept)).status).toBe(403);
    }
    expect((await as([action]).post(path, fields)).status).not.toBe(403);
    expect((await as("all").post(path, fields)).status).not.toBe(403);
    expect(job.id).toMatch(/^[0-9a-f]{24}$/);
  });

  it("shows no button to those who may not press it", async () => {
    const job = await Ship.defer(1);

    for (const path of [
      "/queues",
      "/queues/q?name=default",
      "/jobs?place=queue",
      `/jobs/j?jid=${job.id}`,
    ]) {
      const { text } = await as("read").get(path);
      expect([path, text.includes('method="post"')]).toEqual([
        path,
        text.includes('id="job-form"'),
      ]);
      expect(text).not.toMatch(/<button[^>]*>(?:pause|clear|kill|cancel|delete|retry)/);
    }
  });

  it("24: notes each act before it, the refused and the failed too, for those who may read that", async () => {
    await as("all").post("/queues", { action: "pause", name: "a" });
    await as("read").post("/queues", { action: "pause", name: "b" });
    await as("all").post("/recurring", { action: "run", key: "none" });

    const entries = await auditLog();
    expect(
      entries.map(({ actor, action, subject, outcome, count }) => [
        actor,
        action,
        subject,
        outcome,
        count,
      ]),
    ).toEqual([
      ["eve", "recurring.run", "none", "failed", undefined],
      ["eve", "queues.pause", "pause b", "refused", undefined],
      ["eve", "queues.pause", "pause a", "done", 1],
    ]);
    expect((await as("read").get("/audit")).status).toBe(403);
    expect((await as(["audit.read"]).get("/audit")).text).toContain("recurring.run");
    expect((await as("read").get("/")).text).not.toContain("/audit");
  });
});

describe("3: a form from elsewhere", () => {
  const ORIGIN = { origin: "http://jobs.test" };
  const body = JSON.stringify({ action: "pause", name: "a" });

  async function send(headers: Record<string, string>, options: object = {}): Promise<number> {
    const { handler } = new Visitor(options);
    const request = new Request("http://jobs.test/queues", { method: "POST", body, headers });
    if (headers["content-type"] === "none") request.headers.delete("content-type");
    return (await handler(request)).status;
  }

  it.each(["application/x-www-form-urlencoded", "text/plain", "application/json", "none"])(
    "does nothing as %s",
    async (type) => {
      for (const from of [
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site", ...ORIGIN },
        { "sec-fetch-site": "none" },
        { origin: "https://evil.test" },
        { origin: "null" },
        {},
      ]) {
        expect(await send({ "content-type": type, ...from })).toBe(403);
      }
      expect(await queue("a").isPaused()).toBe(false);
    },
  );

  it("may come over plain HTTP, behind TLS, and behind a proxy", async () => {
    const json = { "content-type": "application/json" };

    expect(await send({ ...json, ...ORIGIN })).toBe(303);
    expect(await send({ ...json, origin: "https://jobs.test", host: "jobs.test" })).toBe(303);
    const forwarded = { ...json, origin: "https://example.org", "x-forwarded-host": "example.org" };
    expect(await send(forwarded)).toBe(403);
    expect(await send(forwarded, { trustProxy: true })).toBe(303);
    expect(await send(forwarded, { publicOrigin: "https://example.org" })).toBe(303);
    expect(await send({ ...json, ...ORIGIN }, { publicOrigin: "https://example.org" })).toBe(403);
    expect(await send({ "content-type": "text/csv", ...ORIGIN })).toBe(415);
  });

  it("carries a token where there is a secret, which each process knows", async () => {
    const options = { secret: "0123456789abcdef" };
    const [one, other] = [new Visitor(options), new Visitor(options)];
    await queue("a").pause();
    const page = await one.get("/queues");
    const [, token = ""] = /name="token" value="([^"]+)"/.exec(page.text) ?? [];

    expect((await other.post("/queues", { action: "resume", name: "a" })).status).toBe(403);
    expect((await other.post("/queues", { action: "resume", name: "a", token })).status).toBe(303);
  });

  it("4: nothing is changed by reading, and no other origin may read", async () => {
    const visitor = new Visitor();

    for (const page of pages) {
      const { headers } = await visitor.get(page.path, { origin: "https://evil.test" });
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
    expect((await visitor.get("/queues?action=pause&name=a")).status).toBe(200);
    expect(await queue("a").isPaused()).toBe(false);
  });
});

describe("5, 6: what is hostile", () => {
  it("stays text on every page, whoever wrote it", async () => {
    const visitor = new Visitor();
    // Of a lone surrogate addresses know nothing.
    const text = HOSTILE.join(" ").replace("\uD800", "");
    const jid = "<img>jid".padEnd(24, "x");
    const payload = JSON.stringify({
      class: text,
      args: [text, { [text]: text }, "gid://app/User/<img>"],
      queue: text,
      jid,
      retry: true,
      tags: [text],
      cattr: { user: text },
      error_class: text,
      error_message: text,
      failed_at: 1_700_000_000.5,
      retry_count: 0,
    });
    await adapter.enqueue([{ jid, queue: text, payload, prereqs: [] }] as never);
    await queue(text).pause();
    const [entry] = (await queue(text).page()).jobs;
    await entry?.kill();
    await Ship.set({ tags: [text], wait: "1 hour" }).defer(text);

    const found = await visitor.json<{ jobs: { jid: string; class: string }[] }>("/jobs");
    const paths = [
      ...pages.map((page) => page.path),
      "/jobs?place=dead",
      `/queues/q?name=${encodeURIComponent(text)}`,
      ...found.jobs.map((each) => `/jobs/j?jid=${encodeURIComponent(each.jid)}`),
    ];
    for (const path of paths) {
      const page = await visitor.get(path);
      expect([path, injected(page.text)]).toEqual([path, []]);
    }
    expect(found.jobs.map((each) => each.class)).toContain(JSON.parse(payload).class);
  });

  it("stays text in each parameter of each page", async () => {
    const visitor = new Visitor({ authorize: "open" });
    const names = [
      "q",
      "place",
      "name",
      "after",
      "size",
      "days",
      "look",
      "limit",
      "jid",
      "key",
      "id",
      "store",
      "said",
      "back",
    ];

    for (const page of pages) {
      for (const text of HOSTILE) {
        const value = encodeURIComponent(text.replace("\uD800", ""));
        for (const name of names) {
          const { text: html, status } = await visitor.get(`${page.path}?${name}=${value}`);
          expect([page.path, name, status < 500, injected(html)]).toEqual([
            page.path,
            name,
            true,
            [],
          ]);
        }
        const { text: html } = await visitor.get(`${page.path}/${value}`);
        expect(injected(html)).toEqual([]);
      }
    }
  });

  it.each([
    ["/?days=1000000000", 200],
    ["/?days=-1", 200],
    ["/?days=7&days=8", 400],
    ["/jobs?size=1e9", 200],
    ["/jobs?size=-5", 200],
    ["/jobs?size=NaN", 200],
    ["/jobs?after=nonsense", 200],
    ["/jobs?q=older:never", 200],
    ["/errors?look=99999999999", 200],
    ["/audit?limit=999999", 200],
    [`/jobs?q=${"a".repeat(3_000)}`, 400],
    [`/jobs?${"a=1&".repeat(1_200)}`, 400],
    [`/jobs?q=${"a".repeat(9_000)}`, 414],
    ["/jobs?store=none", 404],
    ["/none", 404],
  ])("is bounded: %s", async (path, status) => {
    expect((await new Visitor().get(path)).status).toBe(status);
  });

  it("is bounded where it is sent", async () => {
    const visitor = new Visitor();
    const headers = { "sec-fetch-site": "same-origin", "content-type": "application/json" };
    const send = async (body: string, path = "/queues"): Promise<number> => {
      const url = `http://jobs.test${path}`;
      return (await visitor.handler(new Request(url, { method: "POST", body, headers }))).status;
    };

    expect(await send(`{"a":"${"b".repeat(70_000)}"}`)).toBe(413);
    expect(await send("[1]")).toBe(400);
    expect(await send("{")).toBe(400);
    expect(await send('{"a":{}}')).toBe(400);
    expect(await send("{}")).toBe(400);
    expect(await send("{}", "/help")).toBe(405);
    for (const path of ["/jobs", "/processes", "/recurring", "/batches", "/limits"]) {
      expect([path, await send('{"action":"none"}', path)]).toEqual([path, 400]);
    }
    expect(await send('{"all":"retry","place":"queue"}', "/jobs")).toBe(400);
    expect(await send('{"all":"delete","place":"queue","q":"older:never"}', "/jobs")).toBe(400);
  });

  it("goes back nowhere else", async () => {
    const visitor = new Visitor();

    for (const back of [
      "https://evil.test",
      "//evil.test",
      "/\\evil.test",
      "javascript:alert(1)",
    ]) {
      const { headers } = await visitor.post("/queues", { action: "pause", name: "a", back });
      expect(headers.get("location")).toMatch(/^\/\?said=/);
    }
  });

  it("7: is kept from browsers by a policy without exceptions", async () => {
    const { headers } = await new Visitor().get("/");
    const policy = headers.get("content-security-policy") ?? "";

    expect(policy).not.toContain("unsafe");
    expect(policy).toMatch(/^default-src 'none'; script-src 'nonce-[\w-]{24}'; /);
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });
});

describe("23: what is not to be seen", () => {
  it("is in no page, JSON, message or log, and cannot be searched for", async () => {
    class Charge extends Command.initializeWith((card: { pan: string; password: string }) => ({
      card,
    })) {
      static {
        this.retryIn(() => 3_600);
      }

      call(): void {
        throw new Error(`refused ${this.card.password}, api_key=k-123456`);
      }
    }
    const visitor = new Visitor({ redact: ["pan"] });
    const job = await Charge.defer({ pan: "4111111111111111", password: "hunter2hunter2" });
    const worker = new Worker({ queues: ["default"], concurrency: 1 });
    await worker.start();
    await vi.waitUntil(async () => (await retrySet().size()) === 1);
    await worker.stop();

    const secret = /4111111111111111|hunter2|k-123456/;
    for (const path of ["/", "/errors", "/jobs?place=retry", `/jobs/j?jid=${job.id}`]) {
      expect((await visitor.get(path)).text).not.toMatch(secret);
      expect((await visitor.get(path, { accept: "application/json" })).text).not.toMatch(secret);
    }
    expect((await visitor.get(`/jobs/j?jid=${job.id}`)).text).toContain("«redacted»");
    const searched = await visitor.json<{ jobs: unknown[] }>("/jobs?q=hunter2hunter2");
    expect(searched.jobs).toEqual([]);
    const all = { all: "delete", place: "retry", q: "arg:hunter2hunter2" };
    expect(await visitor.done("/jobs", all)).toBe("Jobs deleted: 0.");
    expect(JSON.stringify(await auditLog())).not.toMatch(secret);
  });

  it("is what a function says, and what it took out is nowhere else", async () => {
    const visitor = new Visitor({ redact: (job) => ({ ...job, arguments: ["(hidden)"] }) });
    const job = await Ship.set({ tags: ["t"] }).defer("very secret text");

    expect((await visitor.get(`/jobs/j?jid=${job.id}`)).text).not.toContain("very secret text");
    expect((await visitor.json<{ jobs: unknown[] }>("/jobs?q=very")).jobs).toEqual([]);
    const open = new Visitor({ redact: false });
    expect((await open.get(`/jobs/j?jid=${job.id}`)).text).toContain("very secret text");
  });
});
