import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { redisSettings } from "./args";
import { sentinelFiles, serverFiles } from "./config";

/**
 * The start scripts run as they stand, with two programs replaced: a `valkey-cli` that answers from files, one per
 * address and question and notes what it was asked, and a server that is never started. What they decide is in the configuration they write.
 */
let box: string;
const servers = ["10.0.0.10", "10.0.0.11", "10.0.0.12"];
const sentinels = ["10.0.0.20", "10.0.0.21", "10.0.0.22"];

beforeEach(() => {
  box = mkdtempSync(join(tmpdir(), "redis-scripts-"));
  for (const folder of ["bin", "opt", "run", "data", "accounts", "answers"]) mkdirSync(join(box, folder));
  const files = { ...serverFiles(redisSettings({ namespace: "shop", clients: [] })), ...sentinelFiles(), "keep-passwords.sh": "", "watch-role.sh": "" };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(box, "opt", name), text);
  for (const account of ["password", "next-password", "operator-password", "exporter-password"]) {
    writeFileSync(join(box, "accounts", account), `value-of-${account}`);
  }
  program("valkey-cli", `
    while [ $# -gt 0 ]; do
      case $1 in -h) host=$2; shift 2 ;; -p|--user) shift 2 ;; --*) shift ;; *) break ;; esac
    done
    echo "$host $*" >>"${box}/calls"
    case "$*" in "SENTINEL SET "*|"SENTINEL DEBUG "*) if [ -e "${box}/busy" ]; then rm "${box}/busy"; else echo OK; fi ;; esac
    cat "${box}/answers/$host $*" 2>/dev/null`);
  for (const name of ["valkey-server", "valkey-sentinel"]) program(name, "exit 0");
});
afterEach(() => rmSync(box, { recursive: true, force: true }));

function program(name: string, body: string): void {
  writeFileSync(join(box, "bin", name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(box, "bin", name), 0o755);
}

function answers(host: string, question: string, answer: string): void {
  writeFileSync(join(box, "answers", `${host} ${question}`), `${answer}\n`);
}

const isPrimary = (host: string) => answers(host, "ROLE", "master\n100");
const isReplica = (host: string, keys: number) => {
  answers(host, "ROLE", "slave\n10.0.0.99\n6379\nconnect");
  answers(host, "DBSIZE", String(keys));
};
const names = (sentinel: string, primary: string) => answers(sentinel, "SENTINEL get-master-addr-by-name main", `${primary}\n6379`);

/** What a pod's scripts are told. */
const environment = (pod: string) => ({
  PATH: `${join(box, "bin")}:${process.env["PATH"]}`, HOSTNAME: pod, RUN: join(box, "run"), DATA: join(box, "data"), ACCOUNTS: join(box, "accounts"),
  REDIS_HOSTS: servers.join(" "), SENTINEL_HOSTS: sentinels.join(" "), QUORUM: "2", DOWN_AFTER_MS: "2000", SETTLE_SECONDS: "20",
});
/** What `valkey-cli` was asked, in order: address and question. */
const calls = () => readFileSync(join(box, "calls"), "utf8").split("\n");

/** Runs a start script; the configuration it wrote, or "" if it would have waited for another round. */
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
  });
});

describe("a Sentinel", () => {
  const watched = (conf: string) => /^sentinel monitor main (\S+) 6379 2$/m.exec(conf)?.[1];
  const remember = (...lines: string[]) => writeFileSync(join(box, "data/sentinel.conf"), `${lines.join("\n")}\n`);

  test("declares two replicas and two other Sentinels, always by the same ids", () => {
    names(sentinels[1]!, servers[2]!);
    const first = start("start-sentinel.sh", "redis-sentinel-0");
    const own = (conf: string) => /^sentinel myid (\w{40})$/m.exec(conf)?.[1];
    const others = (conf: string) => [...conf.matchAll(/^sentinel known-sentinel main (\S+) 26379 (\w{40})$/gm)].map(([, host, id]) => [host, id]);
    expect([...first.matchAll(/^sentinel known-replica main (\S+) 6379$/gm)].map(([, host]) => host)).toEqual(servers.slice(0, 2));
    const second = start("start-sentinel.sh", "redis-sentinel-1");
    expect(others(second)).toContainEqual([sentinels[0], own(first)]);
    expect(others(first)).toContainEqual([sentinels[1], own(second)]);
    expect(others(first)).toHaveLength(2);
  });

  test("keeps its primary and its epochs, and forgets everything else", () => {
    remember(`sentinel monitor main ${servers[1]} 6379 2`, "sentinel current-epoch 9", "sentinel config-epoch main 8", "sentinel leader-epoch main 9",
      `sentinel known-sentinel main 10.0.0.66 26379 ${"f".repeat(40)}`, "sentinel auth-pass main old");
    const conf = start("start-sentinel.sh", "redis-sentinel-0");
    expect(watched(conf)).toBe(servers[1]);
    for (const line of ["sentinel current-epoch 9", "sentinel config-epoch main 8", "sentinel leader-epoch main 9"]) expect(conf).toContain(`${line}\n`);
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
    answers("127.0.0.1", "SENTINEL master main", ["name", "main", "ip", servers[0], "port", "6379", "runid", "", "flags", flags, "link-pending-commands", "0",
      "last-ping-sent", lastPingSent, "last-ok-ping-reply", "300", "role-reported", "master"].join("\n"));
  /** How often it looked at its primary before it shortened its patience; it does so in any case in the end. */
  const looks = () => {
    start("start-sentinel.sh", "redis-sentinel-0");
    const shortened = calls().findIndex((call) => call.includes("down-after-milliseconds 2000"));
    return calls().slice(0, shortened).filter((call) => call === "127.0.0.1 SENTINEL master main").length;
  };

  test("ends when its primary has answered", () => {
    master("master", 0);
    expect(looks()).toBe(1);
  });

  test.each([["a primary that it has not heard of yet", "master", 345], ["one that is down", "s_down,master", 0]])("does not end for %s", (_, flags, sent) => {
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

describe("a server that is to end", () => {
  const FAILOVER = "SENTINEL FAILOVER main COORDINATED";
  /** Runs the hook, with this for its pauses; whom it asked for a failover, and whether it ended by itself before its twelve seconds were over. */
  function handOver(pause = "exit 0"): { asked: string[]; ended: boolean } {
    program("sleep", pause);
    const run = spawnSync("sh", [join(box, "opt/hand-over.sh")], { timeout: 3_000, env: environment("redis-0") });
    return { asked: calls().filter((call) => call.endsWith(FAILOVER)).map((call) => call.split(" ")[0]!), ended: run.status === 0 };
  }

  test("asks nobody where it is a replica", () => {
    isReplica("127.0.0.1", 7);
    expect(handOver()).toEqual({ asked: [], ended: true });
  });

  test("does not wait for Sentinels that are all gone", () => {
    isPrimary("127.0.0.1");
    answers("127.0.0.1", "INFO replication", "role:master\nconnected_slaves:2");
    expect(handOver()).toEqual({ asked: [], ended: true });
  });

  test("does not wait for replicas that are all gone", () => {
    isPrimary("127.0.0.1");
    answers("127.0.0.1", "INFO replication", "role:master\nconnected_slaves:0");
    expect(handOver()).toEqual({ asked: [], ended: true });
  });

  test("does not wait for Sentinels that are gone once the role has moved", () => {
    // It is a replica after the first pause, and the Sentinel that took the job is gone.
    isPrimary("127.0.0.1");
    answers("127.0.0.1", "INFO replication", "role:master\nconnected_slaves:2");
    answers(sentinels[0]!, FAILOVER, "OK");
    names(sentinels[0]!, servers[0]!);
    const moved = `printf 'slave\\n10.0.0.11\\n6379\\nconnect\\n' >"${box}/answers/127.0.0.1 ROLE"; rm -f "${box}/answers/${sentinels[0]} SENTINEL get"*`;
    expect(handOver(moved)).toEqual({ asked: [sentinels[0]], ended: true });
  });

  test("goes on asking while one of them answers and there is a replica", () => {
    isPrimary("127.0.0.1");
    answers("127.0.0.1", "INFO replication", "role:master\nconnected_slaves:1");
    names(sentinels[1]!, servers[0]!);
    answers(sentinels[1]!, FAILOVER, "NOGOODSLAVE No suitable replica to promote");
    const { asked, ended } = handOver();
    expect(ended).toBe(false);
    expect(asked.length).toBeGreaterThan(6);
  });
});

describe("what has just started", () => {
  const killed = () => calls().filter((call) => call.endsWith("CLIENT KILL IP 10.0.0.9"));

  beforeEach(() => program("hostname", "echo 10.0.0.9"));

  test("has its own connections made anew everywhere, three times", () => {
    start("start-sentinel.sh", "redis-sentinel-1");
    expect(killed().sort()).toEqual([...servers, ...sentinels].flatMap((host) => Array(3).fill(`${host} CLIENT KILL IP 10.0.0.9`)).sort());
  });

  test("leaves them alone while it copies the data", () => {
    answers("127.0.0.1", "INFO replication", "master_sync_in_progress:1");
    start("start-sentinel.sh", "redis-sentinel-1");
    expect(killed()).toEqual([]);
  });
});

describe("the pointer", () => {
  /** Runs it for some rounds against Sentinels that name these primaries; what it wrote as the Service's address, if anything. */
  function pointed(...primaries: string[]): string {
    sentinels.forEach((host, i) => writeFileSync(join(box, "answers", host), `$10\r\n${primaries[i]}\r\n`));
    mkdirSync(join(box, "sa"), { recursive: true });
    writeFileSync(join(box, "sa/token"), "t");
    // A pause is short, and fails after the last round, which ends the loops.
    program("sleep", `[ -e "${box}/written" ] && exit 1; echo >>"${box}/pauses"; [ "$(wc -l <"${box}/pauses")" -lt 40 ] || exit 1; exec /bin/sleep 0.03`);
    program("curl", `
      for word in "$@"; do
        case $word in
          telnet://*) host=\${word#telnet://}; cat "${box}/answers/\${host%:*}" ;;
          PATCH) cat >"${box}/written" ;;
          */pods/*) echo ' "podIP": "10.9.9.9"' ;;
          */services/*) echo ' "uid": "u"' ;;
        esac
      done`);
    spawnSync("sh", [join(box, "opt/point-service.sh")], {
      timeout: 30_000,
      env: {
        ...environment("redis-sentinel-0"), SA: join(box, "sa"), SERVICE: "redis", SERVERS: "redis", NAMESPACE: "shop",
        KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443",
      },
    });
    return existsSync(join(box, "written")) ? readFileSync(join(box, "written"), "utf8") : "";
  }

  test("points at the pod that two Sentinels name", () => {
    const written = pointed(servers[2]!, servers[0]!, servers[2]!);
    expect(written).toContain('"addresses": ["10.9.9.9"]');
    expect(written).toContain('"name": "redis-2"');
  });

  test("changes nothing where each names another, or a stranger", () => {
    expect(pointed(servers[0]!, servers[1]!, servers[2]!)).toBe("");
    expect(pointed("10.0.0.66", "10.0.0.66", "10.0.0.66")).toBe("");
  });
});
