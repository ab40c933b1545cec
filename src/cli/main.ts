import { dispatch } from "./dispatch.js";
import { processTerminal } from "./terminal.js";

/** Resolves when the command line has been carried out. */
export const finished = dispatch(process.argv.slice(2), processTerminal()).then((code) => {
  process.exitCode = code;
});
