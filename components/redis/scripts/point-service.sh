#!/bin/sh
# Keeps the Service named in SERVICE pointing at the primary, for clients that know no Sentinel. One stands beside each
# Sentinel; all of them write the same thing, what two Sentinels agree on, so the loss of any one changes nothing.
# Needs no more than curl: Sentinels are asked over plain connections that stay open, the Kubernetes API over TLS.
. "$(dirname "$0")/lib.sh"
SA=${SA:-/run/secrets/kubernetes}
HEARD=$RUN/heard
# Rounds of a second after which the address is written again though nothing seems to have changed: a pod may have
# come back with another address, or somebody may have changed the slice. With three of us that is one look in ten seconds.
REPEAT=30
# Ends every line of an answer. Taken off by the shell itself: a process for each line would be forty a second.
RETURN=$(printf '\r')

# Asked by the kubelet: did the last two minutes have a round?
if [ "${1:-}" = alive ]; then
  [ -n "$(find "$RUN/round" -mmin -2)" ]
  exit
fi

# listen HOST: asks one Sentinel once a second for as long as it answers, and leaves each answer in a file.
listen() {
  while :; do
    { while printf 'SENTINEL get-master-addr-by-name %s\r\n' "$PRIMARY_NAME" 2> /dev/null; do sleep 1; done; } \
      | curl -sN --connect-timeout 1 "telnet://$1:$SENTINEL_PORT" 2> /dev/null \
      | while read -r line; do
        line=${line%"$RETURN"}
        for host in $REDIS_HOSTS; do
          if [ "$host" = "$line" ]; then echo "$line" > "$HEARD/$1"; fi
        done
      done || true
    sleep 1
  done
}

# api METHOD PATH [CURL ARGUMENT...]: the token goes through a file, not through the argument list.
api() {
  printf 'Authorization: Bearer %s' "$(cat "$SA/token")" > "$RUN/header"
  method=$1 path=$2
  shift 2
  curl -sf --max-time 3 --cacert "$SA/ca.crt" -H "@$RUN/header" -X "$method" "$@" \
    "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT$path"
}

# pod_of ADDRESS: the pod that a server's fixed address belongs to.
pod_of() {
  i=0
  for host in $REDIS_HOSTS; do
    if [ "$host" = "$1" ]; then echo "$SERVERS-$i"; fi
    i=$((i + 1))
  done
}

field() { sed -n 's/^ *"'"$1"'": *"\([^"]*\)".*/\1/p' | head -n 1; }

# point ADDRESS: writes the EndpointSlice; the Service owns it, so that it goes with it.
point() {
  pod=$(pod_of "$1")
  address=$(api GET "/api/v1/namespaces/$NAMESPACE/pods/$pod?pretty=true" | field podIP)
  owner=$(api GET "/api/v1/namespaces/$NAMESPACE/services/$SERVICE?pretty=true" | field uid)
  if [ -z "$address" ] || [ -z "$owner" ]; then return 1; fi
  api PATCH "/apis/discovery.k8s.io/v1/namespaces/$NAMESPACE/endpointslices/$SERVICE-primary?fieldManager=holdfast&force=true" \
    -H 'Content-Type: application/apply-patch+yaml' -o /dev/null --data-binary @- << JSON
{
  "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
  "metadata": {
    "name": "$SERVICE-primary",
    "labels": {"kubernetes.io/service-name": "$SERVICE", "endpointslice.kubernetes.io/managed-by": "holdfast"},
    "ownerReferences": [{"apiVersion": "v1", "kind": "Service", "name": "$SERVICE", "uid": "$owner"}]
  },
  "ports": [{"name": "redis", "port": $REDIS_PORT, "protocol": "TCP"}],
  "endpoints": [{"addresses": ["$address"], "conditions": {"ready": true}, "targetRef": {"kind": "Pod", "name": "$pod", "namespace": "$NAMESPACE"}}]
}
JSON
}

# The first process of a container has no default for SIGTERM: without this the pod's whole grace period passes.
trap 'exit 0' TERM
rm -rf "$HEARD"
mkdir -p "$HEARD"
for sentinel in $SENTINEL_HOSTS; do
  : > "$HEARD/$sentinel"
  listen "$sentinel" &
done

pointed="" rounds=0
while sleep 1; do
  agree "$HEARD"
  # An answer counts once: a Sentinel that has fallen silent has no say in the next round.
  for answer in "$HEARD"/*; do : > "$answer"; done
  rounds=$((rounds + 1))
  : > "$RUN/round"
  if [ -z "$chosen" ]; then continue; fi
  if [ "$chosen" = "$pointed" ] && [ "$rounds" -lt "$REPEAT" ]; then continue; fi
  rounds=0
  if point "$chosen"; then
    [ "$chosen" = "$pointed" ] || log "$SERVICE points at $(pod_of "$chosen")"
    pointed=$chosen
  else
    log "could not point $SERVICE at $(pod_of "$chosen"); trying again"
    pointed=
  fi
done
