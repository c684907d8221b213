import { inspect } from "node:util";
import { forgetByValue } from "./by-value.ts";
import {
  markAsReference,
  type Model,
  type ModelClass,
  modelOf,
  type RecordId,
} from "./model-registry.ts";
import { globalIdSettings } from "./settings.ts";
import { formatUri, idText } from "./uri.ts";

/**
 * Says of a row which model it belongs to, so that it travels by reference where nothing else
 * tells; or stands for the record of an id that need not be loaded to be deferred.
 *
 * A row is given back as it is, so `X.call(reference("User", row))` works on the row itself; a copy
 * of it (`{ ...row }`) is a plain object again. For an id, the result has the row's type but is
 * only for `defer`: reading a property of it throws a `TypeError`.
 *
 * @example
 * ```ts
 * import { globalId, GlobalID, reference } from "mandate";
 *
 * type User = { id: number; email: string };
 * const rows: User[] = [{ id: 1, email: "ada@example.org" }];
 * globalId.register("User", { find: (id) => rows.find((row) => row.id === Number(id)) });
 *
 * const [row] = rows;
 * if (row) GlobalID.create(reference("User", row)).toString(); // "gid://app/User/1"
 * GlobalID.create(reference<User>("User", 1)).toString(); // the same
 * ```
 *
 * @param model The name, or the class, that the model is registered by.
 * @param rowOrId The row; or the record's id, an array where the key has several parts.
 * @throws {ConfigurationError} if the model is not registered.
 * @throws {TypeError} if it is neither a row nor an id.
 */
export function reference<Row extends object>(
  model: ModelClass<Row> | string,
  id: RecordId | readonly RecordId[],
): Row;
export function reference<Row extends object>(model: ModelClass<Row> | string, row: Row): Row;
export function reference(model: ModelClass<object> | string, rowOrId: unknown): object {
  const registered = modelOf(model);
  if (typeof rowOrId === "object" && rowOrId !== null && !Array.isArray(rowOrId)) {
    markAsReference(rowOrId, registered);
    forgetByValue(rowOrId);
    return rowOrId;
  }
  const id = idText(rowOrId);
  if (id === undefined) {
    throw new TypeError(
      `Cannot refer to a ${registered.name}: neither a row nor an id was given. ` +
        `Pass the row, or its id: a string, a number, a bigint, or an array of them`,
    );
  }
  const standIn = new Proxy(new RecordReference(registered, id), { get: readStandIn });
  markAsReference(standIn, registered, id);
  return standIn;
}

/** What is found behind a stand-in by a debugger, a log or a failed assertion. */
class RecordReference {
  readonly #model: Model;
  readonly #id: string | string[];

  constructor(model: Model, id: string | string[]) {
    this.#model = model;
    this.#id = id;
  }

  get modelName(): string {
    return this.#model.name;
  }

  toJSON(): string {
    return formatUri({ app: globalIdSettings.appName, model: this.#model.name, id: this.#id });
  }

  [inspect.custom](): string {
    return `reference(${this.toJSON()})`;
  }
}

function readStandIn(target: RecordReference, property: string | symbol): unknown {
  if (property === "toJSON") return () => target.toJSON();
  // Symbols are what engines ask for (inspection, iteration, tags), `then` what `await` does.
  if (typeof property === "symbol") return Reflect.get(target, property, target);
  if (property === "then" || property === "constructor") return undefined;
  throw new TypeError(
    `Cannot read "${property}" of a reference to a ${target.modelName}: the record is looked up when ` +
      `a job runs. Inline, pass the record itself, such as GlobalID.create(reference).locate() gives`,
  );
}
