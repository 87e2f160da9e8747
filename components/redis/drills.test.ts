import { expect, it } from "vitest";
import { planned, words } from "../../test/drills/planned";
import { REDIS_DRILLS } from "./drills";

const { planOf } = planned(REDIS_DRILLS);

it("fill the cache at its primary while a replica, and never the primary, begins anew", () => {
  const { prepare, fault } = planOf("redis-memory");
  expect(words(prepare![0]!)).toMatch(/exec redis-2 -c redis .*drill 5000$/s);
  expect(words(fault[0]!)).toMatch(/exec redis-2 -c redis .*drill 40000$/s);
  expect(words(fault[1]!)).toMatch(/exec redis-0 -c redis .*MULTI.*REPLICAOF NO ONE/s);
  expect(fault.map(({ together }) => together ?? false)).toEqual([false, true]);
});
