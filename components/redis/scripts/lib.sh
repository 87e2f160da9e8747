# shellcheck shell=sh disable=SC2034,SC3028
# What every script of a Redis or Sentinel pod shares: who it is, who the others are, and how to ask them.
# Addresses come as lists in the environment, one per ordinal (REDIS_HOSTS, SENTINEL_HOSTS), so that no name is
# ever looked up: a dead pod's name stops resolving, and a Sentinel that cannot resolve one member aborts every failover.
# Numbers that others depend on come from the environment, too (settings.ts, with their reasons).
set -eu
umask 077

ACCOUNTS=${ACCOUNTS:-/run/secrets/redis} # the mounted Secret: one file per password
RUN=${RUN:-/run/redis}                   # an emptyDir in memory: rendered configuration, answers of a survey
DATA=${DATA:-/data}
# Longer than any healthy answer, short enough that a survey with dead members still ends within a second.
PATIENCE=1
ORDINAL=${HOSTNAME##*-}

log() { echo "$(date -u +%H:%M:%S) holdfast: $*" >&2; }

# nth INDEX WORD...: the word at INDEX, counted from 0.
nth() {
  skip=$1
  shift "$((skip + 1))"
  echo "$1"
}

# others LIST: LIST without the word at our own ordinal.
others() {
  i=0
  for host in $1; do
    [ "$i" = "$ORDINAL" ] || echo "$host"
    i=$((i + 1))
  done
}

# Every password that clients may have: the next one has been given to nobody yet, the previous one is still with pods
# that have not rolled over, and there is none in the first generation.
CLIENT_PASSWORDS="password next-password previous-password"
clients_hashed() {
  for key in $CLIENT_PASSWORDS; do
    if [ -f "$ACCOUNTS/$key" ]; then hashed "$ACCOUNTS/$key"; fi
  done
}

# hashed FILE...: each file's password as an ACL hash, so that no password stands in an argument list.
hashed() {
  for file in "$@"; do
    printf '#%s ' "$(tr -d '\n' < "$file" | sha256sum | cut -d' ' -f1)"
  done
}

# ask HOST PORT COMMAND...: the answer, empty if there is none in time.
ask() {
  target=$1 port=$2
  shift 2
  VALKEYCLI_AUTH=$(cat "${OPERATOR_PASSWORD_FILE:-$ACCOUNTS/operator-password}") timeout "$PATIENCE" \
    valkey-cli --no-auth-warning --user operator -h "$target" -p "$port" "$@" 2> /dev/null || true
}

# insist PORT COMMAND...: asks our own server until it has done it. On a busy machine an answer may take longer than we wait for
# one: a Sentinel that had not heard of its new patience was seen to hold a failover up for 20 s.
insist() {
  until [ "$(ask 127.0.0.1 "$@")" = OK ]; do
    log "$2 $3 has not been done: again"
    sleep 0.5
  done
}

# server_state HOST: primary, data (a replica that holds some or is loading), empty, or silent.
server_state() {
  case $(ask "$1" "$REDIS_PORT" ROLE | head -n 1) in
    master) echo primary ;;
    slave)
      case $(ask "$1" "$REDIS_PORT" DBSIZE) in
        0) echo empty ;;
        "") echo silent ;;
        *) echo data ;;
      esac
      ;;
    *) echo silent ;;
  esac
}

# sentinel_answer HOST: the address that Sentinel holds to be the primary's, if it is one of ours.
sentinel_answer() {
  told=$(ask "$1" "$SENTINEL_PORT" SENTINEL get-master-addr-by-name "$PRIMARY_NAME" | head -n 1)
  for host in $REDIS_HOSTS; do
    if [ "$host" = "$told" ]; then echo "$told"; fi
  done
}

# believes SENTINEL ADDRESS: whether that Sentinel holds the primary at that address (a pattern) to be alive and has heard from
# it. The flags alone say too much: to one that has just started everybody is a healthy master until the time of grace is over.
believes() {
  ask "$1" "$SENTINEL_PORT" SENTINEL master "$PRIMARY_NAME" | tr '\n' ' ' | grep -q " ip $2 .* flags master .* last-ping-sent 0 "
}

# survey SERVERS SENTINELS: asks all at once (a dead one costs a second, not a second each) and keeps the answers.
SURVEY=$RUN/survey.$$
survey() {
  rm -rf "$SURVEY"
  mkdir -p "$SURVEY/server" "$SURVEY/sentinel"
  for host in $1; do server_state "$host" > "$SURVEY/server/$host" & done
  for host in $2; do sentinel_answer "$host" > "$SURVEY/sentinel/$host" & done
  wait
}

# servers_that STATE: hosts of the last survey in that state.
servers_that() { (cd "$SURVEY/server" && grep -lx "$1" -- * 2> /dev/null) || true; }

# agree FOLDER: sets `chosen` to the address that two of the answers in it name, or to nothing. The shell's own commands only,
# as this is asked every few seconds for ever.
agree() {
  chosen='' named=''
  for answer in "$1"/*; do
    read -r address < "$answer" || continue
    case " $named " in *" $address "*) chosen=$address ;; esac
    named="$named $address"
  done 2> /dev/null
}

# renew_links PORT: has everybody who connected while we started connect again, and ourselves at everybody's. The first packets
# of a new pod may meet a Service without an endpoint, or a node that does not know its network policy yet: they are
# refused with an ICMP message, the kernel keeps it with the socket though the connection is made a moment later, and a
# program that waits on that socket is woken without end (epoll reports an error that no read clears). One such link cost a
# Sentinel a whole CPU, or as much as its limit lets it have. Three times, as a first packet is repeated after 1, 3, 7 and
# 15 s, and a Sentinel gives a link up after 15.
renew_links() {
  mine=$(hostname -i)
  for pause in 4 8 12; do
    sleep "$pause"
    for kind in normal pubsub replica; do
      ask 127.0.0.1 "$1" CLIENT KILL TYPE "$kind" SKIPME yes > /dev/null
    done
    # A first copy of the data is not to begin anew for this.
    if ask 127.0.0.1 "$1" INFO replication | grep -q sync_in_progress:1; then continue; fi
    for host in $REDIS_HOSTS; do ask "$host" "$REDIS_PORT" CLIENT KILL IP "$mine" > /dev/null; done
    for host in $SENTINEL_HOSTS; do ask "$host" "$SENTINEL_PORT" CLIENT KILL IP "$mine" > /dev/null; done
  done
}
