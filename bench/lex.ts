// Prints how long Chevrotain's lexer alone takes for a file, once and cold as in a run of phxc; in milliseconds.
import { readFileSync } from "node:fs";
import { createLexer } from "../src/parser/tokens.js";

const text = readFileSync(process.argv[2] ?? "", "utf8");
const lexer = createLexer();
const start = performance.now();
lexer.tokenize(text);
process.stdout.write(String(performance.now() - start));
