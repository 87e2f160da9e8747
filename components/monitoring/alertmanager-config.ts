import { stringify } from "yaml";

/** Where the webhook's URL is mounted; the configuration names the file, so it holds no secret. */
export const WEBHOOK_FILE = "/run/secrets/alertmanager/url";

/**
 * `alertmanager.yml`. One receiver; alerts of the same kind in the same namespace come together. There are no
 * inhibitions: one whose `equal` label neither side has silences everything, and no two alerts here say the same.
 *
 * @param hasWebhook whether alerts are posted anywhere
 */
export function alertmanagerConfig(hasWebhook: boolean): string {
  return stringify({
    route: {
      receiver: "default",
      group_by: ["alertname", "namespace"],
      group_wait: "10s",
      group_interval: "1m",
      repeat_interval: "4h",
      // The sign of life: alone, and often enough that its absence is noticed within the hour.
      routes: [{ matchers: ['alertname="Watchdog"'], receiver: "default", repeat_interval: "1h" }],
    },
    receivers: [{
      name: "default",
      ...(hasWebhook ? { webhook_configs: [{ url_file: WEBHOOK_FILE, send_resolved: true }] } : {}),
    }],
  }, { lineWidth: 0 });
}

/**
 * Port that a webhook's URL is reached on, for the network policy.
 *
 * @throws Error when it is no http or https URL; the message leaves the URL out, because it may carry a key
 */
export function webhookPort(url: string): number {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !["http:", "https:"].includes(parsed.protocol)) throw new Error("Monitoring: webhook is not an http or https URL.");
  if (parsed.port !== "") return Number(parsed.port);
  return parsed.protocol === "https:" ? 443 : 80;
}
