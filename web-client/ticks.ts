import { said } from "./texts.ts";

/** Ticks: all between two with the shift key, how many there are, and no buttons for all meanwhile. */
export function ticks(): void {
  let last: HTMLInputElement | undefined;
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox" || box.name !== "jid") return;
    const boxes = all();
    const [from, to] = [last === undefined ? -1 : boxes.indexOf(last), boxes.indexOf(box)];
    if (event.shiftKey && from >= 0) {
      boxes
        .slice(Math.min(from, to), Math.max(from, to) + 1)
        .forEach((each) => (each.checked = box.checked));
    }
    last = box;
    show();
  });
  show();
}

function all(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("#job-form input[name=jid]:enabled")];
}

function show(): void {
  const form = document.querySelector("#job-form");
  const count = all().filter(({ checked }) => checked).length;
  form?.classList.toggle("has-ticks", count > 0);
  const label = document.querySelector<HTMLElement>("#ticked");
  if (label === null) return;
  label.dataset["plain"] ??= label.textContent ?? "";
  label.textContent = count > 0 ? said("selected", { count }) : label.dataset["plain"];
}
