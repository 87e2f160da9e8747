#!/bin/sh
# The three questions the kubelet asks, with three meanings.
#   probe.sh alive-redis | ready-redis | alive-sentinel | ready-sentinel
question=$1
. "$(dirname "$0")/lib.sh"
PATIENCE=$PROBE_SECONDS
# During a rotation the server learns of a mounted password a few seconds after it appears.
if [ -s "$RUN/spoken" ]; then OPERATOR_PASSWORD_FILE=$RUN/spoken; fi
case $question in
  # Any answer is life: a server that loads its data or has lost its primary is not mended by a restart.
  alive-redis) [ -n "$(ask 127.0.0.1 "$REDIS_PORT" PING)" ] ;;
  alive-sentinel) [ -n "$(ask 127.0.0.1 "$SENTINEL_PORT" PING)" ] ;;
  # Ready is the primary, or a replica whose copy is current: a rollout goes on to the next pod only then.
  ready-redis)
    [ "$(ask 127.0.0.1 "$REDIS_PORT" PING)" = PONG ] || exit 1
    role=$(ask 127.0.0.1 "$REDIS_PORT" ROLE)
    case $(echo "$role" | head -n 1) in
      master) true ;;
      slave) echo "$role" | grep -qx connected ;;
      *) false ;;
    esac
    ;;
  ready-sentinel) [ -n "$(sentinel_answer 127.0.0.1)" ] ;;
  *)
    log "unknown question: $question"
    false
    ;;
esac
