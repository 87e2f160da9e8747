import { execa } from "execa";

/** kubectl on one namespace of one named context. */
export interface Kubectl {
  /** Runs kubectl and returns what it says; throws execa's error when it fails. */
  (...args: string[]): Promise<string>;
}

/**
 * @param context always named: the ambient one may be another cluster
 * @param timeoutSeconds after which a command is given up. @default never
 */
export function kubectl(context: string, namespace: string, timeoutSeconds?: number): Kubectl {
  const options = timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds * 1000 };
  return async (...args) => (await execa("kubectl", ["--context", context, "-n", namespace, ...args], options)).stdout;
}
