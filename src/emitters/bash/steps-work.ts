import type { Plan, Probe, WorkParameter, WorkProbe } from "../../model/plan.js";
import { render } from "./render.js";
import { ShellWord, isPlain } from "./shell-word.js";
import { delimiterFor } from "./texts.js";

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string | number): ShellWord => ShellWord.bare(String(text));
const flag = (name: string, word: ShellWord): ShellWord[] => [bare(name), word];

/** The words of a check, after its name. */
export function checkWords(probe: Extract<Probe, { kind: "check" }>): ShellWord[] {
  const words = [
    value(probe.name),
    ...flag("--retries", bare(probe.retries)),
    ...flag("--every", bare(probe.everySeconds)),
    ...flag("--timeout", bare(probe.timeoutSeconds)),
    bare(probe.test.type === "service" ? probe.test.manager : probe.test.type),
  ];
  switch (probe.test.type) {
    case "command":
      return [...words, value(probe.test.command)];
    case "tcp":
      return [...words, value(probe.test.address), bare(probe.test.port)];
    case "http":
      return [...words, value(probe.test.url), bare(probe.test.status)];
    case "service":
      return [...words, value(probe.test.service)];
    case "script": {
      const { script, digest, interpreter } = probe.test;
      const called = script.slice(script.indexOf(" ") + 1);
      const args = probe.test.arguments.map(value);
      return [...words, scriptFunction(script), bare(digest), bare(interpreter), value(called), ...args];
    }
    case "agent":
    case "cloud_init":
      return words;
  }
}

/** The parameters stand on lines of their own, so that a change is one line of a diff. */
export function renderWork({ name, digest, timeoutSeconds, shell, script, parameters }: WorkProbe): string {
  const words = [
    value(name),
    ...flag("--digest", bare(digest)),
    ...flag("--seconds", bare(timeoutSeconds)),
    ...flag("--shell", bare(shell)),
    scriptFunction(script),
  ];
  return ShellWord.call("work", words, parameters.map(parameterWords));
}

function parameterWords(parameter: WorkParameter): ShellWord {
  const { name } = parameter;
  if ("value" in parameter) return value(`${name}=${parameter.value}`);
  const sourced = (sign: string, source: string): ShellWord =>
    ShellWord.join([value(name), value(sign), value(source)]);
  if ("file" in parameter) return sourced("@file", parameter.file);
  return "secret" in parameter ? sourced("@secret", parameter.secret) : sourced("@driver", "-");
}

/** The function that prints a script of the plan. Names are told apart whatever stands in them. */
function scriptFunction(name: string): ShellWord {
  const word = name.replace(/[^a-z0-9_ ]/g, (char) => `_${char.codePointAt(0)?.toString(16) ?? ""}_`);
  return bare(word.replaceAll(" ", "_"));
}

/** The scripts that steps run in guests: each is a function that prints its text, which stands once. */
export function renderScripts(plan: Plan): string {
  return Object.entries(plan.scripts ?? {})
    .map(([name, text]) => {
      const hidden = !isPlain(text) || !text.endsWith("\n");
      const delimiter = bare(delimiterFor(text));
      const content = hidden ? value(text) : ShellWord.hereDocument(text);
      return render(hidden ? "script-words" : "script-text", { name: scriptFunction(name), delimiter, content });
    })
    .join("\n");
}
