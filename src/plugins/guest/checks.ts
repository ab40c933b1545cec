import {
  argOf,
  diagnose,
  durationOf,
  guestRef,
  isTemplate,
  nets,
  numberOf,
  sectionsOf,
  stringOf,
} from "../../plugin-api/index.js";
import type { Argv, CheckProbe, GuestRef, Lowered, Model, Resource, Section } from "../../plugin-api/index.js";
import { checkWithoutAddress, checkWithoutTest } from "./findings.js";
import { joinLowered, makeStep } from "./step.js";

const DEFAULT_RETRIES = 3;
const DEFAULT_EVERY = 5;
const DEFAULT_TIMEOUT = 30;

/** The health checks of a guest. Templates, and guests that are kept stopped, have nothing to ask. */
export function checkSteps(resource: Resource, model: Model): Lowered {
  if (isTemplate(resource) || stringOf(resource, "state") === "stopped") return { steps: [], requirements: [] };
  return joinLowered(sectionsOf(resource, "check").map((section) => checkStep(resource, section, model)));
}

function checkStep(resource: Resource, section: Section, model: Model): Lowered {
  const name = argOf(section, "name") ?? "";
  const guest = guestRef(resource);
  const test = testOf(resource, section, model);
  if (typeof test === "string") {
    const finding =
      test === "no-address"
        ? diagnose(checkWithoutAddress, section.headSpan, {
            guest: `${guest.kind} ${guest.id} ${guest.name}`,
            check: name,
          })
        : diagnose(checkWithoutTest, section.headSpan, { check: name });
    return { steps: [], requirements: [], diagnostics: [finding] };
  }
  const seconds = (key: string, otherwise: number): number =>
    Math.round((durationOf(section, key) ?? otherwise * 1000) / 1000);
  const probe: CheckProbe = {
    kind: "check",
    guest,
    name,
    test,
    retries: numberOf(section, "retries") ?? DEFAULT_RETRIES,
    everySeconds: seconds("every", DEFAULT_EVERY),
    timeoutSeconds: seconds("timeout", DEFAULT_TIMEOUT),
  };
  const step = makeStep(resource, `check.${name}`, {
    phase: "validate",
    title: `check ${name}`,
    probe,
    commands: checkCommands(guest, probe),
    asked: section,
  });
  return { steps: [step], requirements: [] };
}

function testOf(resource: Resource, section: Section, model: Model): CheckProbe["test"] | "no-address" | "no-test" {
  const command = stringOf(section, "run");
  const port = numberOf(section, "tcp");
  const url = stringOf(section, "http");
  if ([command, port, url].filter((test) => test !== undefined).length !== 1) return "no-test";
  if (command !== undefined) return { type: "command", command };
  if (url !== undefined) return { type: "http", url, status: numberOf(section, "status") ?? 200 };
  const address = nets(resource, model).find((net) => net.address !== undefined)?.address;
  return address === undefined || port === undefined ? "no-address" : { type: "tcp", address, port };
}

/** The command inside the guest. Ports and URLs are asked from the host, by the runtime of the script itself. */
function checkCommands(guest: GuestRef, { test, timeoutSeconds }: CheckProbe): readonly Argv[] {
  if (test.type !== "command") return [];
  const id = String(guest.id);
  return guest.kind === "ct"
    ? [["pct", "exec", id, "--", "sh", "-c", test.command]]
    : [["qm", "guest", "exec", id, "--timeout", String(timeoutSeconds), "--", "sh", "-c", test.command]];
}
