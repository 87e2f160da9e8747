import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate and its key, as PEM. */
export interface Pair {
  certificate: string;
  key: string;
}

const openssl = (...words: string[]) => execFileSync("openssl", words, { stdio: "pipe" });

/**
 * A certificate that it has signed itself, for some names.
 *
 * @param days that it is valid from now on; negative for one that has expired
 */
export function selfSigned(hosts: string[], days = 30): Pair {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  try {
    const [key, wish, certificate] = ["key", "wish", "certificate"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}`;
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key];
    openssl("req", "-new", ...newKey, "-subj", "/CN=test", "-addext", names, "-out", wish);
    const sign = ["-signkey", key, "-copy_extensions", "copyall", "-days", String(days)];
    openssl("x509", "-req", "-in", wish, ...sign, "-out", certificate);
    return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
