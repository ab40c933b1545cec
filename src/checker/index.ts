export type { CheckerIo, CheckInput, JsonValue, LoadFailure, ParamSetting, SourceDocument } from "./input.js";
