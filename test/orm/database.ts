import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { PostgresServer } from "../support/postgres-server.ts";

export const POST_ID = "9007199254740993";
export const UUID = "6f2c6d5e-8f0a-4f0e-9a52-1f1b8f3f3a10";

const tables = `
  CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL);
  CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL, user_id int NOT NULL REFERENCES users);
  CREATE TABLE tokens (id uuid PRIMARY KEY, purpose text NOT NULL);
  CREATE TABLE memberships (user_id int REFERENCES users ON DELETE CASCADE, group_id uuid, role text NOT NULL,
                            PRIMARY KEY (user_id, group_id));
  INSERT INTO users (email) VALUES ('ada@example.org'), ('bob@example.org'), ('cyd@example.org');
  INSERT INTO posts VALUES (${POST_ID}, 'On engines', 1);
  INSERT INTO tokens VALUES ('${UUID}', 'reset');
  INSERT INTO memberships VALUES (1, '${UUID}', 'owner'), (2, '${UUID}', 'guest');`;

/** A Postgres with the tables of the contract, for the tests of a `describe`. */
export function withDatabase(): { readonly url: string } {
  let server: PostgresServer | undefined;

  beforeAll(async () => {
    server = await PostgresServer.start();
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query(tables);
    await client.end();
  });
  afterAll(() => server?.dispose());

  return {
    get url() {
      return server?.url ?? "";
    },
  };
}
