import type { PodState } from "../../../cluster/state";
import { clusterWide, inPod, kubectl, type Command } from "../../../drills/stack/command";
import type { StackState } from "../../../drills/stack/state";
import { PORTS } from "../names";
import { CONTAINERS, POSTGRES } from "../operations";
import { STORE } from "./subject";

/** The object in which Patroni keeps who acknowledges for whom. */
export const SYNC_STATE = `${POSTGRES}-sync`;
/** What psql says of a server that takes no connections yet. */
const NOT_YET = "connection to server";

/** How long standbys may take to end. They end at once; their callers are let go first. */
const END_SECONDS = 120;
/** Until the answers to what a standby confirmed last have come back through the pooler and its callers. */
const UNDER_WAY_SECONDS = 2;

/** Ends the standbys, and lets no node take new ones in their place. */
export function standbysAway(state: StackState, standbys: PodState[]): Command[] {
  const names = standbys.map(({ name }) => name);
  return [
    clusterWide("cordon", ...state.nodes.map(({ name }) => name)),
    {
      ...kubectl(state, "delete", "pod", ...names, `--timeout=${END_SECONDS}s`),
      thenWaitSeconds: UNDER_WAY_SECONDS,
    },
  ];
}

/** Lets them in again. */
export function standbysBack(state: StackState): Command {
  return clusterWide("uncordon", ...state.nodes.map(({ name }) => name));
}

/**
 * Makes the quorum's state what it is when a database has just been made or restored: it has a primary, and nobody has
 * ever acknowledged for it. Nobody but that primary is promoted under it, so nothing can be lost by it.
 */
export function asJustMade(state: StackState, primary: PodState): Command {
  const annotations = [`leader=${primary.name}`, "quorum=0", "sync_standby-"];
  return kubectl(state, "annotate", "endpoints", SYNC_STATE, ...annotations, "--overwrite");
}

/** Waits for up to a minute until the server leads; fails where it does not then, or where anybody streams from it. */
const LEADS_ALONE = `DO $$ BEGIN
  FOR look IN 1..600 LOOP
    EXIT WHEN NOT pg_is_in_recovery();
    PERFORM pg_sleep(0.1);
  END LOOP;
  ASSERT NOT pg_is_in_recovery(), 'it does not lead, so nothing is shown';
  ASSERT NOT EXISTS (SELECT FROM pg_stat_replication), 'it has a standby, so nothing is shown';
END $$;`;

/** The same as a command. */
export function leadsAlone(state: StackState, primary: PodState): Command {
  return { ...STORE.sql(state.namespace, primary.name, LEADS_ALONE), againIf: NOT_YET };
}

/** Ends when the first write is acknowledged: it makes one, without a table that would have to be cleaned up. */
export function firstAcknowledged(state: StackState, primary: PodState): Command {
  return STORE.sql(state.namespace, primary.name, "SELECT pg_logical_emit_message(true, 'drill', '');");
}

/** Ends when Patroni has written down that a standby acknowledges: from then on that one can follow. */
export function aStandbyCounts(state: StackState, primary: PodState): Command {
  const program = `import json, time, urllib.request
ask = lambda: json.load(urllib.request.urlopen("http://127.0.0.1:${PORTS.patroni}/cluster", timeout=5))["members"]
while not any(member["role"] == "quorum_standby" for member in ask()):
    time.sleep(0.1)`;
  return inPod(state.namespace, primary.name, CONTAINERS.database, "python3", "-c", program);
}
