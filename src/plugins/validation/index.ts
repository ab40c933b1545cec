import { definePlugin } from "../../plugin-api/index.js";
import type { Plugin, Rule } from "../../plugin-api/index.js";
import { validationDiagnostics } from "./findings.js";
import { bootNeeds } from "./rules/boot-needs.js";
import { bootOrder } from "./rules/boot-order.js";
import { capacityCores } from "./rules/capacity-cores.js";
import { capacityMemory } from "./rules/capacity-memory.js";
import { checkAgentRule } from "./rules/check-agent.js";
import { cloneBindMounts } from "./rules/clone-bind-mounts.js";
import { cloneDiskSize } from "./rules/clone-disk-size.js";
import { cloneKind } from "./rules/clone-kind.js";
import { cloneLinked } from "./rules/clone-linked.js";
import { clonePrivilegeRule } from "./rules/clone-privilege.js";
import { cloneSettingIdleRule } from "./rules/clone-setting-idle.js";
import { cloneSourceState } from "./rules/clone-source-state.js";
import { cloneZfsSnapshot } from "./rules/clone-zfs-snapshot.js";
import { deviceClaims } from "./rules/device-claims.js";
import { firewallDisabled } from "./rules/firewall-disabled.js";
import { firewallDuplicate } from "./rules/firewall-duplicate.js";
import { firewallInterface } from "./rules/firewall-interface.js";
import { firewallMembers } from "./rules/firewall-members.js";
import { firewallOpen } from "./rules/firewall-open.js";
import { firewallPortProtocol } from "./rules/firewall-port-protocol.js";
import { firewallRuleInterface } from "./rules/firewall-rule-interface.js";
import { firewallShadowed } from "./rules/firewall-shadowed.js";
import { firewallStaticAddress } from "./rules/firewall-static-address.js";
import { firewallUnanswered } from "./rules/firewall-unanswered.js";
import { firewallUnknownAddress } from "./rules/firewall-unknown-address.js";
import { firewallUnknownPiece } from "./rules/firewall-unknown-piece.js";
import { firewallUnusedPiece } from "./rules/firewall-unused-piece.js";
import { firewallWordsRule } from "./rules/firewall-words.js";
import { gpuBoth } from "./rules/gpu-both.js";
import { gpuIndex } from "./rules/gpu-index.js";
import { gpuInheritedRule } from "./rules/gpu-inherited.js";
import { gpuSharedRule } from "./rules/gpu-shared.js";
import { graphImageNeedsService } from "./rules/graph-image-needs-service.js";
import { imageUnknownRule } from "./rules/image-unknown.js";
import { namesDnsLabel } from "./rules/names-dns-label.js";
import { networkAddressInSubnet } from "./rules/network-address-in-subnet.js";
import { networkDuplicateAddress } from "./rules/network-duplicate-address.js";
import { networkDuplicateMac } from "./rules/network-duplicate-mac.js";
import { networkGateway } from "./rules/network-gateway.js";
import { networkHostAddress } from "./rules/network-host-address.js";
import { networkInheritedAddress } from "./rules/network-inherited-address.js";
import { networkLeases } from "./rules/network-leases.js";
import { networkNameserver } from "./rules/network-nameserver.js";
import { networkPool } from "./rules/network-pool.js";
import { secretClearText } from "./rules/secret-clear-text.js";
import { secretPrivateKey } from "./rules/secret-private-key.js";
import { secretUrl } from "./rules/secret-url.js";
import { shareClients } from "./rules/share-clients.js";
import { shareOpen } from "./rules/share-open.js";
import { shareTwice } from "./rules/share-twice.js";
import { snapshotBindMounts } from "./rules/snapshot-bind-mounts.js";
import { snapshotDirectory } from "./rules/snapshot-directory.js";
import { snapshotReservedName } from "./rules/snapshot-reserved-name.js";
import { snapshotSeries } from "./rules/snapshot-series.js";
import { snapshotStorage } from "./rules/snapshot-storage.js";
import { snapshotTemplate } from "./rules/snapshot-template.js";
import { storageContentRule } from "./rules/storage-content.js";
import { storageHostPath } from "./rules/storage-host-path.js";
import { storageMountPoint } from "./rules/storage-mount-point.js";
import { storageNestedVolume } from "./rules/storage-nested-volume.js";
import { storageQuota } from "./rules/storage-quota.js";
import { zfsLimits } from "./rules/zfs-limits.js";
import { storageSharedPath } from "./rules/storage-shared-path.js";
import { storageUnknownRule } from "./rules/storage-unknown.js";
import { templateRebuildIds } from "./rules/template-rebuild-ids.js";
import { templateRuns } from "./rules/template-runs.js";

/** The semantic rules, in the order in which they run. Each is a file under `rules/`. */
export const validationRules: readonly Rule[] = [
  networkAddressInSubnet,
  networkDuplicateAddress,
  networkDuplicateMac,
  networkInheritedAddress,
  networkGateway,
  networkHostAddress,
  networkLeases,
  networkNameserver,
  networkPool,
  namesDnsLabel,
  bootNeeds,
  bootOrder,
  graphImageNeedsService,
  checkAgentRule,
  cloneBindMounts,
  cloneDiskSize,
  cloneKind,
  cloneLinked,
  clonePrivilegeRule,
  cloneSettingIdleRule,
  cloneSourceState,
  cloneZfsSnapshot,
  snapshotBindMounts,
  snapshotDirectory,
  snapshotReservedName,
  snapshotSeries,
  snapshotStorage,
  snapshotTemplate,
  templateRebuildIds,
  templateRuns,
  storageContentRule,
  storageHostPath,
  storageMountPoint,
  storageNestedVolume,
  storageQuota,
  zfsLimits,
  storageSharedPath,
  storageUnknownRule,
  shareClients,
  shareOpen,
  shareTwice,
  imageUnknownRule,
  gpuBoth,
  gpuIndex,
  gpuInheritedRule,
  gpuSharedRule,
  deviceClaims,
  capacityCores,
  capacityMemory,
  firewallDisabled,
  firewallDuplicate,
  firewallInterface,
  firewallOpen,
  firewallPortProtocol,
  firewallShadowed,
  firewallStaticAddress,
  firewallUnanswered,
  firewallUnknownAddress,
  firewallWordsRule,
  firewallMembers,
  firewallUnknownPiece,
  firewallUnusedPiece,
  firewallRuleInterface,
  secretClearText,
  secretPrivateKey,
  secretUrl,
];

/** What a configuration must make sense as a whole, beyond what each kind says of itself. */
export const validation: Plugin = definePlugin({
  name: "validation",
  rules: validationRules,
  diagnostics: validationDiagnostics,
});
