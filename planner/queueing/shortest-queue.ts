import { requireStable } from "./erlang";
import type { Duration, Wait } from "./response";

/**
 * Most states in one level of the chain, and so the width of the differences it can hold; ten times as many change the
 * mean wait by under 2 %.
 */
const STATES_PER_LEVEL = 60;
/** Above the larger of these the chain is solved for both, and extrapolated. */
const SOLVED = [6, 12] as const;

/** P(no server is idle) and mean length of the shortest queue, which is what an arrival meets. */
interface Shortest {
  probability: number;
  length: number;
}

/**
 * The wait under least-connections: an arrival joins the pod with the fewest requests, and stays there.
 *
 * This is not the shared queue: once sent to a pod, a request cannot move to another that falls idle first. Solved as a
 * Markov chain over (shortest queue, how many servers are 1, 2, … d longer), where a difference above d is cut off by
 * letting the longest queue give a job to the shortest. Source: Adan, van Houtum and van der Wal, *Upper and lower
 * bounds for the waiting time in the symmetric shortest queue system*, Annals of Operations Research 48 (1994): this
 * cut is their lower bound.
 *
 * Service times other than exponential scale the wait by (1 + cs²)/2, as in Allen–Cunneen.
 */
export function shortestQueueWait(servers: number, arrivalRate: number, service: Duration): Wait {
  const load = arrivalRate * service.mean;
  requireStable(servers, load);
  const { probability, length } =
    servers <= SOLVED[1] ? shortestQueue(servers, load / servers) : extrapolated(servers, load / servers);
  return { probability, mean: length * service.mean * ((1 + service.variability) / 2) };
}

/**
 * Many servers: with the spare capacity β = (1 − ρ)·√c held, √c times the wait tends to a limit as c grows (Eschenfeldt
 * and Gamarnik, Mathematics of Operations Research 43 (2018)). Two solved sizes give limit and first correction:
 * √c·w(c) = A + B/√c.
 */
function extrapolated(servers: number, utilization: number): Shortest {
  const spare = (1 - utilization) * Math.sqrt(servers);
  const [few, more] = SOLVED.map((size) => shortestQueue(size, Math.max(0, 1 - spare / Math.sqrt(size)))) as [
    Shortest,
    Shortest,
  ];
  const [near, far] = SOLVED.map(Math.sqrt) as [number, number];
  const at = (key: keyof Shortest): number => {
    const correction = (few[key] * near - more[key] * far) / (1 / near - 1 / far);
    const limit = more[key] * far - correction / far;
    return Math.max(0, (limit + correction / Math.sqrt(servers)) / Math.sqrt(servers));
  };
  return { probability: Math.min(1, at("probability")), length: at("length") };
}

/** Chains solved so far: one plan asks for the same queue several times, and a chain takes milliseconds. */
const known = new Map<string, Shortest>();

function shortestQueue(servers: number, utilization: number): Shortest {
  if (utilization === 0) return { probability: 0, length: 0 };
  const key = `${servers} ${utilization}`;
  const found = known.get(key) ?? solve(servers, utilization);
  known.set(key, found);
  return found;
}

function solve(servers: number, utilization: number): Shortest {
  const pattern = patterns.get(servers) ?? patternOf(servers);
  patterns.set(servers, pattern);
  const { shapes } = pattern;
  const levels = Math.min(400, Math.ceil(Math.log(1e-5) / (servers * Math.log(utilization))) + shapes[0]!.length + 2);
  const shortest = { probability: 0, length: 0 };
  stationary(chainOf(pattern, servers, levels, servers * utilization), servers * utilization).forEach((p, state) => {
    const level = Math.floor(state / shapes.length);
    if (level > 0) shortest.probability += p;
    shortest.length += level * p;
  });
  return shortest;
}

/**
 * All ways to have n1, n2, … nd servers 1, 2, … d jobs above the shortest queue, at least one server being at the
 * shortest.
 */
function shapesOf(servers: number): number[][] {
  let depth = 2;
  while (depth < 8 && choose(servers + depth, depth + 1) <= STATES_PER_LEVEL) depth++;
  const shapes: number[][] = [];
  const extend = (prefix: number[], left: number): void => {
    if (prefix.length === depth) shapes.push(prefix);
    else for (let n = 0; n <= left; n++) extend([...prefix, n], left - n);
  };
  extend([], servers - 1);
  return shapes;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}

/** A transition from one shape to another, the same at every level. */
interface Move {
  from: number;
  to: number;
  /** Change of the shortest queue's length. */
  up: -1 | 0 | 1;
  /** Servers whose departures make it; 0 for an arrival. */
  servers: number;
  /** The departures are those of the shortest queues, which at level 0 have nobody to serve. */
  shortest: boolean;
}

/** The shapes of a number of servers and the moves between them. */
interface Pattern {
  shapes: number[][];
  moves: Move[];
}

const patterns = new Map<number, Pattern>();

function patternOf(servers: number): Pattern {
  const shapes = shapesOf(servers);
  const ids = new Map(shapes.map((shape, id) => [shape.join(), id]));
  const moves: Move[] = [];
  for (const [from, shape] of shapes.entries()) {
    const counts = [servers - shape.reduce((a, b) => a + b, 0), ...shape];
    const longest = counts.length - 1;
    const add = (next: number[], up: 0 | -1, by: number, shortest: boolean): void => {
      // `next` starts with the servers at the shortest length; where none is left there, the length above is the
      // shortest.
      const [raised, shifted] = next[0] === 0 ? [1, [...next.slice(1), 0]] : [0, next];
      moves.push({
        from,
        to: ids.get(shifted.slice(1).join())!,
        up: (up + raised) as Move["up"],
        servers: by,
        shortest,
      });
    };
    const moved = (a: number, b: number): number[] => counts.map((n, i) => n - Number(i === a) + Number(i === b));
    add(moved(0, 1), 0, 0, false);
    for (let above = 1; above <= longest; above++)
      if (counts[above]! > 0) add(moved(above, above - 1), 0, counts[above]!, false);
    // A job ends at a shortest queue: it is given one by a queue that would be too far above it, or is the new
    // shortest, alone.
    if (counts[longest]! > 0) add(moved(longest, longest - 1), 0, counts[0]!, true);
    else add([1, counts[0]! - 1, ...counts.slice(1, longest)], -1, counts[0]!, true);
  }
  return { shapes, moves };
}

/** A Markov chain with state = level · shapes + shape, the level being the length of the shortest queue. */
interface Chain {
  /** The states that state i is entered from, with the rates, stand at `first[i]` to `first[i + 1] − 1`. */
  first: Int32Array;
  from: Int32Array;
  rate: Float64Array;
  /** Total rate out of each state. */
  out: Float64Array;
  /** Jobs in each state, and servers at work in it. */
  jobs: Int32Array;
  busy: Float64Array;
}

/** The pattern at every level up to the last, which arrivals cannot leave upwards. */
function chainOf({ shapes, moves }: Pattern, servers: number, levels: number, arrivals: number): Chain {
  const width = shapes.length;
  const size = width * levels;
  const each = (visit: (source: number, target: number, rate: number) => void): void => {
    for (let level = 0; level < levels; level++) {
      for (const { from, to, up, servers: leaving, shortest } of moves) {
        const [source, target] = [level * width + from, (level + up) * width + to];
        if ((level === 0 && shortest) || level + up >= levels || source === target) continue;
        visit(source, target, leaving || arrivals);
      }
    }
  };
  const first = new Int32Array(size + 1);
  const out = new Float64Array(size);
  each((source, target, rate) => {
    first[target + 1]! += 1;
    out[source]! += rate;
  });
  for (let state = 0; state < size; state++) first[state + 1]! += first[state]!;
  const next = first.slice();
  const from = new Int32Array(first[size]!);
  const rates = new Float64Array(first[size]!);
  each((source, target, rate) => {
    const at = next[target]!++;
    from[at] = source;
    rates[at] = rate;
  });
  const above = shapes.map((shape) => shape.reduce((sum, n, i) => sum + n * (i + 1), 0));
  const longer = shapes.map((shape) => shape.reduce((a, b) => a + b, 0));
  return {
    first,
    from,
    rate: rates,
    out,
    jobs: Int32Array.from({ length: size }, (_, state) => Math.floor(state / width) * servers + above[state % width]!),
    busy: Float64Array.from({ length: size }, (_, state) => (state < width ? longer[state]! : servers)),
  };
}

/**
 * Stationary probabilities: Gauss–Seidel sweeps over the balance equations, and after each sweep the exact solution of
 * the chain lumped by its total of jobs, which is a birth–death process. The lumping settles the slow part (how full
 * the system is), the sweeps the fast part (how the jobs lie). Source of the scheme: Koury, McAllister and Stewart,
 * SIAM J. Alg. Disc. Meth. 5 (1984).
 */
function stationary({ first, from, rate, out, jobs, busy }: Chain, arrivals: number): Float64Array {
  const size = out.length;
  const p = new Float64Array(size).fill(1 / size);
  const totals = jobs.reduce((most, n) => Math.max(most, n), 0) + 1;
  for (let sweep = 0; sweep < 500; sweep++) {
    let change = 0;
    // Forth and back in turn: what arrivals carry up and what departures carry down both get through soon.
    const [start, end, step] = sweep % 2 === 0 ? [0, size, 1] : [size - 1, -1, -1];
    for (let state = start; state !== end; state += step) {
      let inflow = 0;
      for (let i = first[state]!; i < first[state + 1]!; i++) inflow += p[from[i]!]! * rate[i]!;
      const next = inflow / out[state]!;
      change += Math.abs(next - p[state]!);
      p[state] = next;
    }
    settleTotals(p, totals, jobs, busy, arrivals);
    if (change < 1e-4) break;
  }
  return p;
}

/**
 * Rescales the states of each total so that the totals obey P(n + 1) · (busy servers at n + 1) = arrivals · P(n), and
 * sum to 1.
 */
function settleTotals(p: Float64Array, totals: number, jobs: Int32Array, busy: Float64Array, arrivals: number): void {
  const mass = new Float64Array(totals);
  const served = new Float64Array(totals);
  for (let state = 0; state < p.length; state++) {
    mass[jobs[state]!]! += p[state]!;
    served[jobs[state]!]! += p[state]! * busy[state]!;
  }
  const wanted = new Float64Array(totals);
  wanted[0] = 1;
  for (let n = 1; n < totals; n++) wanted[n] = served[n]! > 0 ? (wanted[n - 1]! * arrivals * mass[n]!) / served[n]! : 0;
  const sum = wanted.reduce((a, b) => a + b, 0);
  for (let state = 0; state < p.length; state++) {
    const n = jobs[state]!;
    if (mass[n]! > 0) p[state]! *= wanted[n]! / (mass[n]! * sum);
  }
}
