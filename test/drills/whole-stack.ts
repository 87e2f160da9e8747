import type { NodeState, PodState } from "../../cluster/state";
import type { StackState } from "../../drills/stack/state";

/** A whole stack on four nodes, for tests: `postgres-1` and `redis-2` lead, on workers. */
export function wholeStack(change: Partial<StackState> = {}): StackState {
  const node = (name: string, last: number): NodeState => ({
    name,
    address: `172.18.0.${last}`,
    controlPlane: name.endsWith("control-plane"),
    ready: true,
    cordoned: false,
    container: name,
  });
  const pod = (name: string, workload: string, onNode: string, last: number): PodState => ({
    name,
    uid: `11111111-2222-3333-4444-${String(last).padStart(12, "0")}`,
    node: onNode,
    address: `10.244.0.${last}`,
    workload,
    ready: true,
  });
  const [control, first, second, third] = ["h-control-plane", "h-worker", "h-worker2", "h-worker3"] as const;
  return {
    namespace: "online-shop",
    nodes: [node(control, 2), node(first, 3), node(second, 4), node(third, 5)],
    pods: [
      pod("postgres-0", "postgres", first, 10),
      pod("postgres-1", "postgres", second, 11),
      pod("postgres-2", "postgres", third, 12),
      pod("postgres-pooler-0", "postgres-pooler", first, 15),
      pod("postgres-pooler-1", "postgres-pooler", second, 16),
      pod("postgres-pooler-ro-0", "postgres-pooler-ro", first, 17),
      pod("postgres-pooler-ro-1", "postgres-pooler-ro", third, 18),
      pod("redis-0", "redis", first, 20),
      pod("redis-1", "redis", second, 21),
      pod("redis-2", "redis", third, 22),
      pod("redis-sentinel-0", "redis-sentinel", first, 30),
      pod("web-app-a", "web-app", first, 40),
      pod("web-app-b", "web-app", second, 41),
      pod("load-balancer-a", "load-balancer", first, 50),
      pod("load-balancer-b", "load-balancer", control, 51),
    ],
    found: {
      postgres: { leader: "postgres-1", timeline: 4, missing: [] },
      redis: { leader: "redis-2", missing: [] },
    },
    ...change,
  };
}
