import { defineConfig } from "vitest/config";

/**
 * Three tiers, run one after the other by `commands/test.ts`, which knows what the machine can do:
 * `unit` needs npm packages alone; `engine` a Pulumi engine; `cluster` the running stack.
 */
const tier = (name: string, include: string[], exclude: string[], seconds: number) => ({
  test: {
    name,
    include,
    exclude: ["**/node_modules/**", "dist/**", ...exclude],
    testTimeout: seconds * 1_000,
    hookTimeout: seconds * 1_000,
  },
});

const alone = { fileParallelism: false, maxWorkers: 1 };
const inTurn = (project: ReturnType<typeof tier>) => ({ test: { ...project.test, ...alone } });

export default defineConfig({
  test: {
    projects: [
      tier("unit", ["**/*.test.ts"], ["test/engine/**", "test/cluster/**"], 30),
      inTurn(tier("engine", ["test/engine/**/*.test.ts"], [], 180)),
      inTurn(tier("cluster", ["test/cluster/**/*.test.ts"], [], 300)),
    ],
  },
});
