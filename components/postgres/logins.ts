import { ROLES } from "./names";
import { LOGIN_TURNS } from "./settings";

/** Roles that callers of every database of this kind log in as. */
export const CALLERS: readonly string[] = [ROLES.owner, ROLES.app, ROLES.readonly];

/**
 * Name to log in by with a generation's password: `app`, `app_2`, `app_3`, and `app` again. Whoever does so becomes
 * `app`, with its rights, its settings and its objects (image/holdfast/logins.py).
 *
 * @param generation from 1
 */
export function login(caller: string, generation: number): string {
  const turn = (generation - 1) % LOGIN_TURNS;
  return turn === 0 ? caller : `${caller}_${turn + 1}`;
}

/** Every log-in there is of a caller, whether it has a password at present or not. */
export function logins(caller: string): string[] {
  return Array.from({ length: LOGIN_TURNS }, (_, turn) => login(caller, turn + 1));
}
