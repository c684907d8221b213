import type { JobStore, Place } from "../../src/adapters/job-store.ts";
import { LIMITED } from "./job-holds.ts";

const PLACES: readonly Place[] = [
  { queue: "default" },
  { queue: LIMITED },
  { set: "scheduled" },
  { set: "retry" },
  { set: "blocked" },
];

/** How many jobs have not come to their end. */
export async function countLeft(store: JobStore): Promise<number> {
  const running = (await store.running()).length;
  const sizes = await Promise.all(PLACES.map((place) => store.size(place)));
  return sizes.reduce((sum, size) => sum + size, running);
}

/** Jids of the jobs that are with the worker of a process. */
export async function heldBy(store: JobStore, pid: number): Promise<string[]> {
  const running = await store.running();
  return running
    .filter(({ identity }) => identity.split(":").at(-2) === String(pid))
    .map(({ payload }) => (JSON.parse(payload) as { readonly jid: string }).jid);
}

/** Number → error class. */
export async function deadOf(
  store: JobStore,
  numbers: ReadonlyMap<string, number>,
): Promise<Map<number, string>> {
  const { jobs } = await store.page({ set: "dead" }, undefined, 1_000);
  return new Map(
    jobs.map(({ jid = "", payload }) => {
      const record = JSON.parse(payload) as { readonly error_class?: string };
      return [numbers.get(jid) ?? -1, record.error_class ?? ""];
    }),
  );
}
