import { createRequire } from "node:module";

/**
 * The real program's graph under Pulumi's mocks, for commands. Loaded with `require`, because the program and its
 * components are CommonJS and find their files by `__dirname`.
 */
export const { declared, programGraph } = createRequire(import.meta.url)(
  "../../stack-graph",
) as typeof import("../../stack-graph");
