import type { Plan } from "../../src/model/plan.js";

/** A plan as text for golden files: what matters of it, a step in a few lines, with the literal commands. */
export function planText(plan: Plan): string {
  const requirements = plan.requirements.map((requirement) => {
    const { blocks } = requirement;
    const rest = without(requirement, ["source", "blocks"]);
    const held = blocks.length === 0 ? "" : ` blocks ${blocks.join(" ")}`;
    return `requires ${JSON.stringify(rest)}${held}`;
  });
  const guests = plan.guests.map((guest) => `guest ${guest.address} ${guest.name} needs [${guest.needs.join(", ")}]`);
  const steps = plan.steps.map((step) => {
    const shown = Object.entries(without(step.probe, ["guest"])).map(
      ([name, value]) => `  ${name}: ${JSON.stringify(value)}`,
    );
    const commands = step.commands.map((argv) => `  $ ${argv.map(word).join(" ")}`);
    return [
      `${step.id} (${step.phase}, ${step.risk}): ${step.title}`,
      `  after: ${step.requires.join(" ")}`,
      ...shown,
      ...commands,
    ].join("\n");
  });
  return `${[...guests, "", ...requirements, "", ...steps].join("\n")}\n`;
}

function word(text: string): string {
  return /^[A-Za-z0-9_.,:;=/@%+-]+$/.test(text) ? text : JSON.stringify(text);
}

function without(value: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
