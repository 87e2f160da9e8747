import { expect, test } from "vitest";
import { inStack, pulumi } from "../support/live";

interface Secret {
  metadata: { name: string };
  type: string;
  data?: Record<string, string>;
}

/** Every password of the stack, in clear. */
async function secretValues(): Promise<string[]> {
  const { items } = JSON.parse(await inStack("get", "secrets", "-o", "json")) as { items: Secret[] };
  return items
    .filter((secret) => secret.type === "Opaque")
    .flatMap((secret) => Object.entries(secret.data ?? {}))
    .filter(([key]) => key.includes("password"))
    .map(([, value]) => Buffer.from(value, "base64").toString());
}

test("no password is in clear in the state, in a ConfigMap or in a pod's specification", async () => {
  const values = await secretValues();
  expect(values.length).toBeGreaterThanOrEqual(6);
  const places = {
    state: await pulumi("stack", "export"),
    configMaps: await inStack("get", "configmaps", "-o", "yaml"),
    pods: await inStack("get", "pods,deployments,statefulsets,daemonsets,jobs", "-o", "yaml"),
  };
  expect(places.state).toContain('"ciphertext"');
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(1_000);
    for (const value of values) {
      expect(
        text.includes(value) || text.includes(Buffer.from(value).toString("base64")),
        `a password stands in ${place}`,
      ).toBe(false);
    }
  }
});
