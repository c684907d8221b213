import { errorKinds } from "mandate";

/** What a promise rejects with. */
export async function failureOf(failing: PromiseLike<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await failing;
  } catch (error) {
    return error;
  }
  throw new Error(`Expected it to fail, found ${typeof value}`);
}

/** The names of the kinds that an error is of. */
export function kindsOf(error: unknown): string[] {
  const { deadlock, connection, timeout } = errorKinds;
  return Object.entries({ deadlock, connection, timeout })
    .filter(([, isKind]) => isKind(error))
    .map(([name]) => name);
}
