import { Idiomorph } from "idiomorph";
import { keep, kept, said, tell, untell } from "./texts.ts";
import { parse } from "./trusted.ts";

/** Seconds: whatever somebody wrote into this browser's storage. */
const LEAST = 2;
const USUAL = 5;
const GIVE_UP_AFTER = 5;
/** Milliseconds without an answer, after which the page says that there is none. */
const PATIENCE = 2_000;

/** Asks for the page's regions again and again, as long as somebody looks, and puts what changed into place. */
export function live(): void {
  const select = document.querySelector<HTMLSelectElement>("#every");
  const control = document.querySelector<HTMLElement>("#live-control");
  const freshness = document.querySelector<HTMLElement>("#freshness");
  if (select === null || control === null || freshness === null) return;
  if (document.querySelector("main [data-live]") === null) return;
  control.hidden = false;

  let timer: ReturnType<typeof setTimeout> | undefined;
  let etag = "";
  let failures = 0;
  let freshAt = Date.now();
  let isAsking = false;
  let askedAt = 0;
  let complaint = "";

  const stored = kept("every");
  const options = [...select.options].map(({ value }) => value);
  select.value = options.includes(stored) ? stored : String(USUAL);
  const seconds = (): number => {
    const given = Number(select.value);
    return given === 0 ? 0 : Math.max(LEAST, given || USUAL);
  };

  const show = (): void => {
    const age = Math.round((Date.now() - freshAt) / 1000);
    const isStale = failures > 0 || (isAsking && Date.now() - askedAt > PATIENCE);
    if (isStale && complaint === "") {
      complaint = said("stale", { time: new Date(freshAt).toLocaleTimeString() });
      tell(complaint);
    } else if (!isStale && complaint !== "") {
      untell(complaint);
      complaint = "";
    }
    document.body.classList.toggle("stale", isStale);
    freshness.textContent = seconds() === 0 ? "" : said("fresh", { time: `${age} s` });
  };

  const plan = (): void => {
    clearTimeout(timer);
    if (seconds() === 0 || document.hidden) return;
    // After some failures it tries less often, and never gives up for good: it mends itself.
    const wait = failures < GIVE_UP_AFTER ? seconds() : Math.max(15, seconds());
    timer = setTimeout(() => void ask(), wait * 1000);
  };

  const ask = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    askedAt = Date.now();
    try {
      const answer = await fetch(location.href, {
        headers: { "x-mandate-live": "1", ...(etag !== "" && { "if-none-match": etag }) },
        signal: AbortSignal.timeout(10_000),
        cache: "no-store",
        // Who signs in elsewhere is sent there: not this request, which would bring a page to sign in.
        redirect: "manual",
      });
      const isOurs = answer.headers.get("x-mandate-live") === "1";
      const isSentAway = answer.type === "opaqueredirect" || (answer.ok && !isOurs);
      if (isSentAway || answer.status === 401 || answer.status === 403) {
        failures = 0;
        select.value = "0";
        tell(said("signIn"));
      } else if (!isOurs) {
        failures += 1;
      } else {
        failures = 0;
        freshAt = Date.now();
        if (answer.status === 304) {
          document.querySelectorAll("tr.left").forEach((row) => row.remove());
        } else {
          etag = answer.headers.get("etag") ?? "";
          replace(parse(await answer.text()));
        }
      }
    } catch {
      failures += 1;
    }
    isAsking = false;
    show();
    plan();
  };

  select.addEventListener("change", () => {
    keep("every", select.value);
    show();
    if (seconds() === 0) clearTimeout(timer);
    else void ask();
  });
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden && seconds() !== 0) void ask();
  });
  setInterval(show, 1_000);
  show();
  plan();
}

/** Each region by its id: what somebody ticked, opened, selected or stands in stays as it is. */
function replace(fresh: Document): void {
  for (const region of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(region.id);
    if (next === null || isSelectedIn(region)) continue;
    keepLeftRows(region, next);
    void Idiomorph.morph(region, next, {
      morphStyle: "outerHTML",
      ignoreActiveValue: true,
      restoreFocus: true,
      callbacks: { beforeNodeMorphed: keepState },
    });
  }
}

function isSelectedIn(region: Element): boolean {
  const selection = getSelection();
  return (
    selection !== null &&
    !selection.isCollapsed &&
    selection.anchorNode !== null &&
    region.contains(selection.anchorNode)
  );
}

function keepState(old: Node, next: Node): boolean {
  if (old instanceof HTMLInputElement && next instanceof HTMLInputElement) {
    next.toggleAttribute("checked", old.checked);
    next.checked = old.checked;
  }
  if (old instanceof HTMLDetailsElement && next instanceof HTMLDetailsElement) {
    next.open = old.open;
  }
  return true;
}

/** A row that has left stays where it was, pale, until the next time: nothing jumps under the pointer. */
function keepLeftRows(region: Element, next: Element): void {
  const body = next.querySelector("tbody");
  if (body === null) return;
  const rows = [...region.querySelectorAll<HTMLElement>("tr[data-row]")];
  rows.forEach((row, index) => {
    if (row.classList.contains("left") || next.querySelector(`#${CSS.escape(row.id)}`)) return;
    const copy = document.importNode(row, true);
    copy.classList.add("left");
    copy.querySelectorAll("input, button").forEach((each) => each.setAttribute("disabled", ""));
    const word = document.createElement("span");
    word.className = "badge muted";
    word.textContent = said("gone");
    copy.querySelector("td:last-child")?.append(word);
    body.insertBefore(copy, body.children[index] ?? null);
  });
}
