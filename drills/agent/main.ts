/**
 * The program of the load pod: load from inside the cluster, for the ways that do not end at the published port.
 * It is bundled into one file and run by the web image's Node.js.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { drive } from "../load/drive";
import { Journal, readJournal } from "../load/journal";
import type { Way } from "../load/way";
import { MARKS, PATHS, type AgentConfig } from "./config";
import { RedisWay } from "./redis";
import { SqlWay } from "./sql";

/** How often the runner's mark is looked for, and the first acknowledgement. */
const LOOK_MS = 100;

const config = JSON.parse(readFileSync(join(PATHS.program, "config.json"), "utf8")) as AgentConfig;
const at = (name: string): string => join(PATHS.journal, name);

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the environment has no ${name}`);
  return value;
}

/** `a:1,b:2` as addresses. */
function addresses(name: string): { host: string; port: number }[] {
  return setting(name)
    .split(",")
    .map((item) => {
      const { hostname, port } = new URL(`tcp://${item}`);
      return { host: hostname, port: Number(port) };
    });
}

function wayNamed(name: AgentConfig["ways"][number]): Way {
  const login = { database: setting("DB_NAME"), user: setting("DB_USER") };
  switch (name) {
    case "sql":
      return new SqlWay(
        { hosts: addresses("DB_WRITE_HOSTS"), ...login },
        { hosts: addresses("DB_READ_HOSTS"), ...login },
      );
    case "direct":
      if (!config.direct) throw new Error("the way `direct` has no server to go to");
      return new SqlWay({ hosts: [config.direct], ...login });
    case "redis":
      return new RedisWay(addresses("REDIS_SENTINELS"), setting("REDIS_MASTER_NAME"));
  }
}

/**
 * Network policies take hold some seconds after a pod starts; until then nothing it sees says anything about the stack.
 */
async function untilItAnswers(way: Way, name: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { ok, detail } = await way.write(`${config.prefix}-${name}-first-${attempt}`, 0);
    if (ok) return;
    console.log(`${name}: ${detail}`);
    await sleep(10 * LOOK_MS);
  }
}

async function main(): Promise<void> {
  const ways = config.ways.map((name) => ({ name, way: wayNamed(name) }));
  await Promise.all(ways.map(({ name, way }) => untilItAnswers(way, name)));
  // A container that is started again goes on with files of its own: its ids must not meet the earlier ones.
  const start = Date.now();
  const running = ways.map(({ name, way }) => {
    const journal = new Journal(at(`${name}-${start}.ndjson`));
    const shape = name === "direct" ? { ...config.shape, readsPerSecond: 0 } : config.shape;
    return { way, load: drive(way, journal, shape, `${config.prefix}-${name}-${start}`, config.seed) };
  });
  writeFileSync(at(MARKS.ready), "");

  while (!existsSync(at(MARKS.stop)) && Date.now() < start + config.atMostSeconds * 1000) await sleep(LOOK_MS);

  await Promise.all(running.map(({ load }) => load.stop()));
  for (const { name, way } of ways) {
    if (!(way instanceof RedisWay)) continue;
    const { writes } = readJournal(readFileSync(at(`${name}-${start}.ndjson`), "utf8"));
    writeFileSync(
      at(`${name}-${start}.found.json`),
      JSON.stringify(await way.collect(writes.map((write) => write.id))),
    );
  }
  writeFileSync(at(MARKS.done), "");
  await Promise.all(ways.map(({ way }) => way.close()));
  // The pod stays until the runner has fetched the journals; a Node.js process without work would end and be restarted.
  setInterval(() => undefined, 60_000);
}

void main();
