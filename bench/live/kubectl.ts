import { execute, type Cluster } from "../../drills/stack/execute";

/** kubectl in the stack's namespace. @returns its standard output @throws CommandFailed */
export function kubectl(cluster: Cluster, ...args: string[]): Promise<string> {
  return execute(cluster, { program: "kubectl", args: ["-n", cluster.namespace, ...args] });
}
