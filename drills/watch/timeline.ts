/** Where an entry comes from. */
export type Source = "drill" | "event" | "pod" | "node" | "address" | "alert";

/** One thing that happened. */
export interface Entry {
  /** Milliseconds since the epoch. */
  at: number;
  source: Source;
  text: string;
}

/** The addresses behind a Service changed. */
export interface AddressChange {
  at: number;
  service: string;
  /** Ready addresses from then on. */
  addresses: string[];
}

/** What happened in a run, from the drill's own steps and from what the cluster says of itself. */
export class Timeline {
  private readonly list: Entry[] = [];
  readonly addressChanges: AddressChange[] = [];
  /** Containers that were killed for the memory they used, as `pod/container`. */
  readonly outOfMemory: string[] = [];

  add(source: Source, text: string, at = Date.now()): void {
    this.list.push({ at, source, text });
  }

  addressesChanged(service: string, addresses: string[], at = Date.now()): void {
    this.addressChanges.push({ at, service, addresses });
    this.add("address", `${service} leads to ${addresses.join(", ") || "nobody"}`, at);
  }

  killedForMemory(pod: string, container: string, at = Date.now()): void {
    this.outOfMemory.push(`${pod}/${container}`);
    this.add("pod", `${pod}: ${container} is killed for the memory it used`, at);
  }

  /** Entries in the order of their times. */
  entries(): Entry[] {
    return [...this.list].sort((a, b) => a.at - b.at);
  }
}

/**
 * When a Service stopped leading to those who were hit: the article's "isolate".
 *
 * @param hit addresses of the pods that were hit
 * @returns milliseconds since the epoch, or undefined where it never did
 */
export function isolatedAt(
  changes: AddressChange[],
  service: string,
  hit: string[],
  faultAt: number,
): number | undefined {
  return changes.find(
    (change) =>
      change.at >= faultAt && change.service === service && !change.addresses.some((address) => hit.includes(address)),
  )?.at;
}
