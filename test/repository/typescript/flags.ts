import { bundledSources } from "./bundle.ts";

const register = new URL("register.mjs", import.meta.url);
register.searchParams.set("sources", await bundledSources());

/** Flags by which Node runs TypeScript of this repository, against the sources. */
export const typescript: readonly string[] = ["--import", register.href];
