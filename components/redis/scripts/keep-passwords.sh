#!/bin/sh
# shellcheck disable=SC2046,SC3028
# Follows the mounted passwords while the server runs, so that a rotation restarts nothing. Each pod sees a changed
# Secret at a moment of its own within about 90 s (the kubelet's sync period), so the change goes in three steps, a
# grace period apart: accept the new as well as the old; speak the new; accept what is mounted alone.
#   keep-passwords.sh redis|sentinel
kind=$1
. "$(dirname "$0")/lib.sh"
PERIOD=5
case $kind in redis) port=$REDIS_PORT ;; sentinel) port=$SENTINEL_PORT ;; esac

accounts="operator-password $CLIENT_PASSWORDS exporter-password"
fingerprint() { (cd "$ACCOUNTS" && cat $accounts 2> /dev/null | sha256sum); }

# What the server accepts now, as opposed to what is mounted: the way in for our own commands.
OPERATOR_PASSWORD_FILE=$RUN/spoken
speak() { cat "$ACCOUNTS/operator-password" > "$RUN/spoken"; }

# account USER RULES...: changes one account; a Sentinel knows only the operator's.
account() {
  insist "$port" ACL SETUSER "$@"
}
# each_account RULE: RULE (empty, or resetpass), then every password that account is to have.
each_account() {
  account operator $1 $(hashed "$ACCOUNTS/operator-password")
  [ "$kind" = redis ] || return 0
  account default $1 $(clients_hashed)
  account exporter $1 $(hashed "$ACCOUNTS/exporter-password")
}
# in_the_new: the commands with which the server speaks the new password to the others.
in_the_new() {
  password=$(cat "$ACCOUNTS/operator-password")
  case $kind in
    redis) echo "CONFIG SET primaryauth $password" ;;
    sentinel)
      echo "SENTINEL SET $PRIMARY_NAME auth-pass $password"
      echo "SENTINEL CONFIG SET sentinel-pass $password"
      ;;
  esac
}
# Through standard input: an argument list is for everyone on the node to read.
switch_over() {
  until [ "$(in_the_new | ask 127.0.0.1 "$port" | tail -n 1)" = OK ]; do sleep 0.5; done
}

speak
known=$(fingerprint)
elapsed=
while sleep "$PERIOD"; do
  current=$(fingerprint)
  if [ "$current" != "$known" ]; then
    log "passwords changed: accepting old and new"
    each_account ""
    speak
    known=$current elapsed=0
  elif [ -n "$elapsed" ]; then
    before=$elapsed elapsed=$((elapsed + PERIOD))
    if [ "$before" -lt "$PASSWORD_GRACE_SECONDS" ] && [ "$elapsed" -ge "$PASSWORD_GRACE_SECONDS" ]; then
      log "passwords changed: using the new"
      switch_over
    elif [ "$elapsed" -ge $((2 * PASSWORD_GRACE_SECONDS)) ]; then
      log "passwords changed: what is mounted no more is refused from now on"
      each_account resetpass
      elapsed=
    fi
  fi
done
