/** Keywords whose values hold further schemas, by how they hold them. */
const MAPS = new Set(["properties", "patternProperties"]);
const LISTS = new Set(["allOf", "anyOf", "oneOf"]);
const SINGLE = new Set(["additionalProperties", "items"]);

/**
 * The same schema with everything that occurs more than once moved into `definitions`: a compiled validator then checks it in
 * one function instead of in a copy at each place.
 */
export function shareRepeated(schema) {
  const uses = new Map();
  const count = (inner) => {
    const text = JSON.stringify(inner);
    uses.set(text, (uses.get(text) ?? 0) + 1);
    return mapChildren(inner, count);
  };
  mapChildren(schema, count);
  const definitions = {};
  const names = new Map();
  const share = (inner) => {
    const text = JSON.stringify(inner);
    if (uses.get(text) < 2) return mapChildren(inner, share);
    if (!names.has(text)) {
      names.set(text, `shared${names.size}`);
      definitions[names.get(text)] = mapChildren(inner, share);
    }
    return { $ref: `#/definitions/${names.get(text)}` };
  };
  return { ...mapChildren(schema, share), definitions };
}

function mapChildren(schema, change) {
  if (typeof schema !== "object") return schema;
  const entries = Object.entries(schema).map(([keyword, value]) => {
    if (MAPS.has(keyword)) return [keyword, mapValues(value, change)];
    if (LISTS.has(keyword) || (keyword === "items" && Array.isArray(value))) return [keyword, value.map(change)];
    return [keyword, SINGLE.has(keyword) && typeof value === "object" ? change(value) : value];
  });
  return Object.fromEntries(entries);
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
