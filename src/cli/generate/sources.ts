import type { Plan } from "./plan.ts";

export function commandSource({ className, args, queue }: Plan): string {
  const parameters = args.map(({ name, type }) => `${name}: ${type}`).join(", ");
  const parent =
    args.length === 0
      ? "Command"
      : `Command.initializeWith((${parameters}) => ({ ${args.map(({ name }) => name).join(", ")} }))`;
  const declares =
    queue === undefined ? "" : `  static {\n    this.queueAs(${JSON.stringify(queue)});\n  }\n\n`;
  const uses = args.map(({ name }) => `this.${name}`).join(", ");
  return `import { Command } from "mandate";

export class ${className} extends ${parent} {
${declares}  async call(): Promise<void> {
    this.logger.info({}, ${args.length === 0 ? `"${className} was called"` : `[${uses}].join(" ")`});
  }
}
`;
}

export function testSource(plan: Plan): string {
  return plan.runner === "vitest" ? vitestSource(plan) : nodeTestSource(plan);
}

function vitestSource({ className, args, specifier }: Plan): string {
  const values = args.map(({ example }) => example).join(", ");
  return `import { assertEnqueuedWith, useTestAdapter } from "mandate/testing";
import { describe, expect, it } from "vitest";
import { ${className} } from "${specifier}";

useTestAdapter();

describe("${className}", () => {
  it("does its work", async () => {
    await expect(${className}.call(${values})).resolves.toBeUndefined();
  });

  it("can be deferred", async () => {
    await assertEnqueuedWith({ command: ${className}, args: [${values}] }, () =>
      ${className}.defer(${values}),
    );
  });
});
`;
}

function nodeTestSource({ className, args, specifier }: Plan): string {
  const values = args.map(({ example }) => example).join(", ");
  return `import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertEnqueuedWith, useTestAdapter } from "mandate/testing";
import { ${className} } from "${specifier}";

useTestAdapter();

describe("${className}", () => {
  it("does its work", async () => {
    assert.equal(await ${className}.call(${values}), undefined);
  });

  it("can be deferred", async () => {
    await assertEnqueuedWith({ command: ${className}, args: [${values}] }, () =>
      ${className}.defer(${values}),
    );
  });
});
`;
}
