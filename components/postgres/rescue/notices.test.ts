import { expect, test } from "vitest";
import { databaseStatus } from "./notices";

const endpoints = (name: string, annotations: object, managedFields: object[] = []) => ({
  kind: "Endpoints",
  metadata: { name, annotations, managedFields },
});
const pod = (name: string, annotations?: object) => ({
  kind: "Pod",
  metadata: { name, ...(annotations ? { annotations } : {}) },
});
const status = (...items: object[]) => databaseStatus(items as { kind: string }[]);

test("a database that is well has a primary and nothing to say", () => {
  const well = status(
    endpoints("postgres", { leader: "postgres-1" }),
    endpoints("postgres-config", { config: "{}" }),
    pod("postgres-0"),
  );
  expect(well).toEqual({ primary: "postgres-1", notices: [] });
});

test("without an answer nothing is known", () => expect(databaseStatus([])).toEqual({ primary: "", notices: [] }));

test("a pause, an order that came to nothing and a member that waits are said", () => {
  const changed = { time: "2026-11-29T12:00:00Z", fieldsV1: { "f:metadata": { "f:annotations": { "f:config": {} } } } };
  const rescue = JSON.stringify({ id: "a", member: "postgres-2", at: 1795953603, by: "eve@laptop", state: {} });
  const { notices } = status(
    endpoints("postgres-config", { config: '{"pause": true}', "holdfast.dev/rescue": rescue }, [changed]),
    pod("postgres-2", { "holdfast.dev/waits": "postgres-0 does not answer from here." }),
    pod("postgres-1", { "holdfast.dev/waits": "" }),
  );
  expect(notices).toEqual([
    "Automatic failover of the database is paused, since 2026-11-29T12:00:00Z or longer: `patronictl resume` " +
      "ends that.",
    "eve@laptop ordered postgres-2 to lead (2026-11-29T12:00:03.000Z), and it has not happened: `npm run rescue` " +
      "shows how things are.",
    "postgres-2 waits for a person: postgres-0 does not answer from here.",
  ]);
});
