import type { Logger } from "mandate";

type Level = "debug" | "info" | "warn" | "error";

/** A logger whose messages a test can look at. */
export function recordingLogger(): { logger: Logger; lines(level: Level): string[] } {
  const messages: { level: Level; message: string }[] = [];
  const at = (level: Level) => (_: object, message: string) => messages.push({ level, message });
  return {
    logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    lines: (level) => messages.filter((each) => each.level === level).map(({ message }) => message),
  };
}
