// On the thread of Node's module hooks.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const src = new URL("../../../src/", import.meta.url);
/** By what a file holds: it is right for as long as it is there. */
const kept = new URL("../../../node_modules/.cache/typescript/", import.meta.url);

/** The URL of a folder with the bundled sources. */
let bundle;

export function initialize(data) {
  if (data.bundle !== undefined) bundle = `${pathToFileURL(data.bundle).href}/`;
}

/** "mandate" and its entries are the sources. What these import of each other is there: Node need not look. */
export async function resolve(specifier, context, next) {
  const { parentURL } = context;
  if (/^\.{1,2}\/.*\.tsx?$/.test(specifier) && parentURL?.startsWith(src.href))
    return { url: new URL(specifier, parentURL).href, shortCircuit: true };
  const entry = /^mandate(?:\/([\w-]+))?$/.exec(specifier);
  if (entry !== null) return { url: source(`${entry[1] ?? "index"}.ts`), shortCircuit: true };
  if (bundle === undefined || parentURL?.startsWith(bundle)) return next(specifier, context);
  const resolved = await next(specifier, context);
  return resolved.url.startsWith(src.href)
    ? { url: source(resolved.url.slice(src.href.length)), shortCircuit: true }
    : resolved;
}

/** The URL of a source's module. Two of one source in a program would each have a state of their own. */
function source(file) {
  if (bundle === undefined) return new URL(file, src).href;
  const { href } = new URL(file.replace(/\.ts$/, ".mjs"), bundle);
  if (!existsSync(new URL(href)))
    throw new Error(
      `Cannot load src/${file} of the bundled sources: add it to "inner" in bundle.ts`,
    );
  return href;
}

export async function load(url, context, next) {
  const [file] = url.split("?");
  return file.startsWith("file:") && /\.m?tsx?$/.test(file)
    ? { format: "module", source: await javascriptOf(fileURLToPath(file)), shortCircuit: true }
    : next(url, context);
}

async function javascriptOf(file) {
  const text = await readFile(file, "utf8");
  const name = createHash("sha1").update(`${file}\n${text}`).digest("hex");
  const at = new URL(`${name}.js`, kept);
  return readFile(at).catch(() => transformed({ file, text, at }));
}

async function transformed({ file, text, at }) {
  // Only now: its process takes longer to start than all else here.
  const { transform } = await import("esbuild");
  const { code } = await transform(text, {
    loader: file.endsWith("x") ? "tsx" : "ts",
    target: "es2022",
    sourcefile: file,
    sourcemap: "inline",
    tsconfigRaw: {
      compilerOptions: {
        target: "es2022",
        verbatimModuleSyntax: true,
        jsx: "react-jsx",
        jsxImportSource: "hono/jsx",
      },
    },
  });
  await mkdir(kept, { recursive: true });
  // In one step: other processes read it.
  const own = new URL(`${at.href}.${process.pid}.${performance.now()}`);
  await writeFile(own, code);
  await rename(own, at);
  return code;
}
