import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { USER_ANNOTATION } from "../../config/addresses";
import { readAtStart, readLive, type Live } from "../common/content";
import { acceptedGenerations, heldGenerations, ofGeneration } from "../common/generation";
import { metadataOf, type Workload } from "../common/workload";
import type { PostgresSettings } from "./completed";
import { loginKeys, type Access } from "./connection";
import { CALLERS, login } from "./logins";
import { passwordsName, poolerPasswordsName, ROLES } from "./names";

/** A caller's log-in of the current generation. */
export interface CallerLogin {
  user: string;
  /** The log-ins that have Secrets: the one of the generation before, and this one. */
  held: HeldLogin[];
}

/** The same with the name of a Secret that has name and password; another one for each generation. */
type NamedLogin = CallerLogin & { secret: pulumi.Output<string> };

/** A log-in of one generation. */
interface HeldLogin {
  of: number;
  user: string;
  password: pulumi.Output<string>;
}

/** Who a program logs in as, and the one Secret with all that it needs for that. */
export interface Login {
  /** Its name in the database. */
  user: string;
  /**
   * Secret with keys `username`, `password` and `dbname`; `url`, or `host` and `port`, for the pooler in front of the
   * primary; `read-url`, or `read-host` and `read-port`, for the one in front of the standbys. It has another name for
   * each content, so that what names it rolls.
   */
  secretName: pulumi.Output<string>;
}

/** The passwords and the Secrets that carry them; each Secret holds only what its readers need. */
interface Credentials {
  /** Everything, for the database's own pods. */
  all: Live;
  /** For the backups' own pods, which log in nowhere. */
  backup: Live;
  /** The log-ins a pooler lets in, and the agents' token. */
  pooler: Live;
  /** The application. Keys `username` and `password`. */
  app: NamedLogin;
  /** Migrations. Keys `owner-username` and `owner-password`. */
  owner: NamedLogin;
  /** The log-in of any caller, by its role. */
  of: (role: string) => CallerLogin;
}

/** Letters and digits only: a password stands in files whose quoting rules differ. */
const PASSWORD = { length: 32, special: false };

/**
 * Generates the passwords and puts them into Secrets. A caller's password belongs to a generation, and each has a
 * log-in of its own (see logins.ts), so at generation g those of g - 1, g and g + 1 are let in. Only the poolers'
 * agents log in as `monitoring`; they follow its one password.
 *
 * @param settings the generation, and roles beside the component's own callers
 */
export function createCredentials(
  database: Workload,
  { passwordGeneration: generation, declared }: Pick<PostgresSettings, "passwordGeneration" | "declared">,
  parent: pulumi.Resource,
): Credentials {
  const { name } = database;
  const generated = (role: string, opts: pulumi.CustomResourceOptions = {}, keepers?: Record<string, string>) =>
    new random.RandomPassword(role, { ...PASSWORD, ...(keepers && { keepers }) }, { parent, ...opts }).result;
  const own = (role: string, keepers?: Record<string, string>) => generated(`${name}-${role}-password`, {}, keepers);
  // Where a caller had one password for all generations, it goes on as the first one's.
  const ofCaller = (caller: string, of: number) => {
    const resource = CALLERS.includes(caller) ? `${name}-${caller}` : `${name}-role-${dashed(caller)}`;
    return generated(ofGeneration(`${resource}-password`, of), { ignoreChanges: ["keepers"] });
  };

  const accepted = [...CALLERS, ...declared.roles.map((role) => role.name)].flatMap((caller) =>
    acceptedGenerations(generation).map((of) => ({
      caller,
      of,
      user: login(caller, of),
      password: ofCaller(caller, of),
    })),
  );
  const byUser = Object.fromEntries(accepted.map(({ user, password }) => [`${user}-password`, password]));
  const monitoring = own("monitoring", generation > 1 ? { generation: String(generation) } : undefined);
  const agent = own("agent");
  const backup = own("backup");

  const { namespace, labels } = metadataOf(database);
  // `Opaque` is the default. A provider replaces a Secret whose type was stated once and is not stated any more.
  const type = "Opaque" as const;
  const live = (secret: string, stringData: Record<string, pulumi.Output<string>>) =>
    readLive(secret, { namespace, labels, type, stringData }, { parent });
  const of = (role: string): CallerLogin => ({
    user: login(role, generation),
    held: accepted.filter((one) => one.caller === role && heldGenerations(generation).includes(one.of)),
  });
  const caller = (which: string, prefix: string): NamedLogin => {
    const found = of(which);
    const secrets = found.held.map(({ of, user, password }) => {
      const secret = `${name}-${which}-${of}`;
      const stringData = { [`${prefix}username`]: user, [`${prefix}password`]: password };
      const annotations = { [USER_ANNOTATION]: user };
      const args = { metadata: { ...metadataOf(database, secret), annotations }, type, immutable: true, stringData };
      return new k8s.core.v1.Secret(secret, args, { parent }).metadata.name;
    });
    return { ...found, secret: secrets.at(-1)! };
  };
  return {
    all: live(passwordsName(name), {
      ...byUser,
      "superuser-password": own("superuser"),
      "replication-password": own("replication"),
      "monitoring-password": monitoring,
      "agent-token": agent,
      "backup-secret": backup,
    }),
    backup: live(`${name}-backup-credentials`, { "agent-token": agent, "backup-secret": backup }),
    pooler: live(poolerPasswordsName(name), { ...byUser, "monitoring-password": monitoring, "agent-token": agent }),
    app: caller(ROLES.app, ""),
    owner: caller(ROLES.owner, `${ROLES.owner}-`),
    of,
  };
}

/** A role's or database's name as Kubernetes has names. */
export const dashed = (name: string): string => name.replaceAll("_", "-");

/** Addresses of both poolers, which a log-in's Secret says. */
export type Ways = { [Way in "write" | "read"]: pulumi.Output<string[]> };

/**
 * Puts a log-in and where to use it into one Secret. The one of the generation before stays, as its pods may start
 * again.
 *
 * @param name of the Secrets' resources
 */
export function createLogin(
  name: string,
  database: Workload,
  { user, held }: CallerLogin,
  to: Ways & { database: string },
  parent: pulumi.Resource,
): Login {
  const { namespace, labels } = metadataOf(database);
  const secrets = held.map((one) => {
    const known = pulumi.all([one.password, to.write, to.read] as const);
    const stringData = known.apply(([password, write, read]) => {
      const access: Access = { user: one.user, password, database: to.database, write, read };
      return loginKeys(access);
    });
    const annotations = { [USER_ANNOTATION]: one.user };
    return readAtStart(ofGeneration(name, one.of), { namespace, labels, annotations, stringData }, { parent });
  });
  return { user, secretName: secrets.at(-1)! };
}
