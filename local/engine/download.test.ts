import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { VERSIONS } from "../versions";
import { reachable, type Origins } from "./reach";

const goArch = process.arch === "x64" ? "amd64" : process.arch;
/** Where the projects publish their files, below their own origins. */
const PATHS = {
  pulumi: `/pulumi/pulumi-v${VERSIONS.pulumiOfficial}-${process.platform}-${process.arch}.tar.gz`,
  kind: `/kind/v${VERSIONS.kind}/kind-${process.platform}-${goArch}`,
  kubectl: `/kubectl/v${VERSIONS.kubernetes}/bin/${process.platform}/${goArch}/kubectl`,
};

/** The official archive's layout: one folder `pulumi` with the CLI and its companions beside each other. */
async function officialArchive(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-archive-"));
  mkdirSync(join(folder, "pulumi"));
  for (const program of ["pulumi", "pulumi-language-nodejs", "pulumi-analyzer-policy"]) {
    writeFileSync(join(folder, "pulumi", program), `#!/bin/sh\necho ${program} v${VERSIONS.pulumiOfficial}\n`);
    chmodSync(join(folder, "pulumi", program), 0o755);
  }
  await execa("tar", ["-czf", "archive.tar.gz", "pulumi"], { cwd: folder });
  return readFileSync(join(folder, "archive.tar.gz"));
}

let archive: Buffer;
let server: Server;
let origins: Origins;
let asked: string[];
/** What a path answers; anything else is 404. */
let answers: Record<string, (response: ServerResponse) => void>;
let folder: string;
const send =
  (body: string | Buffer) =>
  (response: ServerResponse): void =>
    void response.end(body);

beforeAll(async () => {
  archive = await officialArchive();
});

beforeEach(async () => {
  asked = [];
  answers = {
    [PATHS.pulumi]: send(archive),
    [PATHS.kind]: send("#!/bin/sh\necho kind\n"),
    [PATHS.kubectl]: send("#!/bin/sh\necho kubectl\n"),
  };
  server = createServer((request, response) => {
    if (request.method === "GET") asked.push(request.url!);
    const answer = answers[request.url!];
    if (answer) answer(response);
    else response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  origins = {
    pulumi: `${origin}/pulumi`,
    kind: `${origin}/kind`,
    kubectl: `${origin}/kubectl`,
    images: `${origin}/v2/`,
  };
  folder = mkdtempSync(join(tmpdir(), "holdfast-downloads-"));
  vi.stubEnv("HOLDFAST_CACHE", join(folder, "cache"));
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const download = async (name: keyof typeof PATHS) => (await import("./download")).download(name, origins);

describe("a download", () => {
  test.each(["pulumi", "kind", "kubectl"] as const)(
    "%s runs from the folder it names, and is fetched once",
    async (name) => {
      const programs = await download(name);
      expect((await execa(join(programs!, name))).stdout).toContain(name);
      expect(await download(name)).toBe(programs);
      expect(asked).toEqual([PATHS[name]]);
    },
  );

  test("the CLI's companions lie beside it, where it looks for them", async () => {
    expect(readdirSync((await download("pulumi"))!).sort()).toEqual([
      "pulumi",
      "pulumi-analyzer-policy",
      "pulumi-language-nodejs",
    ]);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ["is not there", (response) => void response.writeHead(404).end()],
    ["is forbidden", (response) => void response.writeHead(403).end("not available")],
    [
      "breaks off",
      (response) => {
        response.writeHead(200, { "content-length": archive.length });
        response.write(archive.subarray(0, 100), () => response.destroy());
      },
    ],
    ["is no archive", send("<html>please log in</html>")],
  ])("that %s leaves nothing behind, and the next one succeeds", async (_what, answer) => {
    answers[PATHS.pulumi] = answer;
    expect(await download("pulumi")).toBeUndefined();
    expect(readdirSync(join(folder, "cache/downloads"))).toEqual([]);
    answers[PATHS.pulumi] = send(archive);
    expect(await download("pulumi")).toBeDefined();
  });
});

describe("reachable", () => {
  test.each([
    [200, true],
    [401, true],
    [404, true],
    [403, false],
    [503, false],
  ])("an answer of %i: %s", async (status, result) => {
    answers["/v2/"] = (response) => void response.writeHead(status).end();
    expect(await reachable(origins.images)).toBe(result);
  });

  test("silence, and nobody there", async () => {
    answers["/v2/"] = () => undefined;
    expect(await reachable(origins.images, 50)).toBe(false);
    expect(await reachable("http://127.0.0.1:1/")).toBe(false);
  });
});

describe("on a machine with the tools' projects in reach and none of the tools", () => {
  beforeEach(async () => {
    const bin = join(folder, "machine");
    mkdirSync(bin);
    for (const program of ["sh", "tar", "gzip"])
      symlinkSync((await execa("sh", ["-c", `command -v ${program}`])).stdout, join(bin, program));
    vi.stubEnv("PATH", bin);
    // Who runs the tests may have taken over what `npm run env` says.
    vi.stubEnv("PULUMI_HOME", undefined);
  });

  test("the engine is the official one, first on PATH", async () => {
    const { ensurePulumi } = await import("./tools");
    expect(await ensurePulumi(origins)).toBe("downloaded");
    expect((await execa("pulumi", ["version"])).stdout).toContain(VERSIONS.pulumiOfficial);
    expect(process.env["PULUMI_HOME"]).toBeUndefined();
  });

  test("kind and kubectl are, too", async () => {
    const { ensureClusterTools } = await import("./tools");
    await ensureClusterTools(["kind", "kubectl"], origins);
    expect((await execa("kind")).stdout).toBe("kind");
    expect((await execa("kubectl")).stdout).toBe("kubectl");
  });
});
