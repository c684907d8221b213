import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where commands are looked for, the first that is there. */
const FOLDERS = ["src/commands", "src/jobs", "app/commands", "app/jobs", "commands", "jobs"];

/**
 * The path of a job that is only named, as Rails's generator takes it: "SendInvoice",
 * "Billing::SendInvoice" or "billing/send_invoice". What begins with a folder that is there, or
 * ends in ".ts", is a path already.
 */
export function jobPath(name: string): string {
  const [first = "", ...rest] = name.split(/\/|::/);
  const isPath = /\.[mc]?ts$/.test(name) || (rest.length > 0 && isFolder(first));
  if (isPath) {
    return name;
  }
  return join(folder(), ...[first, ...rest].map(kebabCase));
}

function folder(): string {
  return FOLDERS.find(isFolder) ?? (isFolder("src") ? "src/commands" : "commands");
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function kebabCase(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1-$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}
