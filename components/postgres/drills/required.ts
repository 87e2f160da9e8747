import { podsOf } from "../../../cluster/state";
import type { Drill } from "../../../drills/drill";
import { killNode } from "../../../drills/faults/node";
import { NO_SUCH_PROCESS, signalInPod } from "../../../drills/faults/process";
import { all, nodesTakePods } from "../../../drills/guards";
import { kubectl } from "../../../drills/stack/command";
import { aStandbyCounts, asJustMade, firstAcknowledged, leadsAlone, standbysAway, standbysBack } from "./alone";
import { PATRONI, POSTMASTER } from "./faults";
import { POSTGRES } from "../operations";
import { atPrimary, canLoseTwo, straightTo } from "./subject";

/**
 * Seconds in which the primary leads and has nobody: a restored database's first standby was 3 s late, on a large one
 * it is minutes.
 */
const ALONE_SECONDS = 20;
/** Seconds until a killed container's pod is seen to be not ready. */
const NOTICED_SECONDS = 5;
/** Seconds until a standby leads, which is twice what a lost node costs otherwise. */
const LEADS_SECONDS = 25;

/**
 * `durability: "required"` from the first moment of a database: nothing is acknowledged before a second copy is there.
 */
export const REQUIRED_DRILLS: Drill[] = [
  {
    name: "postgres-required-from-start",
    title:
      "The primary starts as one does that was just made or restored: nobody has acknowledged for it yet, and " +
      "its standbys " +
      "come 20 seconds late. At the first acknowledged writes its node loses its power. A second writer goes " +
      "straight to it.",
    needsNodeContainers: true,
    also: ["direct"],
    guard: all(canLoseTwo, nodesTakePods),
    plan: atPrimary((state, primary, node) => {
      const standbys = podsOf(state, POSTGRES).filter(({ name }) => name !== primary.name);
      const loss = killNode(node);
      const goOn = { ...signalInPod(node, primary, PATRONI, "CONT"), fineIf: NO_SUCH_PROCESS };
      return {
        target: `${primary.name} on ${primary.node}, without ${standbys.map(({ name }) => name).join(" and ")}`,
        pods: podsOf(state, POSTGRES).map(({ name }) => name),
        nodes: [node.name],
        direct: straightTo(primary),
        fault: [
          ...standbysAway(state, standbys),
          ...[
            // Stopped first: a living Patroni remembers who acknowledged, and writes that again.
            signalInPod(node, primary, PATRONI, "STOP"),
            asJustMade(state, primary),
            { ...signalInPod(node, primary, `${POSTMASTER}|${PATRONI}`, "KILL"), thenWaitSeconds: NOTICED_SECONDS },
            kubectl(state, "wait", "--for=condition=Ready", `pod/${primary.name}`, "--timeout=120s"),
            { ...leadsAlone(state, primary), thenWaitSeconds: ALONE_SECONDS },
            leadsAlone(state, primary),
          ].map((command) => ({ ...command, alone: true })),
          standbysBack(state),
          firstAcknowledged(state, primary),
          aStandbyCounts(state, primary),
          ...loss.fault.map((command) => ({ ...command, thenWaitSeconds: LEADS_SECONDS })),
        ],
        // The node first: it must run for anything to be done on it.
        heal: [...loss.heal, goOn, standbysBack(state)],
      };
    }),
    // From the beginning of the fault, most of which is the time alone.
    hold: { atLeast: ALONE_SECONDS + LEADS_SECONDS, atMost: 300 },
    expect: { copiesKept: true, wholeAgainSeconds: 180 },
  },
];
