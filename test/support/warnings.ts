import { onTestFinished } from "vitest";

/** What Node warns of from now on, until the test has ended. */
export function warnings(): { since(): Promise<readonly string[]> } {
  const heard: string[] = [];
  const hear = ({ name, message }: Error): void => void heard.push(`${name}: ${message}`);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  return {
    async since() {
      await new Promise((resolve) => setImmediate(resolve));
      return heard;
    },
  };
}
