import { ConfigurationError, MandateError } from "../support/errors.ts";
import { locatorOf } from "./app-locators.ts";
import { identify, modelNamed, noteFound } from "./model-registry.ts";
import { checkAppName, globalIdSettings } from "./settings.ts";
import { formatUri, type GlobalIdParts, parseUri } from "./uri.ts";

/** Marks those of every copy of this library. */
const brand = Symbol.for("mandate.global-id");
const BASE64URL = /^[\w-]+={0,2}$/;

/** Making a global id. */
export interface GlobalIDOptions {
  /**
   * The application that has the record.
   *
   * @default the configured `appName`
   */
  app?: string;
  /** What else the global id says, as its query. */
  params?: Readonly<Record<string, string>>;
}

/**
 * A record's reference, `gid://app/Model/id`: a value that can be stored and looked up later.
 *
 * @see GlobalID 1.4 (Ruby), whose escaping it follows. Ids are strings once they are parsed.
 */
export class GlobalID {
  static {
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  /** The application that has the record. */
  readonly app: string;
  /** The name that the model is registered by. */
  readonly model: string;
  /** The record's id; the parts of it where the model's key has several. */
  readonly id: string | readonly string[];
  /** What its query says; `undefined` where it has none. */
  readonly params: Readonly<Record<string, string>> | undefined;
  #text: string | undefined;

  private constructor({ app, model, id, params }: GlobalIdParts) {
    this.app = app;
    this.model = model;
    this.id = id;
    this.params = params;
  }

  /**
   * The global id of a record, or of what `reference` made.
   *
   * @throws {ConfigurationError} if its model is not registered, or the app's name cannot be one.
   * @throws {TypeError} if the record has no id.
   */
  static create(record: object, options: GlobalIDOptions = {}): GlobalID {
    const identity = identify(record);
    const { app = identity?.app ?? globalIdSettings.appName, params } = options;
    checkAppName(app);
    if (identity === undefined) {
      throw new ConfigurationError(
        `Cannot create a global id for an object of ${record.constructor?.name ?? "no class"}: ` +
          `no registered model has it. Call globalId.register for its class, or use reference(name, row)`,
      );
    }
    const { model, id } = identity;
    if (id === undefined) {
      throw new TypeError(
        `Cannot create a global id for a ${model.name}: it has no id, or none that is a string, ` +
          `a number or a bigint. Save it first, or register the model with an "idOf"`,
      );
    }
    return new GlobalID({ app, model: model.name, id, params });
  }

  /**
   * Reads a global id: its URI, or what `toParam` gave.
   *
   * @returns `undefined` where the text is neither, as Ruby's gives nil.
   */
  static parse(text: unknown): GlobalID | undefined {
    if (text instanceof GlobalID) return text;
    if (isGlobalID(text)) return GlobalID.parse(text.toString());
    if (typeof text !== "string") return undefined;
    const parts = parseUri(BASE64URL.test(text) ? Buffer.from(text, "base64url").toString() : text);
    return parts && new GlobalID(parts);
  }

  /** The URI, always written in the same way. */
  toString(): string {
    this.#text ??= formatUri(this);
    return this.#text;
  }

  /** The URI: a global id in JSON is its text. */
  toJSON(): string {
    return this.toString();
  }

  /** The URI in URL-safe Base64, for where slashes and colons cannot stand. */
  toParam(): string {
    return Buffer.from(this.toString()).toString("base64url");
  }

  /** Whether both are written alike, app and parameters included. */
  equals(other: unknown): boolean {
    return isGlobalID(other) && other.toString() === this.toString();
  }

  /**
   * Looks the record up, by the model's `find`. Whichever application it names, the model
   * registered here is asked, as in Ruby; unless `globalId.use` was called for that application.
   *
   * @throws {RecordNotFoundError} if there is no such record.
   * @throws {ConfigurationError} if the model is not registered.
   */
  async locate(): Promise<unknown> {
    const locator = locatorOf(this.app);
    const record = await (locator === undefined
      ? modelNamed(this.model).find(this.#idToFind())
      : locator.locate(this));
    if (record === undefined || record === null) throw new RecordNotFoundError(this);
    noteFound(record, this);
    return record;
  }

  #idToFind(): string | string[] {
    return typeof this.id === "string" ? this.id : [...this.id];
  }
}

/** Whether it is a global id, of whichever copy of this library. */
export function isGlobalID(value: unknown): value is GlobalID {
  return typeof value === "object" && value !== null && brand in value;
}

/** A global id whose record is not there. */
export class RecordNotFoundError extends MandateError {
  static {
    this.named("RecordNotFoundError");
  }

  readonly code = "MANDATE_RECORD_NOT_FOUND";
  /** The one that was looked for. */
  readonly gid: GlobalID;

  constructor(gid: GlobalID) {
    super(
      `Cannot find ${gid.toString()}: no ${gid.model} has that id. ` +
        `It may be deleted, or its transaction may not have been committed yet`,
    );
    this.gid = gid;
  }
}
