import { setTimeout } from "node:timers/promises";

/** The status with which a worker answers on its health port. */
export async function ask(port: number, path: "live" | "ready"): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/${path}`);
  await response.body?.cancel();
  return response.status;
}

/** Asks again until that is the answer; not all the time, since the worker needs some too. */
export async function untilAnswered(
  port: number,
  path: "live" | "ready",
  status: number,
): Promise<void> {
  while ((await ask(port, path)) !== status) {
    await setTimeout(50);
  }
}

/** What a worker shows Prometheus: values by name and labels. */
export async function scrape(port: number): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("mandate"));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}
