import { afterAll, expect, vi } from "vitest";

/**
 * Unit tests share processes, so that Pulumi's packages, which take a second to load, are loaded once. This file keeps
 * test files independent all the same: each gets our own modules anew, and its stubs end with it. A file that leaves
 * the environment or the working directory changed fails itself, instead of the file after it.
 */
const surroundings = (): Record<string, string | undefined> => ({ ...process.env, "working directory": process.cwd() });

vi.resetModules();
const before = surroundings();

afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.useRealTimers();
  expect(surroundings(), "a test file has to leave environment and folder as they were").toEqual(before);
});
