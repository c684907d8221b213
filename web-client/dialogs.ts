import { parse } from "./trusted.ts";

/** A form whose answer is a question has it asked in a dialog; whatever goes wrong, it is sent as usual. */
export function confirmInDialogs(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!(form instanceof HTMLFormElement)) return;
    // Not form.id and the like: a field of that name would stand in its place.
    if (form.getAttribute("method") !== "post" || form.getAttribute("id") === "question") return;
    const isFinal = form.dataset["asks"] === "yes" || button?.classList.contains("final") === true;
    if (!isFinal) return;
    event.preventDefault();
    void ask(form, button);
  });
}

async function ask(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  const data = new FormData(form, button);
  const body = new URLSearchParams();
  data.forEach((value, name) => typeof value === "string" && body.append(name, value));
  try {
    const answer = await fetch(form.getAttribute("action") ?? "", {
      method: "POST",
      body,
      headers: { "x-mandate-live": "1" },
      redirect: "manual",
    });
    const isQuestion = answer.headers.get("x-mandate-live") === "1";
    const question = isQuestion
      ? parse(await answer.text()).querySelector<HTMLFormElement>("#question")
      : null;
    if (question === null) location.reload();
    else open(document.importNode(question, true), button);
  } catch {
    form.submit();
  }
}

function open(question: HTMLFormElement, before: HTMLElement | null): void {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "asked");
  question.querySelector("h1")?.setAttribute("id", "asked");
  dialog.append(question);
  document.body.append(dialog);
  const cancel = question.querySelector<HTMLElement>(".cancel");
  cancel?.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    before?.focus();
  });
  dialog.showModal();
  cancel?.focus();
}
