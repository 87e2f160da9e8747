import { CHANGES } from "../../components/changes";
import { table } from "./sections";

/** "2 StatefulSets, Service" of what goes, by kind. */
function named(kinds: string[]): string {
  return [...new Set(kinds)]
    .map((kind) => {
      const count = kinds.filter((each) => each === kind).length;
      return count === 1 ? kind : `${count} ${kind}s`;
    })
    .join(", ");
}

/**
 * The arguments of which a change takes something away that serves or holds data; test/engine/every-argument.test.ts
 * tries them all.
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
