import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { DashboardHandler } from "./dashboard.tsx";

/** A request of Node's, to which frameworks add what they have read already. */
export interface NodeRequest extends IncomingMessage {
  /** Express, Connect: the path as it was before a router stripped what it is mounted at. */
  readonly originalUrl?: string;
  /** What a body parser made of the body. */
  readonly body?: unknown;
}

/** Answers a request of Node's. */
export type NodeHandler = (request: NodeRequest, response: ServerResponse) => Promise<void>;

/**
 * The handler for Node's own requests and responses, and for all that is made of them: `node:http`,
 * Express, Fastify (`reply.hijack()`), Koa (`ctx.respond = false`), Nest. It takes the path as it
 * was before a router stripped it, and a body that a parser has read before.
 *
 * @param handler A dashboard, or any function from `Request` to `Response`.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { basicAuth, dashboard, toNode } from "mandate/web";
 *
 * const authorize = basicAuth({ user: "ops", password: process.env["JOBS_PASSWORD"] ?? "" });
 * createServer(toNode(dashboard({ authorize }))).listen(3000);
 * ```
 */
export function toNode(handler: DashboardHandler): NodeHandler {
  return async (request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    try {
      await send(await handler(requestOf(request, gone.signal)), request, response);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (response.headersSent) {
        response.destroy(error as Error);
        return;
      }
      response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
      response.end("The dashboard failed to answer\n");
    }
  };
}

function requestOf(request: NodeRequest, signal: AbortSignal): Request {
  const { method = "GET" } = request;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    // HTTP/2's own begin with a colon.
    if (value !== undefined && !name.startsWith(":")) {
      [value].flat().forEach((each) => headers.append(name, each));
    }
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(urlOf(request), {
    method,
    headers,
    signal,
    ...(hasBody && { body: bodyOf(request, headers), duplex: "half" }),
  } as RequestInit);
}

function urlOf(request: NodeRequest): string {
  const isTls = (request.socket as { encrypted?: boolean }).encrypted === true;
  const host = request.headers.host ?? (request.headers[":authority"] as string | undefined);
  const isHost = host !== undefined && /^[\w.:[\]-]+$/.test(host);
  const path = request.originalUrl ?? request.url ?? "/";
  const base = `http${isTls ? "s" : ""}://${isHost ? host : "localhost"}`;
  // Two slashes at the front would be another host.
  return `${base}${path.replace(/^\/+/, "/")}`;
}

/** What is still to be read; or, where a parser was there before, what it made of it. */
function bodyOf(request: NodeRequest, headers: Headers): unknown {
  const { body } = request;
  if (!request.readableEnded && !request.readableDidRead) {
    return Readable.toWeb(request);
  }
  headers.delete("content-length");
  if (typeof body === "string" || body instanceof Uint8Array) {
    return body;
  }
  const isJson = /^application\/json\b/i.test(headers.get("content-type") ?? "");
  if (isJson) {
    return JSON.stringify(body ?? {});
  }
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries((body ?? {}) as Record<string, unknown>)) {
    [value].flat().forEach((each) => form.append(name, String(each)));
  }
  return form.toString();
}

async function send(
  answer: Response,
  { method }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.statusCode = answer.status;
  answer.headers.forEach((value, name) => {
    if (name !== "set-cookie") response.setHeader(name, value);
  });
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  const body = method === "HEAD" ? undefined : Buffer.from(await answer.arrayBuffer());
  await new Promise<void>((resolve) => {
    response.once("close", resolve);
    response.end(body, resolve);
  });
}
