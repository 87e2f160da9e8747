import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ms from "ms";
import { parse } from "yaml";
import type { z } from "zod";
import type { Prices } from "../../planner/cost/cheapest";
import { PlanError } from "../../planner/errors";
import type { Load, Slo, Topology } from "../../planner/plan/load";
import { LOAD_PROFILES, type ProfileName } from "../../planner/profiles";

/** Options of the command line. All are optional, because a file or a profile may give the value instead. */
export interface Flags {
  file?: string;
  profile?: ProfileName;
  rate?: string;
  peak?: string;
  serviceTime?: string;
  cpuTime?: string;
  variability?: string;
  writeShare?: string;
  transactionTime?: string;
  slo?: string;
  availability?: string;
  zones?: string;
  algorithm?: Topology["algorithm"];
  balancers?: string;
  podCores?: string;
  durability?: "required" | "preferred";
  prices?: string;
}

/** A question as the user has put it, possibly not complete. */
export interface Question {
  load: Partial<Load>;
  slo?: Slo;
  topology: Topology;
  durability: "required" | "preferred";
  prices: Prices;
}

type Forms = typeof import("./forms");

/** Price list for users who name none. */
export const OWN_PRICES = fileURLToPath(new URL("../../planner/prices.yaml", import.meta.url));
/** Default number of zones: that of the dev environment. */
const ZONES = 2;

/** Reads a question. Flags override the file, and the file overrides the profile. */
export async function questionOf(flags: Flags): Promise<Question> {
  const profile = flags.profile ? LOAD_PROFILES[flags.profile] : undefined;
  // Loaded only for a user's own file: loading the checker takes longer than making the plan.
  const forms = flags.file || flags.prices ? await import("./forms") : undefined;
  const file: Partial<z.output<Forms["fileForm"]>> =
    flags.file && forms ? read("--file", flags.file, forms.fileForm) : {};
  const slo = flags.slo ? sloOf(flags.slo) : undefined;
  const promised = slo ?? file.slo ?? profile?.slo;
  const availability = toNumber("--availability", flags.availability) ?? promised?.availability;
  return {
    load: {
      ...profile?.load,
      ...file.load,
      ...given({
        rate: toNumber("--rate", flags.rate),
        peakRate: toNumber("--peak", flags.peak),
        serviceTimeMs: toMs("--service-time", flags.serviceTime),
        cpuTimeMs: toMs("--cpu-time", flags.cpuTime),
        variability: toNumber("--variability", flags.variability),
        writeShare: toNumber("--write-share", flags.writeShare),
        transactionMs: toMs("--transaction-time", flags.transactionTime),
      }),
    },
    ...(promised ? { slo: { ...promised, ...given({ availability }) } } : {}),
    topology: {
      zones: ZONES,
      ...given({ algorithm: profile?.choices.algorithm }),
      ...file.topology,
      ...given({
        zones: toNumber("--zones", flags.zones),
        algorithm: flags.algorithm,
        balancers: toNumber("--balancers", flags.balancers),
        podCores: toNumber("--pod-cores", flags.podCores),
      }),
    },
    durability: flags.durability ?? file.durability ?? profile?.choices.durability ?? "required",
    prices:
      flags.prices && forms
        ? read("--prices", flags.prices, forms.pricesForm)
        : (parse(readFileSync(OWN_PRICES, "utf8")) as Prices),
  };
}

/** Checks that a load is complete. @throws PlanError naming the flag that is missing */
export function completeLoad(load: Partial<Load>): Load {
  const { rate, serviceTimeMs } = load;
  if (rate === undefined)
    throw missing("--rate", "how many requests come is not known", "Give --rate 200, requests per second");
  if (serviceTimeMs === undefined)
    throw missing(
      "--service-time",
      "how long a request takes is not known",
      "Give --service-time 20ms, as measured on an idle server",
    );
  return { ...load, rate, serviceTimeMs };
}

/** Checks that there is a promise. @throws PlanError where there is none */
export function completeSlo(slo: Slo | undefined): Slo {
  if (!slo) throw missing("--slo", "nothing is promised, so any size would do", "Give --slo p99=250ms");
  return slo;
}

const missing = (flag: string, reason: string, fix: string): PlanError => new PlanError(flag, "not given", reason, fix);

/** `p99=250ms` as a percentile and milliseconds. */
function sloOf(text: string): Slo {
  const match = /^p(\d+(?:\.\d+)?)=(.+)$/.exec(text.trim());
  if (!match)
    throw new PlanError("--slo", JSON.stringify(text), "it must name a percentile and a time", "Give it as p99=250ms");
  return { percentile: Number(match[1]), latencyMs: toMs("--slo", match[2])! };
}

function toMs(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? undefined : ms(text as ms.StringValue);
  if (value === undefined || Number.isNaN(value))
    throw new PlanError(
      flag,
      JSON.stringify(text),
      "it is not a duration",
      "Give a number with a unit, for example 20ms or 1.5s",
    );
  return value;
}

function toNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === "" || Number.isNaN(Number(text)))
    throw new PlanError(flag, JSON.stringify(text), "it is not a number", "Give digits only, for example 200");
  return Number(text);
}

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function read<T>(flag: string, path: string, form: z.ZodType<T>): T {
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new PlanError(
      flag,
      path,
      `it cannot be read (${(error as Error).message.split("\n")[0]})`,
      "Give the path of a YAML file",
    );
  }
  const result = form.safeParse(content ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new PlanError(
    flag,
    path,
    `${issue!.path.join(".") || "the file"}: ${issue!.message}`,
    "docs/planning.md shows a whole file",
  );
}
