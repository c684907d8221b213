import { PrismaPg } from "@prisma/adapter-pg";
import { GlobalID } from "mandate";
import { globalIds } from "mandate/prisma";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrismaClient } from "../fixtures/prisma/generated/client.ts";
import { describeGlobalIds } from "./contract.ts";
import { UUID, withDatabase } from "./database.ts";
import { missing } from "../support/requires.ts";

describeGlobalIds("Prisma", {
  names: ["User", "Post", "Token", "Membership"],
  async open(connectionString) {
    const adapter = new PrismaPg({ connectionString });
    const prisma = new PrismaClient({ adapter }).$extends(
      globalIds({ keys: { Membership: ["userId", "groupId"] } }),
    );
    return {
      rows: async () => ({
        users: await prisma.user.findMany({ orderBy: { id: "asc" } }),
        post: await prisma.post.findFirstOrThrow(),
        token: await prisma.token.findUniqueOrThrow({ where: { id: UUID } }),
        membership: await prisma.membership.findUniqueOrThrow({
          where: { userId_groupId: { userId: 1, groupId: UUID } },
        }),
      }),
      rename: async ({ id }, email) =>
        void (await prisma.user.update({ where: { id }, data: { email } })),
      remove: async ({ id }) => void (await prisma.user.delete({ where: { id } })),
      close: () => prisma.$disconnect(),
    };
  },
});

describe.skipIf(missing("postgres"))("globalIds of mandate/prisma", () => {
  const postgres = withDatabase();
  let prisma: ReturnType<typeof connect>;

  beforeAll(() => {
    prisma = connect(postgres.url);
  });
  afterAll(() => prisma?.$disconnect());

  it("knows what is written, included, and read in transactions", async () => {
    const created = await prisma.user.create({ data: { email: "dan@example.org" } });
    const [returned] = await prisma.user.updateManyAndReturn({
      where: { id: created.id },
      data: { email: "daniel@example.org" },
    });
    const withMore = await prisma.user.findFirstOrThrow({
      where: { id: 1 },
      include: { posts: { select: { id: true, user: true } }, _count: true },
    });
    const inside = await prisma.$transaction((tx) => tx.user.findUnique({ where: { id: 1 } }));
    const [batched] = await prisma.$transaction([prisma.user.findMany({ where: { id: 1 } })]);
    const deleted = await prisma.user.delete({ where: { id: created.id } });

    expect([created, returned, withMore, inside, batched[0], deleted].map(gid)).toEqual(
      [4, 4, 1, 1, 1, 4].map((id) => `Prisma::User/${id}`),
    );
    const [post] = withMore.posts;
    expect([post, post?.user].map(gid)).toEqual([
      "Prisma::Post/9007199254740993",
      "Prisma::User/1",
    ]);
  });

  it("knows no row without its key, of a model without one, or with computed fields", async () => {
    const keyless = await prisma.user.findFirst({ select: { email: true } });
    const ofOther = await prisma.membership.findFirst();
    const counts = await prisma.user.aggregate({ _count: true });
    const computing = prisma.$extends({
      result: {
        user: { loud: { needs: { email: true }, compute: ({ email }) => email.toUpperCase() } },
      },
    });
    const computed = await computing.user.findFirst();

    for (const row of [keyless, ofOther, counts, computed]) {
      expect(() => gid(row)).toThrow("no registered model has it");
    }
    expect(await prisma.user.findUnique({ where: { id: 99 } })).toBeNull();
  });

  it("leaves the types of the client as they are", async () => {
    const user = await prisma.user.findFirstOrThrow({ select: { id: true, posts: true } });

    // @ts-expect-error the email was not selected
    const { email } = user;

    expect(email).toBeUndefined();
  });

  it.each([
    [
      { Usr: "id" },
      'Cannot take "id" as the key of the Prisma model "Usr": the schema has no model of that name. Did you mean "User"? ' +
        "There are: User, Post, Token, Membership",
    ],
    [
      { Membership: ["userId", "groupid"] },
      'Cannot take "userId,groupid" as the key of the Prisma model "Membership": it has no field "groupid". ' +
        'Did you mean "groupId"? There are: userId, groupId, role, user',
    ],
  ])("refuses keys that the schema does not have: %o", (keys, message) => {
    const adapter = new PrismaPg({ connectionString: postgres.url });

    expect(() => new PrismaClient({ adapter }).$extends(globalIds({ keys }))).toThrow(message);
  });

  it("refuses a client that does not know its schema", () => {
    expect(() => globalIds()({ $extends() {} })).toThrow(
      "Cannot register the models of this Prisma client: it does not know its schema. " +
        "Pass the extension to $extends of a client of Prisma 6 or 7",
    );
  });
});

function connect(connectionString: string) {
  const adapter = new PrismaPg({ connectionString });
  const nameOf = (name: string) => `Prisma::${name}`;
  return new PrismaClient({ adapter }).$extends(globalIds({ nameOf }));
}

function gid(row: object | null | undefined): string {
  const { model, id } = GlobalID.create(row!);
  return `${model}/${String(id)}`;
}
