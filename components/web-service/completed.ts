import { completed, type Completed } from "../common/completed";
import type { WebServiceArgs } from "./args";
import { DEFAULTS } from "./settings";
import { webSize, type WebSize } from "./sizing";

const { replicas: _replicas, topology: _topology, ...PLAIN } = DEFAULTS.WebServiceArgs;

/** A web service's arguments with their defaults, and the size that they come to. */
export type WebSettings = Completed<Omit<WebServiceArgs, "metricsPort">, typeof PLAIN> &
  WebSize & { metricsPort: number; mostPods: number };

/** Completes the arguments. */
export function webSettings(args: WebServiceArgs): WebSettings {
  const size = webSize(args);
  const stated = completed(args, PLAIN);
  return {
    ...stated,
    ...size,
    metricsPort: args.metricsPort ?? stated.port,
    mostPods: typeof size.scaling === "number" ? size.scaling : size.scaling.max,
  };
}
