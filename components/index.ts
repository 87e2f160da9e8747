/** Entry of the package: the components, their arguments, and what wires them together. */
export { App } from "./app/app";
export type {
  AppArgs,
  AppJob,
  AppPostgres,
  AppRedis,
  AppWeb,
  AppWorker,
  BuiltImage,
  PostgresForm,
  RedisForm,
  SecretFile,
} from "./app/args";
export { LoadBalancer } from "./load-balancer/load-balancer";
export { loadBalancerLabels } from "./load-balancer/names";
export type { Algorithm, Backend, ClientAddress, LoadBalancerArgs, Route, TlsArgs } from "./load-balancer/args";
export { Monitoring } from "./monitoring/monitoring";
export { PROMETHEUS_LABELS } from "./monitoring/names";
export type { MonitoringArgs } from "./monitoring/args";
export { Postgres } from "./postgres/postgres";
export type { PostgresArgs } from "./postgres/args";
export type { Connection } from "./postgres/connection";
export { Redis } from "./redis/redis";
export type { RedisArgs } from "./redis/args";
export { scheduledJobLabels } from "./scheduled-job/names";
export { ScheduledJob } from "./scheduled-job/scheduled-job";
export type { ScheduledJobArgs } from "./scheduled-job/args";
export { WebService } from "./web-service/web-service";
export { migrationLabels, webServiceLabels } from "./web-service/names";
export type { Autoscaling, Migration, WebServiceArgs } from "./web-service/args";
export { workerLabels } from "./worker/names";
export { Worker } from "./worker/worker";
export type { WorkerArgs } from "./worker/args";
export { selectorLabels } from "./common/labels";
export type { Endpoint, Peer } from "./common/network";
export type { OutsideEdge } from "./common/outside";
export type { ProgramArgs, SecretMount, SecretVariable } from "./common/program-args";
export type { Panel } from "./common/panel";
export type { Observability } from "./common/observability";
export { RESTRICTED_NAMESPACE_LABELS } from "./common/security";
