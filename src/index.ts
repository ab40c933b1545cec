/** The public interface: compile sources of any origin, read what was found, turn a plan into text. */
export { BUILT_IN_FORMATS, compile, emit, pluginApi } from "./compile.js";
export type { Compilation, CompileRequest, ExternalPlugin, JsonValue, ParamSetting, Plugin } from "./compile.js";
export { findingKinds } from "./compile/catalogue.js";
export * from "./diagnostics/index.js";
export { renderJson } from "./diagnostics/render-json.js";
export { renderSarif } from "./diagnostics/render-sarif.js";
export { diskFiles, memoryFiles } from "./host/files.js";
export type * from "./model/plan.js";
export type * from "./model/resource.js";
export type { FileRead, Files, ReadFailure } from "./text/files.js";
export { position, sourceFile, span } from "./text/source.js";
export type { Position, SourceFile, Span } from "./text/source.js";
export { version } from "./version.generated.js";
