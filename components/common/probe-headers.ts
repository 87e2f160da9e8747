/**
 * Headers of a probe: `Host` is `host` unless stated otherwise, in whatever spelling.
 *
 * @param host the default name of the application that is asked
 */
export function probeHeaders(host: string, stated: Record<string, string> = {}): Record<string, string> {
  const named = Object.keys(stated).some((name) => name.toLowerCase() === "host");
  return named ? stated : { Host: host, ...stated };
}
