import { afterAll, expect, vi } from "vitest";

/**
 * Unit tests share processes, so that Pulumi's packages, which take a second each time, are loaded once. What could
 * then make one file depend on those before it is taken back here: every file gets our own modules anew, and stubs end
 * with the file that made them. A file that leaves the environment or the folder changed fails by itself, and not the
 * one after it.
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
