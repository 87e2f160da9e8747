/** One argument of a component at another value, and what of the cluster has to go for that. */
export interface Change {
  /** Interface that declares the argument. */
  of: string;
  /** Path of the argument in the component's arguments, `storage.size`. */
  argument: string;
  to: unknown;
  /** What has to be set with it. @default nothing */
  beside?: Record<string, unknown>;
  /** What serves or holds data and can't stay, by kind; everything of the component, or nothing. @default nothing */
  takes?: "everything" | string[];
  /** Why it can't, and what happens to data; for the page. */
  because?: string;
}

/** Pods of somebody else's. */
export const peers = [{ namespace: "other", labels: { app: "another" } }];
/** The same, with the port they are called on. */
export const edges = [{ namespace: "other", labels: { app: "another" }, ports: [8000] }];

/** A host outside of the cluster. */
export const outside = [{ host: "api.example.com", port: 443, why: "payments" }];

/** Other sizes than any default. */
export const limits = { requests: { cpu: "150m", memory: "300Mi" }, limits: { cpu: "900m", memory: "600Mi" } };

/** What a `transform` does: it leaves a mark on the object. */
export const marked = (args: any): any => ({
  ...args,
  metadata: { ...args.metadata, annotations: { ...args.metadata?.annotations, mine: "1" } },
});

/** Reasons that more than one component has. */
export const MOVED = "an object can't move to another namespace";
export const VOLUMES = "Kubernetes lets no StatefulSet change its volumes";

/** What every component takes. */
export const everyComponents = (of: string): Change[] => [
  {
    of,
    argument: "namespace",
    to: "elsewhere",
    takes: "everything",
    because: `${MOVED}: volumes stay behind, the new ones are empty`,
  },
  { of, argument: "outside", to: outside },
];

/** What every component takes that runs a program of the user's. */
export const everyPrograms = (of: string): Change[] =>
  each(of, {
    image: "registry.example/app:2",
    pullSecrets: ["registry"],
    command: ["serve"],
    config: { ANOTHER: "1" },
    secretEnv: { ANOTHER_KEY: { secretName: "other", key: "password" } },
    secretMounts: [{ name: "other", secretName: "other", mountPath: "/run/secrets/other" }],
    uses: edges,
  });

/** Arguments of one interface, each changed to its value by itself. */
export const each = (of: string, args: Record<string, unknown>): Change[] =>
  Object.entries(args).map(([argument, to]) => ({ of, argument, to }));
