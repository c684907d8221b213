import { files } from "./generated.ts";

/**
 * The files of the pages: their names change with what is in them, so that browsers keep them for
 * good.
 */
export const assets: {
  /** Paths within the dashboard. */
  readonly style: string;
  readonly client: string;
  /** An address by itself. */
  readonly icon: string;
} = {
  style: `/-/${files.style.name}`,
  client: `/-/${files.client.name}`,
  icon: files.icon,
};

/** @returns `undefined` where there is no such file. */
export function assetNamed(name: string): Response | undefined {
  const found = [files.style, files.client].find((file) => file.name === name);
  return found === undefined
    ? undefined
    : new Response(found.text, {
        headers: {
          "content-type": found.type,
          "cache-control": "public, max-age=31536000, immutable",
          "x-content-type-options": "nosniff",
        },
      });
}
