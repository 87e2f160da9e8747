/** A stream of requests that are due at fixed times, whatever becomes of those before. */
export interface OpenLoop {
  /** Makes no further request; resolves when the last one under way has its answer. */
  stop(): Promise<void>;
}

/** More than this many requests are not made in one stream, so that a forgotten runner ends by itself. */
const MOST_REQUESTS = 200_000;

/**
 * Sends requests at a fixed rate. Closed-loop clients stop asking while the service is away and so hide most of an
 * outage; here the n-th request is due at `start + n / rate` and is made then, or as soon after as the process gets to
 * run.
 *
 * @param perSecond requests a second
 * @param issue makes one request, given the moment it was due (milliseconds since the epoch); it must not throw
 */
export function openLoop(perSecond: number, issue: (due: number) => Promise<void>): OpenLoop {
  const start = Date.now();
  const underWay = new Set<Promise<void>>();
  let n = 0;
  let timer: NodeJS.Timeout | undefined;

  const dueOf = (index: number): number => start + (index * 1000) / perSecond;
  const tick = (): void => {
    while (n < MOST_REQUESTS && dueOf(n) <= Date.now()) {
      const request = issue(dueOf(n++));
      underWay.add(request);
      void request.finally(() => underWay.delete(request));
    }
    if (n < MOST_REQUESTS) timer = setTimeout(tick, Math.max(0, dueOf(n) - Date.now()));
  };
  tick();

  return {
    async stop() {
      clearTimeout(timer);
      n = MOST_REQUESTS;
      await Promise.all(underWay);
    },
  };
}
