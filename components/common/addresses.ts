import * as pulumi from "@pulumi/pulumi";

/** Stands for the address of a Service that a preview is yet to make: the cluster gives it one in the update. */
export const PENDING = "pending";

/** Addresses of Services, also where a preview does not know them. */
export function addressesOf(addresses: pulumi.Input<string>[]): pulumi.Output<string[]> {
  const there = pulumi.all(addresses) as pulumi.Output<(string | undefined)[]>;
  return there.apply((known) => known.map((address) => address ?? PENDING));
}

/** An address and a port as a URL has them: an IPv6 address in brackets. */
export function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
