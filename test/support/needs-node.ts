const major = Number(process.versions.node.split(".")[0]);

/**
 * Whether this Node is too old for a library, for `skipIf`: the gate runs such a test on the newest,
 * too.
 */
export function needsNode(atLeast: number): boolean {
  if (major >= atLeast) return false;
  process.stderr.write(`\nSKIPPED: it needs Node ${atLeast}, and this is ${process.version}\n\n`);
  return true;
}
