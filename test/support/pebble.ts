import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { undo, until } from "./balancer";
import { selfSigned } from "./certificates";
import { freePort } from "./haproxy";

/** Why a test that needs an ACME server can't run here; undefined where it can. */
export const pebbleMissing: string | undefined =
  spawnSync("pebble", ["-version"]).error === undefined
    ? undefined
    : "pebble is not installed (go install github.com/letsencrypt/pebble/v2/cmd/pebble@latest)";

/** Let's Encrypt's server for tests, at work. */
export interface Pebble {
  /** Address of its directory. */
  directory: string;
  /** Certificate file that its own address is trusted by. */
  trusted: string;
  /** What it has logged. */
  said: () => string;
}

/**
 * Runs pebble until the end of the test. It turns one message in seven down for its number, as a busy server may.
 *
 * @param httpPort port that it asks hosts on
 */
export async function pebble(httpPort: number): Promise<Pebble> {
  const folder = mkdtempSync(join(tmpdir(), "pebble-"));
  undo.push(async () => rmSync(folder, { recursive: true }));
  const { certificate, key } = selfSigned(["localhost"]);
  const [port, management] = [await freePort(), await freePort()];
  const trusted = join(folder, "server.crt");
  writeFileSync(trusted, certificate);
  writeFileSync(join(folder, "server.key"), key);
  const config = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: trusted,
    privateKey: join(folder, "server.key"),
    httpPort,
    tlsPort: httpPort,
    ocspResponderURL: "",
  };
  writeFileSync(join(folder, "pebble.json"), JSON.stringify({ pebble: config }));
  const server: ChildProcess = spawn("pebble", ["-config", join(folder, "pebble.json")], {
    env: { PATH: process.env["PATH"], PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "15" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  undo.push(async () => server.kill("SIGKILL"));
  let said = "";
  for (const stream of [server.stdout!, server.stderr!]) stream.on("data", (part) => (said += String(part)));
  await until(async () => said.includes("ACME directory available"), 20);
  return { directory: `https://localhost:${port}/dir`, trusted, said: () => said };
}
