export { adapterContract, type ContractOptions } from "./adapter-contract/contract.ts";
export type { CreateStore, StoreUnderTest } from "./adapter-contract/rig.ts";
