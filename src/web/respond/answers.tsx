import { createHash } from "node:crypto";
import type { Answer, Outcome } from "../page.ts";
import { Fragment, Layout } from "../parts/layout.tsx";
import type { Html } from "../parts/html.ts";
import { backOf } from "../request/back.ts";
import type { Parameters } from "../request/parameters.ts";
import type { Visit } from "../request/visit.ts";
import { secured } from "../security/headers.ts";
import { isForProgram } from "./accepts.ts";

/** What a page says, as whoever asks wants it. */
export async function answerOf(visit: Visit, answer: Answer): Promise<Response> {
  const { request, query, site } = visit;
  const { status = 200, instead, file } = answer;
  if (file !== undefined) {
    const headers = {
      ...secured(visit.nonce),
      "content-type": "application/json; charset=utf-8",
      "content-disposition": `attachment; filename="${file.name}"`,
    };
    return new Response(file.text, { headers });
  }
  if (isForProgram(request)) {
    return json(visit, answer.data, status);
  }
  if (instead !== undefined) {
    return new Response(null, {
      status: 302,
      headers: { ...secured(visit.nonce), location: instead },
    });
  }
  if (isLive(request)) {
    return fragment(visit, <Fragment visit={visit}>{answer.view()}</Fragment>, status);
  }
  const sealed = query.text("said");
  const said = sealed === "" ? undefined : site.sealer.open("said", sealed);
  return html(
    visit,
    <Layout visit={visit} title={answer.title} said={said}>
      {answer.view()}
    </Layout>,
    status,
  );
}

/** What came of a form: back to where it was, with a sentence about it. */
export async function outcomeAnswer(
  visit: Visit,
  form: Parameters,
  outcome: Outcome,
): Promise<Response> {
  const { request, site, nonce } = visit;
  if (isForProgram(request)) {
    return json(visit, { ...outcome.data, said: outcome.said }, outcome.question ? 409 : 200);
  }
  if (outcome.question !== undefined) {
    return isLive(request)
      ? fragment(visit, outcome.question, 200)
      : html(
          visit,
          <Layout visit={visit} title={outcome.said}>
            {outcome.question}
          </Layout>,
          200,
        );
  }
  const said = site.sealer.seal("said", outcome.said.slice(0, 600));
  const location = visit.to(backOf(form), { said });
  return new Response(null, { status: 303, headers: { ...secured(nonce), location } });
}

/** The page's own script asks for what changes, and for questions. */
function isLive(request: Request): boolean {
  return request.headers.get("x-mandate-live") === "1";
}

async function html(visit: Visit, page: Html, status: number): Promise<Response> {
  const text = `<!doctype html>${String(await page)}`;
  const headers = { ...secured(visit.nonce), "content-type": "text/html; charset=utf-8" };
  return new Response(text, { status, headers });
}

async function fragment(visit: Visit, part: Html, status: number): Promise<Response> {
  const text = String(await part);
  const etag = `"${createHash("sha1").update(text).digest("base64url")}"`;
  const headers = {
    ...secured(visit.nonce),
    "content-type": "text/html; charset=utf-8",
    "x-mandate-live": "1",
    etag,
  };
  return visit.request.headers.get("if-none-match") === etag
    ? new Response(null, { status: 304, headers })
    : new Response(text, { status, headers });
}

function json(visit: Visit, data: unknown, status: number): Response {
  const text = JSON.stringify(data, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  const headers = { ...secured(visit.nonce), "content-type": "application/json; charset=utf-8" };
  return new Response(`${text}\n`, { status, headers });
}
