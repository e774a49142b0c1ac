{{/* What a schema can't say: values that do not go together. */}}
{{- define "foghorn.checks" -}}
{{- include "foghorn.checks.fleet" . -}}
{{- include "foghorn.checks.image" . -}}
{{- include "foghorn.checks.sharding" . -}}
{{- include "foghorn.checks.canary" . -}}
{{- if and .Values.serviceMonitor.enabled (ne .Values.kind "Deployment") -}}
{{- fail "serviceMonitor.enabled: only `kind: Deployment` serves metrics; a CronJob has none to collect" -}}
{{- end -}}
{{- end -}}

{{- define "foghorn.checks.fleet" -}}
{{- $sources := list -}}
{{- if .Values.fleet -}}{{- $sources = append $sources "fleet" -}}{{- end -}}
{{- if .Values.fleetFile -}}{{- $sources = append $sources "fleetFile" -}}{{- end -}}
{{- if .Values.existingFleet.configMap -}}{{- $sources = append $sources "existingFleet.configMap" -}}{{- end -}}
{{- if .Values.existingFleet.secret -}}{{- $sources = append $sources "existingFleet.secret" -}}{{- end -}}
{{- if empty $sources -}}
{{- fail "no fleet: give the fleet file by `--set-file fleetFile=fleet.yaml`, inline in `fleet`, or name what holds it in `existingFleet`" -}}
{{- end -}}
{{- if gt (len $sources) 1 -}}
{{- fail (printf "more than one fleet: %s are set, and one release looks after one fleet" (join " and " $sources)) -}}
{{- end -}}
{{- include "foghorn.checks.fleetIsWhole" . -}}
{{- end -}}

{{/* A path in place of the text, or a part of the file, would fail in the pod only. What
     else may be wrong, `helm test` says. */}}
{{- define "foghorn.checks.fleetIsWhole" -}}
{{- if include "foghorn.isFleetInline" . -}}
{{- $fleet := include "foghorn.fleetRead" . | fromJson -}}
{{- if and .Values.fleetFile (ne "Fleet" (get $fleet "kind" | toString)) -}}
{{- fail "fleetFile: this is not the text of a fleet file, a YAML mapping with `kind: Fleet`; `--set-file fleetFile=fleet.yaml` reads the file, where `--set` would take its path for the text" -}}
{{- end -}}
{{- $value := ternary "fleetFile" "fleet" (not (empty .Values.fleetFile)) -}}
{{- range $key, $kind := dict "apiVersion" "string" "kind" "string" "metadata" "map" "spec" "map" -}}
{{- if not (kindIs $kind (index $fleet $key)) -}}
{{- fail (printf "%s: a fleet file has apiVersion, kind, metadata and spec, and `%s` is missing here or of the wrong kind; give the whole file by `--set-file fleetFile=fleet.yaml`" $value $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "foghorn.checks.image" -}}
{{- if not .Values.image.repository -}}
{{- fail "no image: nothing is published, so build the Dockerfile, push it to a registry of yours, and name that: `--set image.repository=registry.example.com/foghorn`" -}}
{{- end -}}
{{- if contains ":" (base .Values.image.repository) -}}
{{- fail (printf "image.repository: `%s` ends in a tag or digest; give that as `image.tag` or `image.digest`" .Values.image.repository) -}}
{{- end -}}
{{- end -}}

{{- define "foghorn.checks.sharding" -}}
{{- if .Values.sharding.enabled -}}
{{- include "foghorn.checks.shardWait" . -}}
{{- if ne .Values.kind "CronJob" -}}
{{- fail "sharding.enabled: only `kind: CronJob` can be sharded; a Deployment is one process" -}}
{{- end -}}
{{- if eq .Values.store.type "emptyDir" -}}
{{- fail "sharding.enabled: no shard can see the emptyDir of another; keep reports in a bucket (`spec.store: s3://…`)" -}}
{{- end -}}
{{- $claim := .Values.store.persistentVolumeClaim -}}
{{- if and (eq .Values.store.type "persistentVolumeClaim") (not $claim.existingClaim) (not (has "ReadWriteMany" $claim.accessModes)) -}}
{{- fail (printf "sharding.enabled: pods on several nodes need one volume, and store.persistentVolumeClaim.accessModes is %s; say [ReadWriteMany], or keep reports in a bucket (`spec.store: s3://…`)" (toJson $claim.accessModes)) -}}
{{- end -}}
{{- if and (include "foghorn.isFleetInline" .) (ne .Values.store.type "persistentVolumeClaim") -}}
{{- $store := include "foghorn.fleetStore" . -}}
{{- if or (eq $store "none") (hasPrefix "file:" $store) -}}
{{- fail (printf "sharding.enabled: shards put their parts together in the store, and `spec.store: %s` of the fleet file is not one that they all reach; use `s3://…`" $store) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A Job that ends at its deadline while shards still wait for each other reports nothing
     at all: five minutes are for the looking and the report. */}}
{{- define "foghorn.checks.shardWait" -}}
{{- $needed := add (include "foghorn.seconds" .Values.sharding.wait) 300 -}}
{{- $given := int64 .Values.cronJob.activeDeadlineSeconds -}}
{{- if gt $needed $given -}}
{{- fail (printf "sharding.wait: %s and five minutes for the run itself are more than cronJob.activeDeadlineSeconds (%d), so that a run which waits for a shard would be ended before it reports; wait less, or set cronJob.activeDeadlineSeconds to %d or more" .Values.sharding.wait $given $needed) -}}
{{- end -}}
{{- end -}}

{{/* As long for the looking, which comes before the canaries. */}}
{{- define "foghorn.checks.canary" -}}
{{- with .Values.canary -}}
{{- $needed := add (include "foghorn.seconds" .timeout) 300 -}}
{{- $given := int64 .activeDeadlineSeconds -}}
{{- if and .enabled (gt $needed $given) -}}
{{- fail (printf "canary.timeout: %s and five minutes for the looking before it are more than canary.activeDeadlineSeconds (%d), so that a canary which is waited for would be ended before it is reported; wait less, or set canary.activeDeadlineSeconds to %d or more" .timeout $given $needed) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The seconds of a duration such as 1h30m; what is less than a second does not count. */}}
{{- define "foghorn.seconds" -}}
{{- $units := dict "ms" 0 "s" 1 "m" 60 "h" 3600 "d" 86400 -}}
{{- $seconds := 0 -}}
{{- range regexFindAll "[0-9]+(ms|s|m|h|d)" . -1 -}}
{{- $unit := regexFind "[a-z]+" . -}}
{{- $seconds = add $seconds (mul (trimSuffix $unit . | int64) (get $units $unit)) -}}
{{- end -}}
{{- $seconds -}}
{{- end -}}
