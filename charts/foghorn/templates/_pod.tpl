{{/* The command line. */}}
{{- define "foghorn.args" -}}
{{- $args := list -}}
{{- if eq .Values.kind "Deployment" -}}
{{- $grace := printf "%ds" (sub .Values.terminationGracePeriodSeconds 10) -}}
{{- $args = list "run" "--file" "/etc/foghorn/fleet.yaml" "--listen" "0.0.0.0:8080" "--interval" .Values.deployment.interval "--grace" $grace -}}
{{- if eq .Values.mode "plan" -}}{{- $args = append $args "--plan-only" -}}{{- end -}}
{{- if .Values.deployment.token.existingSecret -}}
{{- $args = concat $args (list "--token-file" "/run/secrets/foghorn-token/token") -}}
{{- end -}}
{{- else -}}
{{- $args = list .Values.mode "--file" "/etc/foghorn/fleet.yaml" -}}
{{- if eq .Values.mode "apply" -}}{{- $args = append $args "--yes" -}}{{- end -}}
{{- end -}}
{{- if .Values.prune -}}{{- $args = append $args "--prune" -}}{{- end -}}
{{- concat $args .Values.extraArgs | toYaml -}}
{{- end -}}

{{- define "foghorn.env" -}}
{{- if .Values.tolerate }}
- name: FOGHORN_TOLERATE
  value: {{ join "," .Values.tolerate }}
{{- end }}
{{- with .Values.aws.region }}
- name: AWS_REGION
  value: {{ . }}
{{- end }}
{{- if not .Values.aws.useNodeRole }}
- name: AWS_EC2_METADATA_DISABLED
  value: "true"
{{- end }}
{{- if .Values.sharding.enabled }}
- name: FOGHORN_SHARDS
  value: {{ .Values.sharding.shards | quote }}
- name: FOGHORN_SHARD_SET
  valueFrom:
    fieldRef:
      fieldPath: metadata.labels['batch.kubernetes.io/job-name']
- name: FOGHORN_SHARD_WAIT
  value: {{ .Values.sharding.wait }}
{{- end }}
{{- range .Values.envFromSecrets }}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}
{{- with .Values.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "foghorn.volumeMounts" -}}
- name: fleet
  mountPath: /etc/foghorn
  readOnly: true
{{- if ne .Values.store.type "none" }}
- name: store
  mountPath: {{ .Values.store.mountPath }}
{{- end }}
{{- if and (eq .Values.kind "Deployment") .Values.deployment.token.existingSecret }}
- name: token
  mountPath: /run/secrets/foghorn-token
  readOnly: true
{{- end }}
{{- range $index, $file := .Values.secretFiles }}
- name: secret-{{ $index }}
  mountPath: {{ $file.mountPath }}
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "foghorn.volumes" -}}
- {{ include "foghorn.fleetVolume" . | nindent 2 | trim }}
{{- if eq .Values.store.type "persistentVolumeClaim" }}
- name: store
  persistentVolumeClaim:
    claimName: {{ include "foghorn.claimName" . }}
{{- else if eq .Values.store.type "emptyDir" }}
- name: store
  emptyDir:
    sizeLimit: {{ .Values.store.emptyDir.sizeLimit }}
{{- end }}
{{- if and (eq .Values.kind "Deployment") .Values.deployment.token.existingSecret }}
- name: token
  secret:
    secretName: {{ .Values.deployment.token.existingSecret }}
    defaultMode: 0440
    items:
      - key: {{ .Values.deployment.token.key }}
        path: token
{{- end }}
{{- range $index, $file := .Values.secretFiles }}
- name: secret-{{ $index }}
  secret:
    secretName: {{ $file.secret }}
    defaultMode: 0440
    {{- with $file.keys }}
    items:
      {{- range . }}
      - key: {{ . }}
        path: {{ . }}
      {{- end }}
    {{- end }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The container but for its ports and probes. `args` may be others than those of a run. */}}
{{- define "foghorn.container" -}}
name: foghorn
image: {{ include "foghorn.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args:
  {{- .args | nindent 2 }}
{{- if ne .root.Values.store.type "none" }}
workingDir: {{ .root.Values.store.mountPath }}
{{- end }}
{{- with include "foghorn.env" .root | trim }}
env:
  {{- . | nindent 2 }}
{{- end }}
resources:
  {{- toYaml .root.Values.resources | nindent 2 }}
securityContext:
  {{- toYaml .root.Values.securityContext | nindent 2 }}
volumeMounts:
  {{- include "foghorn.volumeMounts" .root | nindent 2 }}
{{- end -}}

{{/* The pod but for its containers. */}}
{{- define "foghorn.pod" -}}
{{ include "foghorn.podBase" . }}
volumes:
  {{- include "foghorn.volumes" . | nindent 2 }}
{{- end -}}

{{/* The pod but for containers and volumes. No token of Kubernetes is mounted: nothing
     is asked of its API, and those of IRSA and Pod Identity come by volumes of theirs. */}}
{{- define "foghorn.podBase" -}}
serviceAccountName: {{ include "foghorn.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "foghorn.podMetadata" -}}
labels:
  {{- include "foghorn.labels" . | nindent 2 }}
  {{- with .Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
