import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { closest } from "fastest-levenshtein";
import { parse } from "yaml";
import { ConfigError, setCommand } from "./errors";

/** Names of the contexts in the texts of kubeconfig files. */
export function contextsIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    ((parse(text) as { contexts?: { name: string }[] } | null)?.contexts ?? []).map(({ name }) => name),
  );
}

/** Contexts that `kubectl` would know: of the files in `KUBECONFIG`, else of the one in the home folder. */
export function knownContexts(variable = process.env["KUBECONFIG"]): string[] {
  const files = variable ? variable.split(delimiter) : [join(homedir(), ".kube", "config")];
  return contextsIn(files.filter((file) => file !== "" && existsSync(file)).map((file) => readFileSync(file, "utf8")));
}

/**
 * Checks that a context exists. For an update, which needs its cluster; a preview works without one. The provider's own
 * error would not name the configuration key.
 *
 * @throws ConfigError naming the most similar context that exists
 */
export function demandContext(context: string, known: readonly string[]): void {
  if (known.includes(context)) return;
  const nearest = known.length === 0 ? undefined : closest(context, known);
  throw new ConfigError([
    {
      key: "kubeContext",
      value: context,
      allowed:
        nearest === undefined
          ? "a context of your kubeconfig, and there is none: make a cluster, or point KUBECONFIG at the file that " +
            "knows it"
          : `a context of your kubeconfig; it has ${known.join(", ")}`,
      type: setCommand("kubeContext", nearest ?? "kind-kind"),
    },
  ]);
}
