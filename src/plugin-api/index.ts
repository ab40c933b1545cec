/** All that a plugin may import. */
export * from "./firewall.js";
export * from "./guest.js";
export * from "./memory.js";
export * from "./options.js";
export * from "./per-model.js";
export * from "./plugin.js";
export * from "./storages.js";
export * from "./types.js";
export * from "./values.js";
export * from "../diagnostics/diagnostic.js";
export { didYouMean } from "../diagnostics/did-you-mean.js";
export type * from "../model/memory.js";
export * from "../model/plan.js";
export * from "../model/resource.js";
export * from "../text/ip.js";
export { compareKeys, compareText } from "../text/order.js";
export { holdsPrivateKey, isStandIn, looksSecret, urlPasswords } from "../text/secrets.js";
export * from "../text/source.js";
