import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import {
  answers,
  box,
  calls,
  environment,
  inABox,
  isPrimary,
  isReplica,
  names,
  program,
  sentinels,
  servers,
} from "../../test/support/redis-scripts";

inABox();

/**
 * Runs a start script, whose decision is in what it writes: the configuration, or "" if it would have waited for
 * another round.
 */
function start(script: "start-redis.sh" | "start-sentinel.sh", pod: string): string {
  const isServer = script === "start-redis.sh";
  // A server waits without end, so its first pause ends the script; a Sentinel's pauses are few and are skipped.
  program("sleep", isServer ? "kill $PPID" : "exit 0");
  const written = join(box, isServer ? "run/redis.conf" : "data/sentinel.conf");
  const run = spawnSync("sh", [join(box, "opt", script)], { env: environment(pod) });
  return run.status === 0 && existsSync(written) ? readFileSync(written, "utf8") : "";
}
const role = (conf: string) => (conf === "" ? "waits" : (/^replicaof (\S+)/m.exec(conf)?.[1] ?? "leads"));
const server = (ordinal: number) => role(start("start-redis.sh", `redis-${ordinal}`));
const hasData = () => writeFileSync(join(box, "data/dump.rdb"), "x");

describe("a server", () => {
  test("joins a primary that answers, whatever the Sentinels still say", () => {
    hasData();
    isPrimary(servers[1]!);
    for (const sentinel of sentinels) names(sentinel, servers[0]!);
    expect(server(0)).toBe(servers[1]);
  });

  test("of two that say they are the primary, joins the one two Sentinels mean, and waits if they mean neither", () => {
    isPrimary(servers[0]!);
    isPrimary(servers[1]!);
    names(sentinels[0]!, servers[1]!);
    expect(server(2)).toBe("waits");
    names(sentinels[2]!, servers[1]!);
    expect(server(2)).toBe(servers[1]);
  });

  test("believes two Sentinels, not one", () => {
    hasData();
    names(sentinels[1]!, servers[0]!);
    expect(server(0)).toBe("waits");
    expect(server(2)).toBe("waits");
    names(sentinels[0]!, servers[0]!);
    expect(server(2)).toBe(servers[0]);
    expect(server(0)).toBe("leads");
  });

  test("with an empty volume never leads over replicas that hold data, nor alone", () => {
    for (const sentinel of sentinels) names(sentinel, servers[0]!);
    expect(server(0)).toBe("waits");
    isReplica(servers[1]!, 7);
    expect(server(0)).toBe("waits");
    isReplica(servers[1]!, 0);
    expect(server(0)).toBe("leads");
  });

  test("that leads holds its writes back; one that follows is ready to be promoted", () => {
    hasData();
    for (const sentinel of sentinels) names(sentinel, servers[0]!);
    const writesNeed = (conf: string) => [...conf.matchAll(/^min-replicas-to-write (\d+)/gm)].at(-1)?.[1];
    expect(writesNeed(start("start-redis.sh", "redis-0"))).toBe("1000");
    expect(writesNeed(start("start-redis.sh", "redis-1"))).toBe("1");
  });

  test("knows itself by its own address, and clients' passwords only by their hash", () => {
    hasData();
    for (const sentinel of sentinels) names(sentinel, servers[0]!);
    const conf = start("start-redis.sh", "redis-2");
    expect(conf).toMatch(/^replica-announce-ip 10\.0\.0\.12$/m);
    expect(conf).not.toContain("value-of-password");
    const sha = (text: string) => spawnSync("sha256sum", { input: text }).stdout.toString().slice(0, 64);
    expect(conf).toContain(`user default reset on #${sha("value-of-password")} #${sha("value-of-next-password")} ~*`);
    writeFileSync(join(box, "accounts/previous-password"), "the one before");
    expect(start("start-redis.sh", "redis-2")).toContain(
      `#${sha("value-of-next-password")} #${sha("the one before")} ~*`,
    );
  });
});

describe("a Sentinel", () => {
  const watched = (conf: string) => /^sentinel monitor main (\S+) 6379 2$/m.exec(conf)?.[1];
  const remember = (...lines: string[]) => writeFileSync(join(box, "data/sentinel.conf"), `${lines.join("\n")}\n`);

  test("declares two replicas and two other Sentinels, always by the same ids", () => {
    names(sentinels[1]!, servers[2]!);
    const first = start("start-sentinel.sh", "redis-sentinel-0");
    const own = (conf: string) => /^sentinel myid (\w{40})$/m.exec(conf)?.[1];
    const others = (conf: string) =>
      [...conf.matchAll(/^sentinel known-sentinel main (\S+) 26379 (\w{40})$/gm)].map(([, host, id]) => [host, id]);
    expect([...first.matchAll(/^sentinel known-replica main (\S+) 6379$/gm)].map(([, host]) => host)).toEqual(
      servers.slice(0, 2),
    );
    const second = start("start-sentinel.sh", "redis-sentinel-1");
    expect(others(second)).toContainEqual([sentinels[0], own(first)]);
    expect(others(first)).toContainEqual([sentinels[1], own(second)]);
    expect(others(first)).toHaveLength(2);
  });

  test("keeps its primary and its epochs, and forgets everything else", () => {
    remember(
      `sentinel monitor main ${servers[1]} 6379 2`,
      "sentinel current-epoch 9",
      "sentinel config-epoch main 8",
      "sentinel leader-epoch main 9",
      `sentinel known-sentinel main 10.0.0.66 26379 ${"f".repeat(40)}`,
      "sentinel auth-pass main old",
    );
    const conf = start("start-sentinel.sh", "redis-sentinel-0");
    expect(watched(conf)).toBe(servers[1]);
    for (const line of ["sentinel current-epoch 9", "sentinel config-epoch main 8", "sentinel leader-epoch main 9"])
      expect(conf).toContain(`${line}\n`);
    expect(conf).not.toMatch(/10\.0\.0\.66|auth-pass main old/);
  });

  test("without a memory asks the others, then the servers, then begins with the first", () => {
    names(sentinels[2]!, servers[1]!);
    expect(watched(start("start-sentinel.sh", "redis-sentinel-0"))).toBe(servers[1]);
    rmSync(join(box, "data/sentinel.conf"));
    rmSync(join(box, "answers", `${sentinels[2]} SENTINEL get-master-addr-by-name main`));
    isPrimary(servers[2]!);
    expect(watched(start("start-sentinel.sh", "redis-sentinel-0"))).toBe(servers[2]);
    rmSync(join(box, "data/sentinel.conf"));
    rmSync(join(box, "answers", `${servers[2]} ROLE`));
    expect(watched(start("start-sentinel.sh", "redis-sentinel-0"))).toBe(servers[0]);
  });

  test("does not believe in an address that is no longer one of ours", () => {
    remember("sentinel monitor main 10.0.0.66 6379 2");
    expect(watched(start("start-sentinel.sh", "redis-sentinel-0"))).toBe(servers[0]);
  });
});

describe("a Sentinel's patience at its start", () => {
  const master = (flags: string, lastPingSent: number) =>
    answers(
      "127.0.0.1",
      "SENTINEL master main",
      [
        "name",
        "main",
        "ip",
        servers[0],
        "port",
        "6379",
        "runid",
        "",
        "flags",
        flags,
        "link-pending-commands",
        "0",
        "last-ping-sent",
        lastPingSent,
        "last-ok-ping-reply",
        "300",
        "role-reported",
        "master",
      ].join("\n"),
    );
  /** How often it looked at its primary before it shortened its patience; it does so in any case in the end. */
  const looks = () => {
    start("start-sentinel.sh", "redis-sentinel-0");
    const shortened = calls().findIndex((call) => call.includes("down-after-milliseconds 2000"));
    return calls()
      .slice(0, shortened)
      .filter((call) => call === "127.0.0.1 SENTINEL master main").length;
  };

  test("ends when its primary has answered", () => {
    master("master", 0);
    expect(looks()).toBe(1);
  });

  test.each([
    ["a primary that it has not heard of yet", "master", 345],
    ["one that is down", "s_down,master", 0],
  ])("does not end for %s", (_, flags, sent) => {
    master(flags, sent);
    expect(looks()).toBe(40);
  });
});

describe("a Sentinel's patience later", () => {
  const patience = (ordinal: number) => {
    start("start-sentinel.sh", `redis-sentinel-${ordinal}`);
    return calls().flatMap((call) => /SENTINEL SET main down-after-milliseconds (\d+)/.exec(call)?.[1] ?? []);
  };

  test("differs, so that two do not ask for votes at the same moment", () => {
    expect(patience(0)).toEqual(["2000"]);
    expect(patience(2)).toEqual(["2000", "2600"]);
  });

  test("is asked for until it is answered", () => {
    writeFileSync(join(box, "busy"), "");
    expect(patience(0)).toEqual(["2000", "2000"]);
  });
});

describe("what has just started", () => {
  const killed = () => calls().filter((call) => call.endsWith("CLIENT KILL IP 10.0.0.9"));

  beforeEach(() => program("hostname", "echo 10.0.0.9"));

  test("has its own connections made anew everywhere, three times", () => {
    start("start-sentinel.sh", "redis-sentinel-1");
    expect(killed().sort()).toEqual(
      [...servers, ...sentinels].flatMap((host) => Array(3).fill(`${host} CLIENT KILL IP 10.0.0.9`)).sort(),
    );
  });

  test("leaves them alone while it copies the data", () => {
    answers("127.0.0.1", "INFO replication", "master_sync_in_progress:1");
    start("start-sentinel.sh", "redis-sentinel-1");
    expect(killed()).toEqual([]);
  });
});
