import { Refusal } from "../../config/refusal";
import type { Kind } from "../../cluster/kinds";
import type { Objects } from "./objects";

/** What an operation does, by kind; volumes belong to the whole cluster, so a right on the namespace is not enough. */
const NEEDED: [Kind, string[]][] = [
  ["persistentvolume", ["list", "patch"]],
  ["persistentvolumeclaim", ["list", "create", "delete"]],
  ["statefulset", ["patch"]],
  ["endpoints", ["create", "delete"]],
  ["configmap", ["create", "patch", "delete"]],
  ["job", ["create"]],
];

/** @throws Refusal before anything is touched, where this user may not do what will have to be done */
export async function demandRights(objects: Objects): Promise<void> {
  const asked = NEEDED.flatMap(([kind, verbs]) => verbs.map((verb) => ({ kind, verb })));
  const answers = await Promise.all(asked.map(({ kind, verb }) => objects.may(verb, kind)));
  const missing = asked.filter((_, index) => !answers[index]).map(({ kind, verb }) => `${verb} ${kind}`);
  if (missing.length === 0) return;
  throw new Refusal(
    `This user of the cluster may not ${missing.join(", ")}, which a restore has to; nothing was changed. ` +
      "Run it as one who may.",
  );
}
