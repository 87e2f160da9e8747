import type * as pulumi from "@pulumi/pulumi";
import type { SecretVariable } from "../common/program-args";
import type { PostgresForm, RedisForm, Variables } from "./args";

/** What a program is told of a connection, in clear and from a Secret. */
export interface Told {
  config: Variables;
  secretEnv: Record<string, SecretVariable>;
}

/** A password, by the key of the Secret that has it. */
type Password = Pick<SecretVariable, "secretName" | "key">;

/** Either of the clear text of a variable, or of what stands in a Secret. */
type Said = { clear: pulumi.Input<string> } | { secret: SecretVariable };

/** Where a database is, and who logs in. `url` names a user and no password, `postgresql://app@host:5432/shop`. */
interface PostgresAddress {
  url: pulumi.Output<string>;
  readUrl: pulumi.Output<string>;
  hosts: pulumi.Input<string>;
  readHosts: pulumi.Input<string>;
  port: number;
  database: string;
  user: string;
  password: Password;
}

/** Where a Redis is. */
interface RedisAddress {
  host: pulumi.Input<string>;
  port: number;
  sentinels: pulumi.Input<string>;
  primaryName: string;
  password: Password;
}

/** A URL with another user, and `$(value)` in the place of the password. */
export function withPassword(url: string, user: string): string {
  return url.replace(/^(\w+:\/\/)([^@/]*@)?/, `$1${user}:$$(value)@`);
}

/** What a program is told of its database. */
export function postgresTold(as: Record<string, PostgresForm>, of: PostgresAddress): Told {
  const url = (plain: pulumi.Output<string>): Said => ({
    secret: { ...of.password, within: plain.apply((text) => withPassword(text, of.user)) },
  });
  return told(as, {
    url: url(of.url),
    readUrl: url(of.readUrl),
    hosts: { clear: of.hosts },
    readHosts: { clear: of.readHosts },
    port: { clear: String(of.port) },
    user: { clear: of.user },
    password: { secret: of.password },
    database: { clear: of.database },
  });
}

/** What a program is told of a Redis. @param url the address with `$(value)` in the place of the password */
export function redisTold(as: Record<string, RedisForm>, of: RedisAddress & { url: pulumi.Input<string> }): Told {
  return told(as, {
    url: { secret: { ...of.password, within: of.url } },
    host: { clear: of.host },
    port: { clear: String(of.port) },
    password: { secret: of.password },
    sentinels: { clear: of.sentinels },
    primaryName: { clear: of.primaryName },
  });
}

function told<Form extends string>(as: Record<string, Form>, forms: Record<Form, Said>): Told {
  const result: Told = { config: {}, secretEnv: {} };
  for (const [name, form] of Object.entries<Form>(as)) {
    const said = forms[form];
    if ("clear" in said) result.config[name] = said.clear;
    else result.secretEnv[name] = said.secret;
  }
  return result;
}

/** Several of them together; a later one wins. */
export function together(...all: Told[]): Told {
  return {
    config: Object.assign({}, ...all.map(({ config }) => config)) as Variables,
    secretEnv: Object.assign({}, ...all.map(({ secretEnv }) => secretEnv)) as Told["secretEnv"],
  };
}
