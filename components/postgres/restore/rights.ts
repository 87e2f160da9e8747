import { Refusal } from "../../../config/refusal";
import type { Kind } from "../../../cluster/kinds";
import type { Objects } from "./objects";

/**
 * The rights that an operation needs, by kind. Volumes belong to the cluster, so rights in the namespace are not
 * enough.
 */
const NEEDED: [Kind, string[]][] = [
  ["persistentvolume", ["list", "patch"]],
  ["persistentvolumeclaim", ["list", "create", "delete"]],
  ["statefulset", ["patch"]],
  ["endpoints", ["create", "delete"]],
  ["configmap", ["create", "patch", "delete"]],
  ["job", ["create"]],
];

/** @throws Refusal where this user lacks a right that the operation will need; called before anything is changed */
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
