import { request } from "undici";

/** A shop that works answers these questions in milliseconds; a person waits at the terminal. */
const TIMEOUT_MS = 5_000;

/** How the shop says that it wants requests. */
const READY: Question = { path: "/readyz", wanted: "200", fits: () => true };

/**
 * What no other program answers: the load places orders, and the checker looks them up by the keys that they begin
 * with.
 */
const ORDERS: Question = {
  path: "/orders?keyPrefix=drill-none&limit=1",
  wanted: "200 and a list of orders as JSON",
  fits: (text) => Array.isArray(parsed(text)?.orders),
};

interface Question {
  path: string;
  /** The shop's answer, for people. */
  wanted: string;
  /** Whether the body of a 200 is the shop's. */
  fits(text: string): boolean;
}

/** What answers at the shop's address, with a clause for people where it is not the shop. */
export type Serves = { what: "shop" } | { what: "nothing" | "another program"; clause: string };

function parsed(text: string): { orders?: unknown } | undefined {
  try {
    return (JSON.parse(text) as { orders?: unknown } | null) ?? undefined;
  } catch {
    return undefined;
  }
}

async function ask(url: string, { path, wanted, fits }: Question, signal: AbortSignal): Promise<Serves> {
  const asked = `GET ${url}${path}`;
  try {
    const { statusCode, body } = await request(url + path, {
      headers: { accept: "application/json" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await body.text();
    if (statusCode === 200 && fits(text)) return { what: "shop" };
    // A balancer without servers and a shop that begins or ends say 5xx; whatever else is said will still be said
    // later.
    if (statusCode >= 500) return { what: "nothing", clause: `${asked} is answered ${statusCode}` };
    const got = statusCode === 200 ? "200 with another body" : String(statusCode);
    return { what: "another program", clause: `${asked} is answered ${got}, and the shop answers ${wanted}` };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = error as { code?: string; message: string };
    return { what: "nothing", clause: `${asked} is not answered (${code ?? message})` };
  }
}

/** Whether the shop says at its own way in that it wants requests. @throws the reason where `signal` is aborted */
export const shopIsReady = async (url: string, signal: AbortSignal): Promise<Serves> => ask(url, READY, signal);

/** The same, and whether it is the shop that says so: many programs have a page `/readyz`. */
export async function whatServes(url: string, signal: AbortSignal): Promise<Serves> {
  const ready = await shopIsReady(url, signal);
  return ready.what === "shop" ? ask(url, ORDERS, signal) : ready;
}
