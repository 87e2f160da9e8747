import { basename } from "node:path";
import type { NodeState, PodState } from "../../../cluster/state";
import type { Plan } from "../../../drills/drill";
import { inNode } from "../../../drills/faults/node";
import { clusterWide, kubectl, type Command } from "../../../drills/stack/command";
import type { StackState } from "../../../drills/stack/state";
import { DATA_CLAIM, DATA_DIRECTORY } from "../names";
import { switchover } from "./faults";
import { STORE } from "./subject";

/**
 * A local volume is a folder of the node, as large as the machine's disk, and filling that would break more than a
 * database. So the member gets a small volume first: its data is copied into a file system in memory that lies over the
 * folder, with so much room left, in MiB. What it holds at the end is thrown away, and the member copied anew from the
 * others.
 */
const HEADROOM_MIB = 256;

/** `$1` namespace, `$2` pod: the folder of its volume, by the name that kind's provisioner gives it. */
const FIND_FOLDER = `
set -e
folder=$(ls -d /var/local-path-provisioner/*_"$1"_${DATA_CLAIM}-"$2")
filler="$folder/holdfast-drill-filler"`;

const SHRINK = `${FIND_FOLDER}
size=$(( $(du -sm "$folder" | cut -f1) + ${HEADROOM_MIB} ))
staging=$(mktemp -d)
mount -t tmpfs -o size="\${size}m,mode=0777" holdfast-drill "$staging"
cp -a "$folder/." "$staging/"
mount --bind "$staging" "$folder"
umount "$staging"`;

/** Fills it to the last byte; that it cannot be filled further is what ends it. */
const FILL = `${FIND_FOLDER}
mountpoint -q "$folder" || { echo "the volume is not the drill's" >&2; exit 1; }
dd if=/dev/zero of="$filler" bs=1M 2>/dev/null || true`;

const RELIEVE = `${FIND_FOLDER}
rm -f "$filler"`;

/**
 * Takes the small volume away. What lies below is from before the drill; without it the member starts from a fresh
 * copy.
 */
const RESTORE = `${FIND_FOLDER}
mountpoint -q "$folder" || exit 0
umount "$folder"
rm -rf "$folder"/${basename(DATA_DIRECTORY)}`;

/** What psql says when the server goes down under it, which is how the last statement of this fault ends. */
const SERVER_GONE = "server closed the connection";

/** More WAL than there is room for, without a table that would have to be cleaned up. */
const WRITE_WAL =
  "SELECT count(pg_logical_emit_message(false, 'drill', repeat('x', 1000000))) FROM generate_series(1, 300);";

/** Replaces a member's pod while its node takes no new ones, with something done to the volume in between. */
function withPodAway(state: StackState, node: NodeState, pod: PodState, script: string): Command[] {
  return [
    clusterWide("cordon", node.name),
    kubectl(state, "delete", "pod", pod.name, "--timeout=120s"),
    inNode(node, script, [state.namespace, pod.name]),
    clusterWide("uncordon", node.name),
    { ...kubectl(state, "wait", "--for=condition=Ready", `pod/${pod.name}`, "--timeout=300s"), thenWaitSeconds: 10 },
  ];
}

/**
 * Makes a member with a small volume the primary, and fills that volume.
 *
 * @param member a standby
 */
export function fillVolumeOf(
  state: StackState,
  leader: PodState,
  member: PodState,
  node: NodeState,
): Pick<Plan, "prepare" | "fault" | "heal"> {
  const where = [state.namespace, member.name];
  return {
    prepare: [
      ...withPodAway(state, node, member, SHRINK),
      { ...switchover(state, leader, member), thenWaitSeconds: 10 },
    ],
    fault: [inNode(node, FILL, where), { ...STORE.sql(state.namespace, member.name, WRITE_WAL), fineIf: SERVER_GONE }],
    heal: [inNode(node, RELIEVE, where), ...withPodAway(state, node, member, RESTORE)],
  };
}
