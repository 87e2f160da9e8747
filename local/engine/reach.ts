import { request } from "undici";

/** URLs of the official downloads. Tests replace them with their own server. */
export interface Origins {
  pulumi: string;
  kind: string;
  kubectl: string;
  /** The registry whose answer shows whether nodes can pull images. */
  images: string;
}

/** URLs of the projects themselves. */
export const OFFICIAL: Origins = {
  pulumi: "https://get.pulumi.com/releases/sdk",
  kind: "https://kind.sigs.k8s.io/dl",
  kubectl: "https://dl.k8s.io/release",
  images: "https://registry-1.docker.io/v2/",
};

/**
 * Whether a URL answers with something other than a refusal (403) or a server error (5xx).
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
