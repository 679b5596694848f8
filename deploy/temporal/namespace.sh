#!/bin/sh
# Makes the namespace and Headgate's search attributes in it. May be run again and again.
set -eu
: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}"

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "${RETENTION:-30d}"

# A server takes a while to see a namespace that is new.
tries=0
until temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo "the namespace $TEMPORAL_NAMESPACE does not show up at $TEMPORAL_ADDRESS" >&2
    exit 1
  fi
  sleep 1
done

attribute() {
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$1" --type "$2"
}

attribute HeadgateService Keyword
attribute HeadgateRolloutId Keyword
attribute HeadgateRequestId Keyword
attribute HeadgateStrategy Keyword
attribute HeadgatePhase Keyword
attribute HeadgateVerdict Keyword
attribute HeadgateReleaseId Keyword
attribute HeadgateStage Int
attribute HeadgateTrafficPercent Double
attribute HeadgateNeedsHuman Bool
