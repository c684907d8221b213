import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { PostgresAdapter } from "../../../src/adapters/postgres/postgres-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";

/** As Postgres sends it. */
function message(type: string, content: string): Buffer {
  const body = Buffer.from(content, "latin1");
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

it("survives a connection that is ended as soon as it is there", async () => {
  const server = createServer((socket) => {
    socket.once("data", () => {
      const isIn = [message("R", "\0\0\0\0"), message("Z", "I")];
      const ended = message("E", "SFATAL\0C57P01\0Mended by an administrator\0\0");
      socket.end(Buffer.concat([...isIn, ended]));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const connectionString = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const adapter = new PostgresAdapter({ connectionString, logger: silentLogger });

  // What nobody listens to would end the process.
  await expect(adapter.status("a")).rejects.toThrow("Cannot look for a job: Postgres ");
  await adapter.close();
});
