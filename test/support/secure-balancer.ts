import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HaproxySettings } from "../../components/load-balancer/completed";
import { TLS_PATH, TLS_PORT } from "../../components/load-balancer/names";
import { balancer, undo, until } from "./balancer";
import type { Pair } from "./certificates";
import { freePort, type Listed, type RunningHaproxy } from "./haproxy";

const LOAD_BALANCER = join(__dirname, "../../components/load-balancer");

/** The Secret of a certificate as a kubelet mounts it: its content changes as a whole. */
export class Mounted {
  private version = 0;

  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** Another content; what is left out is not there. */
  put(files: Record<string, string>): void {
    const version = `..version-${++this.version}`;
    mkdirSync(join(this.folder, version));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, version, name), text);
    symlinkSync(version, join(this.folder, "..new"));
    renameSync(join(this.folder, "..new"), join(this.folder, "..data"));
  }

  /** A certificate and its key. */
  pair({ certificate, key }: Pair): void {
    this.put({ "tls.crt": certificate, "tls.key": key });
  }
}

/** A balancer that ends TLS, with the agent beside it. */
export interface SecureBalancer extends RunningHaproxy {
  /** Port for TLS. */
  secure: number;
  /** What the agent has logged. */
  said: () => string;
  /** What the agent tells Prometheus. */
  metrics: () => Promise<string>;
}

/** Runs the agent with some words and variables, until the end of the test. @returns what it has logged so far */
export async function runAgent(word: string, env: Record<string, string>): Promise<() => string> {
  const python = process.env["MACHINE_PYTHON"] ?? "python3";
  const agent: ChildProcess = spawn(python, ["-B", "-m", "agent", word], {
    cwd: LOAD_BALANCER,
    env: { PATH: process.env["PATH"], AGENT_HOST: "127.0.0.1", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  agent.stderr!.on("data", (part) => (said += String(part)));
  undo.push(async () => agent.kill("SIGKILL"));
  await until(async () => {
    if (agent.exitCode !== null) throw new Error(said);
    return fetch(`http://127.0.0.1:${env["AGENT_PORT"]}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }, 30);
  return () => said;
}

/**
 * HAProxy with the component's configuration for TLS, and its agent.
 *
 * @param certificates by name of the Secret: where it is mounted, and the hosts that it must be for
 */
export async function secureBalancer(
  names: Record<string, Listed[]>,
  certificates: { name: string; folder: string; hosts: string[] }[],
  change: Partial<HaproxySettings> = {},
  env: Record<string, string> = {},
): Promise<SecureBalancer> {
  const run = mkdtempSync(join(tmpdir(), "tls-"));
  undo.push(async () => rmSync(run, { recursive: true, force: true }));
  const [secure, port] = [await freePort(), await freePort()];
  const said = await runAgent("keep", {
    AGENT_PORT: String(port),
    RUN: run,
    CERTIFICATES: JSON.stringify(certificates),
    ...env,
  });
  const tls = { certificates, redirect: true, port: secure, hsts: undefined, issue: undefined };
  const running = await balancer(names, { tls, ...change }, (config) =>
    config.replaceAll(TLS_PATH, run).replace(`bind :${TLS_PORT}`, `bind 127.0.0.1:${secure}`),
  );
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Object.assign(running, { secure, said, metrics });
}
