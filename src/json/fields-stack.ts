import { below, type FieldTable, foreign, info, RULES } from "./field.js";

/** Fields of `stacks/NAME/phoenix.json`: only its firewall rules concern the guest. */
export const STACK_FIELDS: FieldTable = {
  $schema: info,
  description: info,
  compose_file_path: foreign("Docker"),
  ...below("environments.*.firewall_rules", RULES),
  "environments.*.variables": foreign("Portainer"),
  "environments.*.files": foreign("Portainer"),
  "environments.*.services": foreign("Traefik"),
  "environments.*.*": foreign("Docker"),
};
