import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  autoscaler,
  configMap,
  deployment,
  namespace,
  networkPolicy,
  object,
  peer,
  service,
  statefulSet,
  workload,
} from "../../test/policies/objects";
import { Graph } from "./graph";
import { admits, mayCall, targetsOf } from "./network";
import { kubeObject, typeToken } from "./object";
import { durationSeconds, memoryBytes } from "./programs";
import { referencedServices } from "./references";
import { replicasOf } from "./replicas";
import { guardedProps, type Resource, Undecided, UNKNOWN } from "./resource";
import { selects } from "./selector";

describe("durations and amounts", () => {
  test.each([
    ["500ms", 0.5],
    ["1m", 60],
    ["1h30m", 5400],
    ["90", 90],
  ])("%s lasts %d s", (text, value) => expect(durationSeconds(text)).toBe(value));
  test("a bare number can be in milliseconds", () => expect(durationSeconds("500", "ms")).toBe(0.5));
  test.each([
    ["128MB", 134_217_728],
    ["96mb", 100_663_296],
    ["1gb", 1_073_741_824],
    ["4096", 4096],
  ])("%s is %d bytes", (text, value) => expect(memoryBytes(text)).toBe(value));
});

describe("types", () => {
  test("a manifest's apiVersion and kind and Pulumi's token are the same", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("v1", "apps/v1", "networking.k8s.io/v1"),
        fc.constantFrom("Service", "Deployment"),
        (apiVersion, kind) => {
          expect(kubeObject({ type: typeToken(apiVersion, kind), name: "x", props: {} })).toMatchObject({
            apiVersion,
            kind,
          });
        },
      ),
    );
  });
  test.each(["docker:index/image:Image", "pulumi:providers:kubernetes", "holdfast:index:WebService"])(
    "%s is no Kubernetes object",
    (type) => expect(kubeObject({ type, name: "x", props: {} })).toBeUndefined(),
  );
});

describe("selectors", () => {
  const labels = fc.dictionary(fc.constantFrom("app", "tier", "zone"), fc.constantFrom("a", "b"));
  test("an empty one picks everything, a missing one nothing", () => {
    fc.assert(fc.property(labels, (some) => selects({}, some) && !selects(undefined, some)));
  });
  test("labels pick themselves, and fewer labels pick no less", () => {
    fc.assert(
      fc.property(labels, labels, (wanted, some) => {
        const fewer = Object.fromEntries(Object.entries(wanted).slice(1));
        return (
          selects({ matchLabels: some }, some) &&
          (!selects({ matchLabels: wanted }, some) || selects({ matchLabels: fewer }, some))
        );
      }),
    );
  });
  test("In and NotIn, Exists and DoesNotExist are opposites", () => {
    fc.assert(
      fc.property(labels, (some) => {
        const picks = (operator: "In" | "NotIn" | "Exists" | "DoesNotExist") =>
          selects({ matchExpressions: [{ key: "app", operator, values: ["a"] }] }, some);
        return picks("In") !== picks("NotIn") && picks("Exists") !== picks("DoesNotExist");
      }),
    );
  });
});

describe("guarded properties", () => {
  test("throw with the path of what is unknown, and only when it is read", () => {
    const resource = { type: "t", name: "n", props: { spec: { ports: [{ port: UNKNOWN }, { port: 80 }] } } };
    const props = guardedProps(resource) as any;
    expect(props.spec.ports[1].port).toBe(80);
    expect(props.spec.ports.length).toBe(2);
    expect(() => props.spec.ports[0].port).toThrow(Undecided);
    expect(() => props.spec.ports.map((each: any) => each.port)).toThrow("spec.ports[0].port is not known yet");
  });
});

describe("the network", () => {
  const web = deployment("web", { container: { env: [{ name: "DB", value: "db.shop:5432" }] } });
  const db = statefulSet("db", { container: { ports: [{ name: "sql", containerPort: 5432 }] } });
  const graphOf = (...resources: Parameters<typeof networkPolicy>[1][]) =>
    new Graph([
      namespace(),
      web,
      db,
      service("db", 5432, { ports: [{ port: 5432, targetPort: "sql" }] }),
      ...(resources as any[]),
    ]);
  const ends = (graph: Graph) =>
    [
      graph.workloads.find(({ object }) => object.name === "web")!,
      graph.workloads.find(({ object }) => object.name === "db")!,
    ] as const;

  test("is open without policies, shut by an empty one, opened by an edge on its port", () => {
    const edge = (port: number | string) =>
      networkPolicy("db", { ingress: [{ from: [peer("web")], ports: [{ port }] }] });
    for (const [policies, admitted] of [
      [[], true],
      [[networkPolicy("db", {})], false],
      [[edge(5432)], true],
      [[edge("sql")], true],
      [[edge(80)], false],
    ] as const) {
      const graph = graphOf(...policies);
      const [caller, callee] = ends(graph);
      expect(admits(callee, caller, 5432, graph)).toBe(admitted);
      expect(mayCall(caller, callee, 5432, graph)).toBe(true);
    }
  });

  test("a peer of another namespace is not one of this", () => {
    const elsewhere = {
      ...peer("web"),
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "other" } },
    };
    const here = { ...peer("web"), namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } };
    for (const [from, admitted] of [
      [elsewhere, false],
      [here, true],
    ] as const) {
      const graph = graphOf(networkPolicy("db", { ingress: [{ from: [from] }] }));
      const [caller, callee] = ends(graph);
      expect(admits(callee, caller, 5432, graph)).toBe(admitted);
    }
  });

  test("a Service is referred to by its name with port or namespace, and by its address, and by no longer word", () => {
    const told = (text: string): string[] => {
      const graph = new Graph([
        deployment("web", { pod: { volumes: [{ name: "c", configMap: { name: "c" } }] } }),
        configMap("c", { "app.conf": text }),
        db,
        service("db", 5432, { clusterIP: "10.96.0.7" }),
      ]);
      return referencedServices(graph.workloads[0]!, graph).map(({ name }) => name);
    };
    for (const text of ["host=db:5432", "db.shop.svc.cluster.local", "10.96.0.7:5432"])
      expect(told(text), text).toEqual(["db"]);
    for (const text of ["the db is there", "mydb:5432", "10.96.0.71", "db-replica:5432", "a.db"])
      expect(told(text), text).toEqual([]);
  });

  test("a headless Service is referred to by the name of a pod in it", () => {
    const graph = new Graph([
      deployment("web", { container: { args: ["--members=db-0.db-members,db-1.db-members"] } }),
      db,
      service("db-members", 5432, { clusterIP: "None" }, "db"),
    ]);
    expect(referencedServices(graph.workloads[0]!, graph).map(({ name }) => name)).toEqual(["db-members"]);
  });

  test("labels that pods put on themselves are no reason to call a Service empty, mistyped ones are", () => {
    const role = {
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["patch"] }],
      metadata: { name: "db", namespace: "shop" },
    };
    const bound = {
      subjects: [{ kind: "ServiceAccount", name: "db", namespace: "shop" }],
      roleRef: { kind: "Role", name: "db" },
      metadata: { name: "db", namespace: "shop" },
    };
    const account = statefulSet("db", { pod: { serviceAccountName: "db" } });
    const replicas = service("db-replicas", 5432, { selector: { app: "db", role: "replica" } });
    const rights = [
      { type: "kubernetes:rbac.authorization.k8s.io/v1:Role", name: "db", props: role },
      { type: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", name: "db", props: bound },
    ];
    const targets = (...resources: any[]) => {
      const graph = new Graph(resources);
      return targetsOf(graph.ofKind("Service")[0]!, graph).length;
    };
    expect(targets(account, replicas, ...rights)).toBe(1);
    expect(targets(account, replicas)).toBe(0);
    expect(targets(account, service("db", 5432, { selector: { app: "bd", role: "replica" } }), ...rights)).toBe(0);
  });
});

describe("what a cluster shows", () => {
  const owned = (kind: string, name: string, owner: Resource, labels = {}): Resource => {
    const made =
      kind === "Pod" ? object("Pod", name, { spec: { containers: [{ name: "web" }] } }) : workload(kind, name);
    const { uid, name: ownerName } = owner.props.metadata as { uid: string; name: string };
    const references = [{ kind: owner.type.split(":")[2], name: ownerName, uid, controller: true }];
    return identified(made, { ownerReferences: references, labels });
  };
  const identified = (resource: Resource, more = {}): Resource => ({
    ...resource,
    props: {
      ...resource.props,
      metadata: { ...(resource.props.metadata as object), uid: `uid-${resource.name}`, ...more },
    },
  });
  const names = (resources: Resource[]): string[] => new Graph(resources).workloads.map(({ object: { name } }) => name);
  const web = identified(deployment("web"));
  const replicaSet = owned("ReplicaSet", "web-5d9", web);
  const pod = owned("Pod", "web-5d9-x", replicaSet, { "pod-template-hash": "5d9" });

  test.each([
    ["a Deployment stands for its ReplicaSets and their pods", [web, replicaSet, pod], ["web"]],
    ["and for pods whose ReplicaSet is left out of the list", [web, pod], ["web"]],
    ["a pod whose owner is not here is judged", [pod], ["web-5d9-x"]],
    ["a pod of another's ReplicaSet is judged", [identified(deployment("other")), pod], ["other", "web-5d9-x"]],
  ])("%s", (_what, resources, expected) => expect(names(resources)).toEqual(expected));

  test("a file that only claims an owner is judged", () => {
    const { uid: _uid, ...claimed } = pod.props.metadata as { uid: string };
    expect(names([web, { ...pod, props: { ...pod.props, metadata: claimed } }])).toContain("web-5d9-x");
  });
});

describe("other people's kinds", () => {
  const template = {
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "web", ports: [{ containerPort: 80 }] }] },
  };
  const rollout = object("Rollout", "web", { spec: { replicas: 3, template } }, "argoproj.io/v1alpha1");

  test("with a pod template are workloads, by a kind that only they have", () => {
    const graph = new Graph([rollout, service("web", 80)]);
    expect(graph.workloads).toMatchObject([{ kind: "Rollout.argoproj.io", replicated: true, longRunning: true }]);
    expect(targetsOf(graph.find("Service", "shop", "web")!, graph)).toEqual(graph.workloads);
    expect(graph.unknownKinds).toEqual([]);
  });

  test("are scaled by an autoscaler that names their API", () => {
    const scaleTargetRef = { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "web" };
    const graph = new Graph([rollout, autoscaler("web", { scaleTargetRef, minReplicas: 4, maxReplicas: 8 })]);
    expect(replicasOf(graph.workloads[0]!, graph)).toEqual({ min: 4, max: 8 });
  });

  test("whose name is also one of the API's are not taken for it", () => {
    const knative = object("Service", "web", { spec: { template } }, "serving.knative.dev/v1");
    const graph = new Graph([knative, object("constructor", "odd", {}, "example.org/v1")]);
    expect(graph.ofKind("Service")).toEqual([]);
    expect(graph.workloads).toMatchObject([{ kind: "Service.serving.knative.dev" }]);
    expect(graph.unknownKinds).toEqual(["constructor.example.org"]);
  });

  test("with several templates are several workloads, and jobs where their pods end", () => {
    const ending = { ...template, spec: { ...template.spec, restartPolicy: "Never" } };
    const graph = new Graph([
      object("Job", "j", { spec: { tasks: [{ template }, { template: ending }] } }, "batch.volcano.sh/v1"),
    ]);
    expect(graph.workloads.map(({ podPath, longRunning }) => [podPath, longRunning])).toEqual([
      ["spec.tasks[0].template.spec", true],
      ["spec.tasks[1].template.spec", false],
    ]);
  });

  test("a ReplicationController's selector is its labels", () => {
    const controller = object("ReplicationController", "web", { spec: { selector: { app: "web" }, template } });
    expect(new Graph([controller]).workloads[0]!.selector).toEqual({ matchLabels: { app: "web" } });
  });
});
