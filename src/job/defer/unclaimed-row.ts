import { modelsWithoutIs } from "../../globalid/model-registry.ts";
import type { RowPlace } from "../../serialization/rows.ts";
import { SerializationError } from "../../serialization/serialization-error.ts";
import { parameterNames } from "../declare/argument-count.ts";
import type { RunnableClass } from "../declare/registry.ts";
import { settings } from "../settings/settings.ts";

/** Whose arguments they are. */
interface Receiver {
  readonly runnable: RunnableClass;
  readonly className: string;
}

/** Keys are counted: those of an object by id would never end. */
const MOST_PLACES = 20;
const told = new WeakMap<RunnableClass, Set<string>>();

/**
 * Warns of a row that travels by value, once for each class and place.
 *
 * @throws {SerializationError} instead, where `configure({ rows: "refuse" })` says so.
 */
export function unclaimedRow(place: RowPlace, { runnable, className }: Receiver): void {
  const { argumentIndex, path } = place;
  const parameterName = parameterNames(runnable)[argumentIndex];
  // One that is taken apart gets named arguments, such as `{ id, force }`, unless it is dated.
  if (parameterName === "" && path === "" && !place.isDated) return;
  const location = { className, argumentIndex, parameterName: parameterName || undefined, path };
  const cure = cureFor(path === "" ? parameterName : lastName(path));
  if (settings().rows === "refuse") {
    throw new SerializationError(
      `what looks like a record, and is of no registered model, cannot be deferred by value. ${cure}`,
      location,
    );
  }
  if (isNew(runnable, `${argumentIndex}${path.replaceAll(/\d+(?=[\]}])/g, "")}`)) {
    const reason =
      "what looks like a record, and is of no registered model, travels by value: " +
      `all of it is stored, as it is now. ${cure}. This is said once`;
    const { message } = new SerializationError(reason, location);
    settings().logger.warn({ command: className, argument: argumentIndex, path }, message);
  }
}

function isNew(runnable: RunnableClass, place: string): boolean {
  const places = told.get(runnable) ?? new Set();
  told.set(runnable, places);
  return places.size < MOST_PLACES && places.size !== places.add(place).size;
}

function cureFor(name: string | undefined): string {
  const models = modelsWithoutIs();
  const [model] = models.filter((each) => alike(each, name));
  const register =
    models.length === 0
      ? `Register its model by globalId.register, with an "is" where its rows are plain objects`
      : `Give globalId.register("${model ?? models.join('" or "')}", …) an "is" that knows its rows`;
  const reference = `reference("${model ?? models[0] ?? "Model"}", row)`;
  return `${register}, or pass ${reference}; pass byValue(row) if a copy is meant`;
}

/** `user`, `users`, `theUser` and model `User`, or `Blog::User`. */
function alike(model: string, name: string | undefined): boolean {
  const short = model.replace(/^.*\W/, "").toLowerCase();
  return name !== undefined && name.toLowerCase().replace(/s$/, "").endsWith(short);
}

/** The last property on a path. */
function lastName(path: string): string | undefined {
  return /([A-Za-z_$]\w*)[^A-Za-z_$]*$/.exec(path)?.[1];
}
