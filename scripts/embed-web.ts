// Writes the dashboard's files into src/web/assets/generated.ts; `--check` only says whether that is needed.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../web-client/", import.meta.url));
const target = fileURLToPath(new URL("../src/web/assets/generated.ts", import.meta.url));

const icon =
  "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='3' fill='#3346b8'/>" +
  "<path d='M4 12V5l4 4 4-4v7' fill='none' stroke='#fff' stroke-width='1.8' stroke-linejoin='round' stroke-linecap='round'/></svg>";

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${folder}${entry}`],
    bundle: true,
    minify: true,
    format: "esm",
    // light-dark() stays as it is: lowered it would need a class for each theme.
    target: entry.endsWith(".css") ? "esnext" : "es2022",
    legalComments: "none",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

function file(name: string, type: string, text: string): string {
  const [stem, ending] = name.split(".");
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const hashed = JSON.stringify(`${stem}.${hash}.${ending}`);
  return `{\n    name: ${hashed},\n    type: ${JSON.stringify(type)},\n    text: ${JSON.stringify(text)},\n  }`;
}

const [style, client] = await Promise.all([bundled("style.css"), bundled("main.ts")]);
const generated =
  "// Written by scripts/embed-web.ts from web-client/. Do not edit.\n" +
  "export const files = {\n" +
  `  style: ${file("style.css", "text/css; charset=utf-8", style)},\n` +
  `  client: ${file("client.js", "text/javascript; charset=utf-8", client)},\n` +
  `  icon: ${JSON.stringify(`data:image/svg+xml,${encodeURIComponent(icon)}`)},\n` +
  "} as const;\n";

if (!process.argv.includes("--check")) {
  writeFileSync(target, generated);
} else if (generated !== readFileSync(target, "utf8")) {
  console.error("generated.ts differs from web-client/: run npm run embed-web");
  process.exitCode = 1;
}
