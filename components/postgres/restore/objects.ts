import { Kubectl } from "../../../cluster/kubectl";

/** The calls that a restore makes: objects of one namespace, volumes of the cluster, programs in pods. */
export type Objects = Pick<Kubectl, "get" | "list" | "create" | "patch" | "remove" | "exec" | "may">;

/** Seconds for one call to the API: long, because an interrupted restore costs more than waiting. */
const API_SECONDS = 20;

/** Seconds for a program in a pod. The longest is pgBackRest's check, which waits 60 s for the archive. */
const EXEC_SECONDS = 90;

/** The objects of a namespace. */
export function kubectlObjects(context: string, namespace: string): Objects {
  return new Kubectl({ context, namespace }, { apiSeconds: API_SECONDS, seconds: EXEC_SECONDS });
}
