import type { Model } from "../model/resource.js";

/**
 * A pure function of the model whose answer is kept as long as the model lives. Kinds and some forty rules look at one model; without
 * this each of them would walk all guests to learn the same things.
 */
export function perModel<T extends object>(make: (model: Model) => T): (model: Model) => T {
  const memo = new WeakMap<Model, T>();
  return (model) => {
    const known = memo.get(model);
    if (known !== undefined) return known;
    const made = make(model);
    memo.set(model, made);
    return made;
  };
}
