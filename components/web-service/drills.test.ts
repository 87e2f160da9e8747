import { expect, it } from "vitest";
import { checkDrill } from "../../drills/stack/guard";
import { planned } from "../../test/drills/planned";
import { wholeStack } from "../../test/drills/whole-stack";
import { webCutDrills } from "./drills/cuts";

const { named, faultOf, healOf } = planned(
  webCutDrills({ database: [5432, 6432], redis: [6379, 26379], morePods: "start one more" }),
);

it.each([
  ["web-cut-from-postgres", ["-p tcp --dport 5432", "-p tcp --dport 6432"]],
  ["web-cut-from-redis", ["-p tcp --dport 6379", "-p tcp --dport 26379"]],
  ["web-cut-from-dns", ["-p tcp --dport 53", "-p udp --dport 53"]],
])("%s cuts one pod off, and nobody else on its node", (name, ports) => {
  const [command] = faultOf(name);
  expect(command!.match(/-A .*/g)).toEqual(ports.map((port) => `-A HOLDFAST-OUT -s 10.244.0.40 ${port} -j DROP`));
  expect(command).toMatch(/^docker exec h-worker sh /);
  expect(healOf(name)[0]).toContain("iptables -w -t mangle -X HOLDFAST-OUT");
});

it("refuse to cut the only pod off", () => {
  const pods = wholeStack().pods.filter(({ name }) => name !== "web-app-b");
  expect(() => checkDrill(named("web-cut-from-redis"), wholeStack({ pods }))).toThrow(/two web pods; start one more/);
});

it("delete every web pod in one word", () => {
  expect(faultOf("web-all-deleted")).toEqual(["kubectl -n online-shop delete pod web-app-a web-app-b --wait=false"]);
});
