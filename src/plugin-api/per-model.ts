import type { Model, Resource } from "../model/resource.js";

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

/**
 * The same for what is asked of single resources of a model: the edges, the rules and the steps of a guest all want to know its
 * interfaces.
 */
export function perResource<T>(make: (resource: Resource, model: Model) => T): (resource: Resource, model: Model) => T {
  const memos = perModel(() => new Map<Resource, T>());
  return (resource, model) => {
    const memo = memos(model);
    const known = memo.get(resource);
    if (known !== undefined || memo.has(resource)) return known as T;
    const made = make(resource, model);
    memo.set(resource, made);
    return made;
  };
}

/** The same for what a resource says by itself, whatever the model. */
export function ofResource<T>(make: (resource: Resource) => T): (resource: Resource) => T {
  const memo = new WeakMap<Resource, T>();
  return (resource) => {
    const known = memo.get(resource);
    if (known !== undefined || memo.has(resource)) return known as T;
    const made = make(resource);
    memo.set(resource, made);
    return made;
  };
}
