/** All that a plugin may import. */
export * from "./plugin.js";
export * from "./types.js";
export * from "../diagnostics/diagnostic.js";
export * from "../model/plan.js";
export * from "../model/resource.js";
export * from "../text/source.js";
