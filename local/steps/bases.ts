import { join } from "node:path";
import { rmSync } from "node:fs";
import { execa } from "execa";
import { hasImage } from "../docker/images";
import type { Step } from "./step";

/** apt setting for suites whose release file may have expired (testing, behind a mirror). */
const LENIENT = ['--aptopt=Acquire::Check-Valid-Until "false"'];

function debianBase(suite: string): Step {
  const reference = `debian:${suite}-slim`;
  return {
    name: `base-${suite}`,
    title: `base image ${reference}`,
    needs: [],
    lane: "network",
    seconds: 25,
    // Without the date: a base is made once, and again when its recipe changes.
    inputs: () => [suite, "minbase", process.arch],
    present: () => hasImage(reference),
    build: async ({ out }, say) => {
      const tar = join(out, "root.tar");
      say("mmdebstrap");
      await execa("mmdebstrap", ["--variant=minbase", "--include=ca-certificates", ...LENIENT, suite, tar]);
      await execa("docker", [
        "import",
        "--change",
        'CMD ["bash"]',
        "--change",
        "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        tar,
        reference,
      ]);
      rmSync(tar);
    },
  };
}

/** Debian 12: the node image and the programs that run beside the kernel (its iptables speak to the node's). */
export const bookworm = debianBase("bookworm");

/** Debian 13: the services, and the base of the images Holdfast builds on every machine. */
export const trixie = debianBase("trixie");

/** Debian testing: Valkey 9. */
export const forky = debianBase("forky");
