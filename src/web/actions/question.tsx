import type { Outcome } from "../page.ts";
import { HiddenFields } from "../parts/forms.tsx";
import type { Parameters } from "../request/parameters.ts";
import { backOf } from "../request/back.ts";
import type { Visit } from "../request/visit.ts";

interface Asked {
  /** What is asked: it says how much is at stake. */
  readonly text: string;
  readonly button: string;
  /** What has to be typed; none where a click will do. */
  readonly typed?: string;
}

/** Fields that a question makes itself. */
const OWN = ["back", "token", "confirmed", "typed", "store"];

/**
 * A question that a person is asked before something is done that may be lost for good; the same
 * form comes back with the answer.
 *
 * @returns `undefined` once it was answered, and where a program asks.
 */
export function ask(
  visit: Visit,
  form: Parameters,
  { text, button, typed }: Asked,
): Outcome | undefined {
  const { t, request } = visit;
  const isProgram = /^application\/json/i.test(request.headers.get("content-type") ?? "");
  const isRight = typed === undefined || form.text("typed") === typed;
  if (isRight && (isProgram || form.text("confirmed") === "yes")) {
    return undefined;
  }
  const isWrong = form.text("confirmed") === "yes" || (isProgram && !isRight);
  const others = form.names().filter((name) => !OWN.includes(name));
  const question = (
    <form method="post" action={visit.to(visit.path)} class="question" id="question">
      <h1 tabindex={-1}>{text}</h1>
      <HiddenFields visit={visit} fields={{ back: backOf(form), confirmed: "yes" }} />
      {others.flatMap((name) =>
        form.all(name).map((value) => <input type="hidden" name={name} value={value} />),
      )}
      {typed === undefined ? undefined : (
        <p>
          <label for="typed">{t("Type {name} to confirm", { name: typed })}</label>
          <input id="typed" name="typed" autocomplete="off" required spellcheck={false} />
          {isWrong ? <span class="error">{` ${t("That was something else")}`}</span> : undefined}
        </p>
      )}
      <p class="answers">
        <a class="button cancel" href={visit.to(backOf(form))} autofocus>
          {t("Do not")}
        </a>
        <button type="submit" class="final">
          {button}
        </button>
      </p>
    </form>
  );
  return { said: text, data: { asked: text, ...(isProgram && { typed }) }, question };
}
