import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { readLive, type Live } from "../common/content";
import { allLabels } from "../common/labels";
import { databaseLabels } from "./names";

/** Roles with a password of their own, the token by which the pods' agents know each other, the secret behind pgBackRest's certificates. */
const GENERATED = ["superuser", "replication", "owner", "app", "readonly", "monitoring", "agent", "backup"] as const;
type Generated = (typeof GENERATED)[number];

/** Those that a new generation changes: what others log in with. A member knows the rest from its start on. */
const ROTATED: Generated[] = ["owner", "app", "readonly", "monitoring"];

/** The passwords and the Secrets that carry them; each Secret holds only what its readers need. */
export interface Credentials {
  /** Everything, for the database's own pods. */
  all: Live;
  /** For the backups' own pods, which log in nowhere. */
  backup: Live;
  /** The roles a pooler lets in, and the agents' token. */
  pooler: Live;
  /** Key `password`: the application's role. */
  app: Live;
  /** Key `owner-password`: the role that owns the schema, for migrations. */
  owner: Live;
}

/**
 * Generates the passwords and puts them into Secrets.
 *
 * @param name the component's name, prefix of every Secret
 * @param generation see `PostgresArgs.passwordGeneration`
 */
export function createCredentials(name: string, namespace: pulumi.Input<string>, generation: number, parent: pulumi.Resource): Credentials {
  const keepers = (role: Generated): { keepers?: Record<string, string> } =>
    (generation > 1 && ROTATED.includes(role) ? { keepers: { generation: String(generation) } } : {});
  const passwords = Object.fromEntries(
    GENERATED.map((role) => [role, new random.RandomPassword(`${name}-${role}-password`, { length: 32, special: false, ...keepers(role) }, { parent })]),
  ) as Record<Generated, random.RandomPassword>;

  const secret = (suffix: string, values: Record<string, Generated>): Live => readLive(`${name}-${suffix}`, {
    namespace,
    labels: allLabels(databaseLabels(name)),
    // It is that anyway; but where it was once stated, a provider replaces the Secret of which it no longer is.
    type: "Opaque",
    stringData: Object.fromEntries(Object.entries(values).map(([key, role]) => [key, passwords[role].result])),
  }, { parent });

  return {
    all: secret("credentials", {
      "superuser-password": "superuser",
      "replication-password": "replication",
      "owner-password": "owner",
      "app-password": "app",
      "readonly-password": "readonly",
      "monitoring-password": "monitoring",
      "agent-token": "agent",
      "backup-secret": "backup",
    }),
    backup: secret("backup-credentials", { "agent-token": "agent", "backup-secret": "backup" }),
    pooler: secret("pooler-credentials", {
      "owner-password": "owner",
      "app-password": "app",
      "readonly-password": "readonly",
      "monitoring-password": "monitoring",
      "agent-token": "agent",
    }),
    app: secret("app", { password: "app" }),
    owner: secret("owner", { "owner-password": "owner" }),
  };
}
