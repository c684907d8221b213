import type { Html } from "./parts/html.ts";
import type { DashboardAction } from "./security/access.ts";
import type { Parameters } from "./request/parameters.ts";
import type { Visit } from "./request/visit.ts";

/** A page that is read, and made of what was read: as HTML, or as JSON at the same path. */
export interface Page {
  readonly path: string;
  /** The right that it takes, beside that to look. */
  readonly right?: DashboardAction;
  readonly read: (visit: Visit) => Promise<Answer>;
  /** What a form of the page does. */
  readonly act?: (visit: Visit, form: Parameters) => Promise<Outcome>;
}

/** What a page has to say. */
export interface Answer {
  readonly title: string;
  readonly data: unknown;
  readonly view: () => Html;
  /** Somebody is better off elsewhere: an address within the dashboard. */
  readonly instead?: string;
  /** A file to keep, instead of a page. */
  readonly file?: { readonly name: string; readonly text: string };
  readonly status?: number;
}

/** What came of an act. */
export interface Outcome {
  /** As a sentence. */
  readonly said: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Nothing was done yet: a person is asked first. */
  readonly question?: Html;
}
