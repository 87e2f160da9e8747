import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { undo } from "./balancer";
import { selfSigned } from "./certificates";

/** One Secret behind an address that answers as the Kubernetes API does, as far as an agent asks. */
export interface ServedSecret {
  /** Its content, decoded. */
  data: Record<string, string>;
  /** How often it was changed. */
  writes: number;
  /** What an agent's environment says of the API. */
  env: Record<string, string>;
}

/** @param changed is told the content after each change */
export async function serveSecret(changed: (data: Record<string, string>) => void): Promise<ServedSecret> {
  const folder = mkdtempSync(join(tmpdir(), "token-"));
  undo.push(async () => rmSync(folder, { recursive: true }));
  const { certificate, key } = selfSigned(["localhost"]);
  for (const [name, text] of Object.entries({ token: "secret", "ca.crt": certificate })) {
    writeFileSync(join(folder, name), text);
  }
  const served: ServedSecret = { data: {}, writes: 0, env: {} };
  const server = createServer({ cert: certificate, key }, async (asked, response) => {
    let body = "";
    for await (const part of asked) body += String(part);
    const allowed = asked.headers.authorization === "Bearer secret";
    if (!allowed || asked.url !== "/api/v1/namespaces/shop/secrets/lb-certificate") {
      response.writeHead(403).end();
      return;
    }
    if (asked.method === "PATCH") {
      const { metadata, data } = JSON.parse(body) as { metadata: { resourceVersion: string }; data: object };
      if (metadata.resourceVersion !== String(served.writes)) {
        response.writeHead(409).end();
        return;
      }
      for (const [name, text] of Object.entries(data)) served.data[name] = Buffer.from(text, "base64").toString();
      served.writes++;
      changed(served.data);
    }
    const encoded = Object.entries(served.data).map(([name, text]) => [name, Buffer.from(text).toString("base64")]);
    const metadata = { resourceVersion: String(served.writes) };
    response.end(JSON.stringify({ metadata, ...(encoded.length > 0 && { data: Object.fromEntries(encoded) }) }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(async () => server.closeAllConnections());
  undo.push(async () => server.close());
  served.env = {
    KUBERNETES_SERVICE_HOST: "localhost",
    KUBERNETES_SERVICE_PORT: String((server.address() as AddressInfo).port),
    TOKEN: folder,
    NAMESPACE: "shop",
    KEPT_IN: "lb-certificate",
  };
  return served;
}
