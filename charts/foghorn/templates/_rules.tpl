{{/* The labels of an alert: its severity, and those that the values give to all. */}}
{{- define "foghorn.alertLabels" -}}
labels:
  severity: {{ .severity }}
  {{- with .root.Values.prometheusRule.alertLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* Alerts on what `foghorn run` counts. */}}
{{- define "foghorn.rules.deployment" -}}
{{- $warning := include "foghorn.alertLabels" (dict "root" . "severity" "warning") -}}
{{- $critical := include "foghorn.alertLabels" (dict "root" . "severity" "critical") -}}
{{- $own := printf `namespace="%s",job="%s"` .Release.Namespace (include "foghorn.fullname" .) -}}
{{- with .Values.prometheusRule -}}
{{- $own = .matchers | default $own -}}
- alert: FoghornGone
  expr: absent(foghorn_build_info{ {{- $own -}} })
  for: 15m
  {{- $critical | nindent 2 }}
  annotations:
    summary: >-
      Foghorn is not running
    description: >-
      Nobody looks whether failed deployments are heard. Is the pod up, and is it scraped?
- alert: FoghornStalled
  expr: time() - foghorn_sweep_last_success_timestamp_seconds{ {{- $own -}} } > {{ .stalledAfterSeconds | int64 }}
  {{- $critical | nindent 2 }}
  annotations:
    summary: >-
      No sweep of Foghorn has succeeded for {{ "{{ $value | humanizeDuration }}" }}
    description: >-
      What is known of the fleet is old. The log says what stops the sweeps.
- alert: FoghornSweepsFail
  expr: increase(foghorn_sweeps_total{outcome="failed",{{ $own }}}[1h]) >= 2
  {{- $warning | nindent 2 }}
  annotations:
    summary: >-
      Sweeps of Foghorn come to nothing
    description: >-
      No credentials, no answer of AWS Organizations, or another run that holds the lock. The log says which.
- alert: EcsFailureUnheard
  expr: sum by (account) (foghorn_paths{state="broken",{{ $own }}}) > 0
  for: {{ .unheardFor }}
  {{- $critical | nindent 2 }}
  annotations:
    summary: >-
      A failed ECS deployment in account {{ "{{ $labels.account }}" }} would not be heard
    description: >-
      {{ "{{ $value }}" }} of the ways to its rooms are broken. The status page says at which hop.
- alert: FoghornBlind
  expr: sum by (account) (foghorn_locations{state!="seen",{{ $own }}}) > 0
  for: {{ .blindFor }}
  {{- $warning | nindent 2 }}
  annotations:
    summary: >-
      Foghorn can't see all of account {{ "{{ $labels.account }}" }}
    description: >-
      {{ "{{ $value }}" }} of its Regions could not be read in full. The status page says why.
- alert: FleetFileRefused
  expr: foghorn_fleet_file_valid{ {{- $own -}} } == 0
  for: 5m
  {{- $warning | nindent 2 }}
  annotations:
    summary: >-
      The fleet file as it is now is refused
    description: >-
      The one before it stays in use until the pod restarts, and then there is none. The log says what is wrong.
- alert: FoghornForgets
  expr: foghorn_store_working{ {{- $own -}} } == 0
  for: 30m
  {{- $warning | nindent 2 }}
  annotations:
    summary: >-
      Foghorn's store does not work
    description: >-
      Meanwhile no lock keeps two runs from writing at once, or nobody can tell what is new. The log says why.
- alert: FoghornRoomNotTold
  expr: sum by (room) (increase(foghorn_rooms_told_total{outcome="failed",{{ $own }}}[1h])) > 0
  {{- $warning | nindent 2 }}
  annotations:
    summary: >-
      Room {{ "{{ $labels.room }}" }} could not be told of a report
    description: >-
      Its webhook or token may be gone, or the service down. The log says which.
- alert: FoghornThrottled
  expr: sum by (service, operation) (rate(foghorn_throttles_total{ {{- $own -}} }[15m])) > {{ .throttlesPerSecond }}
  for: 15m
  {{- $warning | nindent 2 }}
  annotations:
    summary: >-
      AWS throttles {{ "{{ $labels.service }}:{{ $labels.operation }}" }}
    description: >-
      Sweeps take longer, and others in the accounts may be throttled too. Lower spec.limits, or look less often.
{{- end -}}
{{- end -}}

{{/* Alerts on the CronJob, as kube-state-metrics counts it. */}}
{{- define "foghorn.rules.cronJob" -}}
{{- $warning := include "foghorn.alertLabels" (dict "root" . "severity" "warning") -}}
{{- $critical := include "foghorn.alertLabels" (dict "root" . "severity" "critical") -}}
{{- $name := include "foghorn.fullname" . -}}
{{- $own := printf `namespace="%s",cronjob="%s"` .Release.Namespace $name -}}
{{- $late := .Values.prometheusRule.stalledAfterSeconds | int64 -}}
- alert: FoghornStalled
  expr: time() - kube_cronjob_status_last_successful_time{ {{- $own -}} } > {{ $late }}
  {{- $critical | nindent 2 }}
  annotations:
    summary: >-
      No run of Foghorn has succeeded for {{ "{{ $value | humanizeDuration }}" }}
    description: >-
      Nobody knows whether failed deployments are heard. The log of the last Job says what stops it.
- alert: FoghornNeverSucceeded
  expr: |-
    time() - kube_cronjob_created{ {{- $own -}} } > {{ $late }}
      unless on (namespace, cronjob) kube_cronjob_status_last_successful_time{ {{- $own -}} }
  {{- $critical | nindent 2 }}
  annotations:
    summary: >-
      No run of Foghorn has ever succeeded
    description: >-
      The log of the last Job says what stops it. It may be that the member roles are not rolled out yet.
- alert: FoghornRunFailed
  expr: |-
    max by (namespace, job_name) (kube_job_status_failed{namespace={{ .Release.Namespace | quote }}}) > 0
      and on (namespace, job_name) kube_job_owner{namespace={{ .Release.Namespace | quote }},owner_kind="CronJob",owner_name={{ $name | quote }}}
  {{- $warning | nindent 2 }}
  annotations:
    summary: >-
      Run {{ "{{ $labels.job_name }}" }} of Foghorn failed
    description: >-
      Its log says why. Drift and an incomplete answer count as failures unless `tolerate` names them.
- alert: FoghornSuspended
  expr: kube_cronjob_spec_suspend{ {{- $own -}} } == 1
  for: 1d
  {{- $warning | nindent 2 }}
  annotations:
    summary: >-
      Foghorn has been suspended for a day
    description: >-
      Nobody looks whether failed deployments are heard.
{{- end -}}

{{/* The alert on the canary, as kube-state-metrics counts its Jobs: it ends with one that
     succeeds later, also one that was made by hand from the CronJob. */}}
{{- define "foghorn.rules.canary" -}}
{{- $name := include "foghorn.canaryFullname" . | quote -}}
{{- $namespace := printf `namespace="%s"` .Release.Namespace -}}
- alert: FoghornCanaryFailed
  expr: |-
    max by (namespace, job_name) (kube_job_failed{ {{- $namespace -}} ,condition="true"}) > 0
      and on (namespace, job_name) kube_job_owner{ {{- $namespace -}} ,owner_kind="CronJob",owner_name={{ $name }}}
      unless on (namespace, job_name) (
        kube_job_status_start_time{ {{- $namespace -}} }
          < on (namespace) group_left max by (namespace) (kube_cronjob_status_last_successful_time{ {{- $namespace -}} ,cronjob={{ $name }}})
      )
  {{- include "foghorn.alertLabels" (dict "root" . "severity" "critical") | nindent 2 }}
  annotations:
    summary: >-
      Canary {{ "{{ $labels.job_name }}" }} of Foghorn failed
    description: >-
      Exit code 2: a canary was not heard, and a failed deployment would not be. The log says how far it got.
      3: part of the fleet could not be read. 1: Foghorn itself failed.
{{- end -}}
