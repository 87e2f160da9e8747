import { stringify } from "yaml";
import { hostAndPort, isPrivateName } from "../../config/addresses";
import type { Endpoint } from "../common/network";
import type { OutsideEdge } from "../common/outside";

/** Where the webhook's URL is mounted; the configuration names the file, so it holds no secret. */
export const WEBHOOK_FILE = "/run/secrets/alertmanager/url";

/**
 * `alertmanager.yml`. One receiver; alerts of the same kind in the same namespace come together. There are no
 * inhibitions: one whose `equal` label neither side has silences everything, and no two alerts here say the same.
 *
 * @param hasWebhook whether alerts are posted anywhere
 */
export function alertmanagerConfig(hasWebhook: boolean): string {
  return stringify(
    {
      route: {
        receiver: "default",
        group_by: ["alertname", "namespace"],
        group_wait: "10s",
        group_interval: "1m",
        repeat_interval: "4h",
        // The sign of life: alone, and often enough that its absence is noticed within the hour.
        routes: [{ matchers: ['alertname="Watchdog"'], receiver: "default", repeat_interval: "1h" }],
      },
      receivers: [
        {
          name: "default",
          ...(hasWebhook ? { webhook_configs: [{ url_file: WEBHOOK_FILE, send_resolved: true }] } : {}),
        },
      ],
    },
    { lineWidth: 0 },
  );
}

/**
 * The way to the receiver behind the webhook's URL.
 *
 * @param receiver whom the caller names instead: pods, or a range of addresses
 * @throws Error when it is no http or https URL, or of a private network; the message leaves the URL out, because it
 * may carry a key
 */
export function receiverEdges(
  url: string | undefined,
  receiver?: Endpoint | OutsideEdge,
): { egress: Endpoint[]; outside: OutsideEdge[] } {
  if (url === undefined) return { egress: [], outside: [] };
  const to = hostAndPort(url);
  if (!to) throw new Error("Monitoring: webhook is not an http or https URL.");
  if (receiver) return "labels" in receiver ? { egress: [receiver], outside: [] } : { egress: [], outside: [receiver] };
  if (isPrivateName(to.host))
    throw new Error(
      "Monitoring: webhook is a name of a private network; name its pods or its addresses as `receiver`.",
    );
  return { egress: [], outside: [{ ...to, why: "alerts are posted there" }] };
}
