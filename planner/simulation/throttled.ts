/**
 * The time at which a server that starts at `start` has computed for `seconds`. Calls for one server come in the order of
 * its work, so an implementation may keep state between them.
 */
export type Work = (server: number, start: number, seconds: number) => number;

/** A server that works at full speed all the time. */
export const unlimited: Work = (_server, start, seconds) => start + seconds;

/** A CPU limit as the kernel enforces it. */
export interface Bandwidth {
  /** Cores of the limit. */
  cores: number;
  /** Seconds of a period. @default 0.1, the kubelet's */
  period?: number;
}

/**
 * A CPU limit by Linux' bandwidth control: within each period a server works at full speed until its quota (limit ×
 * period) is used up, and then stands still until the next period. The formulas take a limit of 0.25 core for a core
 * that is four times slower. In fact most requests run at full speed, some stop for up to 75 ms, and none ends later
 * than on the slower core. Source: Turner, Rao and Rao, *CPU bandwidth control for CFS*, Linux Symposium 2010. Slices and
 * timer slack are left out.
 */
export function throttled(servers: number, { cores, period = 0.1 }: Bandwidth): Work {
  const quota = cores * period;
  const current = new Float64Array(servers).fill(-1);
  const left = new Float64Array(servers);
  return (server, start, seconds) => {
    let now = start;
    let todo = seconds;
    for (;;) {
      const number = Math.floor(now / period + 1e-9);
      if (number !== current[server]) {
        current[server] = number;
        left[server] = quota;
      }
      const run = Math.min(todo, left[server]!, (number + 1) * period - now);
      now += run;
      todo -= run;
      left[server]! -= run;
      if (todo <= 1e-12) return now;
      // Out of quota: the next period; out of period: the loop sees a new one anyway.
      if (left[server]! <= 1e-12) now = (number + 1) * period;
    }
  };
}
