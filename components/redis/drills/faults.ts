import type { PodState } from "../../../cluster/state";
import { inPod, type Command } from "../../../drills/stack/command";
import type { StackState } from "../../../drills/stack/state";
import { asOperator, SENTINEL_CONTAINER } from "../operations";
import { PRIMARY_NAME, SENTINEL_PORT } from "../names";
import { REDIS, SENTINEL } from "./subject";

/**
 * One command to a Sentinel, from inside its pod, as the operator whose password is mounted there.
 *
 * @param pod name of a Sentinel's pod
 */
function askSentinel(namespace: string, pod: string, ...words: string[]): Command {
  const script = `${asOperator("exec valkey-cli")} -p ${SENTINEL_PORT} "$@"`;
  return inPod(namespace, pod, SENTINEL_CONTAINER, "sh", "-c", script, "drill", ...words);
}

/** One script in a server's own container, with the operator's way in as `ask`. */
function inServer(state: StackState, server: PodState, script: string, args: string[] = []): Command {
  const ask = `ask() { ${asOperator("valkey-cli")} "$@"; }`;
  return inPod(state.namespace, server.name, REDIS, "sh", "-c", `${ask}\n${script}`, "drill", ...args);
}

/**
 * Megabytes that {@link fillCache} writes a second, and with one command at most: what stands still meanwhile is the
 * server.
 */
const RATE_MB = 40;
const MOST_MB = 8;
/** Seconds after which Redis deletes what the fault wrote, if nothing else does. */
const FILLED_SECONDS = 120;

/**
 * Writes values of 100 kB, every one under another key. The server makes them up itself, so the writer costs no CPU;
 * its replicas are sent each of them. A machine that can't keep up is written to as fast as it can. $1 milliseconds.
 */
const FILL = `
values="for i = 1, 10 * ARGV[1] do redis.call('SET', KEYS[1] .. i, string.rep('x', 100000), 'EX', ${FILLED_SECONDS}) end"
written=0
began=$(date +%s%N)
while :; do
  now=$(( ($(date +%s%N) - began) / 1000000 ))
  [ "$now" -lt "$1" ] || exit 0
  due=$(( now * ${RATE_MB} / 1000 - written ))
  if [ "$due" -lt 1 ]; then sleep 0.02; continue; fi
  if [ "$due" -gt ${MOST_MB} ]; then due=${MOST_MB}; fi
  ask EVAL "$values" 1 "holdfast-drill:$written:" "$due" >/dev/null || exit 1
  written=$(( written + due ))
done`;

/** Fills the cache at 40 MB/s for so many seconds, from inside the primary's pod. */
export function fillCache(state: StackState, primary: PodState, seconds: number): Command {
  return inServer(state, primary, FILL, [String(1000 * seconds)]);
}

/**
 * Has a replica copy everything anew: for one moment, inside of one transaction, it follows nobody, and so has a
 * history that its primary doesn't know. Its own files stay whole, and nobody sees a second primary.
 */
export function copyAnew(state: StackState, replica: PodState): Command {
  return inServer(
    state,
    replica,
    `
set -- $(ask ROLE | sed -n 2,3p)
printf 'MULTI\nREPLICAOF NO ONE\nREPLICAOF %s %s\nEXEC\n' "$1" "$2" | ask`,
  );
}

/** Asks for a planned hand-over in which the primary holds writes back until its successor has all of them. */
export function coordinatedFailover(state: StackState): Command {
  return askSentinel(state.namespace, `${SENTINEL}-0`, "SENTINEL", "FAILOVER", PRIMARY_NAME, "COORDINATED");
}
