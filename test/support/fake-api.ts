import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parse } from "yaml";

/** Kinds that a web service is made of, or that the provider watches, by group and version: plural to kind. */
const KINDS: Record<string, Record<string, string>> = {
  "api/v1": {
    configmaps: "ConfigMap",
    services: "Service",
    serviceaccounts: "ServiceAccount",
    pods: "Pod",
    events: "Event",
    persistentvolumeclaims: "PersistentVolumeClaim",
    endpoints: "Endpoints",
    namespaces: "Namespace",
  },
  "apis/apps/v1": { deployments: "Deployment", replicasets: "ReplicaSet" },
  "apis/autoscaling/v2": { horizontalpodautoscalers: "HorizontalPodAutoscaler" },
  "apis/networking.k8s.io/v1": { networkpolicies: "NetworkPolicy" },
  "apis/policy/v1": { poddisruptionbudgets: "PodDisruptionBudget" },
};

/** An OpenAPI document with nothing but its version ("2.0"), in the encoding that clients ask for. */
const NO_SCHEMA = Buffer.from([0x0a, 3, ...Buffer.from("2.0")]);

type Kept = Record<string, any>;

/**
 * Stand-in for a Kubernetes API, as far as the provider needs it to make a web service: it stores objects, counts their
 * generations and notifies watchers. There are no controllers; the test acts as one.
 */
export class FakeApi {
  /** Called with a Deployment whose specification has just changed. */
  onDeployment: (deployment: Kept) => void = () => undefined;
  /** Called with a folder (`apis/apps/v1/namespaces/shop/deployments`) when a client begins to watch it. */
  onWatch: (folder: string) => void = () => undefined;
  /** Whether lists show each object before its last change, as a stale cache does. */
  late = false;

  private readonly objects = new Map<string, Kept>();
  private readonly before = new Map<string, Kept>();
  /** Annotations that were applied last, by path. */
  private readonly stated = new Map<string, Set<string>>();
  private readonly watchers = new Set<{ folder: string; response: ServerResponse }>();
  private version = 1;
  private server: Server | undefined;

  /** Listens, and returns the address. */
  async start(): Promise<string> {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((listening) => {
      this.server!.listen(0, "127.0.0.1", listening);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  /** The object at a path, `apis/apps/v1/namespaces/shop/deployments/web`. */
  read(path: string): Kept | undefined {
    return this.objects.get(path);
  }

  /** Keeps an object and notifies its watchers. */
  write(path: string, object: Kept): Kept {
    const old = this.objects.get(path);
    if (old) this.before.set(path, old);
    const kept = { ...object, metadata: { ...object["metadata"], resourceVersion: String(++this.version) } };
    this.objects.set(path, kept);
    for (const { folder, response } of this.watchers)
      if (path.startsWith(`${folder}/`))
        response.write(`${JSON.stringify({ type: old ? "MODIFIED" : "ADDED", object: kept })}\n`);
    return kept;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, "http://api");
    const path = url.pathname.slice(1);
    const json = (body: unknown, status = 200): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (path === "version") return json({ major: "1", minor: "34", gitVersion: "v1.34.0" });
    if (path === "openapi/v2") {
      response
        .writeHead(200, { "content-type": "application/com.github.proto-openapi.spec.v2.v1.0+protobuf" })
        .end(NO_SCHEMA);
      return;
    }
    if (path === "api") return json({ kind: "APIVersions", versions: ["v1"] });
    if (path === "apis") return json({ kind: "APIGroupList", apiVersion: "v1", groups: groups() });
    if (KINDS[path]) return json(resources(path));
    if (request.method === "PATCH") return json(this.apply(path, parse(await text(request)) as Kept));
    const found = this.objects.get(path);
    if (found) return json(found);
    if (!Object.values(KINDS).some((kinds) => path.split("/").at(-1)! in kinds)) {
      return json(
        {
          kind: "Status",
          apiVersion: "v1",
          status: "Failure",
          reason: "NotFound",
          code: 404,
          message: `${path} not found`,
        },
        404,
      );
    }
    if (url.searchParams.get("watch"))
      return this.watch(path, url.searchParams.get("resourceVersion") ?? "0", response);
    json(this.list(path));
  }

  /** What a server-side apply does, by one manager who states everything. */
  private apply(path: string, said: Kept): Kept {
    const old = this.objects.get(path);
    const changed = JSON.stringify(old?.["spec"]) !== JSON.stringify(said["spec"]);
    const generation = (old?.["metadata"].generation ?? 0) + (changed ? 1 : 0);
    const metadata = { ...old?.["metadata"], ...said["metadata"], uid: path, generation };
    // What this manager stated before and states no longer goes; what the controller has written stays.
    const others = Object.entries((old?.["metadata"].annotations ?? {}) as Record<string, string>).filter(
      ([key]) => !this.stated.get(path)?.has(key),
    );
    metadata.annotations = { ...Object.fromEntries(others), ...said["metadata"].annotations };
    this.stated.set(path, new Set(Object.keys(said["metadata"].annotations ?? {})));
    const kept = this.write(path, { ...said, metadata, status: old?.["status"] });
    if (said["kind"] === "Deployment" && changed) this.onDeployment(kept);
    return kept;
  }

  private list(folder: string): Kept {
    const inside = [...this.objects.keys()].filter((path) => path.startsWith(`${folder}/`));
    const items = inside.map((path) => (this.late ? this.before.get(path) : undefined) ?? this.objects.get(path)!);
    const kind = Object.values(KINDS).flatMap((kinds) => kinds[folder.split("/").at(-1)!] ?? [])[0];
    const resourceVersion = this.late
      ? String(Math.max(1, ...items.map(({ metadata }) => Number(metadata.resourceVersion))))
      : String(this.version);
    return { kind: `${kind}List`, apiVersion: items[0]?.["apiVersion"] ?? "v1", metadata: { resourceVersion }, items };
  }

  private watch(folder: string, since: string, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    for (const [path, object] of this.objects)
      if (path.startsWith(`${folder}/`) && Number(object["metadata"].resourceVersion) > Number(since))
        response.write(`${JSON.stringify({ type: "MODIFIED", object })}\n`);
    const watcher = { folder, response };
    this.watchers.add(watcher);
    response.on("close", () => this.watchers.delete(watcher));
    this.onWatch(folder);
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function groups(): unknown[] {
  return Object.keys(KINDS)
    .filter((path) => path.startsWith("apis/"))
    .map((path) => {
      const [, name, version] = path.split("/");
      const named = { groupVersion: `${name}/${version}`, version };
      return { name, versions: [named], preferredVersion: named };
    });
}

function resources(path: string): unknown {
  const verbs = ["get", "list", "watch", "create", "patch", "update", "delete"];
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: path.replace(/^apis?\//, ""),
    resources: Object.entries(KINDS[path]!).map(([name, kind]) => ({
      name,
      kind,
      singularName: "",
      namespaced: kind !== "Namespace",
      verbs,
    })),
  };
}
