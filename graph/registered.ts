import * as pulumi from "@pulumi/pulumi";

/** One resource that a program registered. */
export interface RegisteredResource {
  /** Pulumi type token: `kubernetes:apps/v1:Deployment`, `holdfast:index:WebService`. */
  type: string;
  name: string;
  /** Inputs in clear, as a policy sees them. */
  props: any;
  urn: string;
  /** Outputs of the mocked provider: the inputs, and invented addresses and passwords. */
  state: any;
  /** URN of the parent, empty at the root. */
  parent: string;
  /** Reference of the explicit provider, empty for the default one. */
  provider: string;
  /** Dotted paths of the inputs that are secret. */
  secrets: string[];
  /** For each input the URNs of the resources its value was computed from. */
  dependencies: Record<string, string[]>;
  /** URNs of what has to be updated before it, stated or computed from. */
  waitsFor: string[];
  /** Inputs whose changes are ignored. */
  ignored: string[];
  /** Outputs that a component registered. */
  outputs?: Record<string, unknown>;
}

// How Pulumi marks a secret on the wire (sdk/nodejs/runtime/rpc.ts).
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Removes the secret marks from a value and notes where they were. */
function unmark(value: unknown, path: string, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => unmark(item, `${path}.${index}`, secrets));
  if (value === null || typeof value !== "object") return value;
  const record = value as Record<string, unknown>;
  if (record[SIGNATURE] === SECRET) {
    secrets.push(path);
    return unmark(record["value"], path, []);
  }
  return Object.fromEntries(
    Object.entries(record).map(([key, item]) => [key, unmark(item, path ? `${path}.${key}` : key, secrets)]),
  );
}

let addresses = 0;

/** The outputs of a provider, as far as the components read them. */
function outputsOf({ type, name, inputs }: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  switch (type) {
    case "kubernetes:core/v1:Service":
      return {
        ...inputs,
        spec: { clusterIP: `10.96.${Math.floor(addresses / 250)}.${(addresses++ % 250) + 1}`, ...inputs.spec },
      };
    case "random:index/randomPassword:RandomPassword":
      return { ...inputs, result: pulumi.secret(`mock-password-of-${name}`) };
    case "docker:index/image:Image":
      return { ...inputs, repoDigest: `${inputs.imageName.replace(/:[^:/]+$/, "")}@sha256:${"a".repeat(64)}` };
    default:
      return { ...inputs, ...named(name, inputs) };
  }
}

/** An invented name for an object without one: names that Pulumi makes up end like this. */
function named(name: string, inputs: Record<string, any>): Record<string, unknown> {
  const { metadata } = inputs;
  return metadata && !metadata.name ? { metadata: { ...metadata, name: `${name}-xxxxxxxx` } } : {};
}

/** The parts of Pulumi's mock monitor and its requests that are recorded here. */
interface Monitor {
  registerResource(request: any, callback: (error: unknown, response: any) => void): Promise<void>;
  registerResourceOutputs(request: any, callback: (error: unknown, response: any) => void): void;
}

/** Adds what `Mocks` leaves out (parent, provider, secretness, registered outputs) to a list of resources. */
function record(monitor: Monitor, resources: RegisteredResource[]): void {
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (!error) {
        const secrets: string[] = [];
        const props = unmark(request.getObject().toJavaScript(), "", secrets) as Record<string, any>;
        resources.push({
          type: request.getType(),
          name: request.getName(),
          urn: response.getUrn(),
          parent: request.getParent(),
          provider: request.getProvider(),
          // Policies also see the invented names in the inputs.
          props: { ...props, ...named(request.getName(), props) },
          secrets,
          state: unmark(response.getObject()?.toJavaScript() ?? {}, "", []),
          dependencies: Object.fromEntries(
            [...request.getPropertydependenciesMap().entries()].map(([key, found]) => [key, found.getUrnsList()]),
          ),
          waitsFor: request.getDependenciesList(),
          ignored: request.getIgnorechangesList(),
        });
      }
      callback(error, response);
    });
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request, callback) => {
    const component = resources.find(({ urn }) => urn === request.getUrn());
    if (component) component.outputs = unmark(request.getOutputs().toJavaScript(), "", []) as Record<string, unknown>;
    registerOutputs(request, callback);
  };
}

/**
 * Runs a program under Pulumi's mocks and waits until everything it asked for is registered.
 *
 * @param program creates resources
 * @param stack name of the stack it believes to run in
 * @returns the resources in the order of their registration
 */
export async function registeredBy(program: () => unknown, stack = "test"): Promise<RegisteredResource[]> {
  addresses = 0;
  const resources: RegisteredResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => ({ id: args.inputs.metadata?.name ?? `${args.name}-id`, state: outputsOf(args) }),
      call: ({ inputs }) => inputs,
    },
    "holdfast",
    stack,
  );
  record(pulumi.runtime.getMonitor() as unknown as Monitor, resources);
  // Pulumi takes a stack trace for each promise and resource, which is most of the run time under mocks. It also raises
  // the limit itself, so the limit is made read-only.
  const { stackTraceLimit } = Error;
  Object.defineProperty(Error, "stackTraceLimit", { get: () => 0, set: () => undefined, configurable: true });
  try {
    await program();
    await pulumi.runtime.disconnect();
  } finally {
    Object.defineProperty(Error, "stackTraceLimit", {
      value: stackTraceLimit,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return resources;
}
