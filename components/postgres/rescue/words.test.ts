import { describe, expect, it, test } from "vitest";
import { databaseState } from "./patroni-state";
import type { Holding, Survivor } from "./holding";
import { membersOf } from "./read";
import { holdingsTable, leftToDo, losses, position, unfit } from "./words";

const state = databaseState([
  {
    metadata: {
      name: "postgres-sync",
      annotations: { leader: "postgres-0", sync_standby: "postgres-1,postgres-2", quorum: "1" },
      managedFields: [],
    },
  },
]);

const holding = (member: string, change: Partial<Holding> = {}): Holding => ({
  member,
  running: true,
  in_recovery: true,
  timeline: 4,
  position: 2 ** 32 + 0x2faf080,
  final: true,
  last_commit: 1795953603,
  system_id: "7",
  state: "in archive recovery",
  kept: [],
  primaries: [state.written],
  ...change,
});

const survivor = (name: string, holds?: Holding): Survivor => ({
  name,
  node: `worker-${name.at(-1)}`,
  claim: `data-${name}`,
  volume: `pvc-${name.at(-1)}`,
  holding: holds,
});

const survivors = [
  survivor("postgres-0"),
  survivor("postgres-1", holding("postgres-1", { kept: ["pgdata.kept"] })),
  survivor("postgres-2"),
];

test("the table has what each volume holds, and who does not answer with volume and node", () => {
  const rows = holdingsTable(state, survivors)
    .split("\n")
    .filter((line) => line.includes("postgres-"));
  expect(rows[0]).toMatch(/postgres-0 +│ worker-0 +│ pvc-0 .* led last +│ does not answer/);
  expect(rows[1]).toMatch(
    /postgres-1 +│ worker-1 +│ pvc-1 +│ 4 +│ 1\/2FAF080 +│ 2026-11-29 12:00:03 UTC +│ yes +│ standby; older data kept: pgdata.kept/,
  );
});

test("what may be lost has a line for each that answers", () => {
  expect(losses(survivors)).toEqual([
    expect.stringMatching(
      /^postgres-1: may lack what was acknowledged after .*postgres-2 may have acknowledged without it$/,
    ),
  ]);
});

test.each([
  [0, "0/0"],
  [0x3000060, "0/3000060"],
  [2 ** 33 + 255, "2/FF"],
])("position %s is %s", (bytes, text) => expect(position(bytes)).toBe(text));

describe("whoever can't lead is refused with the reason", () => {
  const all = [
    ...survivors.slice(0, 2),
    survivor("postgres-3", holding("postgres-3", { timeline: 0 })),
    survivor("postgres-4", holding("postgres-4", { running: false })),
  ];
  test.each([
    ["postgres-1", undefined],
    ["postgres-7", "There is no member postgres-7; postgres-1 or postgres-3 could."],
    ["postgres-0", "postgres-0 does not answer"],
    ["postgres-3", "There is no database on the volume of postgres-3"],
    ["postgres-4", "PostgreSQL of postgres-4 does not run"],
  ])("%s", (name, reason) => {
    if (reason === undefined) expect(unfit(name, all)).toBeUndefined();
    else expect(unfit(name, all)).toContain(reason);
  });
});

describe("what is left to do", () => {
  it("has the exact commands for members that are lost, and for nobody else", () => {
    const lines = leftToDo("postgres-1", survivors, true, "kubectl --context c -n shop");
    expect(lines[0]).toBe("Writes wait until a second member streams from postgres-1.");
    expect(lines.filter((line) => line.startsWith("  "))).toEqual([
      "  kubectl --context c -n shop delete persistentvolumeclaim data-postgres-0 --wait=false",
      "  kubectl --context c -n shop delete pod postgres-0 --force --grace-period=0",
      "  kubectl --context c -n shop delete persistentvolumeclaim data-postgres-2 --wait=false",
      "  kubectl --context c -n shop delete pod postgres-2 --force --grace-period=0",
    ]);
  });

  it("names no command where every member answers", () => {
    expect(leftToDo("postgres-1", [survivors[1]!], false, "kubectl")).toEqual([
      "Until a second member streams, postgres-1 alone holds what is written.",
    ]);
  });
});

test("members are known by their pods, and by their claims where the pod is gone", () => {
  const claim = (name: string) => ({
    kind: "PersistentVolumeClaim",
    metadata: { name },
    spec: { volumeName: `pvc-of-${name}` },
  });
  const pod = (name: string, claimName: string) => ({
    kind: "Pod",
    metadata: { name },
    spec: { nodeName: "worker", volumes: [{ name: "data", persistentVolumeClaim: { claimName } }] },
  });
  expect(
    membersOf([
      pod("postgres-10", "data-postgres-10"),
      claim("data-postgres-2"),
      claim("data-postgres-10"),
      pod("postgres-1", "other"),
    ]),
  ).toEqual([
    { name: "postgres-1", node: "worker", claim: "other", volume: "" },
    { name: "postgres-2", node: "", claim: "data-postgres-2", volume: "pvc-of-data-postgres-2" },
    { name: "postgres-10", node: "worker", claim: "data-postgres-10", volume: "pvc-of-data-postgres-10" },
  ]);
});
