import { argOf, defineKind, diagnose, plainOptions, resourcesOf, settingOf, stringOf } from "../../plugin-api/index.js";
import type { Diagnostic, LowerContext, Lowered, Resource } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { packagesStep } from "../host/packages.js";
import { controllerTwice } from "./findings.js";
import { CONTROLLERS, controllerId, controllerOptions } from "./sdn-options.js";
import { applySdn, sdnStep } from "./sdn-step.js";
import { lacking, unfit } from "./zone-findings.js";

/** The routing daemon, and what Proxmox reloads it with. */
const ROUTING = ["frr", "frr-pythontools"];

export const controller = defineKind({
  keyword: "controller",
  aliases: ["sdn_controller", "router"],
  doc: "A controller of Proxmox's software-defined network: what exchanges routes for zones of type evpn.",
  args: [
    {
      name: "type",
      type: t.oneOf("evpn", "bgp", "isis"),
      doc: "`evpn`: for zones, one in the cluster; `bgp`, `isis`: routes of one node with routers of others.",
    },
    { name: "name", type: controllerId, doc: "Its name." },
  ],
  identity: { name: "name" },
  options: {
    ...controllerOptions,
    host: { type: t.hostRef, doc: "The host whose plan makes it. Default: every one, once for the cluster." },
  },
  sections: {},
  instead: { as: "asn", neighbors: "peers", neighbours: "peers", multihop: "ebgp_multihop" },
  lower: lowerController,
});

const typeOf = (resource: Resource): string => argOf(resource, "type") ?? "evpn";

/** It is applied with the zones that come after it, or by itself where there are none. */
function lowerController(resource: Resource, { model }: LowerContext): Lowered {
  const type = typeOf(resource);
  const { wanted } = plainOptions(resource, controllerOptions);
  const step = sdnStep(resource, resource, {
    object: "controllers",
    id: resource.name,
    path: "/cluster/sdn/controllers",
    head: ["--controller", resource.name, "--type", type],
    options: wanted,
  });
  const isLast = !resourcesOf(model, "zone").some((zone) => argOf(zone, "type") === "evpn");
  return {
    steps: [packagesStep(resource, ROUTING), step, ...(isLast ? [applySdn(resource, [])] : [])],
    requirements: [],
    diagnostics: [...fitting(resource, type), ...alone(resource, resourcesOf(model, "controller"))],
  };
}

function fitting(resource: Resource, type: string): readonly Diagnostic[] {
  const own = CONTROLLERS[type];
  if (own === undefined) return [];
  const others = Object.keys(controllerOptions).filter((option) => !own.takes.includes(option));
  return [
    ...others.flatMap((option) => unfit(resource, option, type, CONTROLLERS, "controllers")),
    ...lacking(resource, own.needs, type),
  ];
}

/** Proxmox takes one of type evpn, and for each node one of bgp and one of isis. */
function alone(resource: Resource, all: readonly Resource[]): readonly Diagnostic[] {
  const node = stringOf(resource, "node");
  const earlier = all
    .slice(0, all.indexOf(resource))
    .find((other) => typeOf(other) === typeOf(resource) && stringOf(other, "node") === node);
  if (earlier === undefined) return [];
  const at = settingOf(resource, "node")?.span ?? resource.headSpan;
  const related = [{ span: earlier.headSpan, message: "the other one" }];
  return [
    diagnose(
      controllerTwice,
      at,
      { name: resource.name, other: earlier.name, type: typeOf(resource), node },
      { related },
    ),
  ];
}
