import { CHANGES } from "../../components/changes";
import { table } from "./sections";

/** Kinds with their numbers: `2 StatefulSets, Service`. */
function named(kinds: string[]): string {
  return [...new Set(kinds)]
    .map((kind) => {
      const count = kinds.filter((each) => each === kind).length;
      return count === 1 ? kind : `${count} ${kind}s`;
    })
    .join(", ");
}

/**
 * Table of the arguments whose change removes an object that serves requests or holds data.
 * test/engine/every-argument.test.ts changes every argument to find them.
 */
export function replacingChanges(): string {
  const rows = Object.entries(CHANGES).flatMap(([component, changes]) =>
    changes.flatMap(({ argument, takes, because = "" }) =>
      takes
        ? [[component, `\`${argument}\``, takes === "everything" ? "all of the component" : named(takes), because]]
        : [],
    ),
  );
  return table(["component", "argument", "what goes", "because"], rows);
}
