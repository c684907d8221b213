import { describe, expect, it } from "vitest";
import {
  imports,
  repositoryFiles,
  withoutComments,
  type Import,
  type SourceFile,
} from "./repository/source-files.ts";

const contract = [
  "adapters/adapter.ts",
  "adapters/adapter-error.ts",
  "adapters/batches.ts",
  "adapters/documents.ts",
  "adapters/enqueue-answer.ts",
  "adapters/finding.ts",
  "adapters/hold.ts",
  "adapters/holds.ts",
  "adapters/iterations.ts",
  "adapters/job-notes.ts",
  "adapters/job-record.ts",
  "adapters/job-store.ts",
  "adapters/open-adapter.ts",
  "adapters/payload.ts",
  "adapters/presentable.ts",
  "adapters/served-queues.ts",
  "adapters/store-settings.ts",
  "adapters/wire-format.ts",
];

/** Folder → what it may import: a folder, or a file where only that one. Its own is always allowed. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  support: [],
  "ruby-files": ["support"],
  globalid: ["support"],
  adapters: ["support"],
  serialization: ["support", "globalid"],
  encryption: ["support"],
  job: ["support", "globalid", "serialization", "encryption", ...contract],
  traits: ["support", ...contract, "job"],
  worker: ["support", ...contract, "job"],
  recurring: ["support", "ruby-files", ...contract, "job", "worker"],
  guards: ["support", "serialization", ...contract, "job", "worker"],
  steps: ["support", "serialization", ...contract, "job", "worker"],
  command: ["support", "job", "traits", "recurring", "guards", "batches", "steps"],
  batches: ["support", ...contract, "job", "worker"],
  "adapter-contract": ["support", ...contract, "adapters/ends.ts"],
  configuration: [
    "support",
    "globalid",
    "serialization",
    "encryption",
    "adapters",
    "job",
    "traits",
    "recurring",
    "guards",
    "command",
  ],
  testing: [
    "support",
    "globalid",
    "serialization",
    "adapters",
    "job",
    "command",
    "recurring",
    "batches",
    "steps",
  ],
  inspection: ["support", "encryption", ...contract, "job", "recurring", "guards"],
  instrumentation: ["support", ...contract, "job", "inspection"],
  orm: ["support", "globalid", "job"],
  web: ["support", ...contract, "job", "inspection", "recurring", "batches", "guards"],
};
interface Rooms {
  /** Files of the folder itself that all of its rooms may import. */
  readonly shared: readonly string[];
  /** Room → which others it may import. Its own files are always allowed. */
  readonly mayImport: Readonly<Record<string, readonly string[]>>;
}

/** What nearly every room of `src/job` stands on. */
const lowerRooms = "checks handle around surroundings settings declare record".split(" ");

/** Folders that are divided. What lies in one beside its rooms, and is not shared, may import all of them. */
const rooms: Readonly<Record<string, Rooms>> = {
  "adapters/redis": {
    shared: ["keys.ts", "redis-context.ts", "redis-options.ts"],
    mayImport: {
      connection: [],
      scripts: ["connection"],
      payloads: ["connection", "scripts"],
      sidekiq: ["connection", "scripts", "payloads"],
      waiting: ["connection", "scripts", "payloads"],
      kept: ["connection", "scripts", "payloads", "waiting"],
      documents: ["connection", "scripts", "kept"],
      holds: ["connection", "scripts"],
      batches: ["connection", "scripts", "kept"],
      accepting: ["connection", "scripts", "payloads", "waiting", "documents", "holds"],
      leases: ["connection", "scripts", "payloads", "waiting", "kept", "sidekiq"],
      managing: ["connection", "scripts", "payloads", "waiting", "kept", "sidekiq", "leases"],
    },
  },
  "adapters/sqlite": {
    shared: ["sqlite-options.ts"],
    mayImport: {
      driver: [],
      store: ["driver"],
      telling: ["store"],
      holds: ["driver", "store"],
      jobs: ["driver", "store", "holds"],
      kept: ["store", "telling"],
      accepting: ["store", "holds", "jobs"],
      leases: ["store", "telling", "holds", "jobs", "kept"],
      managing: ["store", "telling", "holds", "jobs", "kept", "accepting", "leases"],
    },
  },
  "adapters/postgres": {
    shared: ["postgres-options.ts", "postgres-context.ts", "shown-payload.ts"],
    mayImport: {
      connection: [],
      schema: ["connection"],
      waking: ["connection"],
      within: ["connection"],
      accepting: ["connection", "schema", "within"],
      documents: ["connection", "accepting"],
      holds: ["accepting"],
      batches: ["connection"],
      kept: [],
      leases: ["connection", "schema", "waking", "within"],
      managing: ["connection"],
    },
  },
  // One guard does not know another.
  guards: {
    shared: ["key.ts", "guard-key-error.ts", "canonical-json.ts"],
    mayImport: { unique: [], limits: [], expiry: [], fair: [], limiter: [] },
  },
  job: {
    shared: [],
    mayImport: {
      checks: [],
      handle: ["checks"],
      around: ["handle"],
      surroundings: ["checks", "handle"],
      settings: ["handle", "around", "surroundings"],
      errors: ["checks"],
      declare: ["checks", "handle", "around", "settings", "errors"],
      record: ["settings", "surroundings", "declare"],
      inside: ["checks", "handle", "around", "surroundings", "settings", "declare", "record"],
      observe: ["handle", "around", "record", "inside"],
      defer: [...lowerRooms, "inside", "observe"],
      outcome: [...lowerRooms, "errors", "inside"],
      run: [...lowerRooms, "inside", "observe", "defer", "outcome"],
    },
  },
};
/** The one effect that an entry may have: importing `mandate/vitest` extends vitest's `expect`. */
const allowedEffects: Readonly<Record<string, string>> = {
  "src/vitest.ts": 'import "./testing/matchers.ts";',
};
/** These import what they like. */
const unbounded = ["cli"];

const sources = repositoryFiles("src/**/*.{ts,tsx}");
const entries = sources.filter(({ path }) => !path.slice("src/".length).includes("/"));
const parts = sources.filter((file) => !entries.includes(file));

describe("architecture", () => {
  it("gives each folder of src a row in the table of imports", () => {
    const folders = new Set(parts.map(({ path }) => folderOf(path)));

    const unknown = [...folders].filter(
      (folder) => !(folder in mayImport) && !unbounded.includes(folder),
    );

    expect(unknown).toEqual([]);
  });

  it("imports only what the table allows", () => {
    const stray = parts.flatMap((file) =>
      imports(file)
        .filter(({ path }) => path !== undefined && !isAllowed(file.path, path))
        .map(({ path }) => `${file.path} imports ${path}`),
    );

    expect(stray).toEqual([]);
  });

  it.each(Object.keys(rooms))("gives each room of %s a row in the folder's table", (folder) => {
    const found = new Set(partsOf(folder).map(({ path }) => roomOf(folder, path)));

    found.delete("");

    expect([...found].toSorted()).toEqual(Object.keys(rooms[folder]?.mayImport ?? {}).toSorted());
  });

  it.each(Object.keys(rooms))("lets each room of %s import only rooms above it", (folder) => {
    const { mayImport: table = {} } = rooms[folder] ?? {};
    const names = Object.keys(table);

    const downwards = names.flatMap((room, at) =>
      (table[room] ?? [])
        .filter((other) => !names.slice(0, at).includes(other))
        .map((other) => `${room} → ${other}`),
    );

    expect(downwards).toEqual([]);
  });

  it.each(Object.keys(rooms))("imports between rooms of %s what its table allows", (folder) => {
    const stray = partsOf(folder).flatMap((file) =>
      imports(file)
        .filter(({ path }) => path !== undefined && !isAllowedInFolder(folder, file.path, path))
        .map(({ path }) => `${file.path} imports ${path}`),
    );

    expect(stray).toEqual([]);
  });

  it("knows the adapter of Redis only where it is opened, and where the program asks Redis", () => {
    const knowing = sources.filter(({ path }) => !path.startsWith("src/adapters/redis/"));

    const paths = knowing
      .filter((file) => targets(file).some((path) => path.startsWith("src/adapters/redis/")))
      .map(({ path }) => path);

    expect(paths.filter((path) => !path.startsWith("src/cli/redis/"))).toEqual([
      // Its type.
      "src/adapters/open-adapter.ts",
      "src/redis.ts",
    ]);
  });

  it("has no import cycles", () => {
    expect(findCycles(sources)).toEqual([]);
  });

  it("imports relative files by their .ts name, and builtins by node:", () => {
    const odd = sources.flatMap((file) =>
      imports(file)
        .filter((imported) => !isWellNamed(imported))
        .map(({ specifier }) => `${file.path} imports "${specifier}"`),
    );

    expect(odd).toEqual([]);
  });

  it("has entries that only re-export", () => {
    const effects = entries
      .filter(({ path }) => path !== "src/cli.ts")
      .map((file) => ({ path: file.path, rest: withoutReexports(file) }))
      .filter(({ path, rest }) => rest !== (allowedEffects[path] ?? ""));

    expect(effects).toEqual([]);
  });

  it("has each entry in package.json, and no other", () => {
    const { exports, bin = {} } = JSON.parse(repositoryFiles("package.json")[0]?.text ?? "") as {
      readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
      readonly bin?: Readonly<Record<string, string>>;
    };

    const named = [...Object.values(exports), ...Object.values(bin)]
      .map((target) => (typeof target === "string" ? target : target.default))
      .filter((target) => target !== "./package.json")
      .map((target) => target.replace(/^(\.\/)?dist\/(.*)\.js$/, "src/$2.ts"));

    expect(entries.map(({ path }) => path)).toEqual(named.toSorted());
  });

  it("has no index file but src/index.ts", () => {
    const indexes = repositoryFiles("**/index.ts").map(({ path }) => path);

    expect(indexes.filter((path) => path !== "src/index.ts")).toEqual([]);
  });

  it("names no file or folder after nothing in particular", () => {
    const vague = /(^|[/-])(utils?|helpers?|common|types|managers?|base)(\/|\.ts$)/;

    expect(sources.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  });

  it("has no file over 300 lines", () => {
    const long = sources
      .filter(({ path }) => !path.endsWith("/generated.ts"))
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > 300);

    expect(long).toEqual([]);
  });

  it("loads for operators nothing that works jobs off, nor what reads arguments", () => {
    const loaded = loadedBy("src/cli.ts");

    expect(loaded).toContain("src/cli/commands/errors.ts");
    expect(loaded.filter((path) => /\/worker\/worker\.ts|\/serialization\//.test(path))).toEqual(
      [],
    );
  });

  it("can be understood from four files of 500 lines together", () => {
    const read = [
      "command/command.ts",
      "job/defer/defer.ts",
      "adapters/adapter.ts",
      "job/run/run.ts",
    ];

    const lines = sources
      .filter(({ path }) => read.includes(path.slice("src/".length)))
      .map(({ text }) => text.trimEnd().split("\n").length);

    expect(lines).toHaveLength(read.length);
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(500);
  });

  it("uses no decorators, enums, namespaces or default exports in the library", () => {
    const banned = /^\s*@\w|^\s*(export\s+)?(const\s+)?enum\s|^\s*namespace\s|^export default\b/m;

    const using = sources.filter(({ text }) => banned.test(withoutComments(text)));

    expect(using.map(({ path }) => path)).toEqual([]);
  });
});

describe("repository", () => {
  it("names no folder outside it and no machine's path", () => {
    // In pieces, so that this file does not name them.
    const outside = new RegExp(
      [
        "\\.\\./shar" + "ed",
        "/work/(ma" + "in|sha" + "red)",
        "/tmp/te" + "am",
        "/ho" + "me/\\w",
      ].join("|"),
    );

    const naming = repositoryFiles("**/*", "!package-lock.json")
      .filter(({ text }) => outside.test(text))
      .map(({ path }) => path);

    expect(naming).toEqual([]);
  });
});

/** `src/job/defer/defer.ts` → `job`. */
function folderOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function isAllowed(from: string, to: string): boolean {
  if (!to.startsWith("src/")) return false;
  const [folder, target] = [folderOf(from), folderOf(to)];
  if (folder === target || unbounded.includes(folder)) return true;
  const allowed = mayImport[folder] ?? [];
  return allowed.includes(target) || allowed.includes(to.slice("src/".length));
}

function partsOf(folder: string): SourceFile[] {
  return parts.filter(({ path }) => path.startsWith(`src/${folder}/`));
}

/** `src/adapters/redis/leases/watch.ts` → `leases`; of what lies in the folder itself "". */
function roomOf(folder: string, path: string): string {
  const [room = "", ...within] = path.slice(`src/${folder}/`.length).split("/");
  return within.length === 0 ? "" : room;
}

function isAllowedInFolder(folder: string, from: string, to: string): boolean {
  if (!to.startsWith(`src/${folder}/`)) return true;
  const { shared = [], mayImport: table = {} } = rooms[folder] ?? {};
  const [room, target] = [roomOf(folder, from), roomOf(folder, to)];
  if (room === "" || room === target) return true;
  return target === ""
    ? shared.some((file) => to === `src/${folder}/${file}`)
    : (table[room] ?? []).includes(target);
}

function isWellNamed({ specifier, path }: Import): boolean {
  if (path !== undefined) return /\.tsx?$/.test(path) || path.endsWith(".json");
  return !/^(fs|path|util|events|crypto|timers|async_hooks|os|url|assert)(\/|$)/.test(specifier);
}

function withoutReexports(file: SourceFile): string {
  const code = withoutComments(file.text);
  return code.replaceAll(/export (type )?(\*|\{[^}]*\}) from "[^"]+";/g, "").trim();
}

/** Each cycle once, as its files in order, starting with the first by name. */
function findCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map(files.map((file) => [file.path, targets(file)]));
  const cycles = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.add(fromFirst(trail.slice(start)).join(" → "));
    if (start >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return [...cycles];
}

function targets(file: SourceFile): string[] {
  return imports(file).flatMap(({ path }) => (path === undefined ? [] : [path]));
}

/** A file, and all that is loaded with it. */
function loadedBy(entry: string): string[] {
  const loaded = new Set([entry]);
  for (const path of loaded) {
    const { text = "" } = sources.find((file) => file.path === path) ?? {};
    const atOnce = text
      .replaceAll(/^(import|export) type [^;]*;/gm, "")
      .replaceAll(/\bimport\(/g, "later(");
    targets({ path, text: atOnce }).forEach((target) => loaded.add(target));
  }
  return [...loaded];
}

function fromFirst(cycle: readonly string[]): string[] {
  const first = cycle.indexOf(cycle.toSorted()[0] ?? "");
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
