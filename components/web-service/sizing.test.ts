import { expect, test } from "vitest";
import { parseSettings } from "../../config/parse";
import { registeredBy } from "../../graph/registered";
import { PlanError } from "../../planner/errors";
import { capacityWithZoneLost } from "../../planner/plan/zone-capacity";
import { DEFAULTS } from "./settings";
import { PLANNED_LOAD_ANNOTATION } from "../../config/addresses";
import { webSize } from "./sizing";
import { WebService } from "./web-service";

const load = { rate: 500, peakRate: 1500, serviceTimeMs: 20, cpuTimeMs: 10 };
const slo = { percentile: 99, latencyMs: 250 };

test("without a load the component's defaults stand, and nothing is promised", () => {
  expect(webSize({})).toEqual({
    scaling: DEFAULTS.WebServiceArgs.replicas,
    resources: DEFAULTS.WebServiceArgs.resources,
  });
  expect(webSize({ load })).toEqual(webSize({}));
});

test("load and promise decide bounds, target and CPU, and the bounds carry the peak with a zone lost", () => {
  const { scaling, resources } = webSize({ load, slo, topology: { zones: 3 } });
  if (typeof scaling === "number") throw new Error("no autoscaler");
  expect(capacityWithZoneLost(load, slo, { zones: 3 }, scaling.max)).toMatchObject({ carries: true });
  expect(capacityWithZoneLost(load, slo, { zones: 3 }, scaling.max - 1)).toMatchObject({ carries: false });
  expect(scaling.min).toBeGreaterThan(3);
  expect(scaling.targetCpuPercent).toBeLessThanOrEqual(95);
  expect(resources).toEqual({ requests: { cpu: "1000m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "512Mi" } });
});

test("the tighter the promise, the less of its core a pod may use, and the less it requests", () => {
  const cpu = (latencyMs: number): number =>
    parseInt((webSize({ load, slo: { percentile: 99, latencyMs } }).resources.requests as { cpu: string }).cpu, 10);
  expect(cpu(80)).toBeLessThan(cpu(120));
  expect(cpu(120)).toBeLessThan(cpu(250));
});

test("more load is never a smaller tier, and the autoscaler always has room to move", () => {
  const most = [1, 50, 500, 5000].map((rate) => {
    const { scaling } = webSize({ load: { ...load, rate, peakRate: rate }, slo });
    if (typeof scaling === "number") throw new Error("no autoscaler");
    expect(scaling.max).toBeGreaterThan(scaling.min);
    return scaling.max;
  });
  expect(most).toEqual([...most].sort((a, b) => a - b));
  expect(most.at(-1)).toBeGreaterThan(10 * most[0]!);
});

test("what is stated stays as it is", () => {
  const replicas = { min: 2, max: 4, targetCpuPercent: 60 };
  const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1" } };
  expect(webSize({ load, slo, replicas }).scaling).toEqual(replicas);
  expect(webSize({ load, slo, replicas: 5 }).scaling).toBe(5);
  expect(webSize({ load, slo, resources })).toEqual({ ...webSize({ load, slo }), resources });
  expect(() => webSize({ load, slo: { percentile: 99, latencyMs: 10 } })).toThrow(PlanError);
});

test("stated CPU is planned with: half a core takes twice the pods, and the target is of the stated request", () => {
  const of = (cpu: string, request: string) => {
    const { scaling } = webSize({ load, slo, resources: { requests: { cpu: request }, limits: { cpu } } });
    if (typeof scaling === "number") throw new Error("no autoscaler");
    return scaling;
  };
  expect(of("500m", "250m").max).toBeGreaterThan(1.8 * of("1", "250m").max);
  expect(of("1", "1").targetCpuPercent).toBeLessThan(of("1", "750m").targetCpuPercent);
});

test("the configuration's sizes are those that the component would choose for the same load", () => {
  const { web } = parseSettings({ "holdfast:loadRate": "400", "holdfast:zones": "3" });
  const chosen = webSize({ load: web.load, slo: web.slo, topology: web.topology }).scaling;
  expect(chosen).toEqual({ min: web.minReplicas, max: web.maxReplicas, targetCpuPercent: web.targetCpuPercent });
});

test("the autoscaler states what it was planned for, and pods get the planned CPU", async () => {
  const graph = await registeredBy(
    () => new WebService("web", { namespace: "shop", image: "web@sha256:1", load, slo }),
  );
  const props = (kind: string) => graph.find(({ type, name }) => type.endsWith(`:${kind}`) && name === "web")!.props;
  const { metadata, spec } = props("HorizontalPodAutoscaler");
  const planned = webSize({ load, slo });
  expect(JSON.parse(metadata.annotations[PLANNED_LOAD_ANNOTATION])).toEqual({ ...load, ...slo });
  expect(spec).toMatchObject({
    minReplicas: (planned.scaling as { min: number }).min,
    maxReplicas: (planned.scaling as { max: number }).max,
  });
  expect(props("Deployment").spec.template.spec.containers[0].resources.requests).toMatchObject(
    planned.resources.requests as object,
  );
});
