import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Postgres } from "holdfast";

const config = new pulumi.Config();
const provider = new k8s.Provider("kubernetes", { context: config.require("context") });
const namespace = config.require("namespace");

const postgres = new Postgres(
  "postgres",
  {
    namespace,
    image: config.require("image"),
    database: "orders",
    storage: { size: "20Gi" },
    // The pods of the application as they are labelled today; nobody else gets in.
    clients: [{ namespace, labels: { app: "orders" } }],
  },
  { provider },
);

/**
 * `address:port` of each pooler pod to the primary: try the next one when a connection takes longer than half a second.
 */
export const writeHosts = postgres.writeHosts;
/** The same to the standbys. */
export const readHosts = postgres.readHosts;
/** Secret with the user and its password under `username` and `password`; both change with `passwordGeneration`. */
export const secret = postgres.appSecretName;
