import { PrismaPg } from "@prisma/adapter-pg";
import { globalIds } from "mandate/prisma";
import { PrismaClient } from "../fixtures/prisma/generated/client.ts";
import { describeGlobalIds, UUID } from "./contract.ts";

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
