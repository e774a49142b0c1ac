{{- define "foghorn.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* A CronJob's name may have 52 characters: Kubernetes adds eleven for each Job. */}}
{{- define "foghorn.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "foghorn.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "foghorn.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "foghorn.canaryFullname" -}}
{{- printf "%s-canary" (include "foghorn.fullname" . | trunc 45 | trimSuffix "-") -}}
{{- end -}}

{{/* The name in the labels of the canary's pods: the Service chooses by the other one. */}}
{{- define "foghorn.canaryName" -}}
{{- printf "%s-canary" (include "foghorn.name" . | trunc 56 | trimSuffix "-") -}}
{{- end -}}

{{- define "foghorn.selectorLabels" -}}
app.kubernetes.io/name: {{ include "foghorn.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "foghorn.labels" -}}
{{ include "foghorn.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Name, namespace and labels. */}}
{{- define "foghorn.metadata" -}}
name: {{ include "foghorn.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "foghorn.labels" . | nindent 2 }}
{{- end -}}

{{- define "foghorn.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "foghorn.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "foghorn.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "foghorn.claimName" -}}
{{- .Values.store.persistentVolumeClaim.existingClaim | default (include "foghorn.fullname" .) -}}
{{- end -}}
