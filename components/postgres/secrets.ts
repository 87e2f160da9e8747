import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { USER_ANNOTATION } from "../../config/addresses";
import { readLive, type Live } from "../common/content";
import { acceptedGenerations, heldGenerations, ofGeneration } from "../common/generation";
import { metadataOf, type Workload } from "../common/workload";
import { CALLERS, login, type Caller } from "./logins";
import { passwordsName, poolerPasswordsName, ROLES } from "./names";

/** A caller's log-in of the current generation. */
interface CallerLogin {
  user: string;
  /** Name of a Secret with name and password; another one for each generation, so that what names it rolls. */
  secret: pulumi.Output<string>;
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
  app: CallerLogin;
  /** Migrations. Keys `owner-username` and `owner-password`. */
  owner: CallerLogin;
}

/** Letters and digits only: a password stands in files whose quoting rules differ. */
const PASSWORD = { length: 32, special: false };

/**
 * Generates the passwords and puts them into Secrets. A caller's password belongs to a generation, and each has a
 * log-in of its own (see logins.ts), so at generation g those of g - 1, g and g + 1 are let in. Only the poolers'
 * agents log in as `monitoring`; they follow its one password.
 *
 * @param generation see `PostgresArgs.passwordGeneration`
 */
export function createCredentials(database: Workload, generation: number, parent: pulumi.Resource): Credentials {
  const { name } = database;
  const generated = (role: string, opts: pulumi.CustomResourceOptions = {}, keepers?: Record<string, string>) =>
    new random.RandomPassword(role, { ...PASSWORD, ...(keepers && { keepers }) }, { parent, ...opts }).result;
  const own = (role: string, keepers?: Record<string, string>) => generated(`${name}-${role}-password`, {}, keepers);
  // Where a caller had one password for all generations, it goes on as the first one's.
  const ofCaller = (caller: Caller, of: number) =>
    generated(ofGeneration(`${name}-${caller}-password`, of), { ignoreChanges: ["keepers"] });

  const accepted = CALLERS.flatMap((caller) =>
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
  const caller = (which: Caller, prefix: string): CallerLogin => {
    const held = accepted.filter((one) => one.caller === which && heldGenerations(generation).includes(one.of));
    const secrets = held.map(({ of, user, password }) => {
      const secret = `${name}-${which}-${of}`;
      const stringData = { [`${prefix}username`]: user, [`${prefix}password`]: password };
      const annotations = { [USER_ANNOTATION]: user };
      const args = { metadata: { ...metadataOf(database, secret), annotations }, type, immutable: true, stringData };
      return new k8s.core.v1.Secret(secret, args, { parent }).metadata.name;
    });
    return { user: login(which, generation), secret: secrets.at(-1)! };
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
  };
}
