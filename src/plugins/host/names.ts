import {
  compareText,
  diagnose,
  guests,
  isTemplate,
  managedText,
  netAddresses,
  nets,
  parseIp,
  sectionOf,
  sectionsOf,
  settingOf,
  stringOf,
  stringsOf,
  argOf,
  refOf,
} from "../../plugin-api/index.js";
import type {
  Diagnostic,
  LowerContext,
  Lowered,
  Model,
  Resource,
  Section,
  SectionSpec,
} from "../../plugin-api/index.js";
import { joinLowered, onlySteps } from "../guest/step.js";
import * as t from "../guest/types.js";
import { fileStep } from "./files.js";
import { nameOptionUnfit, nameTwice, nameWithoutAddress } from "./findings-network.js";
import { packagesStep } from "./packages.js";
import type { HostPart } from "./part.js";

/** The names of the declared guests with their addresses: served by dnsmasq from a file of ours, or a block of /etc/hosts. */

const CONF = "/etc/dnsmasq.d/phxc.conf";
const HOSTS = "/etc/hosts";
/** The name of our block in it. */
const BLOCK = "names";

const record: SectionSpec = {
  doc: "A name of something that is no declared guest, or a further name of one.",
  args: [{ name: "name", type: t.dnsName, doc: "The name, with the domain or without." }],
  options: {
    address: {
      type: t.union(t.ip, { type: "ref", kinds: ["vm", "ct"], mention: true }),
      required: true,
      doc: "The address, or the guest that has it.",
    },
  },
  sections: {},
  instead: { ip: "address", target: "address" },
};

const names: SectionSpec = {
  doc: "The names of all declared guests that have static addresses, for others to look up.",
  args: [],
  options: {
    form: {
      type: t.oneOf("dnsmasq", "hosts"),
      doc: "A file of dnsmasq, which answers the network, or a block of the host's own /etc/hosts. Default: dnsmasq.",
    },
    domain: { type: t.dnsName, doc: "The domain of the names, which is answered here and nowhere else." },
    upstream: {
      type: t.listOfType(t.ip, true),
      doc: "Who is asked for all other names. Default: the host's name servers.",
    },
    listen: {
      type: t.listOfType(t.ip, true),
      doc: "The host's addresses on which dnsmasq answers. Default: its `address`; without one all of them.",
    },
  },
  sections: { record },
  repeat: "once",
  instead: {
    upstreams: "upstream",
    upstream_servers: "upstream",
    servers: "upstream",
    forwarders: "upstream",
    zone: "domain",
  },
};

/** A name as it is looked up, lower case, and its addresses, IPv4 first. */
interface Name {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly section: Section;
}

function lower(host: Resource, { model }: LowerContext): Lowered {
  const section = sectionOf(host, "names");
  if (section === undefined) return { steps: [], requirements: [] };
  const known = [...guestNames(model), ...recordNames(section, model)].toSorted((a, b) => compareText(a.name, b.name));
  const findings = [...nameFindings(section, known), ...formFindings(section)];
  const domain = stringOf(section, "domain")?.toLowerCase();
  const made =
    stringOf(section, "form") === "hosts"
      ? hostsFile(host, section, known, domain)
      : dnsmasq(host, section, known, domain);
  return { ...made, diagnostics: findings };
}

/** Guests with static addresses; of several addresses of a family the first. Nobody looks a template up. */
function guestNames(model: Model): readonly Name[] {
  return guests(model)
    .filter((guest) => !isTemplate(guest))
    .flatMap((guest) => {
      const addresses = addressesOf(guest, model);
      return addresses.length === 0 ? [] : [{ name: guest.name.toLowerCase(), addresses, section: guest }];
    });
}

function addressesOf(guest: Resource, model: Model): readonly string[] {
  const all = nets(guest, model).flatMap((net) => netAddresses(net).map(({ address }) => address));
  const first = (version: 4 | 6) => all.find((address) => parseIp(address)?.version === version) ?? [];
  return [first(4), first(6)].flat();
}

function recordNames(section: Section, model: Model): readonly Name[] {
  return sectionsOf(section, "record").flatMap((inner) => {
    const name = argOf(inner, "name")?.toLowerCase();
    const guest = model.resources.get(refOf(inner, "address") ?? "");
    const own = stringOf(inner, "address");
    if (name === undefined || own === undefined) return [];
    return [{ name, addresses: guest === undefined ? [own] : addressesOf(guest, model), section: inner }];
  });
}

function nameFindings(section: Section, known: readonly Name[]): readonly Diagnostic[] {
  const records = sectionsOf(section, "record");
  return known.flatMap(({ name, addresses, section: asked }) => {
    const at = settingOf(asked, "address")?.span ?? asked.headSpan;
    if (addresses.length === 0)
      return [diagnose(nameWithoutAddress, at, { name, guest: stringOf(asked, "address") ?? "" })];
    const other = known.find((entry) => entry.name === name && entry.section !== asked);
    if (other === undefined || !records.includes(asked)) return [];
    return [diagnose(nameTwice, asked.headSpan, { name, address: other.addresses[0] ?? "" })];
  });
}

/** What only a server can do. */
function formFindings(section: Section): readonly Diagnostic[] {
  if (stringOf(section, "form") !== "hosts") return [];
  return ["upstream", "listen"].flatMap((option) => {
    const setting = settingOf(section, option);
    return setting === undefined ? [] : [diagnose(nameOptionUnfit, setting.span, { option })];
  });
}

/** The short name, and the one with the domain. A record with dots is whole; the name of a guest may have some. */
function spellings({ name, section }: Name, domain: string | undefined): readonly string[] {
  const isWhole = name === domain || name.endsWith(`.${domain}`) || (section.kind === "record" && name.includes("."));
  return domain === undefined || isWhole ? [name] : [name, `${name}.${domain}`];
}

function dnsmasq(host: Resource, section: Section, known: readonly Name[], domain: string | undefined): Lowered {
  const upstream = stringsOf(section, "upstream");
  const own = stringOf(host, "address");
  const listen =
    settingOf(section, "listen") === undefined ? (own === undefined ? [] : [own]) : stringsOf(section, "listen");
  const records = known.filter(({ addresses }) => addresses.length > 0);
  const lines = [
    "bind-dynamic",
    ...(listen.length === 0 ? [] : ["127.0.0.1", ...listen].map((address) => `listen-address=${address}`)),
    ...(upstream.length === 0 ? [] : ["no-resolv"]),
    ...upstream.map((address) => `server=${address}`),
    ...(domain === undefined ? [] : [`domain=${domain}`, `local=/${domain}/`]),
    ...records.map((entry) => `host-record=${[...spellings(entry, domain), ...entry.addresses].join(",")}`),
  ];
  const packages = packagesStep(host, ["dnsmasq"], { commands: ["dnsmasq"], asked: section });
  const file = fileStep(
    host,
    "names",
    {
      path: CONF,
      content: managedText("the names of declared guests", lines),
      adopt: false,
      check: ["dnsmasq", "--test", "-C", "FILE"],
      then: [["systemctl", "restart", "dnsmasq"]],
    },
    { title: "names for dnsmasq", risk: "interrupts", asked: section },
  );
  return joinLowered([onlySteps([packages]), file]);
}

function hostsFile(host: Resource, section: Section, known: readonly Name[], domain: string | undefined): Lowered {
  const lines = known.flatMap((entry) =>
    entry.addresses.map((address) => `${address} ${spellings(entry, domain).toReversed().join(" ")}\n`),
  );
  return fileStep(
    host,
    "names",
    { path: HOSTS, content: lines.join(""), block: BLOCK, adopt: false },
    { title: `names in ${HOSTS}`, asked: section },
  );
}

/** The names of the declared guests. */
export const namesPart: HostPart = { sections: { names }, lower };
