// The dashboard in a real browser. Numbers are those of docs/dashboard.md, "What is tested".
import { configure, deadSet, MemoryAdapter, queue, retrySet, silentLogger } from "mandate";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { missing } from "../support/requires.ts";
import { Browsing } from "./browsing.ts";
import { fillStore, SendInvoice } from "./busy-store.ts";
import { everyPage } from "./every-page.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(missing("chromium"))("in a browser", () => {
  let browsing: Browsing;
  let store: { close(): Promise<void> };
  let paths: readonly string[];

  beforeAll(async () => {
    const adapter = new MemoryAdapter({ logger: silentLogger });
    configure({ adapter, logger: silentLogger });
    store = await fillStore(adapter);
    browsing = await Browsing.start();
    paths = await everyPage(adapter);
  });
  afterAll(async () => {
    await browsing?.[Symbol.asyncDispose]();
    await store?.close();
  });

  it("7, 22: no page breaks its policy, or scrolls sideways on a phone", async () => {
    const page = await browsing.open("/", { viewport: { width: 390, height: 800 } });
    for (const path of paths) {
      await page.goto(path);
      const over = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      expect([path, over]).toEqual([path, 0]);
    }
    expect(browsing.complaints).toEqual([]);
    await page.context().close();
  });

  it("22: says on a phone what each number of a row is", async () => {
    const page = await browsing.open("/queues", { viewport: { width: 390, height: 800 } });
    const labels = async (): Promise<string[]> =>
      page.evaluate(
        `[...document.querySelectorAll('tr[data-row="sync"] td.number')].map((cell) => getComputedStyle(cell, "::before").content.replaceAll('"', "").trim())`,
      );
    expect(await labels()).toEqual(["Jobs", "Waited", "Over a limit"]);
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(await labels()).toEqual(["none", "none", "none"]);
    await page.context().close();
  });

  it("4: following each link changes nothing", async () => {
    const sizes = (): Promise<number[]> => Promise.all([retrySet().size(), deadSet().size()]);
    const before = await sizes();
    const page = await browsing.open("/");
    const seen = new Set<string>();
    const left = ["/"];
    for (let path = left.pop(); path !== undefined && seen.size < 30; path = left.pop()) {
      await page.goto(path);
      seen.add(path);
      const links = await page.$$eval("a[href]", (all) => all.map((a) => a.getAttribute("href")));
      for (const link of links) {
        if (link?.startsWith("/") && !seen.has(link) && !left.includes(link)) left.push(link);
      }
    }
    expect(await sizes()).toEqual(before);
    expect(seen.size).toBe(30);
    await page.context().close();
  });

  it("10: acts without JavaScript, and asks before what is final", async () => {
    const page = await browsing.open("/queues", { javaScriptEnabled: false });
    await page.getByRole("button", { name: "Pause documents" }).click();
    expect(await page.getByRole("status").textContent()).toBe("Queue documents is paused.");
    expect(await queue("documents").isPaused()).toBe(true);
    await page.getByRole("button", { name: "Resume documents" }).click();

    const before = await deadSet().size();
    await page.goto("/jobs?place=dead");
    await page.getByRole("checkbox").first().check();
    await page.getByRole("button", { name: "delete", exact: true }).click();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(
      "Delete 1 jobs for good?",
    );
    expect(await deadSet().size()).toBe(before);
    await page.getByRole("button", { name: "delete" }).click();
    expect(await page.getByRole("status").textContent()).toBe("Jobs deleted: 1.");
    expect(await deadSet().size()).toBe(before - 1);
    expect(new URL(page.url()).pathname).toBe("/jobs");
    await page.context().close();
  });

  it("11, 12: ticks a range, asks in a dialog that Escape closes, and gives the focus back", async () => {
    const page = await browsing.open("/jobs?place=dead");
    const boxes = page.getByRole("checkbox");
    await boxes.nth(0).click();
    await boxes.nth(2).click({ modifiers: ["Shift"] });
    expect(await page.locator("#ticked").textContent()).toBe("3 selected");

    const button = page.getByRole("button", { name: "delete", exact: true });
    await button.click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    expect(await dialog.getByRole("heading").textContent()).toBe("Delete 3 jobs for good?");
    expect(await focused(page)).toBe("Do not");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await focused(page)).toBe("delete");
    expect(await boxes.nth(1).isChecked()).toBe(true);
    await page.context().close();
  });

  it("12: clears a queue only once its name was typed", async () => {
    await SendInvoice.set({ queue: "scrap" }).defer({ id: 1, to: "a@example.org" });
    const page = await browsing.open("/queues");
    await page.getByRole("button", { name: "Clear scrap" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Type scrap to confirm").fill("scrab");
    await dialog.getByRole("button", { name: "clear" }).click();
    await page.getByText("That was something else").waitFor();
    expect(await queue("scrap").size()).toBe(1);
    await page.getByLabel("Type scrap to confirm").fill("scrap");
    await page.getByRole("button", { name: "clear" }).click();
    await page.getByText("Jobs deleted: 1.").waitFor();
    expect(await queue("scrap").size()).toBe(0);
    await page.context().close();
  });

  it("15: back and a copied address show the same", async () => {
    const page = await browsing.open("/jobs?place=retry&size=5");
    await page.getByRole("link", { name: "Next page" }).click();
    const address = page.url();
    const rows = await page.locator("tr[data-row]").count();
    await page.locator("a.name").first().click();
    await page.goBack();
    expect([page.url(), await page.locator("tr[data-row]").count()]).toEqual([address, rows]);
    await page.goto(address);
    expect(await page.locator("tr[data-row]").count()).toBe(rows);
    await page.context().close();
  });

  it("16: stays fresh, and keeps ticks and focus", async () => {
    const page = await browsing.open("/jobs?place=retry&size=200");
    await page.getByLabel("Refresh every").selectOption("2");
    await page.getByRole("checkbox").nth(1).check();
    const [gone] = (await retrySet().page({}, { limit: 1 })).jobs;
    await gone?.kill();

    await page.locator("tr.left").waitFor();
    expect(await page.locator("tr.left").textContent()).toContain("gone");
    expect(await page.getByRole("checkbox").nth(1).isChecked()).toBe(true);
    await page.locator("tr.left").waitFor({ state: "detached" });
    await gone?.retry();
    expect(browsing.complaints).toEqual([]);
    await page.context().close();
  });

  it("21: is worked by keys, which do nothing where somebody types", async () => {
    const page = await browsing.open("/");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Skip to the content");
    await page.keyboard.press("/");
    expect(await page.evaluate("document.activeElement?.id")).toBe("search");
    await page.keyboard.type("gq");
    expect(await page.locator("#search").inputValue()).toBe("gq");
    await page.locator("#search").blur();
    await page.keyboard.press("g");
    await page.keyboard.press("q");
    await page.waitForURL("**/queues");
    await page.context().close();
  });

  it("finds the cause of a broken deploy in three clicks", async () => {
    const page = await browsing.open("/");
    await page.getByRole("link", { name: "ConvertDocument" }).first().click();
    await page.locator("a.name").filter({ hasText: "ConvertDocument" }).first().click();
    await page.getByText("Backtrace").click();
    expect(await page.locator(".message").textContent()).toContain("unsupported page size");
    expect(await page.locator(".backtrace").textContent()).toContain("busy-store.ts");
    expect(await page.content()).not.toContain("hunter2");
    await page.context().close();
  });
});

function focused(page: Page): Promise<unknown> {
  return page.evaluate("document.activeElement?.textContent?.trim()");
}
