/** Milliseconds in which the second of two keys has to come. */
const SOON = 1_200;

/** "/" searches, "?" helps, "g" and a letter go to a page. Not while somebody types. */
export function keys(): void {
  let wentAt = 0;
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || isField(target)) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if (key === "/") {
      event.preventDefault();
      document.querySelector<HTMLInputElement>("#search")?.focus();
    } else if (key === "?") {
      document.querySelector<HTMLAnchorElement>("footer a")?.click();
    } else if (key === "g") {
      wentAt = Date.now();
    } else if (Date.now() - wentAt < SOON && /^[a-z]$/.test(key)) {
      wentAt = 0;
      document.querySelector<HTMLAnchorElement>(`.side a[data-key="${key}"]`)?.click();
    }
  });
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  );
}
