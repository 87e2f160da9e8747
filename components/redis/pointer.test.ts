import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { box, environment, inABox, program, sentinels, servers } from "../../test/support/redis-scripts";

inABox();

describe("the pointer", () => {
  /**
   * Runs it for some rounds against Sentinels that name these primaries; what it wrote as the Service's address, if
   * anything.
   */
  function pointed(...primaries: string[]): string {
    sentinels.forEach((host, i) => writeFileSync(join(box, "answers", host), `$10\r\n${primaries[i]}\r\n`));
    mkdirSync(join(box, "sa"), { recursive: true });
    writeFileSync(join(box, "sa/token"), "t");
    // A pause is short, and fails after the last round, which ends the loops.
    program(
      "sleep",
      `[ -e "${box}/written" ] && exit 1; echo >>"${box}/pauses"; [ "$(wc -l <"${box}/pauses")" -lt 40 ] || exit ` +
        "1; exec /bin/sleep 0.03",
    );
    program(
      "curl",
      `
      for word in "$@"; do
        case $word in
          telnet://*) host=\${word#telnet://}; cat "${box}/answers/\${host%:*}" ;;
          PATCH) cat >"${box}/written" ;;
          */pods/*) echo ' "podIP": "10.9.9.9"' ;;
          */services/*) echo ' "uid": "u"' ;;
        esac
      done`,
    );
    spawnSync("sh", [join(box, "opt/point-service.sh")], {
      timeout: 30_000,
      env: {
        ...environment("redis-sentinel-0"),
        SA: join(box, "sa"),
        SERVICE: "redis",
        SERVERS: "redis",
        NAMESPACE: "shop",
        KUBERNETES_SERVICE_HOST: "10.0.0.1",
        KUBERNETES_SERVICE_PORT: "443",
      },
    });
    return existsSync(join(box, "written")) ? readFileSync(join(box, "written"), "utf8") : "";
  }

  test("points at the pod that two Sentinels name", () => {
    const written = pointed(servers[2]!, servers[0]!, servers[2]!);
    expect(written).toContain('"addresses": ["10.9.9.9"]');
    expect(written).toContain('"name": "redis-2"');
  });

  test("changes nothing where each names another, or a stranger", () => {
    expect(pointed(servers[0]!, servers[1]!, servers[2]!)).toBe("");
    expect(pointed("10.0.0.66", "10.0.0.66", "10.0.0.66")).toBe("");
  });
});
