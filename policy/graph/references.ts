import type { Graph } from "./graph";
import { remembered } from "./memo";
import type { KubeObject } from "./object";
import { ifKnown } from "./resource";
import { literally } from "./text";
import type { ServiceSpec } from "./types";
import type { Workload } from "./workload";

/** The places in which pods name what they read: volumes, parts of them, whole environments, single variables. */
function places(workload: Workload) {
  const { volumes = [] } = workload.podSpec;
  const specs = workload.containers().map(({ spec }) => spec);
  return {
    volumes,
    parts: volumes.flatMap((volume) => volume.projected?.sources ?? []),
    environments: specs.flatMap((spec) => spec.envFrom ?? []),
    values: specs.flatMap((spec) => (spec.env ?? []).flatMap((variable) => variable.valueFrom ?? [])),
  };
}

const stated = (names: (string | undefined)[]): string[] => [...new Set(names)].filter((name) => name !== undefined);

/** ConfigMaps that a workload's pods read, through the environment or as files. */
export function configMapNames(workload: Workload): string[] {
  const { volumes, parts, environments, values } = places(workload);
  return stated([
    ...volumes.map(({ configMap }) => configMap?.name),
    ...parts.map(({ configMap }) => configMap?.name),
    ...environments.map(({ configMapRef }) => configMapRef?.name),
    ...values.map(({ configMapKeyRef }) => configMapKeyRef?.name),
  ]);
}

/** Secrets that a workload's pods read, through the environment or as files. */
export function secretNames(workload: Workload): string[] {
  const { volumes, parts, environments, values } = places(workload);
  return stated([
    ...volumes.map(({ secret }) => secret?.secretName),
    ...parts.map(({ secret }) => secret?.name),
    ...environments.map(({ secretRef }) => secretRef?.name),
    ...values.map(({ secretKeyRef }) => secretKeyRef?.name),
  ]);
}

/** Those of a workload's ConfigMaps that are declared here. */
function configMapsOf(workload: Workload, graph: Graph): KubeObject[] {
  return configMapNames(workload).flatMap((name) => graph.find("ConfigMap", workload.namespace, name) ?? []);
}

/** One entry of a ConfigMap: a variable, or a file if its key has an extension. */
export interface ConfigEntry {
  configMap: KubeObject;
  key: string;
  /** Read it only where it matters: an address in another entry may not be known yet. */
  readonly text: string;
}

/** Those of a workload's Secrets that are declared here. */
function secretsOf(workload: Workload, graph: Graph): KubeObject[] {
  return secretNames(workload).flatMap((name) => graph.find("Secret", workload.namespace, name) ?? []);
}

/** Everything in some ConfigMaps. */
export function configEntries(configMaps: KubeObject[]): ConfigEntry[] {
  return configMaps.flatMap((configMap) => {
    const data = configMap.field<Record<string, string>>("data") ?? {};
    return Object.keys(data).map((key) => ({
      configMap,
      key,
      get text() {
        return data[key]!;
      },
    }));
  });
}

/** The files that a workload's pods read from ConfigMaps. */
export function configFilesOf(workload: Workload, graph: Graph): ConfigEntry[] {
  return configEntries(configMapsOf(workload, graph)).filter(({ key }) => key.includes("."));
}

/** The variables of a workload's pods, written out or from ConfigMaps, whose names a pattern fits. */
export function variablesOf(workload: Workload, graph: Graph, name: RegExp): string[] {
  const written = workload
    .containers()
    .flatMap(({ spec }) => spec.env ?? [])
    .filter((variable) => name.test(variable.name ?? ""));
  const mapped = configEntries(configMapsOf(workload, graph)).filter(({ key }) => name.test(key));
  return [...written.map(({ value = "" }) => value), ...mapped.map(({ text }) => text)];
}

/** Texts in which a workload can name what it talks to: variables, arguments, files. Unknown ones are left out. */
export function spokenTexts(workload: Workload, graph: Graph): string[] {
  const texts: (() => string | undefined)[] = [
    ...workload
      .containers()
      .flatMap(({ spec }) => [
        ...(spec.env ?? []).map((variable) => () => variable.value),
        ...(spec.command ?? []).map((_, index) => () => spec.command![index]),
        ...(spec.args ?? []).map((_, index) => () => spec.args![index]),
      ]),
    ...configMapsOf(workload, graph).flatMap((configMap) => {
      const data = configMap.field<Record<string, string>>("data") ?? {};
      return Object.keys(data).map((key) => () => data[key]);
    }),
  ];
  return texts.flatMap((read) => ifKnown(read) ?? []);
}

/** Whether a text names a Service: by its name with a port or a namespace, a pod's name in it, or its address. */
function mentions(text: string, service: KubeObject, from: string): boolean {
  const name = literally(service.name);
  const domain = `\\.${literally(service.namespace)}(\\.svc(\\.[a-z0-9.-]+)?)?`;
  const here = service.namespace === from;
  const address = addressOf(service);
  const forms = [
    `(^|[^a-z0-9-])${name}${domain}(?![a-z0-9-])`,
    ...(here ? [`(^|[^a-z0-9.-])${name}:\\d`] : []),
    ...(here && address === "None" ? [`(^|[^a-z0-9.-])[a-z0-9*][a-z0-9-]*\\.${name}(?![a-z0-9-])`] : []),
  ];
  if (address !== undefined && address !== "None") forms.push(`(^|[^0-9.])${literally(address)}(?![0-9.])`);
  return forms.some((form) => new RegExp(form).test(text));
}

/** A Service's own address where it is already known; `None` if it has none. */
export function addressOf(service: KubeObject): string | undefined {
  return ifKnown(() => service.spec<ServiceSpec>().clusterIP);
}

/**
 * Services that a workload is told about: by name or address in its variables, arguments and ConfigMaps, or, where an
 * address is not known yet or stands in a Secret, by the dependencies that the engine recorded for them.
 */
export const referencedServices = remembered((workload: Workload, graph: Graph): KubeObject[] => {
  const texts = spokenTexts(workload, graph);
  const readers = [workload.object, ...configMapsOf(workload, graph), ...secretsOf(workload, graph)];
  const computedFrom = new Set(
    readers.flatMap((reader) =>
      ["spec", "data", "stringData"].flatMap((property) => graph.dependencies(reader.resource, property)),
    ),
  );
  // A StatefulSet names its own Service to Kubernetes, not to its pods.
  const own = workload.object.spec<{ serviceName?: string }>().serviceName;
  return graph.ofKind("Service").filter((service) => {
    if (texts.some((text) => mentions(text, service, workload.namespace))) return true;
    return computedFrom.has(service.resource) && !(service.name === own && service.namespace === workload.namespace);
  });
});
