import { Kubectl } from "../../cluster/kubectl";

/** What a restore reads and changes: objects of one namespace, volumes of the whole cluster, programs in pods. */
export type Objects = Pick<Kubectl, "get" | "list" | "create" | "patch" | "remove" | "exec" | "may">;

/** One call to the API, where giving up in the middle costs more than waiting; seconds. */
const API_SECONDS = 20;

/** A program in a pod; the longest is pgBackRest's check, which waits 60 s for the archive. */
const EXEC_SECONDS = 90;

/** The objects of a namespace. */
export function kubectlObjects(context: string, namespace: string): Objects {
  return new Kubectl({ context, namespace }, { apiSeconds: API_SECONDS, seconds: EXEC_SECONDS });
}
