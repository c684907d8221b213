import type { Documents } from "../adapters/documents.ts";
import { Rig, type CreateStore } from "./rig.ts";

export interface DocumentRig {
  readonly rig: Rig;
  readonly documents: Documents;
}

/** Opens a store for a test, which it ends where the store keeps no documents. */
export function opener(
  create: CreateStore,
): (skip: (reason: string) => never) => Promise<DocumentRig> {
  return async (skip) => {
    const rig = await Rig.open(create);
    const { documents = skip("keeps no documents") } = rig.adapter;
    return { rig, documents };
  };
}

export async function textsOf(
  documents: Documents,
  ...names: readonly string[]
): Promise<(string | undefined)[]> {
  return (await documents.read(names)).map((document) => document?.text);
}
