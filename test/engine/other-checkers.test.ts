import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, execaSync } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENVIRONMENTS } from "../../config/keys";
import { EXPLAINED_WARNINGS } from "../../policy/documentation/warnings";
import { renderManifests } from "../../policy/manifests/render";
import { programGraph } from "../../stack-graph";
import { writeSchemas } from "../support/kubernetes-schemas";

const KUBE_SCORE = "github.com/zegl/kube-score/cmd/kube-score@v1.20.0";
const KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0";
const KUBERNETES = "k8s.io/kubernetes@v1.34.4";

const hasGo = !execaSync("go", ["version"], { reject: false }).failed;

describe.skipIf(!hasGo)("other people's checkers on our rendered manifests (they are Go modules: install go)", () => {
  let folder: string;
  const file = (environment: string): string => join(folder, `${environment}.yaml`);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-checkers-"));
    for (const environment of ENVIRONMENTS)
      writeFileSync(file(environment), renderManifests(await programGraph(environment)));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("kubeconform finds every object valid, and would find a mistyped field", async () => {
    const { stdout } = await execa("go", ["mod", "download", "-json", KUBERNETES], { cwd: folder });
    const location = writeSchemas(
      join((JSON.parse(stdout) as { Dir: string }).Dir, "api/openapi-spec/swagger.json"),
      join(folder, "schemas"),
    );
    const check = (input: string) =>
      execa("go", ["run", KUBECONFORM, "-strict", "-schema-location", location, "-"], {
        cwd: folder,
        input,
        reject: false,
      });
    for (const environment of ENVIRONMENTS)
      expect(await check(renderManifests(await programGraph(environment)))).toMatchObject({ stdout: "", exitCode: 0 });
    const mistyped = await check(
      renderManifests(await programGraph("dev")).replaceAll("readOnlyRootFilesystem", "readOnlyRootFilesytem"),
    );
    expect(mistyped.stdout).toContain("additional properties 'readOnlyRootFilesytem' not allowed");
  });

  test.each([...ENVIRONMENTS])(
    "kube-score finds nothing critical in %s, and warns only of what is explained",
    async (environment) => {
      const { stdout } = await execa(
        "go",
        ["run", KUBE_SCORE, "score", "--kubernetes-version", "v1.34", "--output-format", "ci", file(environment)],
        { cwd: folder, reject: false },
      );
      const lines = stdout.split("\n");
      expect(lines.filter((line) => line.startsWith("[OK]")).length).toBeGreaterThan(100);
      expect(lines.filter((line) => line.startsWith("[CRITICAL]"))).toEqual([]);
      expect(
        lines.filter(
          (line) => line.startsWith("[WARNING]") && !EXPLAINED_WARNINGS.some(({ text }) => line.includes(text)),
        ),
      ).toEqual([]);
    },
  );
});
