import { completed, type Completed } from "../common/completed";
import { outsideAnnotation } from "../common/outside";
import { isVariable, requireNumber, scheduleFault } from "../common/program-checks";
import type { AppArgs, PostgresForm, RedisForm, SecretFile } from "./args";
import { PARTS } from "./names";
import { routesFault } from "./routes";
import { DEFAULTS, LIBPQ, LONGEST_NAME, REDIS_AS } from "./settings";

/** An app's arguments with their defaults, and the variables of its connections. */
export type AppSettings = Completed<AppArgs, typeof DEFAULTS.AppArgs> & {
  as: {
    postgres: Record<string, PostgresForm>;
    redis: Record<string, RedisForm>;
    queue: Record<string, RedisForm>;
  };
};

/** A DNS label that begins with a letter, as names of Services do. */
const LABEL = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
/** A DNS name with a dot in it, or a star for its first part. */
const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;
/** An absolute path to a file in a folder of its own; the last part is a Secret's key. */
const FILE = /^(\/[\w.-]+)+\/[\w.-]+$/;

/**
 * Completes and checks the arguments: all of them, before anything is declared.
 *
 * @throws Error, one sentence naming the key, what it got, and what was wanted
 */
export function appSettings(name: string, args: AppArgs): AppSettings {
  const { postgres, redis, queue } = args;
  const as = postgres?.as ?? DEFAULTS.AppPostgres.as;
  const settings: AppSettings = {
    ...completed(args, DEFAULTS.AppArgs),
    as: {
      postgres: postgres ? (as === "libpq" ? LIBPQ : as) : {},
      redis: redis ? (redis.as ?? REDIS_AS.redis) : {},
      queue: queue ? (queue.as ?? REDIS_AS.queue) : {},
    },
  };
  const fault =
    nameFault(name, settings) ??
    variableFault(settings) ??
    secretFault(settings) ??
    (settings.release?.length === 0 ? "release is empty; name a program, or leave it out" : undefined) ??
    hostFault(settings) ??
    routesFault(settings) ??
    scheduleFaults(settings);
  if (fault !== undefined) throw new Error(`App ${name}: ${fault}.`);
  checkNumbers(name, settings);
  outsideAnnotation(settings.outside ?? []);
  return settings;
}

/** Whether a secret is to be a file. */
export function isFile(secret: AppSettings["secrets"][string]): secret is SecretFile {
  return typeof secret === "object" && secret !== null && Object.hasOwn(secret, "file");
}

function nameFault(name: string, { services, workers, jobs }: AppSettings): string | undefined {
  if (!LABEL.test(name)) return "its name must be of small letters, digits and hyphens, with a letter first";
  if (name.length > LONGEST_NAME) return `its name has ${name.length} characters; at most ${LONGEST_NAME} fit`;
  const taken = Object.values<string>(PARTS);
  const parts = [
    ...Object.keys(services).map((part) => ["services", part]),
    ...Object.keys(workers).map((part) => ["workers", part]),
    ...Object.keys(jobs).map((part) => ["jobs", part]),
  ];
  for (const [key, part = ""] of parts) {
    const said = `${key}.${part}`;
    if (!LABEL.test(part)) return `${said} must be named by small letters, digits and hyphens, with a letter first`;
    if (part.length > LONGEST_NAME)
      return `${said} has a name of ${part.length} characters; at most ${LONGEST_NAME} fit`;
    const own = taken.find((other) => part === other || part.startsWith(`${other}-`));
    if (own) return `${said} would have the name of the app's own ${own}; call it something else`;
  }
  const names = parts.map(([, part]) => part);
  const twice = parts.find(([, part], index) => names.indexOf(part) < index);
  return twice && `${twice.join(".")} has the name of another part; call one of them something else`;
}

/** Where each variable of every part comes from: the argument that says it, and the names it takes. */
function variables({ env, secrets, as }: AppSettings): [key: string, name: string][] {
  const named = (key: string, of: object) => Object.keys(of).map((name): [string, string] => [key, name]);
  const ofConnections = Object.entries(as).flatMap(([of, forms]) => named(`${of}.as`, forms));
  return [...named("env", env), ...named("secrets", secrets), ...ofConnections];
}

function variableFault(settings: AppSettings): string | undefined {
  const { web, services, workers, jobs } = settings;
  const parts = { web, ...prefixed("services", services), ...prefixed("workers", workers), ...prefixed("jobs", jobs) };
  const own = Object.entries(parts).flatMap(([part, { env = {} }]) =>
    Object.keys(env).map((name): [string, string] => [`${part}.env`, name]),
  );
  const all = variables(settings);
  for (const [key, name] of [...all, ...own]) {
    if (!isVariable(name))
      return `${key} has "${name}", which is no name of a variable: letters, digits and _, with no digit first`;
  }
  const first = new Map<string, string>();
  for (const [key, name] of all) {
    const other = first.get(name);
    if (other !== undefined) return `${name} stands in ${other} and in ${key}; say it once`;
    first.set(name, key);
  }
  const hidden = own.find(([, name]) => ["env", undefined].indexOf(first.get(name)) < 0);
  return hidden && `${hidden[1]} stands in ${first.get(hidden[1])!} and in ${hidden[0]}; say it once`;
}

const prefixed = <Part>(key: string, parts: Record<string, Part>): Record<string, Part> =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [`${key}.${name}`, part]));

function secretFault({ secrets }: AppSettings): string | undefined {
  const paths = new Set<string>();
  for (const [name, secret] of Object.entries(secrets)) {
    const value: unknown = isFile(secret) ? secret.value : secret;
    if (value === undefined || value === null || value === "")
      return `secrets.${name} has no value; type: pulumi config set --secret NAME, and hand over config.requireSecret("NAME")`;
    if (!isFile(secret)) continue;
    if (!FILE.test(secret.file) || secret.file.startsWith("/tmp/"))
      return `secrets.${name}.file is "${secret.file}"; it must be an absolute path in a folder of its own, not in /tmp`;
    if (paths.has(secret.file)) return `secrets.${name}.file is ${secret.file}, which another secret has already`;
    paths.add(secret.file);
  }
  return undefined;
}

function hostFault({ hosts, web, services }: AppSettings): string | undefined {
  if (hosts?.length === 0) return "hosts is empty; name one, or leave it out";
  const own = Object.entries(services).map(([name, service]) => [`services.${name}.hosts`, service.hosts] as const);
  for (const [key, list = []] of [["hosts", hosts] as const, ...own]) {
    const known = new Set<string>();
    for (const host of list) {
      if (!HOST.test(host)) return `${key} has "${host}", which is no DNS name; no scheme, no port, no path`;
      if (known.has(host.toLowerCase())) return `${key} has ${host} twice`;
      known.add(host.toLowerCase());
    }
  }
  for (const [part, { host }] of Object.entries({ web, ...prefixed("services", services) }))
    if (host !== undefined && (!HOST.test(host) || host.startsWith("*")))
      return `${part}.host is "${host}", which is no DNS name`;
  return undefined;
}

function scheduleFaults({ jobs }: AppSettings): string | undefined {
  for (const [job, { schedule }] of Object.entries(jobs)) {
    const fault = scheduleFault(schedule);
    if (fault !== undefined) return `jobs.${job}.schedule is "${schedule}", but ${fault}: 15 3 * * *`;
  }
  return undefined;
}

function checkNumbers(name: string, { web, services, workers, jobs }: AppSettings): void {
  const check = (key: string, value: number | undefined, least: number, most?: number) => {
    if (value !== undefined) requireNumber(`App ${name}`, key, value, { least, ...(most !== undefined && { most }) });
  };
  const port = (key: string, value: number | undefined) => check(key, value, 1, 65_535);
  for (const [part, one] of Object.entries({ web, ...prefixed("services", services) })) {
    port(`${part}.port`, one.port);
    port(`${part}.metricsPort`, one.metricsPort);
    check(`${part}.drainSeconds`, one.drainSeconds, 0);
    if (typeof one.replicas === "number") check(`${part}.replicas`, one.replicas, 1);
  }
  for (const [worker, { metricsPort, replicas, drainSeconds }] of Object.entries(workers)) {
    port(`workers.${worker}.metricsPort`, metricsPort);
    check(`workers.${worker}.replicas`, replicas, 1);
    check(`workers.${worker}.drainSeconds`, drainSeconds, 0);
  }
  for (const [job, { deadlineSeconds, retries }] of Object.entries(jobs)) {
    check(`jobs.${job}.deadlineSeconds`, deadlineSeconds, 1);
    check(`jobs.${job}.retries`, retries, 0);
  }
}
