import type { V1Pod } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { detections, type Series } from "./alerts";
import { describeEvent, killedForMemory, readyAddresses } from "./cluster-watch";
import { isolatedAt, Timeline } from "./timeline";

describe("the timeline", () => {
  it("is in the order of times, whatever order things were heard of", () => {
    const timeline = new Timeline();
    timeline.add("event", "late news", 300);
    timeline.add("drill", "fault", 100);
    timeline.addressesChanged("postgres", ["10.0.0.2"], 200);
    timeline.addressesChanged("redis", [], 250);
    expect(timeline.entries().map((entry) => entry.text)).toEqual([
      "fault",
      "postgres leads to 10.0.0.2",
      "redis leads to nobody",
      "late news",
    ]);
  });
});

describe("isolation", () => {
  const changes = [
    { at: 50, service: "postgres", addresses: [] },
    { at: 120, service: "redis", addresses: ["10.0.0.9"] },
    { at: 130, service: "postgres", addresses: ["10.0.0.1", "10.0.0.2"] },
    { at: 140, service: "postgres", addresses: ["10.0.0.2"] },
  ];

  it("is the first moment after the fault at which none of those hit is behind the Service", () => {
    expect(isolatedAt(changes, "postgres", ["10.0.0.1"], 100)).toBe(140);
  });

  it("is unknown where it never came", () => {
    expect(isolatedAt(changes, "web-app", ["10.0.0.1"], 100)).toBeUndefined();
  });
});

describe("detections", () => {
  const series = (alertname: string, alertstate: string, ...seconds: number[]): Series => ({
    metric: { alertname, alertstate },
    values: seconds.map((second) => [second, "1"]),
  });

  it("begin after the fault, first things first", () => {
    const found = detections(
      [series("Late", "firing", 30), series("Early", "pending", 12.5, 20), series("Early", "firing", 25)],
      10_000,
    );
    expect(found).toEqual([
      { alert: "Early", state: "pending", at: 12_500 },
      { alert: "Early", state: "firing", at: 25_000 },
      { alert: "Late", state: "firing", at: 30_000 },
    ]);
  });

  it("say which pod they are about, and one about another pod is another one", () => {
    const about = (pod: string, ...seconds: number[]): Series => {
      const { metric, values } = series("ServerFails", "firing", ...seconds);
      return { metric: { ...metric, pod }, values };
    };
    expect(detections([about("web-a", 5, 15), about("web-b", 15)], 10_000)).toEqual([
      { alert: "ServerFails", state: "firing", pod: "web-b", at: 15_000 },
    ]);
  });

  it("are not what was raised before it, in whatever state", () => {
    expect(
      detections(
        [series("Watchdog", "firing", 1, 11), series("Old", "pending", 5), series("Old", "firing", 15)],
        10_000,
      ),
    ).toEqual([]);
  });
});

describe("what the cluster says", () => {
  it("tells a container that was killed for its memory, once", () => {
    const pod = (state: object, lastState: object = {}) =>
      ({ status: { containerStatuses: [{ name: "redis", state, lastState }] } }) as V1Pod;
    const end = (reason: string, containerID: string) => ({ terminated: { reason, containerID, exitCode: 137 } });
    const [running, killed] = [{ running: {} }, end("OOMKilled", "a")];
    expect(killedForMemory(pod(running), pod(killed))).toEqual(["redis"]);
    expect(killedForMemory(pod(killed), pod(running, killed))).toEqual([]);
    expect(killedForMemory(pod(running, killed), pod(running, end("OOMKilled", "b")))).toEqual(["redis"]);
    expect(killedForMemory(pod(running), pod(end("Error", "a")))).toEqual([]);
  });

  it("is put in one line", () => {
    const event = {
      metadata: {},
      involvedObject: { kind: "Pod", name: "postgres-0" },
      reason: "Killing",
      message: "Stopping container\nmore",
    };
    expect(describeEvent(event)).toBe("Pod postgres-0: Killing: Stopping container");
  });

  it("names ready addresses only", () => {
    expect(
      readyAddresses({ subsets: [{ addresses: [{ ip: "b" }, { ip: "a" }], notReadyAddresses: [{ ip: "c" }] }] }),
    ).toEqual(["a", "b"]);
    expect(readyAddresses({})).toEqual([]);
  });
});
