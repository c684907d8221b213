import { Command, queue } from "mandate";
import { expect, it } from "vitest";

class Ship extends Command.initializeWith((order: number) => ({ order })) {
  call(): void {}
}

const ODD = "a/b c";

/** What has to hold of a dashboard at /jobs, whatever it is mounted in. Its store is this process's, too. */
export function itIsMounted(open: () => Promise<{ readonly url: string }>): void {
  it("answers at both slashes, with links that lead back into it", async () => {
    const { url } = await open();

    for (const path of ["/jobs", "/jobs/", "/jobs/queues", "/jobs/queues/"]) {
      const page = await fetch(`${url}${path}`);
      expect([path, page.status]).toEqual([path, 200]);
      const text = await page.text();
      expect(linksOutOf("/jobs", text)).toEqual([]);
      const [, style = ""] = /href="([^"]+style[^"]+)"/.exec(text) ?? [];
      expect((await fetch(`${url}${style}`)).status).toBe(200);
    }
  });

  it("takes forms, behind a body parser too, and names with a slash", async () => {
    const { url } = await open();
    await queue(ODD).pause();

    const page = await fetch(`${url}/jobs/queues/q?name=${encodeURIComponent(ODD)}`);
    expect(await page.text()).toContain(`>${ODD}</h1>`);
    const answer = await form(`${url}/jobs/queues`, {
      action: "resume",
      name: ODD,
      back: "/queues",
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toMatch(/^\/jobs\/queues\?said=/);
    expect(await queue(ODD).isPaused()).toBe(false);
  });

  it("takes several ticks, and JSON", async () => {
    const { url } = await open();
    const [first, second] = [await Ship.defer(1), await Ship.defer(2)];

    const answer = await fetch(`${url}/jobs/jobs`, {
      method: "POST",
      body: JSON.stringify({ action: "kill", jid: [first.id, second.id] }),
      headers: {
        origin: new URL(url).origin,
        "content-type": "application/json",
        accept: "application/json",
      },
    });

    expect(await answer.json()).toMatchObject({ done: 2, asked: 2 });
  });
}

/** As a browser sends a form, over plain HTTP to an address. */
export function form(url: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { origin: new URL(url).origin },
    redirect: "manual",
  });
}

/** What a page names that is neither below this path nor in the page itself. */
export function linksOutOf(path: string, page: string): (string | undefined)[] {
  const links = [...page.matchAll(/(?:href|src|action)="([^"#]+)"/g)].map(([, link]) => link);
  expect(links.length).toBeGreaterThan(0);
  return links.filter((link) => !link?.startsWith(path) && !link?.startsWith("data:"));
}
