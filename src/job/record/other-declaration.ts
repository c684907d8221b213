import { MandateError } from "../../support/errors.ts";

/** A job was deferred by another declaration than that of the class which has its name here. */
export class OtherDeclarationError extends MandateError {
  static {
    this.named("OtherDeclarationError");
  }

  readonly code = "MANDATE_OTHER_DECLARATION";
  /** The name that both have. */
  readonly commandName: string;

  constructor(commandName: string, jid: string, names: readonly string[]) {
    super(
      `Cannot run job ${jid}: what deferred it as "${commandName}" has none of the properties that the class of that name ` +
        `has here (${names.join(", ")}), so it is another command. Give one of the two another name; ` +
        `or, if it is the same command, write down static commandName = "${commandName}" in it`,
    );
    this.commandName = commandName;
  }
}
