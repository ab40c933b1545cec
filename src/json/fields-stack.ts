import { type Fields, foreign, group, holding, info, RULES } from "./field.js";

/** Fields of `stacks/NAME/phoenix.json`: only its firewall rules concern the guest. */
export const STACK_FIELDS: Fields = {
  $schema: info,
  description: info,
  compose_file_path: foreign("Docker"),
  environments: holding({
    others: group(
      {
        firewall_rules: RULES,
        variables: foreign("Portainer"),
        files: foreign("Portainer"),
        services: foreign("Traefik"),
      },
      foreign("Docker"),
    ),
  }),
};
