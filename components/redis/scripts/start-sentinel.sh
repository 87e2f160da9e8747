#!/bin/sh
# shellcheck disable=SC2046,SC3028
# Starts this pod's Sentinel. Who the members are is declared, not discovered: every server and every Sentinel is written
# into the configuration at its fixed address and with an id derived from its name, so a Sentinel that lost its volume
# comes back as the one it was and the others' lists never grow. Kept across starts: the epochs, and who is primary.
. "$(dirname "$0")/lib.sh"
ME=$(nth "$ORDINAL" $SENTINEL_HOSTS)
STATE=$DATA/sentinel.conf

# sentinel_id ORDINAL: 40 hexadecimal digits that belong to that pod for ever.
sentinel_id() { printf %s "${HOSTNAME%-*}-$1" | sha1sum | cut -d' ' -f1; }

# remembered: the primary in our own state, if it is still one of the declared addresses.
remembered() {
  [ -s "$STATE" ] || return 0
  kept=$(sed -n "s/^sentinel monitor $PRIMARY_NAME \([^ ]*\) .*/\1/p" "$STATE" | head -n 1)
  for host in $REDIS_HOSTS; do
    if [ "$host" = "$kept" ]; then echo "$kept"; fi
  done
}

# told: the primary as another Sentinel, or a server itself, names it.
told() {
  survey "$REDIS_HOSTS" "$(others "$SENTINEL_HOSTS")"
  named=$(cat "$SURVEY/sentinel/"* | sort | uniq -c | sort -rn | head -n 1 | tr -s ' ' | cut -d' ' -f3)
  if [ -n "$named" ]; then echo "$named"; else servers_that primary | head -n 1; fi
}

primary=$(remembered)
[ -n "$primary" ] || primary=$(told)
# A second round, because the first packets of a new pod may be lost before its network policy is in place. No third, because
# a set that begins waits for each of them, and one who errs is overruled.
[ -n "$primary" ] || {
  sleep 0.3
  primary=$(told)
}
# Nobody knows of a primary: a set that begins. Everyone's default is the same server, at epoch 0, so that any Sentinel
# that does remember better overrules it within its first greeting.
[ -n "$primary" ] || primary=$(nth 0 $REDIS_HOSTS)
log "monitoring $primary"

# epochs: how far the elections had come; a Sentinel that forgot could vote twice in one.
epochs() {
  if [ -s "$STATE" ]; then
    grep -E "^sentinel (current-epoch|(config|leader)-epoch $PRIMARY_NAME) [0-9]+$" "$STATE" || true
  fi
}

{
  cat "$(dirname "$0")/sentinel.conf"
  echo "sentinel myid $(sentinel_id "$ORDINAL")"
  echo "sentinel announce-ip $ME"
  echo "sentinel monitor $PRIMARY_NAME $primary $REDIS_PORT $QUORUM"
  for host in $REDIS_HOSTS; do
    if [ "$host" != "$primary" ]; then echo "sentinel known-replica $PRIMARY_NAME $host $REDIS_PORT"; fi
  done
  i=0
  for host in $SENTINEL_HOSTS; do
    if [ "$i" != "$ORDINAL" ]; then
      echo "sentinel known-sentinel $PRIMARY_NAME $host $SENTINEL_PORT $(sentinel_id "$i")"
    fi
    i=$((i + 1))
  done
  epochs
  echo "sentinel auth-user $PRIMARY_NAME operator"
  echo "sentinel auth-pass $PRIMARY_NAME $(cat "$ACCOUNTS/operator-password")"
  echo "sentinel sentinel-user operator"
  echo "sentinel sentinel-pass $(cat "$ACCOUNTS/operator-password")"
  echo "user operator reset on $(hashed "$ACCOUNTS/operator-password")~* &* +@all"
  # Anyone the network policy lets in may ask who the primary is and hear of a change; nothing else, and no password.
  echo "user default reset on nopass &* -@all +@connection +info +role +subscribe +psubscribe +unsubscribe +punsubscribe" \
    "+sentinel|get-master-addr-by-name +sentinel|get-primary-addr-by-name +sentinel|masters +sentinel|primaries" \
    "+sentinel|master +sentinel|primary +sentinel|replicas +sentinel|slaves +sentinel|sentinels +sentinel|ckquorum +sentinel|myid"
} > "$STATE.new"
mv "$STATE.new" "$STATE"

# settle: shortens the patience to what it is to be, once the primary has been seen alive or had time enough. When a whole
# set starts, its servers wait for the Sentinels and come up seconds after them (ten, seen on a busy machine, until a new pod
# could be reached): that is no reason for a failover.
settle() {
  rounds=0
  while [ "$rounds" -lt $((2 * SETTLE_SECONDS)) ]; do
    sleep 0.5
    rounds=$((rounds + 1))
    if believes 127.0.0.1 '[^ ]*'; then break; fi
  done
  # A little later at each ordinal: two that miss the primary at the same moment vote each for itself, and such a vote is
  # repeated only after twice the failover's time.
  insist "$SENTINEL_PORT" SENTINEL SET "$PRIMARY_NAME" down-after-milliseconds $((DOWN_AFTER_MS + 300 * ORDINAL))
  insist "$SENTINEL_PORT" SENTINEL DEBUG tilt-period "$TILT_MS"
}

settle &
renew_links "$SENTINEL_PORT" &
sh "$(dirname "$0")/keep-passwords.sh" sentinel &
exec valkey-sentinel "$STATE"
