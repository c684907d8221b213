export {
  adapterContract,
  type ContractOptions,
  type ContractPart,
} from "./adapter-contract/contract.ts";
export type { CreateStore, StoreUnderTest } from "./adapter-contract/rig.ts";
