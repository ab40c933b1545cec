import { type FieldTable, foreign, info, ruleFields } from "./field.js";

/** Fields of `stacks/NAME/phoenix.json`: only its firewall rules concern the guest. */
export const STACK_FIELDS: FieldTable = {
  $schema: info,
  description: info,
  compose_file_path: foreign("Docker"),
  ...ruleFields("environments.*.firewall_rules"),
  "environments.*.variables": foreign("Portainer"),
  "environments.*.files": foreign("Portainer"),
  "environments.*.services": foreign("Traefik"),
  "environments.*.*": foreign("Docker"),
};
