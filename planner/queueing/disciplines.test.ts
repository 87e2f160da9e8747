import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { solveQueue, type Discipline, type QueueInput } from "./disciplines";

const exponential = (mean: number): QueueInput["service"] => ({ mean, variability: 1 });
const ALL: Discipline[] = ["shared", "leastconn", "roundrobin", "source"];

describe("solveQueue", () => {
  it("answers 200/s at 20 ms on 5 servers by the queue it assumes", () => {
    const at = (discipline: Discipline) =>
      solveQueue({ discipline, servers: 5, arrivalRate: 200, service: exponential(0.02) }).response;
    expect(at("shared").mean).toBeCloseTo(0.0311, 4);
    expect(at("source").mean).toBeCloseTo(0.1, 10);
    expect(at("source").percentile(0.99)).toBeCloseTo(0.4605, 4);
  });

  it("is M/M/1's closed form for one server, whatever the discipline", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL),
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        (discipline, utilization) => {
          const { response, wait } = solveQueue({
            discipline,
            servers: 1,
            arrivalRate: utilization,
            service: exponential(1),
          });
          expect(response.mean).toBeCloseTo(1 / (1 - utilization), 3);
          expect(wait.mean).toBeCloseTo(utilization / (1 - utilization), 3);
          expect(response.percentile(0.95) * (1 - utilization)).toBeCloseTo(-Math.log(0.05), 2);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is Pollaczek–Khinchine's mean for M/G/1: constant service halves the wait", () => {
    const wait = (variability: number) =>
      solveQueue({ discipline: "source", servers: 4, arrivalRate: 3, service: { mean: 1, variability } }).wait.mean;
    expect(wait(0)).toBeCloseTo(0.75 / (2 * 0.25), 10);
    expect(wait(1)).toBeCloseTo(3, 10);
    expect(wait(4)).toBeCloseTo(7.5, 10);
  });

  it("orders the disciplines: what is known about the queues shortens them", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.double({ min: 0.1, max: 0.93, noNaN: true }),
        fc.constantFrom(0.5, 1, 2),
        (servers, utilization, variability) => {
          const mean = (discipline: Discipline) =>
            solveQueue({ discipline, servers, arrivalRate: servers * utilization, service: { mean: 1, variability } })
              .wait.mean;
          expect(mean("shared")).toBeLessThanOrEqual(mean("leastconn") * 1.001);
          expect(mean("leastconn")).toBeLessThanOrEqual(mean("roundrobin") * 1.001);
          expect(mean("roundrobin")).toBeLessThanOrEqual(mean("source") * 1.001);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is never worse with a server more, never better with more load, and never below the service time", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL),
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        fc.integer({ min: 1, max: 3 }),
        (discipline, servers, utilization, balancers) => {
          const mean = (more: number, busier: number) =>
            solveQueue({
              discipline,
              servers: servers + more,
              arrivalRate: servers * utilization * busier,
              service: exponential(1),
              balancers,
            }).response.mean;
          expect(mean(1, 1)).toBeLessThanOrEqual(mean(0, 1) * 1.002);
          expect(mean(0, 1.05)).toBeGreaterThanOrEqual(mean(0, 1) * 0.998);
          expect(mean(0, 1)).toBeGreaterThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("adds a delay spent elsewhere to the mean and the percentiles", () => {
    const input: QueueInput = { discipline: "source", servers: 2, arrivalRate: 1, service: exponential(1) };
    const with10 = solveQueue({ ...input, delay: exponential(10) }).response;
    expect(with10.mean).toBeCloseTo(12, 6);
    // Two stages of 2 s and 10 s: P(X > t) = (10 e^(−t/10) − 2 e^(−t/2)) / 8.
    expect(with10.exceeds(20)).toBeCloseTo((10 * Math.exp(-2) - 2 * Math.exp(-10)) / 8, 3);
  });

  it("refuses nonsense with a sentence", () => {
    const input: QueueInput = { discipline: "shared", servers: 3, arrivalRate: 1, service: exponential(1) };
    expect(() => solveQueue({ ...input, arrivalRate: -1 })).toThrow(
      "arrivalRate is -1/s: it must be a number of more than 0/s. Give",
    );
    expect(() => solveQueue({ ...input, servers: 2.5 })).toThrow(
      "servers is 2.5: it must be a whole number of at least 1",
    );
    expect(() => solveQueue({ ...input, arrivalRate: 4 })).toThrow("at least 5 servers");
    expect(() => solveQueue({ ...input, service: { mean: NaN, variability: 1 } })).toThrow("service.mean is NaN");
  });
});
