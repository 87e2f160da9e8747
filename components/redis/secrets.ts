import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { readAtStart, readLive, type Live } from "../common/content";
import { heldGenerations, ofGeneration } from "../common/generation";
import type { Labels } from "../common/labels";
import { connectionKeys } from "./connection";
import { REDIS_PORT } from "./names";

/** The clients' password of one generation. */
interface HeldPassword {
  generation: number;
  password: pulumi.Output<string>;
}

/** The Secrets of a Redis, and the passwords that others may need. */
interface Accounts {
  /** The clients' current password, a secret. */
  password: pulumi.Output<string>;
  /** It and the one of the generation before, the current one last. */
  held: HeldPassword[];
  /**
   * For clients: the name of a Secret with key `password`; another one for each generation. The one before stays until
   * the next.
   */
  clients: pulumi.Output<string>;
  /**
   * For servers and Sentinels: `password`, `next-password`, `previous-password` from the second generation on,
   * `operator-password`, `exporter-password`.
   */
  servers: Live;
  /** For the exporter beside a server: the name of a Secret with `exporter.json`, in the form it reads. */
  exporter: pulumi.Output<string>;
}

/** Letters and digits only: a password stands in configuration files whose quoting rules differ. */
const PASSWORD_LENGTH = 32;

/**
 * Passwords and the Secrets that carry them. At generation g the servers accept the clients' passwords of g - 1, g and
 * g + 1: the next one before any client has it, so that clients can roll over to it at once, and the previous one until
 * the generation after, however long the clients take and should the update be taken back.
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
  const { namespace, labels } = args;
  const clientPassword = (generation: number) => password(`password-${generation}`);
  const exporter = password("exporter-password");
  const held = heldGenerations(args.generation).map((generation) => ({
    generation,
    password: clientPassword(generation),
  }));
  const current = held.at(-1)!.password;
  const secrets = held.map((one) => {
    const secret = ofGeneration(`${name}-auth`, one.generation);
    const stringData = { password: one.password };
    const args = { metadata: { name: secret, namespace, labels }, immutable: true, stringData };
    return new k8s.core.v1.Secret(secret, args, opts).metadata.name;
  });
  return {
    password: current,
    held,
    clients: secrets.at(-1)!,
    servers: readLive(
      `${name}-accounts`,
      {
        namespace,
        labels,
        stringData: {
          password: current,
          "next-password": clientPassword(args.generation + 1),
          ...(held.length > 1 ? { "previous-password": held[0]!.password } : {}),
          "operator-password": password("operator-password"),
          "exporter-password": exporter,
        },
      },
      opts,
    ),
    exporter: readAtStart(
      `${name}-exporter`,
      {
        namespace,
        labels,
        stringData: {
          "exporter.json": exporter.apply(exporterFile),
        },
      },
      opts,
    ),
  };
}

/**
 * Puts the clients' password and where to use it into one Secret for each generation that has one.
 *
 * @param name the component's name
 * @param to address of the primary's Service, and of the Sentinels
 * @returns name of the current generation's; another one for each content
 */
export function createConnection(
  name: string,
  held: HeldPassword[],
  to: { primary: pulumi.Output<string>; sentinels: pulumi.Output<string[]> },
  { namespace, labels }: { namespace: pulumi.Input<string>; labels: Labels },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const secrets = held.map((one) => {
    const stringData = pulumi
      .all([one.password, to.primary, to.sentinels] as const)
      .apply(([password, primary, sentinels]) => connectionKeys({ password, primary, sentinels }));
    return readAtStart(ofGeneration(`${name}-connection`, one.generation), { namespace, labels, stringData }, opts);
  });
  return secrets.at(-1)!;
}

/** The exporter's password as it reads it: under the address that it has for the server beside it. */
function exporterFile(password: string): string {
  return JSON.stringify({ [`redis://exporter@127.0.0.1:${REDIS_PORT}`]: password });
}
