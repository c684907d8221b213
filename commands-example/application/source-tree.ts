import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A file that a learner hands in. */
export interface SourceFile {
  readonly path: string;
  readonly code: string;
}

/** Where learners keep what they write. */
export class SourceTree {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** The TypeScript files of a folder, sorted by path: at most `limit` of those behind `after`. */
  async files(folder: string, { after = "", limit = Infinity } = {}): Promise<SourceFile[]> {
    const names = await readdir(join(this.#root, folder));
    const paths = names
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`)
      .filter((path) => path > after)
      .sort()
      .slice(0, limit);
    return Promise.all(paths.map((path) => this.file(path)));
  }

  async file(path: string): Promise<SourceFile> {
    return { path, code: await readFile(join(this.#root, path), "utf8") };
  }
}

/** The repository that this example is part of. */
export const repository = new SourceTree(join(import.meta.dirname, "../.."));
