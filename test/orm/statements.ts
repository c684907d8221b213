import pg from "pg";

type Query = (this: unknown, ...args: unknown[]) => unknown;

/** What is sent to Postgres by pg, which all of these libraries use, while `work` is done. */
export async function statementsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const texts: string[] = [];
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  prototype.query = function (this: unknown, ...args) {
    const [first] = args;
    texts.push(typeof first === "string" ? first : (first as { text: string }).text);
    return query.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  return texts;
}
