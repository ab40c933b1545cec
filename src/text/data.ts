/** What is wrong with a part of a JSON file, as the end of a sentence; the reader of the file turns it into a finding. */
export class DataProblem extends Error {}

export type Data = Readonly<Record<string, unknown>>;

/** An object; throws a {@link DataProblem} that says where there is none, as all readers here do. */
export function object(value: unknown, where: string): Data {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new DataProblem(`${where} is not an object`);
}

/** A text without NUL characters. */
export function string(value: unknown, where: string): string {
  if (typeof value === "string" && !value.includes("\0")) return value;
  throw new DataProblem(`${where} is not a text`);
}

/** A whole number above zero. */
export function number(value: unknown, where: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new DataProblem(`${where} is not a whole number`);
}

/** A truth value. */
export function flag(value: unknown, where: string): boolean {
  if (typeof value === "boolean") return value;
  throw new DataProblem(`${where} is neither true nor false`);
}

/** A list whose items `read` takes. */
export function list<T>(value: unknown, where: string, read: (item: unknown, where: string) => T): readonly T[] {
  if (!Array.isArray(value)) throw new DataProblem(`${where} is not a list`);
  return value.map((item, i) => read(item, `${where}[${i}]`));
}

/** An object as a table whose values `read` takes. */
export function record<T>(
  value: unknown,
  where: string,
  read: (item: unknown, where: string) => T,
): Readonly<Record<string, T>> {
  const entries = Object.entries(object(value, where));
  return Object.fromEntries(entries.map(([key, item]) => [key, read(item, `${where}.${key}`)]));
}

/** A table whose names `readKey` checks. */
export function keyed<T>(
  readKey: (key: unknown, where: string) => string,
  value: unknown,
  where: string,
  read: (item: unknown, where: string) => T,
): Readonly<Record<string, T>> {
  for (const key of Object.keys(object(value, where))) readKey(key, `a key of ${where}`);
  return record(value, where, read);
}
