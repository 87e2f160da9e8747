import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  answers,
  box,
  calls,
  environment,
  inABox,
  isPrimary,
  isReplica,
  names,
  program,
  sentinels,
  servers,
} from "../../test/support/redis-scripts";

inABox();

describe("a server that is to end", () => {
  const FAILOVER = "SENTINEL FAILOVER main COORDINATED";
  /**
   * Runs the hook, with this for its pauses; whom it asked for a failover, and whether it ended by itself before its
   * twelve seconds were over.
   */
  function handOver(pause = "exit 0"): { asked: string[]; ended: boolean } {
    program("sleep", pause);
    const run = spawnSync("sh", [join(box, "opt/hand-over.sh")], { timeout: 3_000, env: environment("redis-0") });
    return {
      asked: calls()
        .filter((call) => call.endsWith(FAILOVER))
        .map((call) => call.split(" ")[0]!),
      ended: run.status === 0,
    };
  }

  test("asks nobody where it is a replica", () => {
    isReplica("127.0.0.1", 7);
    expect(handOver()).toEqual({ asked: [], ended: true });
  });

  test("does not wait for Sentinels that are all gone", () => {
    isPrimary("127.0.0.1");
    answers("127.0.0.1", "INFO replication", "role:master\nconnected_slaves:2");
    expect(handOver()).toEqual({ asked: [], ended: true });
  });

  test("does not wait for replicas that are all gone", () => {
    isPrimary("127.0.0.1");
    answers("127.0.0.1", "INFO replication", "role:master\nconnected_slaves:0");
    expect(handOver()).toEqual({ asked: [], ended: true });
  });

  test("does not wait for Sentinels that are gone once the role has moved", () => {
    // It is a replica after the first pause, and the Sentinel that took the job is gone.
    isPrimary("127.0.0.1");
    answers("127.0.0.1", "INFO replication", "role:master\nconnected_slaves:2");
    answers(sentinels[0]!, FAILOVER, "OK");
    names(sentinels[0]!, servers[0]!);
    const moved =
      `printf 'slave\\n10.0.0.11\\n6379\\nconnect\\n' >"${box}/answers/127.0.0.1 ROLE"; rm -f ` +
      `"${box}/answers/${sentinels[0]} SENTINEL get"*`;
    expect(handOver(moved)).toEqual({ asked: [sentinels[0]], ended: true });
  });

  test("goes on asking while one of them answers and there is a replica", () => {
    isPrimary("127.0.0.1");
    answers("127.0.0.1", "INFO replication", "role:master\nconnected_slaves:1");
    names(sentinels[1]!, servers[0]!);
    answers(sentinels[1]!, FAILOVER, "NOGOODSLAVE No suitable replica to promote");
    const { asked, ended } = handOver();
    expect(ended).toBe(false);
    expect(asked.length).toBeGreaterThan(6);
  });
});
