// Shared by the two STAND-IN plugins: Pulumi's provider protocol, through the SDK's own server.
import * as provider from "@pulumi/pulumi/provider";
import * as rpc from "@pulumi/pulumi/runtime/rpc";

/** Properties of a resource, secrets unwrapped. */
export type Properties = Record<string, unknown>;

/** The functions of one resource type. */
export interface ResourceType {
  /** Inputs as they are kept, defaults and computed ones filled in. */
  check: (inputs: Properties) => Promise<Properties>;
  /** Names of the properties that make a new resource necessary; compares old outputs with new inputs. */
  replaces: (olds: Properties, news: Properties) => string[];
  /** Whether an update in place is due. */
  changes: (olds: Properties, news: Properties) => boolean;
  create: (inputs: Properties) => Promise<{ id: string; outs: Properties }>;
  /** @default nothing is ever updated in place */
  update?: (inputs: Properties) => Promise<Properties>;
}

/** Marks an output as secret in the engine's wire format. */
export const secret = (value: unknown): object => ({ [rpc.specialSigKey]: rpc.specialSecretSig, value });

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Properties;
  if (record[rpc.specialSigKey] === rpc.specialSecretSig) return unwrap(record["value"]);
  return Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, unwrap(inner)]));
}

const plain = (value: unknown): Properties => unwrap(value) as Properties;

/** Type token in a URN: `urn:pulumi:stack::project::parent$type::name`. */
const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

/** Serves resource types to the engine, whose address is in the arguments. */
export function serve(types: Record<string, ResourceType>): void {
  const typeFor = (urn: string): ResourceType => {
    const type = types[typeOf(urn)];
    if (!type) throw new Error(`this stand-in does not know ${typeOf(urn)}; install the official plugin for it`);
    return type;
  };
  const implementation: provider.Provider = {
    version: process.env["HOLDFAST_PLUGIN_VERSION"] ?? "0.0.0",
    check: async (urn, _olds, news) => ({ inputs: await typeFor(urn).check(plain(news)) }),
    diff: async (_id, urn, olds, news) => {
      const type = typeFor(urn);
      const replaces = type.replaces(plain(olds), plain(news));
      return { changes: replaces.length > 0 || type.changes(plain(olds), plain(news)), replaces };
    },
    create: async (urn, inputs) => typeFor(urn).create(plain(inputs)),
    update: async (_id, urn, _olds, news) => ({ outs: await typeFor(urn).update?.(plain(news)) }),
  };
  void provider.main(implementation, process.argv.slice(2));
}
