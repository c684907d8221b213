import { planOf } from "../generate/plan.ts";
import { NOTES, writePlan } from "../generate/write-plan.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const generateCommandCommand: ProgramCommand = defineCommand({
  name: "generate command",
  summary: "write a command and its test",
  operands: { usage: "PATH [ARGUMENT…]", least: 1, most: Infinity },
  options: {},
  notes: `As in mandate generate command src/commands/send-invoice customer month, which
writes class SendInvoice of two strings.
${NOTES}`,
  run: ({ positionals: [path = "", ...args], terminal }) => writePlan(planOf(path, args), terminal),
});
