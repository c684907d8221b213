import { randomBytes } from "node:crypto";
import { AdapterError } from "../../adapters/adapter-error.ts";
import { settings } from "../../job/settings/settings.ts";
import { logSafely } from "../../support/logger.ts";
import type { Html } from "../parts/html.ts";
import { PlainPage } from "../parts/plain-page.tsx";
import { Refusal, type Reason } from "../request/refusal.ts";
import { secured } from "../security/headers.ts";
import type { Site } from "../site.ts";
import { translator } from "../texts/texts.ts";
import { isForProgram } from "./accepts.ts";

const TEXTS: Readonly<Record<Reason, string>> = {
  tooMuch: "The address or form says more than there can be to say.",
  repeated: "The address says the same thing twice.",
  tooLong: "The request is too long.",
  noSuchPage: "There is no such page.",
  noSuchStore: "There is no store of that name.",
  notAllowed: "You may not do that.",
  crossSite: "This form was not sent from the dashboard.",
  token: "This form is too old: go back, load the page anew, and send it again.",
  gone: "It is not there any more.",
  noSuchAction: "There is no such action.",
  badBody: "The form could not be read.",
  method: "This page cannot be asked that way.",
  storeSilent: "The store does not answer.",
};

/** Says why a request is not answered as it was asked. What nobody foresaw is logged. */
export async function refusalAnswer(
  site: Site,
  request: Request,
  error: unknown,
): Promise<Response> {
  const refusal = refusalOf(error);
  const nonce = randomBytes(18).toString("base64url");
  const { language = "en", messages } = site.options;
  const t = translator(language, messages);
  const status = refusal?.status ?? 500;
  const text = refusal === undefined ? t("Something went wrong.") : t(TEXTS[refusal.reason]);
  const isProduction = process.env["NODE_ENV"] === "production";
  const detail = isProduction ? undefined : refusal?.detail;
  const headers = { ...secured(nonce), vary: "accept" };
  if (refusal === undefined) {
    logSafely(settings().logger, "error", { err: error }, "The dashboard failed to answer");
  }
  if (isForProgram(request)) {
    return Response.json({ error: refusal?.reason ?? "failed", text, detail }, { status, headers });
  }
  const page: Html = (
    <PlainPage
      t={t}
      language={language}
      nonce={nonce}
      publicPath={site.publicPath}
      title={`${status} ${t(TITLES[status] ?? "Not done")}`}
      text={detail === undefined ? text : `${text} ${detail}.`}
    />
  );
  return new Response(`<!doctype html>${String(await page)}`, {
    status,
    headers: { ...headers, "content-type": "text/html; charset=utf-8" },
  });
}

const TITLES: Readonly<Record<number, string>> = {
  403: "Not allowed",
  404: "Not found",
  500: "Failed",
  503: "No answer",
};

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) {
    return error;
  }
  return error instanceof AdapterError ? new Refusal(503, "storeSilent") : undefined;
}
