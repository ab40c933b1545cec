import { blockRules, defineKind, definePlugin } from "../../plugin-api/index.js";
import type { Model, OptionSpec, Resource } from "../../plugin-api/index.js";
import { pieceEdges } from "../guest/edges.js";
import {
  aliasName,
  aliasOptions,
  groupName,
  groupRules,
  setName,
  setOptions,
  setSections,
} from "../guest/firewall-sections.js";
import * as t from "../guest/types.js";
import { firewallFindings } from "./findings.js";
import { leavePiece, lowerAlias, lowerGroup, lowerSet } from "./lower.js";
import { firewall } from "./own.js";

const common: Readonly<Record<string, OptionSpec>> = {
  adopt: { type: t.bool, doc: "Overwrite one of this name that was not written by a plan. Default: false." },
  host: { type: t.hostRef, doc: "The host whose plan makes it. Default: every one, once for the cluster." },
};

const group = defineKind({
  keyword: "group",
  aliases: ["security_group", "firewall_group"],
  doc: "A security group: rules under one name, which firewalls of guests take over with `group NAME`.",
  args: [{ name: "name", type: groupName, doc: "The name of the group." }],
  identity: { name: "name" },
  options: { comment: { type: t.text, doc: "A comment, kept in the firewall file." }, ...common },
  sections: groupRules,
  instead: { rule: "write `in accept tcp 22 from ADDRESS`", rules: "write `in accept tcp 22 from ADDRESS`" },
  edges: (resource: Resource, model: Model) => pieceEdges(blockRules(resource, model), model),
  lower: lowerGroup,
  leave: leavePiece,
});

const ipset = defineKind({
  keyword: "ipset",
  aliases: ["ip_set", "address_set"],
  doc: "A set of addresses of the cluster's firewall, which rules of all guests may name.",
  args: [{ name: "name", type: setName, doc: "The name of the set." }],
  identity: { name: "name" },
  options: { ...setOptions, ...common },
  sections: setSections,
  instead: { addresses: "members", cidrs: "members", nomatch: "except" },
  lower: lowerSet,
  leave: leavePiece,
});

const alias = defineKind({
  keyword: "alias",
  aliases: ["firewall_alias"],
  doc: "A name for an address in the cluster's firewall, which rules of all guests may name.",
  args: [{ name: "name", type: aliasName, doc: "The name." }],
  identity: { name: "name" },
  options: { ...aliasOptions, ...common },
  sections: {},
  instead: { cidr: "address", ip: "address" },
  lower: lowerAlias,
  leave: leavePiece,
});

/** The firewalls of the cluster and of nodes, and the parts that rules name. Those of guests belong to guests. */
export const firewallPlugin = definePlugin({
  name: "firewall",
  kinds: [alias, ipset, group, firewall],
  diagnostics: firewallFindings,
});
