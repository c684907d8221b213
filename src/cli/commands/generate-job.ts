import { jobPath } from "../generate/job-path.ts";
import { classNameOf, planOf } from "../generate/plan.ts";
import { NOTES, writePlan } from "../generate/write-plan.ts";
import { wrong } from "../parse-options.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";

export const generateJobCommand: ProgramCommand = defineCommand({
  name: "generate job",
  summary: "the same, for a name instead of a path",
  operands: { usage: "NAME [ARGUMENT…]", least: 1, most: Infinity },
  options: {
    queue: { type: "string", value: "NAME", about: "the queue that it declares" },
  },
  notes: `As in mandate generate job Billing::SendInvoice customer month, which writes
class SendInvoice of two strings to billing/send-invoice.ts in the folder of
commands: the first that is there of src/commands, src/jobs, app/commands,
app/jobs, commands and jobs.
${NOTES}`,
  run: ({ positionals: [name = "", ...args], values: { queue }, terminal }) => {
    const className = classNameOf(name, "one such as SendInvoice");
    if (queue !== undefined && !QUEUE.test(queue)) {
      throw wrong(`"${queue}" as a queue`, "it is no name", "Write one such as mailers");
    }
    return writePlan({ ...planOf(jobPath(name), args), className, queue }, terminal);
  },
});

const QUEUE = /^[\w:.-]+$/;
