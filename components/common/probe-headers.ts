/**
 * Headers of a probe: `Host` is `host` unless stated otherwise, in whatever spelling.
 *
 * @param host what the one who is asked is called by default
 */
export function probeHeaders(host: string, stated: Record<string, string> = {}): Record<string, string> {
  const named = Object.keys(stated).some((name) => name.toLowerCase() === "host");
  return named ? stated : { Host: host, ...stated };
}
