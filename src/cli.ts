#!/usr/bin/env node
import { main } from "./cli/main.ts";

const exit = await main(process.argv.slice(2));
// A pipe takes 64 KB at a time: what its reader did not take yet would be lost.
await Promise.all([process.stdout, process.stderr].map(written));
process.exit(exit);

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
