import type { Rule } from "../../policy/engine/rule";
import { connectionRules } from "./policies/connections";
import { loginRules } from "./policies/logins";
import { patroniRules } from "./policies/patroni";

/** PostgreSQL under Patroni, with or without PgBouncer; for commands, never for the constructor. */
export const postgresRules: Rule[] = [...patroniRules, ...connectionRules, ...loginRules];
