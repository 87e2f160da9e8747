import { hostPort } from "../common/addresses";
import { REDIS_PORT, SENTINEL_PORT } from "./names";

/** What a client needs to reach a Redis. */
interface Reach {
  password: string;
  /** Address of the Service that follows the primary. */
  primary: string;
  /** Addresses of the Sentinels. */
  sentinels: string[];
}

/** Number of the database that a URL names; Valkey has it in every configuration. */
const DATABASE = 0;

/**
 * Keys of the clients' Secret. The password in `sentinel-url` is the servers'; the Sentinels ask for none, and such a
 * client is told the primary's name (`primaryName`) beside the URL, as no URL has a place for it.
 */
export function connectionKeys({ password, primary, sentinels }: Reach): Record<string, string> {
  const secret = encodeURIComponent(password);
  const sentinelUrls = sentinels.map((address) => `sentinel://:${secret}@${hostPort(address, SENTINEL_PORT)}`);
  return {
    password,
    host: primary,
    port: String(REDIS_PORT),
    url: `redis://:${secret}@${hostPort(primary, REDIS_PORT)}/${DATABASE}`,
    "sentinel-url": sentinelUrls.join(";"),
  };
}
