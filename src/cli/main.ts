import { dispatch } from "./dispatch.js";
import { processTerminal } from "./terminal.js";

/** Resolves when the command line has been carried out. */
export const finished = main();

async function main(): Promise<void> {
  process.exitCode = await dispatch(process.argv.slice(2), await processTerminal());
}
