import type { AlertRule, RuleGroup } from "../common/observability";

/**
 * What can go wrong with the database that somebody must know of.
 *
 * @param name the component's name, which its scrape jobs start with
 */
export function postgresAlerts(name: string): RuleGroup[] {
  const rule = (alert: string, severity: "page" | "ticket", hold: string, expr: string, summary: string, runbook: string): AlertRule => ({
    alert, expr, for: hold, labels: { severity }, annotations: { summary, runbook_url: `docs/runbooks/${runbook}.md` },
  });
  const patroni = `job="${name}-patroni"`;
  return [{
    name: `${name}.availability`,
    rules: [
      rule("PostgresNoPrimary", "page", "1m", `sum(patroni_primary{${patroni}}) < 1 or absent(patroni_primary{${patroni}})`,
        "No member of the database holds the leader lock: nothing can be written", "postgres-no-primary"),
      rule("PostgresNoSyncStandby", "page", "2m", `sum(patroni_sync_standby{${patroni}}) + sum(patroni_quorum_standby{${patroni}}) < 1`,
        "No standby is synchronous: writes wait, or are held by one member alone", "postgres-no-sync-standby"),
      rule("PostgresMemberMissing", "ticket", "2m", `sum(patroni_postgres_running{${patroni}}) < max(count(patroni_postgres_running{${patroni}})) or up{${patroni}} == 0`,
        "A member of the database is down, so the next loss may stop writes", "postgres-member-missing"),
    ],
  }];
}
