import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { closest } from "fastest-levenshtein";
import { parse } from "yaml";
import { ConfigError, setCommand } from "./errors";

/** Names of the contexts in some kubeconfig files, in their order. */
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
 * For an update, which cannot go on without its cluster (a preview can, and does in CI): the provider's own words for a
 * context that does not exist name no configuration key.
 *
 * @throws ConfigError naming the nearest context that exists
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
