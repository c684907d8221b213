import { batchEvent, type Batches, type BatchEvent, type BatchState } from "../adapters/batches.ts";
import { Rig, type CreateStore, type EntryOptions } from "./rig.ts";

/** A rig on a store with batches. */
export interface BatchRig {
  readonly rig: Rig;
  readonly batches: Batches;
}

/** @param skip leaves out the test of a store that has none. */
export async function openBatches(
  create: CreateStore,
  skip: (reason: string) => never,
): Promise<BatchRig> {
  const rig = await Rig.open(create);
  return { rig, batches: rig.adapter.batches ?? skip("keeps no batches") };
}

/** Opens a batch, with a job that waits for each of its events: "b complete" and so on. */
export async function openBatch(
  { rig, batches }: BatchRig,
  id: string,
  parent?: string,
): Promise<boolean> {
  const keep = 100 * rig.tick;
  const isOpen = await batches.open({ id, text: `text of ${id}`, seconds: keep, keep, parent });
  for (const event of ["complete", "success", "death"] as const) {
    await (isOpen && addCallback(rig, id, event));
  }
  return isOpen;
}

async function addCallback(rig: Rig, id: string, event: BatchEvent): Promise<void> {
  const entry = await rig.entry(`${id} ${event}`, { queue: "callbacks" });
  await rig.adapter.enqueue([
    { ...entry, prereqs: [batchEvent(id, event)], prereqFailure: "cancel" },
  ]);
}

/** Batch b, closed, with these jobs. */
export async function closedBatch(
  create: CreateStore,
  skip: (reason: string) => never,
  ...names: readonly string[]
): Promise<BatchRig> {
  const on = await openBatches(create, skip);
  await openBatch(on, "b");
  await addTo(on, "b", names);
  await on.batches.close("b");
  return on;
}

/** Adds jobs to a batch, in one call. */
export async function addTo(
  { rig }: BatchRig,
  batch: string,
  names: readonly string[],
  options: EntryOptions = {},
): Promise<readonly string[]> {
  const entries = await Promise.all(names.map((name) => rig.entry(name, { ...options, batch })));
  const { refused } = await rig.adapter.enqueue(entries);
  return refused.map(({ key }) => key);
}

/** What happened so far that somebody waited for: callbacks in the order in which they came. */
export async function callbacks({ rig }: BatchRig): Promise<string[]> {
  await rig.releaseBlocked();
  return rig.names({ queue: "callbacks" });
}

export async function stateOf({ batches }: BatchRig, id: string): Promise<BatchState> {
  const [state] = await batches.read([id]);
  if (state === undefined) {
    throw new Error(`Expected to know batch ${id}, found none`);
  }
  return state;
}

/** Total, pending, untried and dead. */
export async function countsOf(on: BatchRig, id: string): Promise<string> {
  const { total, pending, untried, dead } = await stateOf(on, id);
  return `${total} ${pending} ${untried} ${dead}`;
}
