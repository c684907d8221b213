import { adapterContract } from "../../../src/adapter-contract/contract.ts";
import { createStore } from "./sqlite-store.ts";

adapterContract("SqliteAdapter", createStore, { sequences: 60 });
