import { SendMessageCommand, SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { errorKinds, retryAfter } from "mandate";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../../support/redis-server.ts";
import { HttpServer } from "./http-server.ts";
import { failureOf, kindsOf } from "./kinds.ts";

let server: HttpServer;

beforeAll(async () => {
  server = await HttpServer.start();
});
afterAll(async () => {
  await server.dispose();
});

/** What comes of sending a message there, without the client's own retries. */
function send(endpoint: string, config: SQSClientConfig = {}): Promise<unknown> {
  const client = new SQSClient({
    endpoint,
    region: "eu-west-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
    ...config,
  });
  onTestFinished(() => client.destroy());
  // It sends to the queue's address.
  return client.send(new SendMessageCommand({ QueueUrl: endpoint, MessageBody: "hello" }));
}

describe("the AWS SDK", () => {
  it("is told to wait, and says for how long", async () => {
    const error = await failureOf(send(server.url("429")));

    expect(errorKinds.httpStatus(429)(error)).toBe(true);
    expect(retryAfter(error)).toBe(7);
  });

  it("is told that the service is away", async () => {
    const error = await failureOf(send(server.url("503")));

    expect(errorKinds.httpStatus(429, 503)(error)).toBe(true);
    expect(retryAfter(error, 5)).toBe(5);
  });

  it("is refused a connection", async () => {
    const error = await failureOf(send(`http://127.0.0.1:${await freePort()}`));

    expect(kindsOf(error)).toEqual(["connection"]);
  });

  it("does not wait for ever", async () => {
    const requestHandler = { requestTimeout: 50, throwOnRequestTimeout: true };

    const error = await failureOf(send(server.url("hang"), { requestHandler }));

    expect(kindsOf(error)).toEqual(["timeout"]);
  });
});
