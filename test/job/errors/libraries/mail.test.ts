import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createTransport } from "nodemailer";
import { describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../../support/redis-server.ts";
import { failureOf, kindsOf } from "./kinds.ts";

const mail = { from: "a@example.org", to: "b@example.org", text: "Hello" };

/** What comes of sending a mail there. */
function send(port: number, greetingTimeout = 10_000): Promise<unknown> {
  return createTransport({ host: "127.0.0.1", port, greetingTimeout }).sendMail(mail);
}

async function serverThat(greets: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => greets(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("nodemailer", () => {
  it("is refused a connection", async () => {
    expect(kindsOf(await failureOf(send(await freePort())))).toEqual(["connection"]);
  });

  it("loses its connection", async () => {
    const port = await serverThat((socket) => {
      socket.write("220 hello\r\n");
      socket.once("data", () => socket.destroy());
    });

    expect(kindsOf(await failureOf(send(port)))).toEqual(["connection"]);
  });

  it("is not greeted in time", async () => {
    expect(kindsOf(await failureOf(send(await serverThat(() => {}), 50)))).toEqual(["timeout"]);
  });

  it("is refused a recipient", async () => {
    const port = await serverThat((socket) => {
      socket.write("220 hello\r\n");
      socket.on("data", (line) =>
        socket.write(String(line).startsWith("RCPT") ? "550 nobody\r\n" : "250 ok\r\n"),
      );
    });

    expect(kindsOf(await failureOf(send(port)))).toEqual([]);
  });
});
