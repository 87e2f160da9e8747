#!/bin/sh
# shellcheck disable=SC2046,SC3028
# Stands beside a server and watches the one case that neither the server nor the Sentinels end quickly: a primary that
# is no longer, or not yet, the one the Sentinels mean. It comes up in the middle of a failover, or its frozen node thaws.
#   watch-role.sh [held]   held: the server was started with its writes held back, until two Sentinels see it alive
. "$(dirname "$0")/lib.sh"
ME=$(nth "$ORDINAL" $REDIS_HOSTS)
held=${1:-}
# After a promotion the Sentinels agree within a tenth of a second; who is still meant otherwise after two rounds is not it.
# Rounds are short in the first minute: where all start at once, the Sentinels may change their mind once more.
ROUND=3
short_rounds=60
strikes=0

local_role() { ask 127.0.0.1 "$REDIS_PORT" ROLE | head -n 1; }

# seen_alive: whether two Sentinels monitor us as the primary and have no doubt about us. Two of three have to hold a
# primary for dead before it is deposed, so from here on nobody is being promoted behind our back.
seen_alive() {
  votes=0
  for sentinel in $SENTINEL_HOSTS; do
    if believes "$sentinel" "$ME"; then votes=$((votes + 1)); fi
  done
  [ "$votes" -ge "$QUORUM" ]
}

# open_writes: whether the server has done it; if not, the next round tries again.
open_writes() {
  if [ "$(ask 127.0.0.1 "$REDIS_PORT" CONFIG SET min-replicas-to-write "$MIN_REPLICAS")" != OK ]; then return 1; fi
  held=
}

stand_down() {
  log "the Sentinels mean $1: joining it"
  printf 'REPLICAOF %s %s\nCLIENT KILL TYPE normal SKIPME yes\n' "$1" "$REDIS_PORT" | ask 127.0.0.1 "$REDIS_PORT" > /dev/null
}

while :; do
  if [ -n "$held" ]; then
    sleep 0.3
  elif [ "$short_rounds" -gt 0 ]; then
    short_rounds=$((short_rounds - 1))
    sleep 1
  else
    sleep "$ROUND"
  fi
  case $(local_role) in
    master) ;;
    # Deposed before it ever served: it may be promoted later, and then the writes must not be held.
    slave)
      [ -z "$held" ] || open_writes || true
      strikes=0
      continue
      ;;
    *) continue ;;
  esac
  if [ -n "$held" ] && seen_alive && open_writes; then log "two Sentinels see us: writes are open"; fi
  survey "" "$SENTINEL_HOSTS"
  agree "$SURVEY/sentinel"
  if [ -z "$chosen" ] || [ "$chosen" = "$ME" ]; then
    strikes=0
    continue
  fi
  strikes=$((strikes + 1))
  if [ "$strikes" -ge 2 ] && [ "$(server_state "$chosen")" = primary ]; then stand_down "$chosen"; fi
done
