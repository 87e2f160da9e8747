import { isBuiltin } from "node:module";
import { describe, expect, it } from "vitest";
import { bundleAgent, OPTIONAL } from "./bundle";
import { CLIENT, createClient, removeClient, webPods } from "./manifests";

const settings = {
  namespace: "online-shop",
  node: "worker",
  web: {
    image: "web-app@sha256:1",
    config: "web-app-config-1a2b3c4d",
    database: "postgres-app-2",
    redis: "redis-auth-2",
  },
  entrances: { postgres: 5432, "postgres-pooler": 6432, redis: 6379 },
  program: "",
  config: {
    ways: ["sql" as const],
    shape: { writesPerSecond: 50, readsPerSecond: 50, sessions: 4 },
    prefix: "p",
    seed: 1,
    atMostSeconds: 60,
  },
};

interface Item {
  kind: string;
  metadata: { name: string; namespace: string; labels: Record<string, string> };
}

describe("the load pod", () => {
  it("fits into a ConfigMap, and is one program that needs no package beside it", async () => {
    const program = await bundleAgent();
    expect(Buffer.byteLength(program)).toBeLessThan(900 * 1024);
    expect(() => new Function("require", "module", "exports", program)).not.toThrow();
    const required = [...program.matchAll(/\brequire\("([^"]+)"\)/g)].map((match) => match[1]!);
    expect(required.filter((name) => !isBuiltin(name) && !OPTIONAL.includes(name))).toEqual([]);
  });

  it("has the web pods' image, settings and passwords, whatever they are called", () => {
    const spec = {
      containers: [
        { name: "web-app", image: settings.web.image, envFrom: [{ configMapRef: { name: settings.web.config } }] },
      ],
      volumes: [
        { name: "tmp" },
        { name: "postgres", secret: { secretName: "postgres-app-2" } },
        { name: "redis", secret: { secretName: "redis-auth-2" } },
      ],
    };
    expect(webPods("web-app", spec)).toEqual(settings.web);
    expect(() => webPods("web-app", { ...spec, volumes: [] })).toThrow("no Secret mounted as postgres");
  });

  it("is removed completely by its label", () => {
    const { items } = JSON.parse(createClient(settings).input!) as { items: Item[] };
    const removed = removeClient("online-shop").args;
    const kinds = removed[removed.indexOf("delete") + 1]!.split(",");
    for (const { kind, metadata } of items) {
      expect(kinds).toContain(kind.toLowerCase());
      expect(metadata.namespace).toBe("online-shop");
      expect(metadata.labels["app.kubernetes.io/name"]).toBe(CLIENT);
    }
  });

  it("opens to itself only the ports that load goes to", () => {
    const { items } = JSON.parse(createClient(settings).input!) as {
      items: (Item & { spec: { ingress?: { from: object[]; ports: object[] }[] } })[];
    };
    const into = items.filter((item) => item.kind === "NetworkPolicy" && item.spec.ingress !== undefined);
    expect(into.map((item) => item.metadata.name)).toEqual(
      Object.keys(settings.entrances).map((name) => `${CLIENT}-into-${name}`),
    );
    for (const { spec } of into) {
      expect(spec.ingress).toEqual([
        {
          from: [
            {
              podSelector: {
                matchLabels: { "app.kubernetes.io/name": CLIENT, "app.kubernetes.io/component": "drill" },
              },
            },
          ],
          ports: [{ protocol: "TCP", port: expect.any(Number) as number }],
        },
      ]);
    }
  });
});
