import {
  configMap,
  deployment,
  mounting,
  networkPolicy,
  object,
  peer,
  service,
  statefulSet,
  workload,
} from "../objects";
import { PUBLIC_BLOCKS } from "../../../config/addresses";
import type { Examples } from "./example";

const listening = (name: string, port: number, parts: Record<string, any> = {}) =>
  deployment(name, {
    ...parts,
    pod: { automountServiceAccountToken: false, ...parts.pod },
    container: { ports: [{ name: "main", containerPort: port }], ...parts.container },
  });
const exposed = { type: "NodePort" };
const tcp = (port: number) => [{ protocol: "TCP", port }];
const shut = { ingress: [], egress: [] };
const ingress = (spec: object, metadata: object = {}) => object("Ingress", "web", { metadata, spec });
const route = (host: string | undefined, name = "web") => ({
  host,
  http: { paths: [{ backend: { service: { name } } }] },
});

/** A policy of `web` with one way out, and what its annotation says of it. */
const outward = (to: object[] | undefined, stated: unknown, ports: object[] = tcp(443)) => {
  const text = typeof stated === "string" ? stated : JSON.stringify(stated);
  return networkPolicy(
    "web",
    { ingress: [], egress: [{ to, ports }] },
    stated === undefined ? {} : { "holdfast.dev/outside": text },
  );
};
const everywhere = (...except: string[]) => [{ ipBlock: { cidr: "0.0.0.0/0", except } }];
const publicOnly = PUBLIC_BLOCKS.map((ipBlock) => ({ ipBlock }));
const pay = { host: "api.pay.example", port: 443, why: "card payments" };
const range = [{ ipBlock: { cidr: "203.0.113.0/24" } }];
const inRange = { cidr: "203.0.113.0/24", port: 443, why: "card payments" };

const web = listening("web", 8080);
const db = listening("db", 5432);
const callsDb = networkPolicy("web", { egress: [{ to: [peer("db")], ports: tcp(5432) }] });
const admitsWeb = networkPolicy("db", { ingress: [{ from: [peer("web")], ports: tcp(5432) }] });
const told = listening("web", 8080, { container: { env: [{ name: "DB_HOST", value: "db:5432" }] } });
const dbService = service("db", 5432);
/** A Secret with an address in it, and a program that reads it. */
const address = { ...object("Secret", "address"), dependencies: { stringData: [dbService.urn!] } };
const readsAddress = listening("web", 8080, { pod: { volumes: [{ name: "a", secret: { secretName: "address" } }] } });
/** A Service that the pods with its label write themselves into. */
const pointed = object("Service", "db", { metadata: { labels: { app: "db" } }, spec: { ports: [{ port: 5432 }] } });

/** Examples of the rules about NetworkPolicies, Services, Ingresses and references. */
export const networkExamples: Examples = {
  "pods-isolated": {
    bad: [
      [web],
      [web, networkPolicy("web", { ...shut, policyTypes: ["Ingress"] })],
      [web, networkPolicy("other", shut)],
    ],
    good: [
      [web, networkPolicy("web", shut)],
      [web, object("NetworkPolicy", "all", { spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } })],
    ],
  },
  "policy-matches-pods": {
    bad: [
      [web, networkPolicy("wbe", shut)],
      [web, networkPolicy("web", { ingress: [{ from: [peer("balnacer")] }], egress: [] })],
    ],
    good: [
      [web, db, callsDb, admitsWeb],
      [
        web,
        networkPolicy("web", {
          ingress: [
            {
              from: [
                {
                  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
                },
              ],
            },
          ],
        }),
      ],
      [object("NetworkPolicy", "deny", { spec: { podSelector: {} } })],
    ],
  },
  "no-open-edge": {
    bad: [
      [web, networkPolicy("web", { ingress: [{ ports: tcp(8080) }], egress: [] })],
      [web, service("web", 8080), networkPolicy("web", { ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] })],
      [web, networkPolicy("web", { ingress: [], egress: [{ ports: tcp(443) }] })],
      [web, networkPolicy("web", { ingress: [], egress: [{}] })],
      [
        web,
        service("web", 8080),
        networkPolicy("web", { ingress: [{ from: [{ ipBlock: { cidr: "128.0.0.0/1" } }] }] }),
      ],
      // Everybody, though it is named.
      [web, outward(undefined, [pay])],
      [web, outward(everywhere(), [pay])],
      [web, outward(everywhere("10.0.0.0/8"), [pay])],
      [web, outward([{ ipBlock: { cidr: "::/0" } }], [pay])],
      [web, outward([{ ipBlock: { cidr: "0.0.0.0/0" } }], [{ ...inRange, cidr: "0.0.0.0/0" }])],
      [web, outward(publicOnly, [pay], [])],
      [web, outward(publicOnly, [pay], [{ protocol: "TCP", port: 1, endPort: 65535 }])],
      // Named by nobody, or otherwise than it is.
      [web, outward(publicOnly, undefined)],
      [web, outward(publicOnly, [inRange])],
      [web, outward([{ ipBlock: { cidr: "128.0.0.0/1" } }], undefined)],
      [web, outward(publicOnly, [pay], tcp(25))],
      [web, outward(publicOnly, [pay], [...tcp(443), ...tcp(25)])],
      [web, outward([...range, { ipBlock: { cidr: "198.51.100.0/24" } }], [inRange])],
      [web, outward(range, [{ ...inRange, port: 8443 }])],
      [web, outward([peer("web")], [pay])],
      [web, outward(publicOnly, [{ ...pay, why: " " }])],
      [web, outward(publicOnly, [{ port: 443, why: "nobody" }])],
      [web, outward(publicOnly, "api.pay.example:443")],
      [web, outward(publicOnly, { ...pay })],
    ],
    good: [
      [web, service("web", 8080, exposed), networkPolicy("web", { ingress: [{ ports: tcp(8080) }], egress: [] })],
      [deployment("operator"), networkPolicy("operator", { ingress: [], egress: [{ ports: tcp(443) }] })],
      [web, outward(publicOnly, [pay])],
      [web, outward(publicOnly, [pay, { ...pay, host: "mail.example" }])],
      [web, outward(range, [inRange])],
      [web, outward(range, [pay])],
      [web, outward([{ ipBlock: { cidr: "10.9.0.5/32" } }], [{ ...inRange, host: "store.corp", cidr: "10.9.0.5/32" }])],
      [web, outward([peer("web"), ...range], [inRange])],
      [web, outward(range, undefined)],
    ],
  },
  "service-reaches-pods": {
    bad: [
      [web, service("wbe", 8080)],
      [web, service("web", 80)],
      [web, service("web", 80, { ports: [{ port: 80, targetPort: "http" }] })],
    ],
    good: [
      [web, service("web", 80, { ports: [{ port: 80, targetPort: "main" }] })],
      [object("Service", "held", { spec: { clusterIP: "None" } })],
      [web, service("web-0", 8080, { selector: { app: "web", "statefulset.kubernetes.io/pod-name": "web-0" } })],
    ],
  },
  "no-private-port-exposed": {
    bad: [
      [db, service("db", 80, { ...exposed, ports: [{ port: 80, targetPort: "main" }] })],
      [service("cache", 6379, { type: "LoadBalancer" })],
    ],
    good: [
      [db, service("db", 5432)],
      [web, service("web", 8080, exposed)],
    ],
  },
  "exposed-service-local": {
    bad: [[service("web", 80, exposed)]],
    good: [[service("web", 80, { ...exposed, externalTrafficPolicy: "Local" })], [service("web", 80)]],
  },
  "no-external-ips": { bad: [[service("web", 80, { externalIPs: ["192.0.2.1"] })]], good: [[service("web", 80)]] },
  "ingress-encrypted": {
    bad: [
      [ingress({ rules: [route("shop.example.org")] })],
      [ingress({ tls: [{ hosts: ["a.example.org"] }], rules: [route(undefined)] })],
      [ingress({ tls: [{ hosts: ["a.example.org"] }], rules: [route("b.example.org")] })],
    ],
    good: [
      [ingress({ tls: [{ hosts: ["shop.example.org"], secretName: "tls" }], rules: [route("shop.example.org")] })],
    ],
  },
  "ingress-leads-somewhere": {
    bad: [
      [service("web", 80), ingress({ rules: [route("shop.example.org", "wbe")] })],
      [ingress({ defaultBackend: { service: { name: "web" } } })],
    ],
    good: [[service("web", 80), ingress({ rules: [route("shop.example.org")] })]],
  },
  "ingress-no-snippets": {
    bad: [[ingress({}, { annotations: { "nginx.ingress.kubernetes.io/configuration-snippet": "return 200;" } })]],
    good: [[ingress({}, { annotations: { "nginx.ingress.kubernetes.io/proxy-body-size": "1m" } })]],
  },
  "edges-meet": {
    bad: [
      [web, db, callsDb, networkPolicy("db", shut)],
      [web, db, networkPolicy("web", shut), admitsWeb],
      [web, db, callsDb, networkPolicy("db", { ingress: [{ from: [peer("web")], ports: tcp(5433) }] })],
    ],
    good: [
      [web, db, callsDb, admitsWeb],
      [web, db, callsDb],
    ],
  },
  "wiring-permitted": {
    bad: [
      [told, db, service("db", 5432), networkPolicy("web", shut)],
      [
        listening("web", 8080, mounting("web")),
        configMap("web", { "app.yaml": "database: db.shop.svc.cluster.local" }),
        db,
        service("db", 5432),
        networkPolicy("db", shut),
      ],
    ],
    good: [
      [told, db, service("db", 5432), callsDb, admitsWeb],
      [told, db, service("db", 5432)],
    ],
  },
  "edges-used": {
    bad: [
      [web, db, service("db", 5432), callsDb, admitsWeb],
      [web, address, db, dbService, callsDb, admitsWeb],
      [told, db, { ...pointed, props: { ...pointed.props, metadata: { name: "db" } } }, callsDb, admitsWeb],
    ],
    good: [
      [told, db, service("db", 5432), callsDb, admitsWeb],
      [readsAddress, address, db, dbService, callsDb, admitsWeb],
      [told, db, pointed, callsDb, admitsWeb],
      [deployment("operator"), db, networkPolicy("operator", { egress: [{ to: [peer("db")] }] })],
    ],
  },
  "no-strangers": {
    bad: [
      [web, service("web", 8080), workload("Job", "migrate", { template: { labels: { app: "web" } } })],
      [web, deployment("canary", { template: { labels: { app: "web" } } })],
      [
        web,
        deployment("other", { template: { labels: { tier: "x" } } }),
        object("PodDisruptionBudget", "both", { spec: { selector: {} } }),
      ],
    ],
    good: [[web, service("web", 8080), workload("Job", "migrate")]],
  },
  "references-exist": {
    bad: [
      [deployment("web", mounting("web"))],
      [deployment("web", { container: { envFrom: [{ configMapRef: { name: "web" } }] } })],
      [deployment("web", { pod: { serviceAccountName: "web" } })],
    ],
    good: [
      [deployment("web", mounting("web")), configMap("web", {})],
      [deployment("web", { container: { envFrom: [{ configMapRef: { name: "extra", optional: true } }] } })],
      [deployment("web", { pod: { serviceAccountName: "web" } }), object("ServiceAccount", "web")],
    ],
  },
  "statefulset-has-service": {
    bad: [
      [statefulSet("db", { spec: { serviceName: "db" } })],
      [statefulSet("db", { spec: { serviceName: "web" } }), service("web", 80)],
    ],
    good: [
      [
        statefulSet("db", { spec: { serviceName: "db-members" } }),
        service("db-members", 5432, { clusterIP: "None" }, "db"),
      ],
    ],
  },
};
