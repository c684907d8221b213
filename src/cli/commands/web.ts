import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import type { Adapter } from "../../adapters/adapter.ts";
import { openAdapter } from "../../adapters/open-adapter.ts";
import { silentLogger } from "../../support/logger.ts";
import { thrownMessage } from "../../support/thrown.ts";
import { STORE_OPTIONS, withStore } from "../operating/store.ts";
import { wrong } from "../parse-options.ts";
import { defineCommand, type ProgramCommand } from "../program-command.ts";
import { checkStoreUrl } from "../store-address.ts";
import { UsageError } from "../usage.ts";

const USUAL = 7433;

export const webCommand: ProgramCommand = defineCommand({
  name: "web",
  summary: "a dashboard in a browser, for whoever started it",
  options: {
    port: {
      type: "string",
      value: "N",
      about: `where it listens (default: ${USUAL}; 0: any)`,
    },
    "base-path": { type: "string", value: "PATH", about: "what its addresses begin with" },
    "read-only": { type: "boolean", about: "to look, and change nothing" },
    store: {
      type: "string",
      multiple: true,
      value: "NAME=URL",
      about: "another store, shown beside it",
    },
    ...STORE_OPTIONS,
  },
  notes: `It listens on this machine alone, and lets in whoever opens its link first. For
others, mount it in an application: see docs/dashboard.md.`,
  run: ({ values, terminal }) => {
    const port = portOf(values.port);
    return withStore(values, async (adapter) => {
      const { dashboard, toNode, oneTimeLink } = await loadWeb();
      const others = await openOthers(values.store ?? []);
      const link = oneTimeLink({ actor: userInfo().username, can: "all" });
      const basePath = values["base-path"] ?? "/";
      const handler = dashboardOf(() =>
        dashboard({
          authorize: link.authorize,
          basePath,
          readOnly: values["read-only"] === true,
          ...(others.length === 0
            ? { adapter }
            : { stores: { main: adapter, ...Object.fromEntries(others) } }),
        }),
      );
      const server = createServer(toNode(handler) as RequestListener);
      try {
        const listens = await listen(server, port);
        const address = `http://127.0.0.1:${listens}${basePath.replace(/\/+$/, "")}/${link.query}`;
        terminal.print(`Open ${address}`);
        terminal.note("The link works once. Press Ctrl-C to end");
        await ended(terminal.interrupted);
      } finally {
        server.close();
        server.closeAllConnections();
        await Promise.all(others.map(([, other]) => other.close()));
      }
    });
  },
});

interface Web {
  readonly dashboard: typeof import("../../web/dashboard.tsx").dashboard;
  readonly toNode: typeof import("../../web/node.ts").toNode;
  readonly oneTimeLink: typeof import("../../web/security/one-time-link.ts").oneTimeLink;
}

/** Only now: no other command needs it, nor the package that it is made with. */
async function loadWeb(): Promise<Web> {
  try {
    const [{ dashboard }, { toNode }, { oneTimeLink }] = await Promise.all([
      import("../../web/dashboard.tsx"),
      import("../../web/node.ts"),
      import("../../web/security/one-time-link.ts"),
    ]);
    return { dashboard, toNode, oneTimeLink };
  } catch (cause) {
    throw new UsageError(
      `Cannot show the dashboard: ${thrownMessage(cause)}. Install the package that it needs: npm install hono`,
    );
  }
}

function dashboardOf<Handler>(make: () => Handler): Handler {
  try {
    return make();
  } catch (cause) {
    throw new UsageError(`Cannot show the dashboard: ${thrownMessage(cause)}`);
  }
}

async function openOthers(texts: readonly string[]): Promise<(readonly [string, Adapter])[]> {
  const opened: (readonly [string, Adapter])[] = [];
  for (const text of texts) {
    const [, name, url] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || url === undefined) {
      throw wrong(`"${text}" as --store`, "it has no name", "Write --store eu=redis://…");
    }
    checkStoreUrl(url, "--store");
    const address = { url, by: "--store" };
    opened.push([name, await openAdapter(address, { logger: silentLogger })]);
  }
  return opened;
}

function portOf(text: string | undefined): number {
  const port = text === undefined ? USUAL : /^\d+$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 65_535) {
    throw wrong(`"${text}" as --port`, "it is no port from 0 to 65535", "Write --port 7433");
  }
  return port;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const why = `Cannot listen on port ${port}: ${thrownMessage(cause)}. Give another one to --port`;
      reject(new UsageError(why));
    });
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** Waits until it is to end: by Ctrl-C, or a signal. */
function ended(interrupted: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => resolve();
    interrupted.addEventListener("abort", end, { once: true });
    process.once("SIGTERM", end);
  });
}
