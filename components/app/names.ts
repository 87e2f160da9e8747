/** Last part of the name of each part that every app may have. */
export const PARTS = {
  web: "web",
  postgres: "postgres",
  redis: "redis",
  queue: "queue",
  balancer: "load-balancer",
  monitoring: "monitoring",
} as const;

/** Name of an app's part, and of its objects. */
export const partName = (app: string, part: string): string => `${app}-${part}`;

/** Name of a database where none is stated: SQL takes no hyphen without quotes. */
export const databaseOf = (app: string): string => app.replaceAll("-", "_");
