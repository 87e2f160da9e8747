import type { Command } from "../drill";
import type { StackState } from "../stack/state";

/**
 * One command to a Sentinel, from inside its pod, as the operator whose password is mounted there.
 *
 * @param pod name of a Sentinel's pod
 */
export function askSentinel(namespace: string, pod: string, ...words: string[]): Command {
  const script = `VALKEYCLI_AUTH=$(cat /run/secrets/redis/operator-password) exec valkey-cli --no-auth-warning --user operator -p 26379 "$@"`;
  return { program: "kubectl", args: ["-n", namespace, "exec", pod, "-c", "sentinel", "--", "sh", "-c", script, "drill", ...words] };
}

/** Asks for a planned hand-over in which the primary holds writes back until its successor has all of them. */
export function coordinatedFailover(state: StackState): Command {
  return askSentinel(state.namespace, "redis-sentinel-0", "SENTINEL", "FAILOVER", "main", "COORDINATED");
}
