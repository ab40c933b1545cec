import {
  attribute,
  boolOf,
  defineKind,
  diagnose,
  isTemplate,
  numberOf,
  optionArguments,
  plainOptions,
  refOf,
  replicationJob,
  resourcesOf,
  stringOf,
} from "../../plugin-api/index.js";
import type { KindSpec, LowerContext, Lowered, OptionPair, OptionSpec, Resource } from "../../plugin-api/index.js";
import { leaveThing } from "../guest/retired.js";
import { makeStep } from "../guest/step.js";
import * as t from "../guest/types.js";
import { replicationToItself } from "./findings.js";

const plain: Readonly<Record<string, OptionSpec>> = {
  schedule: attribute(replicationJob, "schedule"),
  rate: attribute(replicationJob, "rate"),
  comment: attribute(replicationJob, "comment"),
};

/** A job that copies the volumes of a guest to another node. */
export const replication: KindSpec = defineKind({
  keyword: "replication",
  aliases: ["replicate", "pvesr"],
  doc: "A job that copies the volumes of a guest, which lie on ZFS, to another node of the cluster.",
  args: [{ name: "name", type: t.label, doc: "A name, for messages." }],
  identity: { name: "name" },
  options: {
    guest: { type: { type: "ref", kinds: ["vm", "ct"] }, required: true, doc: "The guest." },
    target: attribute(replicationJob, "target", { required: true, removable: false }),
    number: {
      type: { type: "int", min: 0, max: 999_999_999 },
      doc: "Tells several jobs of one guest apart. Default: 0.",
    },
    ...plain,
    enabled: { type: t.bool, doc: "Whether it runs. Default: true.", writes: "disable" },
    host: { type: t.hostRef, doc: "The host that it belongs to. Default: every one." },
  },
  sections: {},
  instead: { to: "target", node: "target", disable: "write `enabled = false`", vmid: "guest", source: "guest" },
  lower: lowerReplication,
  leave: (thing, source) =>
    leaveThing(thing, source, {
      whole: ["pvesr", "delete", thing.name],
      option: (option) => ["pvesr", "update", thing.name, "--delete", option],
    }),
});

function lowerReplication(job: Resource, { get, model }: LowerContext): Lowered {
  const guest = get(refOf(job, "guest") ?? "");
  const target = stringOf(job, "target");
  if (guest?.id === undefined || target === undefined) return { steps: [], requirements: [] };
  const id = `${guest.id}-${numberOf(job, "number") ?? 0}`;
  const { wanted, absent } = plainOptions(job, plain);
  const enabled = boolOf(job, "enabled");
  const rest: readonly OptionPair[] = enabled === undefined ? [] : [{ option: "disable", value: enabled ? "0" : "1" }];
  const options = [...wanted, ...rest];
  const pairs = options.map(({ option, value }) => [option, value] as const);
  const probe = { kind: "job", job: "replication", id, target, options: pairs, absent } as const;
  const command = ["pvesr", "create-local-job", id, target, ...optionArguments(options)];
  const step = makeStep(job, "job", { phase: "host", title: `replication ${id}`, probe, commands: [command] });
  const hosts = resourcesOf(model, "host");
  const home = get(refOf(guest, "host") ?? "") ?? (hosts.length === 1 ? hosts[0] : undefined);
  const node = home === undefined ? undefined : (stringOf(home, "node") ?? home.name);
  const isHome = node === target && !isTemplate(guest);
  return {
    steps: [{ ...step, id: `replication.${id}` }],
    requirements: [],
    diagnostics: isHome
      ? [diagnose(replicationToItself, job.headSpan, { guest: `${guest.kind} ${guest.id} ${guest.name}`, node })]
      : [],
  };
}
