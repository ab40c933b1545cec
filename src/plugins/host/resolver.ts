import { diagnose, sectionOf, settingOf, stringOf, stringsOf } from "../../plugin-api/index.js";
import type { Lowered, Resource, SectionSpec } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import * as t from "../guest/types.js";
import { serversTooMany } from "./findings-network.js";
import type { HostPart } from "./part.js";

/** Where the host itself looks names up: Proxmox's System > DNS, which is /etc/resolv.conf. */
const dns: SectionSpec = {
  doc: "Where the host itself looks names up.",
  args: [],
  options: {
    servers: {
      type: t.listOfType(t.ip, true),
      doc: "Its name servers, at most three, in the order in which they are asked.",
    },
    search: { type: t.dnsName, doc: "The domain that is added to short names. Default: the one that the host has." },
  },
  sections: {},
  repeat: "once",
  instead: { nameservers: "servers", nameserver: "servers", searchdomain: "search", domain: "search" },
};

/** Proxmox keeps so many. */
const MOST = 3;

function lower(host: Resource): Lowered {
  const section = sectionOf(host, "dns");
  if (section === undefined) return { steps: [], requirements: [] };
  const servers = stringsOf(section, "servers");
  const search = stringOf(section, "search");
  const at = settingOf(section, "servers")?.span ?? section.headSpan;
  if (servers.length > MOST) {
    return { steps: [], requirements: [], diagnostics: [diagnose(serversTooMany, at, { count: servers.length })] };
  }
  if (servers.length === 0 && search === undefined) return { steps: [], requirements: [] };
  const words = [
    ...(search === undefined ? [] : ["--search", search]),
    ...servers.flatMap((server, i) => [`--dns${i + 1}`, server]),
  ];
  const step = makeStep(host, "dns", {
    phase: "host",
    title: "name servers",
    probe: { kind: "resolver", servers, ...(search === undefined ? {} : { search }) },
    commands: [["pvesh", "set", "/nodes/localhost/dns", ...words]],
    asked: section,
  });
  return { steps: [step], requirements: [] };
}

/** The name servers of the host. */
export const resolverPart: HostPart = { sections: { dns }, lower };
