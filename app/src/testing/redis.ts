import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Valkey's or Redis's server on this machine; undefined when it has neither. */
export const REDIS_SERVER = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => [join(folder, "valkey-server"), join(folder, "redis-server")])
  .find((program) => existsSync(program));

/** One data node and one Sentinel that watches it, on free ports of the loopback, behind one password. */
export class TestRedis {
  readonly #folder = mkdtempSync(join(tmpdir(), "shop-redis-"));
  readonly #processes = new Map<string, ChildProcess>();

  private constructor(
    readonly sentinelPort: number,
    private readonly dataPort: number,
    private readonly password: string,
  ) {}

  /** Starts both, the Sentinel on a given port if there is one. */
  static async start(password: string, port?: number): Promise<TestRedis> {
    const [sentinelPort, dataPort] = [port ?? (await freePort()), await freePort()];
    const made = new TestRedis(sentinelPort, dataPort, password);
    made.startData();
    const settings = [
      `requirepass ${password}`,
      `sentinel monitor main 127.0.0.1 ${dataPort} 1`,
      `sentinel auth-pass main ${password}`,
    ];
    writeFileSync(join(made.#folder, "sentinel.conf"), settings.join("\n"));
    made.#run("sentinel", join(made.#folder, "sentinel.conf"), "--sentinel", "--port", `${sentinelPort}`);
    return made;
  }

  /** Starts the data node, empty. */
  startData(): void {
    const address = ["--port", `${this.dataPort}`, "--bind", "127.0.0.1"];
    this.#run("data", ...address, "--requirepass", this.password, "--save", "");
  }

  /** Stops, continues or kills the data node. */
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
    this.#processes.get("data")?.kill(signal);
  }

  /** Ends both and removes their files. */
  remove(): void {
    for (const process of this.#processes.values()) process.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true });
  }

  #run(name: string, ...args: string[]): void {
    this.#processes.set(name, spawn(REDIS_SERVER!, args, { cwd: this.#folder, stdio: "ignore" }));
  }
}

/** A port of the loopback on which nothing listens. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
