{{/* A CronJob of this `name`, whose container is started with these `args`, as `cronJob`
     and `sharding` of the `root` say. */}}
{{- define "foghorn.cronJob" -}}
{{- $root := .root -}}
{{- $isIndexed := $root.Values.sharding.enabled -}}
{{- $hasLimitByIndex := semverCompare ">=1.29.0-0" $root.Capabilities.KubeVersion.Version -}}
{{- with $root.Values.cronJob -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ $.name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "foghorn.labels" $root | nindent 4 }}
spec:
  schedule: {{ .schedule | quote }}
  timeZone: {{ .timeZone }}
  suspend: {{ .suspend }}
  # Two never run at once. Of those that write, the store's lock sees to that as well.
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: {{ .startingDeadlineSeconds }}
  successfulJobsHistoryLimit: {{ .successfulJobsHistoryLimit }}
  failedJobsHistoryLimit: {{ .failedJobsHistoryLimit }}
  jobTemplate:
    metadata:
      labels:
        {{- include "foghorn.labels" $root | nindent 8 }}
    spec:
      {{- if $isIndexed }}
      completionMode: Indexed
      completions: {{ $root.Values.sharding.shards }}
      parallelism: {{ $root.Values.sharding.shards }}
      {{- if $hasLimitByIndex }}
      backoffLimitPerIndex: {{ .backoffLimit }}
      {{- else }}
      backoffLimit: {{ mul .backoffLimit $root.Values.sharding.shards }}
      {{- end }}
      {{- else }}
      backoffLimit: {{ .backoffLimit }}
      {{- end }}
      activeDeadlineSeconds: {{ .activeDeadlineSeconds }}
      ttlSecondsAfterFinished: {{ .ttlSecondsAfterFinished }}
      podFailurePolicy:
        rules:
          # A node that is drained is no failure of the run.
          - action: Ignore
            onPodConditions:
              - type: DisruptionTarget
                status: "True"
          {{- if or (not $isIndexed) $hasLimitByIndex }}
          # Drift and an incomplete answer stay what they are at a second try.
          - action: {{ ternary "FailIndex" "FailJob" $isIndexed }}
            onExitCodes:
              containerName: foghorn
              operator: In
              values: [2, 3]
            {{- if semverCompare "<1.29.0-0" $root.Capabilities.KubeVersion.Version }}
            # Schemas of the API before 1.29 ask for it.
            onPodConditions: []
            {{- end }}
          {{- end }}
      template:
        metadata:
          {{- include "foghorn.podMetadata" $root | nindent 10 }}
        spec:
          restartPolicy: Never
          {{- include "foghorn.pod" $root | nindent 10 }}
          containers:
            - {{ include "foghorn.container" $ | nindent 14 | trim }}
{{- end -}}
{{- end -}}
