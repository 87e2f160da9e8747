/** Files as the programs that rules know read them, by a ConfigMap's key. */
export const CONFIGURATIONS: readonly (readonly [key: string, text: string])[] = [
  [
    "prometheus.yml",
    "global: {scrape_interval: 30s}\nscrape_configs:\n- job_name: web\n  scrape_interval: 15s\n  relabel_configs:\n" +
      "  - regex: web\n- job_name: db\n",
  ],
  [
    "rules.yml",
    "groups:\n- name: g\n  rules:\n  - alert: Down\n    expr: up == 0\n    annotations: {summary: it is down}\n" +
      "  - record: a:b\n    expr: rate(x[1m])\n",
  ],
  ["rules.json", '{"groups": [{"name": "g", "rules": [{"alert": "Down", "expr": "rate(x[1m]) > 0"}, null]}, null]}'],
  [
    "patroni.yml",
    "scope: db\nkubernetes: {use_endpoints: true}\nbootstrap:\n  dcs:\n    ttl: 30\n    loop_wait: 10\n" +
      "    retry_timeout: 10\n    synchronous_mode: quorum\n    synchronous_node_count: 1\npostgresql:\n" +
      "  parameters: {max_connections: 100, shared_buffers: 128MB}\n  pg_hba:\n  - host all all all scram-sha-256\n",
  ],
  ["pgbouncer.ini", "[databases]\n* = host=db\n[pgbouncer]\npool_mode = transaction\ndefault_pool_size = 20\n"],
  ["databases.json", '[{"name": "app", "connections": 10}, {"name": "more"}]'],
  ["redis.conf", "maxmemory 96mb\nmaxmemory-policy noeviction\nappendonly yes\nmin-replicas-to-write 1\n"],
  ["sentinel.conf", "sentinel monitor main db 6379 2\nsentinel down-after-milliseconds main 5000\n"],
  [
    "haproxy.cfg",
    "global\n  hard-stop-after 10s\ndefaults\n  timeout connect 1s\n  option redispatch\nresolvers dns\n" +
      "  hold timeout 10s\nfrontend web\n  bind :80\nbackend app\n  balance source\n  server a app:80 check\n",
  ],
];
