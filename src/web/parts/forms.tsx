import type { DashboardAction } from "../security/access.ts";
import { tokenOf } from "../security/form-token.ts";
import type { Visit } from "../request/visit.ts";
import type { Html, Inner } from "./html.ts";

type Fields = Readonly<Record<string, string | undefined>>;

/** Fields that no eye sees: which store, where to go back, the token. */
export function HiddenFields({ visit, fields }: { visit: Visit; fields: Fields }): Html {
  const { site, request, access, path } = visit;
  const back = visit.query.text("back") || `${path}${new URL(request.url).search}`;
  const all: Fields = {
    ...(site.storeNames.length > 1 && { store: visit.store }),
    ...(site.options.secret !== undefined && { token: tokenOf(site, access.actor) }),
    back: withoutFlash(back),
    ...fields,
  };
  return (
    <>
      {Object.entries(all).map(([name, value]) =>
        value === undefined ? undefined : <input type="hidden" name={name} value={value} />,
      )}
    </>
  );
}

function withoutFlash(back: string): string {
  return back.replace(/([?&])said=[\w-]*&?/, "$1").replace(/[?&]$/, "");
}

interface ActProps {
  visit: Visit;
  /** The right that it takes: without it there is no button. */
  right: DashboardAction;
  path: string;
  fields: Fields;
  children?: Inner;
  /** Looks like a danger. */
  isFinal?: boolean;
  /** What is said of it where its text is short. */
  label?: string;
}

/** A button that does one thing; nothing for those who may not. */
export function Act({ visit, right, path, fields, children, isFinal, label }: ActProps): Html {
  if (!visit.may(right)) {
    return <></>;
  }
  return (
    <form method="post" action={visit.to(path)} class="act" data-asks={isFinal ? "yes" : undefined}>
      <HiddenFields visit={visit} fields={fields} />
      <button type="submit" class={isFinal ? "final" : undefined} aria-label={label}>
        {children}
      </button>
    </form>
  );
}
