import { execa } from "execa";

/** kubectl on one namespace of one named context. */
export interface Kubectl {
  /** Runs kubectl and returns what it says; throws execa's error when it fails. */
  (...args: string[]): Promise<string>;
}

/**
 * @param context always named: the ambient one may be another cluster
 */
export function kubectl(context: string, namespace: string): Kubectl {
  return async (...args) => (await execa("kubectl", ["--context", context, "-n", namespace, ...args])).stdout;
}
