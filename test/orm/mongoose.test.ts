import { Command, GlobalID } from "mandate";
import { registerModels } from "mandate/mongoose";
import { enqueuedJobs, performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import mongoose, { Schema, Types } from "mongoose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/*
 * No MongoDB can be installed where these tests run: documents are made by Mongoose without a connection, its queries are
 * recorded where it hands them to the driver, and answered from what is stored here.
 */
interface Asked {
  readonly collection: string;
  readonly filter: { readonly _id: { readonly $in: readonly unknown[] } };
}

const stored = new Map<string, readonly object[]>();
let asked: Asked[] = [];
let arrived: unknown[] = [];

const User = mongoose.model("User", new Schema({ email: String }));
const Admin = User.discriminator("Admin", new Schema({ level: Number }));
const Country = mongoose.model("Country", new Schema({ _id: String, name: String }));
const Ticket = mongoose.model("Ticket", new Schema({ _id: Number, title: String }));
registerModels(mongoose);

class Carry extends Command.initializeWith((...values: unknown[]) => ({ values })) {
  call() {
    arrived = this.values;
  }
}

const [adaId, bobId] = [new Types.ObjectId(), new Types.ObjectId()];
const ada = { _id: adaId, email: "ada@example.org" };
const bob = { _id: bobId, email: "bob@example.org", __t: "Admin", level: 2 };

beforeEach(() => {
  useTestAdapter();
  asked = [];
  arrived = [];
  stored.set("users", [ada, bob]);
  stored.set("countries", [{ _id: "NL", name: "Netherlands" }]);
  stored.set("tickets", [{ _id: 7, title: "It burns" }]);
  for (const { collection } of [User, Country, Ticket]) answer(collection);
});
afterEach(() => stored.clear());

describe("global ids of Mongoose", () => {
  it("writes documents as global ids, whatever their key", async () => {
    await Carry.defer(
      User.hydrate(ada),
      Admin.hydrate(bob),
      Country.hydrate({ _id: "NL" }),
      Ticket.hydrate({ _id: 7 }),
    );

    expect(enqueuedJobs()[0]?.arguments.map(String)).toEqual([
      `gid://app/User/${adaId.toHexString()}`,
      `gid://app/Admin/${bobId.toHexString()}`,
      "gid://app/Country/NL",
      "gid://app/Ticket/7",
    ]);
  });

  it("finds them again, and asks each model once, with the ids that its schema has", async () => {
    const carol = { _id: new Types.ObjectId(), email: "carol@example.org" };
    stored.set("users", [carol, ada]);
    const sent = [User.hydrate(ada), User.hydrate(carol), Ticket.hydrate({ _id: 7 })];
    await Carry.defer(...sent);

    await performEnqueuedJobs();

    expect(arrived).toEqual([
      expect.objectContaining({ email: "ada@example.org" }),
      expect.objectContaining({ email: "carol@example.org" }),
      expect.objectContaining({ title: "It burns" }),
    ]);
    expect(arrived.map((document) => (document as object).constructor)).toEqual([
      User,
      User,
      Ticket,
    ]);
    expect(asked).toEqual([
      { collection: "users", filter: { _id: { $in: [ada._id, carol._id] } } },
      { collection: "tickets", filter: { _id: { $in: [7] } } },
    ]);
  });

  it("says of a document that is gone that it is", async () => {
    const gone = new Types.ObjectId().toHexString();

    await expect(GlobalID.parse(`gid://app/User/${gone}`)?.locate()).rejects.toThrow(
      `Cannot find gid://app/User/${gone}: no User has that id`,
    );
  });

  it("takes no lean document for one", async () => {
    await expect(Carry.defer(ada)).rejects.toThrow(/ObjectId/);
  });
});

/** Answers a collection's `find` as the driver does. */
function answer(collection: mongoose.Collection): void {
  const driver = collection as unknown as Record<string, unknown>;
  driver["find"] = (filter: Asked["filter"]) => {
    asked.push({ collection: collection.collectionName, filter });
    const ids = filter._id.$in.map(String);
    const documents = stored.get(collection.collectionName) ?? [];
    const found = documents.filter((each) => ids.includes(String((each as { _id: unknown })._id)));
    return { toArray: async () => found };
  };
}
