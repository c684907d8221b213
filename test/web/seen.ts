import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

const inPage = readFileSync(new URL("in-page.js", import.meta.url), "utf8");

/** What of a page is not to be seen in full: what makes it scroll sideways, or ends behind an edge. */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(`{ ${inPage} } seen.cutOff()`);
}

/** What of a page looks like something that it is not, or like nothing. */
export function indistinct(page: Page): Promise<string[]> {
  return page.evaluate(`{ ${inPage} } seen.indistinct()`);
}
