import type { Argv, NetworkProbe, OptionPair, Resource, Section, Step } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";

/** A thing of the software-defined network, and how it is made. */
export interface SdnPart {
  readonly object: Extract<NetworkProbe, { kind: "sdn" }>["object"];
  readonly id: string;
  readonly path: string;
  readonly head: Argv;
  /** One that is given several times is a list. */
  readonly options: readonly OptionPair[];
}

/** Makes the thing, or sets what differs. */
export function sdnStep(resource: Resource, asked: Section, part: SdnPart): Step {
  const { object, id: called, path, head, options } = part;
  const words = options.flatMap(({ option, value }) => [`--${option}`, value]);
  const singular = object.slice(0, -1);
  return makeStep(resource, asked === resource ? singular : `${singular}.${called}`, {
    phase: "host",
    title: `${singular} ${called}`,
    risk: "interrupts",
    probe: { kind: "sdn", object, id: called, options: options.map(({ option, value }) => [option, value] as const) },
    commands: [["pvesh", "create", path, ...head, ...words]],
    asked,
  });
}

/** What was changed takes effect, for all of it together. `vnets`: the bridges that are there afterwards. */
export function applySdn(resource: Resource, vnets: readonly string[]): Step {
  return makeStep(resource, "apply", {
    phase: "host",
    title: "apply the software-defined network",
    risk: "interrupts",
    probe: { kind: "sdn-pending", vnets },
    commands: [["pvesh", "set", "/cluster/sdn"]],
  });
}
