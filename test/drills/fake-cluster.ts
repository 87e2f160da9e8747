import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";

/**
 * Stand-in for `kubectl` and `docker`: records every call and answers from files beside it. A shell script starts
 * quickly enough for the dozens of calls of a run. `docker kill` and `docker start` make and remove the file `down`, by
 * which the stand-in of the shop knows whether it serves.
 */
const PROGRAM = `#!/bin/sh
here=$(dirname "$0")
line="$(basename "$0") $*"
printf '%s\\n' "$(printf %s "$line" | tr '\\n' ' ')" >>"$here/calls"
case "$line" in
  "docker kill"*) : >"$here/down" ;;
  "docker start"*) rm -f "$here/down"; for file in copies patroni.json; do if [ -e "$here/$file-after" ]; then mv "$here/$file-after" "$here/$file"; fi; done ;;
  *" get node "*) cat "$here/nodes.json" ;;
  *" get pod,service,endpoints "*) if [ -e "$here/down" ]; then cat "$here/pods-down.json"; else cat "$here/pods.json"; fi ;;
  *"/cluster"*) cat "$here/patroni.json" ;;
  *" stat "*) cat "$here/copies" ;;
  *valkey-cli*) printf '10.96.0.9\\n6379\\nOK 3 usable Sentinels\\n' ;;
  *psql*) if grep -q 'count(\\*)'; then cat "$here/orders"; fi ;;
  *port-forward*) exit 1 ;;
esac
`;

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {}}]
contexts: [{name: kind-test, context: {cluster: c, user: u}}]
`;

const list = (items: object[]): string => JSON.stringify({ items });

function pod(name: string, workload: string, ready: boolean): object {
  return {
    kind: "Pod",
    metadata: { name, uid: `uid-${name}`, labels: { "app.kubernetes.io/name": workload } },
    spec: { nodeName: "h-worker" },
    status: { phase: "Running", podIP: "10.0.0.1", conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

/** A cluster and a shop for tests of the runner: the programs are stand-ins, the shop is a small HTTP server. */
export class FakeCluster {
  private readonly server: Server;
  private readonly path = process.env["PATH"];
  private readonly kubeconfig = process.env["KUBECONFIG"];
  /** Orders as the database has them: key and how often. */
  readonly orders = new Map<string, number>();
  /** How many copies of an acknowledged order the database keeps: 1 for a shop without faults. */
  keep: (key: string) => number = () => 1;
  /** Status that every path answers with; undefined for a normal shop. */
  instead: number | undefined;

  /** @param folder an empty one, to be removed by the caller */
  constructor(private readonly folder: string) {
    for (const program of ["kubectl", "docker"]) {
      writeFileSync(join(folder, program), PROGRAM);
      chmodSync(join(folder, program), 0o755);
    }
    const node = (name: string, labels: object): object => ({
      metadata: { name, labels },
      spec: { providerID: `kind://docker/h/${name}` },
      status: {
        conditions: [{ type: "Ready", status: "True" }],
        addresses: [{ type: "InternalIP", address: "172.18.0.2" }],
      },
    });
    const members = ["postgres-0", "postgres-1", "postgres-2"];
    this.file(
      "nodes.json",
      list([node("h-control-plane", { "node-role.kubernetes.io/control-plane": "" }), node("h-worker", {})]),
    );
    const service = {
      kind: "Service",
      spec: { clusterIP: "10.96.0.9", selector: { "statefulset.kubernetes.io/pod-name": "redis-0" } },
    };
    const lock = { kind: "Endpoints", metadata: { name: "postgres", annotations: { leader: "postgres-0" } } };
    const pods = (ready: boolean): string =>
      list([
        ...members.map((name) => pod(name, "postgres", ready)),
        pod("redis-0", "redis", true),
        pod("redis-sentinel-0", "redis-sentinel", true),
        service,
        lock,
      ]);
    this.file("pods.json", pods(true));
    this.file("pods-down.json", pods(false));
    this.file(
      "patroni.json",
      JSON.stringify({
        members: members.map((name, i) => ({
          name,
          role: i === 0 ? "leader" : "quorum_standby",
          state: i === 0 ? "running" : "streaming",
          timeline: 1,
        })),
      }),
    );
    this.file("copies", "11 1\n12 1\n");
    this.file("config", KUBECONFIG);
    this.server = createServer((request, response) => {
      const answer = (status: number, body: object = {}): void => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      };
      request.resume().on("end", () => {
        if (this.instead !== undefined) return answer(this.instead);
        if (existsSync(join(folder, "down"))) return answer(503);
        if (request.url!.startsWith("/orders?keyPrefix=")) return answer(200, { orders: [] });
        const key = request.headers["idempotency-key"]?.toString();
        if (key === undefined)
          return answer(200, { idempotencyKey: decodeURIComponent(request.url!.split("/").at(-1)!) });
        if (!this.orders.has(key)) this.orders.set(key, this.keep(key));
        this.save();
        return answer(201, { id: key });
      });
    });
  }

  /** Puts the stand-ins in front of PATH and opens the shop. @returns its URL */
  async start(): Promise<string> {
    this.save();
    process.env["PATH"] = [this.folder, this.path].join(delimiter);
    process.env["KUBECONFIG"] = join(this.folder, "config");
    await new Promise<void>((listening) => this.server.listen(0, "127.0.0.1", listening));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    process.env["PATH"] = this.path;
    if (this.kubeconfig === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = this.kubeconfig;
    this.server.close();
    this.server.closeAllConnections();
  }

  /** All calls of the programs, one a line. */
  calls(): string[] {
    return existsSync(join(this.folder, "calls"))
      ? readFileSync(join(this.folder, "calls"), "utf8").trim().split("\n")
      : [];
  }

  /** Writes one of the files that the stand-ins answer from. */
  file(name: string, content: string): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, name), content);
  }

  private save(): void {
    const lines = [...this.orders].filter(([, copies]) => copies > 0).map(([key, copies]) => `${key}\t${copies}`);
    this.file("orders", lines.join("\n"));
  }
}
