import { request } from "undici";

/** Where the official downloads come from; a test puts its own server here. */
export interface Origins {
  pulumi: string;
  kind: string;
  kubectl: string;
  /** The registry whose answer tells whether nodes can pull images at all. */
  images: string;
}

export const OFFICIAL: Origins = {
  pulumi: "https://get.pulumi.com/releases/sdk",
  kind: "https://kind.sigs.k8s.io/dl",
  kubectl: "https://dl.k8s.io/release",
  images: "https://registry-1.docker.io/v2/",
};

/**
 * True where something answers at an address that is neither a refusal (403) nor a failure of its own (5xx).
 *
 * @param withinMs how long to wait; @default three seconds
 */
export async function reachable(url: string, withinMs = 3_000): Promise<boolean> {
  try {
    const answer = await request(url, { method: "HEAD", signal: AbortSignal.timeout(withinMs) });
    await answer.body.dump();
    return answer.statusCode < 500 && answer.statusCode !== 403;
  } catch {
    return false;
  }
}
