import {
  argOf,
  boolOf,
  diagnose,
  durationOf,
  guestRef,
  isTemplate,
  nets,
  numberOf,
  sectionsOf,
  settingOf,
  stringOf,
  stringsOf,
} from "../../plugin-api/index.js";
import type {
  Argv,
  CheckProbe,
  Diagnostic,
  GuestRef,
  LowerContext,
  Lowered,
  Resource,
  Section,
} from "../../plugin-api/index.js";
import { loadCheckScript } from "./check-script.js";
import { checkForMachines, checkOptionIdle } from "./findings-checks.js";
import { checkWithoutAddress, checkWithoutTest } from "./findings.js";
import { joinLowered, makeStep } from "./step.js";
import { systemOf } from "./system.js";

type Test = CheckProbe["test"];

/** Whole seconds, and attempts after the first. A machine that has just been started takes its time. */
const DEFAULTS = { retries: 3, everySeconds: 5, timeoutSeconds: 30 } as const;
const DEFAULTS_OF: Partial<Record<Test["type"], Partial<Record<keyof typeof DEFAULTS, number>>>> = {
  agent: { retries: 60 },
  cloud_init: { timeoutSeconds: 600 },
};

/** Attributes that say what a check asks; it has exactly one. */
const TESTS = ["run", "service", "tcp", "http", "script", "agent", "cloud_init"] as const;
type TestName = (typeof TESTS)[number];

/** What belongs to one of them only. */
const BELONGS = { status: "http", args: "script" } as const;

/** What a check asks, with what that takes; without a test where nothing can be asked. */
interface Asked extends Pick<Lowered, "scripts" | "diagnostics"> {
  readonly test?: Test;
}

/** The health checks of a guest. Templates, and guests that are kept stopped, have nothing to ask. */
export function checkSteps(resource: Resource, context: LowerContext): Lowered {
  if (isTemplate(resource) || stringOf(resource, "state") === "stopped") return { steps: [], requirements: [] };
  return joinLowered(sectionsOf(resource, "check").map((section) => checkStep(resource, section, context)));
}

function checkStep(resource: Resource, section: Section, context: LowerContext): Lowered {
  const name = argOf(section, "name") ?? "";
  const asked = askedOf(resource, section, context);
  const diagnostics = [...(asked.diagnostics ?? []), ...idleOptions(section, name)];
  if (asked.test === undefined) return { steps: [], requirements: [], diagnostics };
  const guest = guestRef(resource);
  const { test } = asked;
  const otherwise = { ...DEFAULTS, ...DEFAULTS_OF[test.type] };
  const seconds = (key: string): number | undefined => {
    const milliseconds = durationOf(section, key);
    return milliseconds === undefined ? undefined : Math.round(milliseconds / 1000);
  };
  const probe: CheckProbe = {
    kind: "check",
    guest,
    name,
    test,
    retries: numberOf(section, "retries") ?? otherwise.retries,
    everySeconds: seconds("every") ?? otherwise.everySeconds,
    timeoutSeconds: seconds("timeout") ?? otherwise.timeoutSeconds,
  };
  const step = makeStep(resource, `check.${name}`, {
    phase: "validate",
    title: `check ${name}`,
    probe,
    commands: checkCommands(guest, probe),
    asked: section,
  });
  return { steps: [step], requirements: [], diagnostics, ...(asked.scripts && { scripts: asked.scripts }) };
}

/** The one attribute that says what is asked; undefined where there are none or several. */
function testName(section: Section): TestName | undefined {
  const given = TESTS.filter((name) => settingOf(section, name) !== undefined && boolOf(section, name) !== false);
  return given.length === 1 ? given[0] : undefined;
}

function askedOf(resource: Resource, section: Section, context: LowerContext): Asked {
  const check = argOf(section, "name") ?? "";
  const { kind, id, name: called } = guestRef(resource);
  const guest = `${kind} ${id} ${called}`;
  const only = (finding: Diagnostic): Asked => ({ diagnostics: [finding] });
  const name = testName(section);
  const text = (key: string): string => stringOf(section, key) ?? "";
  switch (name) {
    case undefined:
      return only(diagnose(checkWithoutTest, section.headSpan, { check }));
    case "run":
      return { test: { type: "command", command: text("run") } };
    case "service": {
      const manager = systemOf(resource, context.model) === "alpine" ? "openrc" : "systemd";
      return { test: { type: "service", service: text("service"), manager } };
    }
    case "http":
      return { test: { type: "http", url: text("http"), status: numberOf(section, "status") ?? 200 } };
    case "tcp": {
      const address = nets(resource, context.model).find((net) => net.address !== undefined)?.address;
      return address === undefined
        ? only(diagnose(checkWithoutAddress, section.headSpan, { guest, check }))
        : { test: { type: "tcp", address, port: numberOf(section, "tcp") ?? 0 } };
    }
    case "script":
      return loadCheckScript(section, stringsOf(section, "args"), context.features);
    case "agent":
    case "cloud_init":
      return kind === "vm"
        ? { test: { type: name } }
        : only(diagnose(checkForMachines, settingOf(section, name)?.nameSpan ?? section.headSpan, { guest, name }));
  }
}

/** Attributes that the test does not take. */
function idleOptions(section: Section, check: string): readonly Diagnostic[] {
  const test = testName(section);
  return Object.entries(BELONGS).flatMap(([option, owner]) => {
    const setting = settingOf(section, option);
    if (setting === undefined || test === undefined || test === owner) return [];
    return [diagnose(checkOptionIdle, setting.nameSpan, { check, option, owner })];
  });
}

/** What is run in the guest, as a reader wants to see it. Ports and URLs are asked from the host, by the script itself. */
function checkCommands({ kind, id }: GuestRef, { test, timeoutSeconds }: CheckProbe): readonly Argv[] {
  if (test.type === "agent") return [["qm", "guest", "cmd", String(id), "ping"]];
  const inside = insideCommand(test);
  if (inside === undefined) return [];
  if (kind === "ct") return [["pct", "exec", String(id), "--", ...inside]];
  const fed = test.type === "script" ? ["--pass-stdin", "1"] : [];
  return [["qm", "guest", "exec", String(id), "--timeout", String(timeoutSeconds), ...fed, "--", ...inside]];
}

function insideCommand(test: Test): Argv | undefined {
  switch (test.type) {
    case "command":
      return ["sh", "-c", test.command];
    case "service":
      return test.manager === "systemd"
        ? ["systemctl", "is-active", test.service]
        : ["rc-service", test.service, "status"];
    case "script":
      return [test.interpreter, ...(test.interpreter === "python3" ? ["-"] : ["-s", "--"]), ...test.arguments];
    case "cloud_init":
      return ["cloud-init", "status", "--wait"];
    default:
      return undefined;
  }
}
