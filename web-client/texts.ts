/** What is said here, in the page's language. */
const texts = JSON.parse(document.body.dataset["texts"] ?? "{}") as Record<string, string>;

export function said(name: string, values: Record<string, string | number> = {}): string {
  return (texts[name] ?? "").replaceAll(/\{(\w+)\}/g, (_, key: string) =>
    String(values[key] ?? ""),
  );
}

/** For those who hear the page: one thing at a time. */
export function tell(text: string): void {
  const status = document.querySelector("#status");
  if (status === null) return;
  status.className = "said";
  status.textContent = text;
}

/** Takes back what was told, where it still stands there. */
export function untell(text: string): void {
  const status = document.querySelector("#status");
  if (status?.textContent !== text) return;
  status.className = "unseen";
  status.textContent = "";
}

/** A setting that this browser keeps, where it may. */
export function kept(name: string): string {
  try {
    return localStorage.getItem(`mandate-${name}`) ?? "";
  } catch {
    return "";
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`mandate-${name}`, value);
  } catch {
    // Then it holds for this page.
  }
}
