/** Entry of the package: the components, their arguments, and what wires them together. */
export { LoadBalancer } from "./load-balancer/load-balancer";
export { loadBalancerLabels } from "./load-balancer/names";
export type { Algorithm, Backend, ClientAddress, LoadBalancerArgs } from "./load-balancer/args";
export { Monitoring, PROMETHEUS_LABELS } from "./monitoring/monitoring";
export type { MonitoringArgs } from "./monitoring/args";
export { Postgres } from "./postgres/postgres";
export type { PostgresArgs } from "./postgres/args";
export type { Connection } from "./postgres/connection";
export { Redis } from "./redis/redis";
export type { RedisArgs } from "./redis/args";
export { migrationLabels, WebService, webServiceLabels } from "./web-service/web-service";
export type { Autoscaling, Migration, SecretMount, WebServiceArgs } from "./web-service/args";
export { selectorLabels } from "./common/labels";
export type { Endpoint, Peer } from "./common/network";
export type { OutsideEdge } from "./common/outside";
export type { Panel } from "./common/panel";
export type { Observability } from "./common/observability";
export { RESTRICTED_NAMESPACE_LABELS } from "./common/security";
