/** What a global id is made of; `id` is an array where the model's key has several parts. */
export interface GlobalIdParts {
  readonly app: string;
  readonly model: string;
  readonly id: string | readonly string[];
  readonly params?: Readonly<Record<string, string>> | undefined;
}

// GlobalID 1.4, uri/gid.rb; earlier ones refuse an underscore in the app.
const APP = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

// The model's name stands unescaped in the URI's path, so only what may stand there.
const MODEL = /^[\w:.$~-]+$/;

const MAX_ID_PARTS = 20;
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;
const URI = /^gid:\/\/([^/?#]+)\/([^/?#]+)\/([^?#]+)(?:\?([^#]*))?$/;
/** What nearly all are like: one id, with nothing escaped. */
const PLAIN = /^gid:\/\/([A-Za-z0-9][A-Za-z0-9_-]*)\/([\w:.$~-]+)\/([\w.~-]+)$/;
const UNESCAPED = /^[\w.~-]*$/;
const PATH_SEGMENT = /^(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+$/;
const QUERY = /^(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/;

export function isAppName(name: string): boolean {
  return APP.test(name);
}

export function isModelName(name: string): boolean {
  return MODEL.test(name);
}

/**
 * An id, or the parts of a composite one, as text.
 *
 * @returns `undefined` where it is no id: missing, empty, of another type, or not well-formed text.
 */
export function idText(id: unknown): string | string[] | undefined {
  if (!Array.isArray(id)) return idPart(id);
  const parts = id.map(idPart).filter((part) => part !== undefined);
  if (parts.length !== id.length || parts.length > MAX_ID_PARTS) return undefined;
  // Both are written as the same URI, so both are read as the same id.
  return parts.length > 1 ? parts : parts[0];
}

/** An id as the path of the URI has it: `CGI.escape` in Ruby, parts joined by slashes. */
export function escapeId(id: string | readonly string[]): string {
  return typeof id === "string" ? escapePart(id) : id.map(escapePart).join("/");
}

export function formatUri({ app, model, id, params }: GlobalIdParts): string {
  // The WHATWG's form encoding keeps and escapes the same characters as Ruby's encode_www_form.
  const uri = `gid://${app}/${model}/${escapeId(id)}`;
  const query = params === undefined ? "" : new URLSearchParams(params).toString();
  return query === "" ? uri : `${uri}?${query}`;
}

/** @returns `undefined` where the text is no global id. */
export function parseUri(text: string): GlobalIdParts | undefined {
  const plain = PLAIN.exec(text);
  if (plain !== null) {
    const [, app = "", model = "", id = ""] = plain;
    return { app, model, id };
  }
  const [, app = "", model = "", path = "", query] = URI.exec(text) ?? [];
  // As in Ruby, empty parts do not count: a slash at the end does no harm.
  const parts = path.split("/").filter((part) => part !== "");
  if (!isAppName(app) || !isModelName(model) || !parts.every((part) => PATH_SEGMENT.test(part))) {
    return undefined;
  }
  const id = unescapeParts(parts);
  if (id === undefined || (query !== undefined && !QUERY.test(query))) return undefined;
  if (query === undefined) return { app, model, id };
  return { app, model, id, params: Object.fromEntries(new URLSearchParams(query)) };
}

function idPart(id: unknown): string | undefined {
  if (typeof id === "string") return id === "" || LONE_SURROGATE.test(id) ? undefined : id;
  return typeof id === "bigint" || Number.isFinite(id) ? String(id) : undefined;
}

function escapePart(part: string): string {
  if (UNESCAPED.test(part)) return part;
  return encodeURIComponent(part).replace(/[!'()*]|%20/g, (found) =>
    found === "%20" ? "+" : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function unescapeParts(parts: readonly string[]): string | string[] | undefined {
  try {
    return idText(parts.map((part) => decodeURIComponent(part.replaceAll("+", " "))));
  } catch {
    return undefined; // Escapes that are not UTF-8.
  }
}
