/**
 * A plugin as a project would have it: it takes the plugin interface as an argument, so that it imports nothing.
 *
 * @param {typeof import("../../../../src/plugin-api/index.js")} api
 */
export function plugin(api) {
  const { defineKind, definePlugin, defineRule, diagnose, diagnosticKind } = api;

  const severalClocks = diagnosticKind({
    code: "CLOCK0001",
    severity: "error",
    title: "several clocks",
    message: ({ first, second }) => `the host has one clock, and \`${first}\` is it; \`${second}\` is too much`,
    help: "remove one of them",
  });

  const clock = defineKind({
    keyword: "clock",
    doc: "The time zone of the host.",
    identity: { name: "name" },
    args: [{ name: "name", type: { type: "string" }, doc: "a name for it" }],
    options: {
      timezone: {
        type: { type: "string", pattern: "[A-Za-z]+(/[A-Za-z_]+)*", describe: "a time zone such as Europe/Paris" },
        required: true,
        doc: "A name of the tz database.",
      },
    },
    sections: {},
    lower: (resource) => {
      const zone = resource.settings.get("timezone")?.value;
      if (zone?.type !== "string") return { steps: [], requirements: [] };
      return {
        requirements: [{ kind: "command", command: "timedatectl", blocks: [], source: resource.headSpan }],
        steps: [
          {
            id: `${resource.address}.timezone`,
            phase: "host",
            resource: resource.address,
            title: `time zone ${zone.value}`,
            risk: "safe",
            probe: {
              kind: "command",
              argv: ["timedatectl", "show", "--property=Timezone", "--value"],
              stdout: zone.value,
            },
            commands: [["timedatectl", "set-timezone", zone.value]],
            requires: [],
            source: resource.headSpan,
          },
        ],
      };
    },
  });

  const oneClock = defineRule({
    name: "clock/one",
    check: (model, report) => {
      const [first, ...more] = [...model.resources.values()].filter((resource) => resource.kind === "clock");
      for (const second of more) {
        const related = [{ span: first.headSpan, message: "the first one" }];
        report(diagnose(severalClocks, second.headSpan, { first: first.name, second: second.name }, { related }));
      }
    },
  });

  return definePlugin({
    name: "clock",
    kinds: [clock],
    rules: [oneClock],
    emitters: [
      {
        format: "steps",
        doc: "The ids of all steps, a line each.",
        emit: (plan) => plan.steps.map((step) => `${step.id}\n`).join(""),
      },
    ],
    diagnostics: [severalClocks],
  });
}
