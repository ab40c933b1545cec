import { datasetOfPath, defineKind, definePlugin, refOf, stringOf } from "../../plugin-api/index.js";
import type { Model, Resource, RetiredThing, Span, Step } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { storageFindings } from "./findings.js";
import { leaveThing } from "../guest/retired.js";
import { lowerStorage } from "./lower.js";
import { storageOptions, storageSections, storageType } from "./options.js";

const storage = defineKind({
  keyword: "storage",
  aliases: ["datastore", "store"],
  doc: "A Proxmox storage.",
  args: [
    { name: "type", type: storageType, doc: "The type of the storage." },
    { name: "id", type: t.storageId, doc: "The storage's name." },
  ],
  identity: { name: "id" },
  options: { ...storageOptions, host: { type: t.hostRef, doc: "The host that it belongs to." } },
  sections: storageSections,
  edges: storageEdges,
  lower: lowerStorage,
  leave: leaveStorage,
});

/** The pool or dataset that it lies on. */
function storageEdges(resource: Resource, model: Model): readonly { readonly to: string; readonly reason: string }[] {
  const path = stringOf(resource, "path");
  const named = refOf(resource, "pool") ?? refOf(resource, "dataset");
  const holder = named ?? (path === undefined ? undefined : datasetOfPath(model, path)?.address);
  return holder === undefined ? [] : [{ to: holder, reason: "storage" }];
}

/** What is on it stays when Proxmox forgets a storage. */
function leaveStorage(thing: RetiredThing, source: Span): readonly Step[] {
  return leaveThing(thing, source, {
    whole: ["pvesm", "remove", thing.name],
    option: (option) => ["pvesm", "set", thing.name, "--delete", option],
  });
}

/** Proxmox storages. */
export const storagePlugin = definePlugin({ name: "storage", kinds: [storage], diagnostics: storageFindings });
