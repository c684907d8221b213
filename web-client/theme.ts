import { keep, kept } from "./texts.ts";

/** Light, dark, or what the system has. */
export function theme(): void {
  const select = document.querySelector<HTMLSelectElement>("#theme");
  const control = document.querySelector<HTMLElement>("#theme-control");
  if (select === null || control === null) return;
  control.hidden = false;
  const use = (value: string): void => {
    if (value === "light" || value === "dark") document.documentElement.dataset["theme"] = value;
    else delete document.documentElement.dataset["theme"];
  };
  select.value = kept("theme");
  use(select.value);
  select.addEventListener("change", () => {
    keep("theme", select.value);
    use(select.value);
  });
}
