import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Three tiers, run one after the other by `commands/test.ts`, which knows what the machine can do:
 * `unit` needs npm packages alone (and is given servers to try, where nothing may be skipped); `engine` a Pulumi
 * engine; `cluster` the running stack.
 */
const tier = (name: string, include: string[], exclude: string[], seconds: number) => ({
  test: {
    name,
    include,
    setupFiles: ["test/support/seed.ts"],
    exclude: ["**/node_modules/**", "dist/**", ...exclude],
    testTimeout: seconds * 1_000,
    hookTimeout: seconds * 1_000,
  },
});

/**
 * Files on the running stack go in the order of their names: rules and panels are looked at last, when shop and drills
 * have made the traffic that they tell of. Elsewhere the longest goes first.
 */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const live = files.every(({ moduleId }) => moduleId.includes("/test/cluster/"));
    return live ? files.sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1)) : super.sort(files);
  }
}

/**
 * Files share as many processes as there are cores; `test/support/alone.ts` keeps them from depending on each other. A
 * program under Pulumi's mocks makes much that lives briefly: with room for that (V8 keeps 16 MB) it takes half the
 * time, because less is copied.
 */
const together = ({ test }: ReturnType<typeof tier>) => ({
  test: {
    ...test,
    setupFiles: ["test/support/alone.ts", ...test.setupFiles],
    isolate: false,
    maxWorkers: availableParallelism(),
    execArgv: ["--max-semi-space-size=64"],
  },
});

/** One file after the other, and after the groups of tests with a smaller number. */
const inTurn = ({ test }: ReturnType<typeof tier>, groupOrder = 0) => ({
  test: { ...test, fileParallelism: false, maxWorkers: 1, sequence: { groupOrder } },
});

/** Tests of the unit tier that start a server and watch it: beside others, which use every core, it would be late. */
const REAL = "**/*.real.test.ts";

export default defineConfig({
  test: {
    sequence: { sequencer: InOrder },
    projects: [
      together(tier("unit", ["**/*.test.ts"], ["test/engine/**", "test/cluster/**", REAL], 120)),
      inTurn(tier("unit-real", [REAL], [], 120), 1),
      inTurn(tier("engine", ["test/engine/**/*.test.ts"], [], 180)),
      inTurn(tier("cluster", ["test/cluster/**/*.test.ts"], [], 300)),
    ],
  },
});
