import { dispatch } from "./dispatch.js";
import { processTerminal } from "./terminal.js";

process.exitCode = await dispatch(process.argv.slice(2), processTerminal());
