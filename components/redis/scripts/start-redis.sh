#!/bin/sh
# shellcheck disable=SC2046,SC3028
# Starts this pod's server in the role the others leave it: never a second primary, never an empty one over full replicas.
. "$(dirname "$0")/lib.sh"
ME=$(nth "$ORDINAL" $REDIS_HOSTS)

has_data() {
  [ -s "$DATA/dump.rdb" ] || ls "$DATA"/appendonlydir/*.manifest > /dev/null 2>&1
}

# decide: "follow ADDRESS", "lead", or "wait" with the reason, from the last survey.
decide() {
  claimed=$(servers_that primary)
  agree "$SURVEY/sentinel"
  # A primary that answers beats the Sentinels' word: in the middle of a failover they still name the old one, maybe us.
  case $claimed in
    *[![:space:]]*[[:space:]]*[![:space:]]*)
      for host in $claimed; do
        if [ "$host" = "$chosen" ]; then
          echo "follow $host"
          return
        fi
      done
      echo "wait: several servers say they are the primary, and the Sentinels have not settled it"
      return
      ;;
    ?*)
      echo "follow $claimed"
      return
      ;;
  esac
  if [ -z "$chosen" ]; then
    echo "wait: no primary answers, and no two Sentinels agree on one"
    return
  fi
  if [ "$chosen" != "$ME" ]; then
    echo "follow $chosen"
    return
  fi
  if has_data; then
    echo lead
    return
  fi
  # We are the one, with an empty volume. Leading would make every replica throw its copy away; while we keep silent,
  # the Sentinels fail over to one of them. Only a set in which nobody has anything yet is ours to begin, and with
  # nobody else there no write could be acknowledged anyway (min-replicas-to-write), so waiting costs nothing.
  if [ -n "$(servers_that data)" ]; then
    echo "wait: our volume is empty and a replica has data"
    return
  fi
  if [ -z "$(servers_that empty)" ]; then
    echo "wait: our volume is empty and no other server answers"
    return
  fi
  echo lead
}

said=
while :; do
  survey "$(others "$REDIS_HOSTS")" "$SENTINEL_HOSTS"
  plan=$(decide)
  if [ "$plan" != "$said" ]; then
    log "$plan"
    said=$plan
  fi
  case $plan in wait*) sleep 0.2 ;; *) break ;; esac
done

{
  cat "$(dirname "$0")/redis.conf"
  echo "replica-announce-ip $ME"
  echo "primaryauth $(cat "$ACCOUNTS/operator-password")"
  echo "user operator reset on $(hashed "$ACCOUNTS/operator-password")~* &* +@all"
  # What clients get: every data command, nothing that reconfigures, stops or empties the server. INFO and ROLE are
  # what client libraries look at before they trust a connection.
  echo "user default reset on $(clients_hashed)~* &* +@all -@admin -@dangerous +info +role"
  echo "user exporter reset on $(hashed "$ACCOUNTS/exporter-password")~* &* -@all +@connection +info +config|get +latency +slowlog +dbsize"
  case $plan in
    follow*) echo "replicaof ${plan#follow } $REDIS_PORT" ;;
    # The Sentinels may be deposing us at this moment. Until two of them see us alive, no write is taken: see watch-role.sh.
    lead) echo "min-replicas-to-write 1000" ;;
  esac
} > "$RUN/redis.conf"

case $plan in lead) held=held ;; *) held= ;; esac
renew_links "$REDIS_PORT" &
sh "$(dirname "$0")/watch-role.sh" $held &
sh "$(dirname "$0")/keep-passwords.sh" redis &
exec valkey-server "$RUN/redis.conf"
