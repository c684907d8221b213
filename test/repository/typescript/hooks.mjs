// On the thread of Node's module hooks.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const src = new URL("../../../src/", import.meta.url);
/** By what a file holds: it is right for as long as it is there. */
const kept = new URL("../../../node_modules/.cache/typescript/", import.meta.url);

/** "mandate" and its entries are the sources. What these import of each other is there: Node need not look. */
export async function resolve(specifier, context, next) {
  if (/^\.{1,2}\/.*\.tsx?$/.test(specifier) && context.parentURL?.startsWith(src.href))
    return { url: new URL(specifier, context.parentURL).href, shortCircuit: true };
  const entry = /^mandate(?:\/([\w-]+))?$/.exec(specifier);
  return entry === null
    ? next(specifier, context)
    : { url: new URL(`${entry[1] ?? "index"}.ts`, src).href, shortCircuit: true };
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
