import { describe, expect, test } from "vitest";
import { scheduleFault } from "../common/program-checks";
import type { AppArgs } from "./args";
import { appSettings } from "./completed";

const web = { port: 8000 };
const job = { command: ["report"], schedule: "15 3 * * *" };
const backend = { endpoint: { namespace: "other", labels: {}, ports: [80] }, service: "other" };
const postgres = { image: "registry.example/postgres:1" };
const settings = (args: Partial<AppArgs>, name = "site") =>
  appSettings(name, { namespace: "site", image: "registry.example/site:1", web, ...args });

test.each<[Partial<AppArgs>, string]>([
  [{ env: { "MY-KEY": "1" } }, 'env has "MY-KEY", which is no name of a variable'],
  [{ env: { "1KEY": "1" } }, 'env has "1KEY", which is no name of a variable'],
  [{ secrets: { "": "1" } }, 'secrets has "", which is no name of a variable'],
  [{ workers: { mail: { env: { "A B": "1" } } } }, 'workers.mail.env has "A B", which is no name of a variable'],
  [{ postgres: { ...postgres, as: { "DATABASE-URL": "url" } } }, 'postgres.as has "DATABASE-URL"'],
  [{ env: { KEY: "1" }, secrets: { KEY: "2" } }, "KEY stands in env and in secrets; say it once."],
  [{ env: { DATABASE_URL: "sqlite:" }, postgres }, "DATABASE_URL stands in env and in postgres.as; say it once."],
  [{ secrets: { DATABASE_URL: "1" }, postgres }, "DATABASE_URL stands in secrets and in postgres.as; say it once."],
  [{ secrets: { KEY: "1" }, web: { env: { KEY: "2" } } }, "KEY stands in secrets and in web.env; say it once."],
  [{ redis: { as: { URL: "url" } }, queue: { as: { URL: "url" } } }, "URL stands in redis.as and in queue.as"],
  [{ secrets: { KEY: "" } }, "secrets.KEY has no value; type: pulumi config set --secret"],
  [{ secrets: { KEY: undefined as unknown as string } }, "secrets.KEY has no value; type: pulumi config set --secret"],
  [{ secrets: { KEY: { file: "/run/key/k", value: "" } } }, "secrets.KEY has no value"],
  [{ secrets: { KEY: { file: "key", value: "1" } } }, 'secrets.KEY.file is "key"; it must be an absolute path'],
  [{ secrets: { KEY: { file: "/key", value: "1" } } }, 'secrets.KEY.file is "/key"; it must be an absolute path'],
  [
    { secrets: { A: { file: "/run/a/k", value: "1" }, B: { file: "/run/a/k", value: "2" } } },
    "secrets.B.file is /run/a/k, which another secret has already.",
  ],
  [{ hosts: ["a.example", "A.example"] }, "hosts has A.example twice."],
  [{ hosts: ["https://a.example"] }, 'hosts has "https://a.example", which is no DNS name'],
  [{ hosts: [] }, "hosts is empty; name one, or leave it out."],
  [{ web: { host: "a.example:8000" } }, 'web.host is "a.example:8000", which is no DNS name.'],
  [
    { jobs: { report: { ...job, schedule: "0 15 3 * * *" } } },
    'jobs.report.schedule is "0 15 3 * * *", but it has 6 fields',
  ],
  [{ services: { api: {} }, hosts: ["a.example"] }, "services.api has neither hosts nor paths"],
  [{ services: { api: { paths: [] } }, hosts: ["a.example"] }, "services.api.paths is empty; name one"],
  [
    { services: { api: { paths: ["api"] } }, hosts: ["a.example"] },
    'services.api.paths has "api"; wanted is the beginning',
  ],
  [{ services: { api: { paths: ["/api"] } } }, "services.api needs the app's hosts, for without them"],
  [{ services: { api: { hosts: ["b.example:80"] } }, hosts: ["a.example"] }, 'services.api.hosts has "b.example:80"'],
  [
    { services: { api: { hosts: ["A.example"] } }, hosts: ["a.example"] },
    "web and services.api are both for a.example;",
  ],
  [
    { services: { api: { paths: ["/v1"] }, other: { paths: ["/v1/"] } }, hosts: ["a.example"] },
    "services.api and services.other are both for a.example/v1; give one of them another host or path.",
  ],
  [
    { services: { web: { paths: ["/v1"] } }, hosts: ["a.example"] },
    "services.web would have the name of the app's own",
  ],
  [
    { services: { mail: { paths: ["/v1"] } }, hosts: ["a.example"], workers: { mail: {} } },
    "workers.mail has the name",
  ],
  [{ services: { api: { paths: ["/a b"] } }, hosts: ["a.example"] }, 'services.api.paths has "/a b"; wanted is'],
  [
    {
      services: { api: { paths: ["/api"] } },
      hosts: ["a.example"],
      routes: [{ host: "A.example", path: "/api", backend }],
    },
    "services.api and routes[0] are both for a.example/api;",
  ],
  [
    { hosts: ["a.example", "b.example"], balancer: { tls: { authority: { hosts: ["a.example"] } } } },
    "b.example is not in balancer.tls.authority.hosts, so no certificate is for it; add it there.",
  ],
  [{ release: [] }, "release is empty; name a program, or leave it out."],
  [{ hosts: ["a.example:80"] }, 'hosts has "a.example:80", which is no DNS name; no scheme, no port, no path.'],
  [{ hosts: ["a.example/x"] }, 'hosts has "a.example/x", which is no DNS name; no scheme, no port, no path.'],
  [{ web: { host: "*.a.example" } }, 'web.host is "*.a.example", which is no DNS name.'],
  [{ workers: { mail: { replicas: 0 } } }, "workers.mail.replicas is 0; it must be a whole number of at least 1."],
  [{ routes: [] }, "routes need hosts, for without them there is no balancer."],
  [{ web: { replicas: 0 } }, "web.replicas is 0; it must be a whole number of at least 1."],
  [{ workers: { report: {} }, jobs: { report: job } }, "jobs.report has the name of another part"],
  [{ workers: { web: {} } }, "workers.web would have the name of the app's own web"],
  [{ workers: { "postgres-pooler": {} } }, "workers.postgres-pooler would have the name of the app's own postgres"],
  [{ workers: { Mail: {} } }, "workers.Mail must be named by small letters"],
  [{ jobs: { ["j".repeat(30)]: job } }, `jobs.${"j".repeat(30)} has a name of 30 characters; at most 24 fit.`],
  [{ web: { port: 0 } }, "web.port is 0; it must be a whole number from 1 to 65535."],
  [{ web: { port: 80_000 } }, "web.port is 80000; it must be a whole number from 1 to 65535."],
  [{ workers: { mail: { replicas: 1.5 } } }, "workers.mail.replicas is 1.5; it must be a whole number of at least 1."],
  [{ jobs: { report: { ...job, deadlineSeconds: 0 } } }, "jobs.report.deadlineSeconds is 0; it must be"],
])("%j is refused by its key", (args, sentence) => {
  expect(() => settings(args)).toThrow(`App site: ${sentence}`);
});

test.each(["Site", "1site", "a".repeat(25), ""])("an app can't be called %j", (name) => {
  expect(() => settings({}, name)).toThrow(`App ${name}: its name `);
});

test.each([
  [{ cidr: "0.0.0.0/0", port: 443, why: "everything" }, "names nobody"],
  [{ host: "api.example.com", port: 0, why: "payments" }, "its port must be a whole number"],
])("the edge %j is refused before anything is declared", (edge, sentence) => {
  expect(() => settings({ outside: [edge] })).toThrow(sentence);
});

test("what is right is taken: the app's variable may be another one in a part", () => {
  const { as } = settings({
    env: { LOG: "info" },
    web: { env: { LOG: "debug" } },
    postgres: { ...postgres, as: "libpq" },
    redis: {},
    hosts: ["site.example", "*.site.example"],
  });
  expect(Object.keys(as.postgres)).toEqual(["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"]);
  expect(as.redis).toEqual({ REDIS_URL: "url" });
  expect(as.queue).toEqual({});
});

describe("a schedule", () => {
  test.each(["15 3 * * *", "*/5 * * * *", "0 0 1,15 jan-jun mon-fri", "5/10 8-18 * * 7", "0 12 31 12 SUN"])(
    "%j is one",
    (text) => {
      expect(scheduleFault(text)).toBeUndefined();
    },
  );
  test.each([
    ["", "it has 1 fields"],
    ["* * * *", "it has 4 fields"],
    ["0 15 3 * * *", "it has 6 fields"],
    ["@daily", "it has 1 fields"],
    ["60 * * * *", "its minute can't be 60"],
    ["0 24 * * *", "its hour can't be 24"],
    ["0 0 0 * *", "its day of the month can't be 0"],
    ["0 0 * 13 *", "its month can't be 13"],
    ["0 0 * foo *", "its month can't be foo"],
    ["0 0 * * 8", "its day of the week can't be 8"],
    ["*/0 * * * *", "its minute can't be */0"],
    ["10-5 * * * *", "its minute can't be 10-5"],
    ["1,,2 * * * *", "its minute can't be 1,,2"],
    ["*-5 * * * *", "its minute can't be *-5"],
  ])("%j is none: %s", (text, fault) => {
    expect(scheduleFault(text)).toContain(fault);
  });
});
