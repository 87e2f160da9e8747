/**
 * The scripts of Redis' pods run as they stand, with two programs replaced: a `valkey-cli` that answers from files, one
 * per address and question, and notes what it was asked, and a server that is never started.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { redisSettings } from "../../components/redis/completed";
import { sentinelFiles, serverFiles } from "../../components/redis/config";
import { SCRIPT_NUMBERS } from "../../components/redis/settings";

/** The folder that stands for a pod of Redis; a new one for each test. */
export let box: string;

/** Addresses of the three servers and of the three Sentinels. */
export const servers = ["10.0.0.10", "10.0.0.11", "10.0.0.12"];
export const sentinels = ["10.0.0.20", "10.0.0.21", "10.0.0.22"];

/** Makes such a folder before each test of the file that asks for it, and removes it. */
export function inABox(): void {
  beforeEach(() => {
    box = mkdtempSync(join(tmpdir(), "redis-scripts-"));
    for (const folder of ["bin", "opt", "run", "data", "accounts", "answers"]) mkdirSync(join(box, folder));
    const files = {
      ...serverFiles(redisSettings({ namespace: "shop", clients: [] })),
      ...sentinelFiles(),
      "keep-passwords.sh": "",
      "watch-role.sh": "",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(box, "opt", name), text);
    for (const account of ["password", "next-password", "operator-password", "exporter-password"]) {
      writeFileSync(join(box, "accounts", account), `value-of-${account}`);
    }
    program(
      "valkey-cli",
      `
      while [ $# -gt 0 ]; do
        case $1 in -h) host=$2; shift 2 ;; -p|--user) shift 2 ;; --*) shift ;; *) break ;; esac
      done
      echo "$host $*" >>"${box}/calls"
      case "$*" in "SENTINEL SET "*|"SENTINEL DEBUG "*) if [ -e "${box}/busy" ]; then rm "${box}/busy"; else echo OK; fi ;; esac
      cat "${box}/answers/$host $*" 2>/dev/null`,
    );
    for (const name of ["valkey-server", "valkey-sentinel"]) program(name, "exit 0");
  });
  afterEach(() => rmSync(box, { recursive: true, force: true }));
}

/** Puts a program of this name before the machine's own; `body` is shell. */
export function program(name: string, body: string): void {
  writeFileSync(join(box, "bin", name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(box, "bin", name), 0o755);
}

/** What a server or Sentinel at this address says to a question from now on. */
export function answers(host: string, question: string, answer: string): void {
  writeFileSync(join(box, "answers", `${host} ${question}`), `${answer}\n`);
}

/** Answers of a primary, of a replica that holds so many keys, and of a Sentinel that names this address. */
export const isPrimary = (host: string) => answers(host, "ROLE", "master\n100");
export const isReplica = (host: string, keys: number) => {
  answers(host, "ROLE", "slave\n10.0.0.99\n6379\nconnect");
  answers(host, "DBSIZE", String(keys));
};
export const names = (sentinel: string, primary: string) =>
  answers(sentinel, "SENTINEL get-master-addr-by-name main", `${primary}\n6379`);

/** What a pod's scripts are told. */
export const environment = (pod: string) => ({
  PATH: `${join(box, "bin")}:${process.env["PATH"]}`,
  HOSTNAME: pod,
  RUN: join(box, "run"),
  DATA: join(box, "data"),
  ACCOUNTS: join(box, "accounts"),
  REDIS_HOSTS: servers.join(" "),
  SENTINEL_HOSTS: sentinels.join(" "),
  ...Object.fromEntries(Object.entries(SCRIPT_NUMBERS).map(([name, value]) => [name, String(value)])),
});

/** What `valkey-cli` was asked, in order: address and question. */
export const calls = () => readFileSync(join(box, "calls"), "utf8").split("\n");
