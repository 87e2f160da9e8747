import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { EXPORTER_PORT, REDIS_PORT } from "./args";
import type { Labels } from "../common/labels";

/** The Secrets of a Redis, and the one password that others may need. */
export interface Accounts {
  /** The clients' current password, a secret. */
  password: pulumi.Output<string>;
  /** For clients: key `password`. */
  clients: k8s.core.v1.Secret;
  /** For servers and Sentinels: `password`, `next-password`, `operator-password`, `exporter-password`. */
  servers: k8s.core.v1.Secret;
  /** For the exporter beside a server: `exporter.json`, in the form it reads. */
  exporter: k8s.core.v1.Secret;
}

/** Letters and digits only: a password stands in configuration files whose quoting rules differ. */
const PASSWORD_LENGTH = 32;

/**
 * Passwords and the Secrets that carry them. The clients' password of generation g and that of g + 1 exist side by side
 * and the servers accept both, so raising the generation changes what clients use before anything has to restart.
 *
 * @param name the component's name
 * @param generation see `RedisArgs.passwordGeneration`
 */
export function createAccounts(
  name: string,
  args: { namespace: pulumi.Input<string>; generation: number; labels: Labels },
  opts: pulumi.CustomResourceOptions,
): Accounts {
  const password = (suffix: string) =>
    new random.RandomPassword(`${name}-${suffix}`, { length: PASSWORD_LENGTH, special: false }, opts).result;
  const secret = (suffix: string, stringData: Record<string, pulumi.Input<string>>) =>
    new k8s.core.v1.Secret(
      `${name}-${suffix}`,
      { metadata: { name: `${name}-${suffix}`, namespace: args.namespace, labels: args.labels }, stringData },
      opts,
    );
  const current = password(`password-${args.generation}`);
  const next = password(`password-${args.generation + 1}`);
  const exporter = password("exporter-password");
  return {
    password: current,
    clients: secret("auth", { password: current }),
    servers: secret("accounts", {
      "password": current,
      "next-password": next,
      "operator-password": password("operator-password"),
      "exporter-password": exporter,
    }),
    exporter: secret("exporter", {
      "exporter.json": exporter.apply((value) => JSON.stringify({ [EXPORTER_URI]: value })),
    }),
  };
}

/** How the exporter spells the server beside it when it looks the password up. */
const EXPORTER_URI = `redis://exporter@127.0.0.1:${REDIS_PORT}`;

/** Command line flags of the exporter beside a server. */
export function serverExporterArgs(passwordFile: string): string[] {
  return [`--redis.addr=redis://127.0.0.1:${REDIS_PORT}`, "--redis.user=exporter", `--redis.password-file=${passwordFile}`, ...EXPORTER_ARGS];
}

/** Command line flags of the exporter beside a Sentinel, which tells anyone what the exporter asks. */
export function sentinelExporterArgs(port: number): string[] {
  return [`--redis.addr=redis://127.0.0.1:${port}`, ...EXPORTER_ARGS];
}

const EXPORTER_ARGS = [`--web.listen-address=:${EXPORTER_PORT}`, "--exclude-latency-histogram-metrics"];
