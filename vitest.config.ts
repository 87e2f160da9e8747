import { defineConfig } from "vitest/config";

/**
 * The unit tier: npm packages alone, no root, no engine, no cluster.
 * The engine and cluster tiers are run by `commands/test.ts`, which knows what the machine can do.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: ["**/node_modules/**", "dist/**", "test/engine/**", "test/cluster/**"],
          testTimeout: 30_000,
        },
      },
    ],
  },
});
