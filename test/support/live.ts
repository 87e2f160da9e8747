import { randomUUID } from "node:crypto";
import { execa } from "execa";
import pRetry from "p-retry";
import { request } from "undici";
import { Kubectl } from "../../cluster/kubectl";
import { lockHolder } from "../../components/postgres/operations";
import { CONTEXT } from "../../local/cluster/cluster";
import { repository } from "../../local/paths";
import { loadSettings } from "../../commands/support/settings";

/** Configuration of the stack under test. */
export const settings = loadSettings("dev");

/** Longest time of one call. A command that waits for something names its own limit. */
const PATIENT = { apiSeconds: 30, seconds: 60 };

/** The cluster that Holdfast made. */
export const cluster = new Kubectl({ context: CONTEXT }, PATIENT);

/** The stack's namespace in that cluster. */
export const stack = new Kubectl({ context: CONTEXT, namespace: settings.namespace }, PATIENT);

/** `kubectl` on the cluster; throws with what it printed. */
export const kubectl = (...args: string[]): Promise<string> => cluster.run(...args);

/** `kubectl` in the stack's namespace. */
export const inStack = (...args: string[]): Promise<string> => stack.run(...args);

/** Pod name of the database's primary. */
export const primary = async (): Promise<string> => {
  const holder = lockHolder(await stack.get("endpoints", "postgres"));
  if (holder === undefined) throw new Error("nobody has the database's lock");
  return holder;
};

/** Runs SQL as the superuser in a database member's pod, and returns the first value. */
export const sql = (pod: string, statement: string): Promise<string> =>
  inStack(
    ..."exec POD -c postgres -- psql -h /run/postgresql -U postgres -AXtc".replace("POD", pod).split(" "),
    statement,
  );

/** A Node.js one-liner that ends with 0 where a connection is made within two seconds. */
export const connect = (address: string, port: number): string =>
  `const s=require("net").connect({host:"${address}",port:${port}});s.setTimeout(2000,()=>process.exit(3));s.on("connect",()=>process.exit(0));s.on("error",()=>process.exit(4))`;

/** Runs an npm script as a person would, and returns all it printed. */
export async function npmRun(script: string, ...args: string[]): Promise<string> {
  const { all } = await execa("npm", ["run", "-s", script, "--", ...args], { cwd: repository, all: true });
  return all;
}

/** Plain `pulumi`, with the environment that `npm run env` prints. */
export async function pulumi(...args: string[]): Promise<string> {
  const { stdout } = await execa(
    "bash",
    ["-c", 'eval "$(npm run -s env)"; exec pulumi "$@"', "pulumi", ...args, "--non-interactive"],
    { cwd: repository },
  );
  return stdout;
}

/** Tries again until it works, for some seconds: generous, because a slow machine is no failure. */
export function eventually<T>(what: () => Promise<T>, seconds: number): Promise<T> {
  return pRetry(what, { retries: seconds * 2, minTimeout: 500, factor: 1, maxRetryTime: seconds * 1_000 });
}

/** One answer of the shop, on a connection of its own. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

async function ask(
  method: "GET" | "POST",
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Answer> {
  const answer = await request(settings.url + path, {
    method,
    headers: { connection: "close", ...headers },
    body,
    headersTimeout: 40_000,
  });
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
}

/** Reads a page or a resource of the shop. */
export const get = (path: string, accept = "application/json"): Promise<Answer> => ask("GET", path, { accept });

/** Places an order. The same key is the same order. */
export const order = (productId: number, key: string = randomUUID()): Promise<Answer> =>
  ask(
    "POST",
    "/orders",
    { "content-type": "application/json", "idempotency-key": key },
    JSON.stringify({ productId, quantity: 1 }),
  );
