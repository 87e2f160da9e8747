import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Kubectl } from "../../cluster/kubectl";
import { RESTRICTED_NAMESPACE_LABELS } from "../../components";
import { CONTEXT } from "../../local/cluster/cluster";
import { repository } from "../../local/paths";
import { inStack, kubectl } from "../support/live";
import { OTHER_SECRETS, PROBER, type Step } from "../support/live-examples";
import { ownProgram, ownPulumi } from "../support/own-program";

/** The examples as a user runs them, with a plain provider. Every argument is changed while they run. */
const EXAMPLES = [
  {
    name: "redis-and-web",
    namespaces: ["redis-and-web"],
    own: [],
    image: "web-app",
    asked: "http://web.redis-and-web:8000/",
  },
  {
    name: "two-web-services",
    namespaces: ["catalogue", "checkout"],
    own: [],
    image: "web-app",
    asked: "http://checkout.checkout:8000/",
  },
  { name: "postgres-for-an-app", namespaces: ["orders"], own: ["orders"], image: "postgres", asked: undefined },
];

/**
 * Share of the caller's requests that may fail. It asks the Service and does not repeat; on a starved machine a node may
 * learn of a pod's end after it ended (seen: 1 of 1,500). A workload that is deleted before its successor stands fails
 * a third of them.
 */
const MOST_FAILED = 0.01;

/** Label of this test's namespaces, so that the next run can remove what a killed run has left. */
const MARK = "holdfast.dev/test=examples";

/** Kinds that serve requests or hold data. */
const MATTERS = "deployments,statefulsets,daemonsets,services,persistentvolumeclaims";
const KINDS = /:(Namespace|Deployment|StatefulSet|DaemonSet|Service|PersistentVolumeClaim)$/;

/**
 * Sends twenty requests a second, each on a new connection (a kept one would be closed when the server ends), and
 * prints at its end how many it sent and which failed. It counts from the first answer on, because the network lets a
 * new pod through only after about a second.
 */
const PROBE = `
const failed = [];
let asked = 0;
const ask = (good, bad) => {
  const request = require("http").get(process.env.ASKED, { agent: false, timeout: 5000 }, (answer) => {
    answer.resume();
    answer.statusCode === 200 ? good() : bad(answer.statusCode);
  });
  request.on("timeout", () => request.destroy(new Error("no answer within 5 s")));
  request.on("error", (error) => bad(error.message));
};
let timer;
const begin = () => ask(
  () => { timer = setInterval(() => { asked += 1; ask(() => {}, (why) => failed.push(why)); }, 50); },
  () => setTimeout(begin, 200),
);
begin();
const end = () => { console.log(JSON.stringify({ asked, failed })); process.exit(0); };
process.on("SIGTERM", () => { clearInterval(timer); setTimeout(end, 6000); });
`;

const proberPod = (image: string, asked: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "prober", labels: PROBER },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 15,
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "prober",
        image,
        command: ["node", "-e", PROBE],
        env: [{ name: "ASKED", value: asked }],
        resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { cpu: "200m", memory: "96Mi" } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
});

async function images(): Promise<Record<string, string>> {
  const [web, postgres] = await Promise.all(
    ["deployment/web-app", "statefulset/postgres"].map((name) =>
      inStack("get", name, "-o", "jsonpath={.spec.template.spec.containers[0].image}"),
    ),
  );
  return { "web-app": web!, postgres: postgres! };
}

describe.each(EXAMPLES)(
  "$name",
  ({ name, namespaces, own, image, asked }) => {
    let folder: string;
    let ready: string;

    const pulumi = async (step: Step, ...args: string[]): Promise<string> => {
      const { stdout, all, exitCode } = await ownPulumi(folder, { EXAMPLE: name, STEP: step }, ...args);
      expect(exitCode, all).toBe(0);
      return stdout;
    };
    const up = (step: Step) => pulumi(step, "up", "--yes", "--skip-preview", "--stack", "dev");

    /** Kind, name and uid of every object that must not be replaced. */
    const standing = async (): Promise<string[]> => {
      const lines = await Promise.all(
        namespaces.flatMap((namespace) =>
          [
            ["get", MATTERS],
            ["get", "namespace", namespace],
          ].map((what) =>
            kubectl(
              "-n",
              namespace,
              ...what,
              "-o",
              'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid}{"\\n"}{end}{.metadata.uid}',
            ),
          ),
        ),
      );
      return lines.flatMap((text) => text.split("\n")).filter((line) => line !== "");
    };

    beforeAll(async () => {
      folder = ownProgram(
        name,
        `import { liveExample } from "${repository}/test/support/live-examples";\n` +
          'module.exports = liveExample(process.env.EXAMPLE!, process.env.STEP as "base");\n',
      );
      ready = (await images())[image]!;
      await kubectl("delete", "namespace", "-l", MARK, "--timeout=120s");
      for (const namespace of own) await kubectl("create", "namespace", namespace);
      for (const namespace of own)
        await kubectl(
          "label",
          "namespace",
          namespace,
          ...Object.entries(RESTRICTED_NAMESPACE_LABELS).map(([key, value]) => `${key}=${value}`),
        );
      await pulumi("base", "stack", "init", "dev");
      for (const [key, value] of [
        ["context", CONTEXT],
        ["image", ready],
        ["namespace", own[0] ?? "unused"],
      ])
        await pulumi("base", "config", "set", key!, value!, "--stack", "dev");
      await up("base");
      for (const namespace of namespaces) await kubectl("label", "namespace", namespace, MARK);
    });

    afterAll(async () => {
      await pulumi("second", "destroy", "--yes", "--skip-preview", "--stack", "dev");
      for (const namespace of namespaces)
        await kubectl("delete", "namespace", namespace, "--ignore-not-found", "--timeout=120s");
      rmSync(folder, { recursive: true, force: true });
    });

    test("every argument changed once: nothing that serves or holds data goes, and all are answered", async () => {
      const before = await standing();
      expect(before.length).toBeGreaterThan(5);
      for (const namespace of namespaces)
        for (const secret of OTHER_SECRETS)
          await kubectl("-n", namespace, "create", "secret", "generic", secret, "--from-literal=password=none");
      const at = namespaces.at(-1)!;
      const inside = new Kubectl({ context: CONTEXT, namespace: at });
      if (asked) {
        await inside.with({ input: JSON.stringify(proberPod(ready, asked)) }).run("create", "-f", "-");
        await kubectl("-n", at, "wait", "pod/prober", "--for=condition=Ready", "--timeout=120s");
      }
      const { steps } = JSON.parse(await pulumi("first", "preview", "--json", "--stack", "dev")) as {
        steps: { op: string; urn: string }[];
      };
      expect(steps.filter(({ op, urn }) => /delete|replace/.test(op) && KINDS.test(urn.split("::")[2]!))).toEqual([]);

      await up("first");
      expect(await standing()).toEqual(expect.arrayContaining(before));
      if (asked) {
        const log = inside.run("logs", "-f", "prober");
        await kubectl("-n", at, "delete", "pod", "prober", "--wait=false");
        const said = JSON.parse(await log) as { asked: number; failed: unknown[] };
        expect(said.asked).toBeGreaterThan(100);
        expect(said.failed.length / said.asked, said.failed.join()).toBeLessThan(MOST_FAILED);
      }
      await up("second");
      expect(await standing()).toEqual(expect.arrayContaining(before));
    }, 900_000);
  },
  900_000,
);
