#!/bin/sh
# preStop of a server: if it is the primary, give the role away while it still serves. In a coordinated failover the
# primary holds writes back until its successor has all of them, so nothing acknowledged is lost and nobody sees an error.
. "$(dirname "$0")/lib.sh"
ME=$(nth "$ORDINAL" $REDIS_HOSTS)
deadline=$(($(date +%s) + HAND_OVER_SECONDS))

is_primary() { [ "$(ask 127.0.0.1 "$REDIS_PORT" ROLE | head -n 1)" = master ]; }

has_replica() { ask 127.0.0.1 "$REDIS_PORT" INFO replication | grep -q '^connected_slaves:[1-9]'; }

# Rounds in which no Sentinel said anything, or no replica was connected. After two there is nobody who could name a
# successor or be it, as when everything is stopped at once, and waiting only makes that slower.
alone=0

# look: sets `alive` to the Sentinels that answer, and counts. All are asked at once: one that is gone costs a second, and here
# no write waits for it.
look() {
  survey "" "$SENTINEL_HOSTS"
  alive=''
  for host in $SENTINEL_HOSTS; do
    if [ -s "$SURVEY/sentinel/$host" ]; then alive="$alive $host"; fi
  done
  if [ -n "$alive" ]; then alone=0; else alone=$((alone + 1)); fi
}

# request: asks one Sentinel after the other until one takes the job; another may have it in hand already (INPROG).
request() {
  if ! has_replica; then
    alone=$((alone + 1))
    return 1
  fi
  look
  for sentinel in $alive; do
    case $(ask "$sentinel" "$SENTINEL_PORT" SENTINEL FAILOVER "$PRIMARY_NAME" COORDINATED) in
      OK* | *INPROG*) return 0 ;;
    esac
  done
  return 1
}

# A replica has nothing to give away.
is_primary || exit 0

while is_primary; do
  if [ "$alone" -ge 2 ]; then
    log "no Sentinel answers, or no replica is left; stopping as primary"
    exit 0
  fi
  if [ "$(date +%s)" -ge "$deadline" ]; then
    log "nobody took over in time; stopping as primary"
    exit 0
  fi
  request || {
    sleep 0.5
    continue
  }
  # Two seconds for a role that takes about one to move, then the question again: whoever took the job may be stopped in the
  # middle of it, and to one that has it in hand the question does nothing.
  polls=0
  while [ "$polls" -lt 15 ] && is_primary; do
    sleep 0.1
    polls=$((polls + 1))
  done
done

# Clients lose their connections when we stop and ask a Sentinel next: let the answer be right by then, if there is one left to ask.
alone=0
while [ "$(date +%s)" -lt "$deadline" ] && [ "$alone" -lt 2 ]; do
  look
  agree "$SURVEY/sentinel"
  if [ -n "$chosen" ] && [ "$chosen" != "$ME" ]; then exit 0; fi
  sleep 0.1
done
