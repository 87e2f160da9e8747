import { createServer } from "node:net";
import { Refusal } from "../config/refusal";

/** Whether nothing listens on a port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code !== "EADDRINUSE" && error.code !== "EACCES"),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

/**
 * Checks that a port of 127.0.0.1 is free.
 *
 * @param what needs the port, for the message
 * @param mend what the user can do where it is taken, for the message
 * @throws Refusal where something listens on it
 */
export async function demandFree(port: number, what: string, mend: string): Promise<void> {
  if (!(await isFree(port)))
    throw new Refusal(
      `Port ${port} of 127.0.0.1, which ${what} needs, is taken (\`ss -ltnp\` shows by whom); ${mend}, then run ` +
        "this again.",
    );
}
