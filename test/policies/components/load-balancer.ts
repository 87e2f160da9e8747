import type { Examples } from "../examples/example";
import type { Mutant, Mutations } from "../mutations";
import { configMap, deployment, mounting } from "../objects";

const haproxy = (config: string) => [deployment("lb", mounting("lb")), configMap("lb", { "haproxy.cfg": config })];
const balanced = `
defaults
  timeout connect 500ms
  option redispatch 1
resolvers cluster
  accepted_payload_size 8192
  hold nx 1h
  hold other 1h
  hold refused 1h
  hold timeout 1h
frontend clients
  bind :8080
backend servers
  balance source
  hash-type consistent
  server-template web 1-10 _http._tcp.web.team.svc.cluster.local check resolvers cluster
`;

/** What keeps and what breaks each rule. */
export const balancerExamples: Examples = {
  "balancer-leaves-dead-servers": {
    bad: [
      haproxy(balanced.replace(" check ", " ")),
      haproxy(balanced.replace("500ms", "10s")),
      haproxy(balanced.replace("  option redispatch 1\n", "")),
    ],
    good: [haproxy(balanced)],
  },
  "balancer-survives-dns": {
    bad: [haproxy(balanced.replace("hold timeout 1h", "hold timeout 10s")), haproxy(balanced.replace("8192", "512"))],
    good: [haproxy(balanced), haproxy(balanced.replace(/^resolvers[\s\S]*?(?=^frontend)/m, ""))],
  },
  "balancer-source-agrees": {
    bad: [haproxy(balanced.replace("  hash-type consistent\n", ""))],
    good: [
      haproxy(balanced),
      haproxy(balanced.replace("balance source\n  hash-type consistent", "balance roundrobin")),
    ],
  },
};

const inConfig = (from: string | RegExp, to: string) => (mutant: Mutant) =>
  mutant.edit("load-balancer-config", "haproxy.cfg", from, to);

/** How each rule is broken in this repository's own stack. */
export const balancerMutations: Mutations = {
  "balancer-leaves-dead-servers": inConfig(/(server-template .*?) check /, "$1 "),
  "balancer-survives-dns": inConfig(/hold timeout \S+/, "hold timeout 5s"),
  "balancer-source-agrees": inConfig(/^ {2}balance .*$/m, "  balance source"),
};
