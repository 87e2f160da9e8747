import { check } from "../../policy/engine/checks";
import { numberSetting, type Rule } from "../../policy/engine/rule";
import { durationSeconds, recognised } from "../../policy/graph/programs";

/** Texts of a workload's HAProxy configurations. */
const haproxiesOf = recognised(({ key, text }): string | undefined =>
  key.endsWith(".cfg") && /^defaults\b/m.test(text) && /^(frontend|listen) /m.test(text) ? text : undefined,
);

function eachHaproxy(test: (config: string, settings: Parameters<Rule["checks"]>[1]) => string[]): Rule["checks"] {
  return (graph, settings) =>
    graph.workloads.map((workload) =>
      check(workload.object.resource, () => haproxiesOf(workload, graph).flatMap((config) => test(config, settings))),
    );
}

/** The value after a directive; the longest of them where it stands several times. */
function longest(config: string, directive: RegExp): number | undefined {
  const values = [...config.matchAll(directive)].map(([, value]) => durationSeconds(value!, "ms"));
  return values.length === 0 ? undefined : Math.max(...values);
}

/** HAProxy in front of other pods; for commands, never for the constructor. */
export const balancerRules: Rule[] = [
  {
    id: "balancer-leaves-dead-servers",
    title: "HAProxy checks its servers and gives up on a connection quickly",
    why:
      "Kubernetes takes a dead node's pods away after about 50 s; until then every nth request hangs for the " +
      "connect timeout, unless the balancer checks for itself.",
    fix: "Put `check` on every server line, `timeout connect` of a second or less, and `option redispatch`.",
    prevents: ["https://docs.haproxy.org/3.0/configuration.html#5.2-check"],
    scope: "graph",
    settings: {
      longestConnectSeconds: { type: "number", description: "Longest allowed `timeout connect`.", default: 2 },
    },
    checks: eachHaproxy((config, settings) => {
      const servers = [...config.matchAll(/^\s*(?:server|server-template)\s.*$/gm)].map(([line]) => line);
      const connect = longest(config, /^\s*timeout connect\s+(\S+)/gm);
      return [
        ...(servers.some((line) => !/\scheck\b/.test(line)) ? ["a server line has no check"] : []),
        ...(connect === undefined || connect > numberSetting(settings, "longestConnectSeconds")
          ? ["timeout connect is missing or too long"]
          : []),
        ...(/^\s*option redispatch\b/m.test(config)
          ? []
          : ["option redispatch is missing: retries go to the same dead server"]),
      ];
    }),
  },
  {
    id: "balancer-survives-dns",
    title: "HAProxy keeps its servers while the name server is silent, and hears long answers",
    why:
      "By default healthy servers go into maintenance some seconds after the resolver fell silent; and answers of " +
      "more than 512 bytes, about a dozen pods, are cut.",
    fix: "In `resolvers` set `accepted_payload_size 8192` and long `hold` times for nx, other, refused and timeout.",
    prevents: ["https://github.com/haproxy/haproxy/issues/345"],
    scope: "graph",
    settings: {
      shortestHoldSeconds: {
        type: "integer",
        description: "Shortest time that servers stay without an answer.",
        default: 300,
      },
    },
    checks: eachHaproxy((config, settings) => {
      if (!/^resolvers /m.test(config)) return [];
      const payload = Number(/^\s*accepted_payload_size\s+(\d+)/m.exec(config)?.[1] ?? 512);
      const lost = ["nx", "other", "refused", "timeout"].filter(
        (status) =>
          (longest(config, new RegExp(`^\\s*hold ${status}\\s+(\\S+)`, "gm")) ?? 30) <
          numberSetting(settings, "shortestHoldSeconds"),
      );
      return [
        ...(payload < 4096 ? ["accepted_payload_size cuts long answers"] : []),
        ...(lost.length > 0
          ? [`hold is too short for ${lost.join(", ")}: a silent name server takes healthy servers away`]
          : []),
      ];
    }),
  },
  {
    id: "balancer-source-agrees",
    title: "Balancers that hash by client agree, and move few clients when servers change",
    why: "With the default hash every change of a server moves nearly all clients to another one.",
    fix: "Add `hash-type consistent` beside `balance source`.",
    prevents: ["https://docs.haproxy.org/3.0/configuration.html#4-hash-type"],
    scope: "graph",
    checks: eachHaproxy((config) =>
      /^\s*balance (source|hash|uri)\b/m.test(config) && !/^\s*hash-type consistent\b/m.test(config)
        ? ["balances by a hash that is not consistent"]
        : [],
    ),
  },
];
