import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

/** What stands in every component's folder, in the order in which it is read. */
const EVERYWHERE = [
  "README.md", // its page
  "runbook.md", // what a person does
  "args", // what a caller may say
  "settings", // every number with its reason, and the defaults
  "completed", // the arguments with the defaults filled in
  "names", // names, labels, ports
  "access", // who may do what, and reach what
  "services", // Services
  "pods", // what runs; a folder where there are several kinds
  "alerts", // what it watches for
  "dashboard",
  "observability", // what it hands to Monitoring
  "changes", // each argument changed once, and what has to go for that
];

/** What stands there where the component has such a thing. */
const SOMEWHERE = [
  "secrets", // Secrets and accounts
  "operations", // how a running one is asked and steered
  "drills", // its faults, and what they promise
  "rules", // the policies that only it needs
  "policies",
  "image", // what its image is built from
  "agent", // what runs beside its server
  "scripts", // what runs in somebody else's image
];

/** What a component lacks, and why; everything else of the list above is there. */
const WITHOUT: Record<string, Record<string, string>> = {
  app: {
    access: "only its parts' pods talk to anybody",
    services: "only its parts are called",
    alerts: "its parts watch themselves",
    dashboard: "its parts have theirs",
  },
  "scheduled-job": {
    access: "nobody calls it, and it calls what it `uses`",
    services: "nobody calls it",
    dashboard: "it runs too seldom for a graph to show more than its alerts say",
  },
  worker: { services: "nobody calls it" },
};

/** Files and folders of one component alone, by their names without an ending: its own subject. */
const OWN: Record<string, Record<string, string>> = {
  app: {
    data: "the database, the cache and the queue, and what programs are told of them",
    connections: "the forms of an address that programs read",
    routes: "which service a request goes to",
    sizing: "what the data tiers are sized to",
  },
  "load-balancer": {
    "haproxy-config": "HAProxy's configuration",
    "haproxy-clients": "its way in",
    "haproxy-routes": "which service a request goes to",
    "haproxy-backends": "its servers",
    "haproxy-tls": "what is different with TLS",
    tls: "what is said of TLS, checked",
    issuer: "everything that gets a certificate: its table of contents",
    routes: "which services there are, and which requests each gets",
  },
  monitoring: {
    "alertmanager-config": "Alertmanager's configuration",
    "prometheus-config": "Prometheus' configuration",
    collect: "what is read out of the other components' rules and panels",
    "kube-metrics": "which of kube-state-metrics' series those read",
    ranges: "how ranges in PromQL follow the scrape interval",
  },
  postgres: {
    backup: "a part with a name of its own in the stack: its table of contents",
    pooler: "likewise",
    "backup-config": "pgBackRest's configuration",
    connection: "the forms of an address that drivers read",
    databases: "databases and roles of the application's own",
    "database-logins": "who uses them",
    hba: "PostgreSQL's own list of who may connect",
    logins: "the users that callers log in as, by turns",
    "patroni-config": "Patroni's configuration",
    "pooler-config": "PgBouncer's configuration",
    rescue: "who is to lead when too few members are left, and what may be lost by that",
    restore: "the way back to a moment, step by step, from the repository",
  },
  redis: {
    config: "the configuration of servers and Sentinels",
    connection: "the forms of an address that clients read",
  },
  "web-service": {
    scaling: "the autoscaler",
    sizing: "how many pods of what size a load needs",
  },
};

const COMPONENTS = readdirSync(__dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "common")
  .map(({ name }) => name);

/** Names in a component's folder without their endings; tests stand beside what they test. */
const inside = (component: string): string[] =>
  readdirSync(join(__dirname, component))
    .filter((name) => !name.endsWith(".test.ts") && !name.startsWith("."))
    .map((name) => name.replace(/\.ts$/, ""));

describe.each(COMPONENTS)("%s", (component) => {
  test("has the files that every component has, and those of its own subject", () => {
    const lacking = Object.keys(WITHOUT[component] ?? {});
    const general = EVERYWHERE.filter((name) => !lacking.includes(name));
    const needed = [component, ...general, ...Object.keys(OWN[component] ?? {})];
    const found = inside(component);
    expect(found.filter((name) => ![...needed, ...SOMEWHERE].includes(name))).toEqual([]);
    expect(needed.filter((name) => !found.includes(name))).toEqual([]);
  });

  test("has a constructor that reads as a table of contents", () => {
    const lines = readFileSync(join(__dirname, component, `${component}.ts`), "utf8").split("\n").length;
    expect(lines).toBeLessThan(150);
  });
});

const ROOT = join(__dirname, "..");

/** Every source file, by its path from the root; programs of their own know the package's entry only. */
const SOURCES = new Map(
  readdirSync(ROOT, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && !["node_modules", "dist", "app", "examples"].includes(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? readdirSync(join(ROOT, entry.name), { recursive: true, encoding: "utf8" }).map((file) =>
            join(entry.name, file),
          )
        : [entry.name],
    )
    .filter((file) => file.endsWith(".ts"))
    .map((file) => [file, readFileSync(join(ROOT, file), "utf8")]),
);

test("what a component exports, another file uses", () => {
  const words = new Map([...SOURCES].map(([file, text]) => [file, new Set(text.match(/\w+/g))]));
  const exported = [...SOURCES].flatMap(([file, text]) =>
    // What a caller may say is for callers, and the shared folder's tests are its own.
    file.startsWith("components/") && !file.endsWith("/args.ts")
      ? [...text.matchAll(/^export (?:const|function|class|interface|type) (\w+)/gm)].map(([, name]) => [file, name!])
      : [],
  );
  const used = (file: string, name: string) => [...words].some(([other, all]) => other !== file && all.has(name));
  expect(exported.filter(([file, name]) => !used(file!, name!)).map(([file, name]) => `${file}: ${name}`)).toEqual([]);
});
