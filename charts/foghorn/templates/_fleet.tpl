{{/* Whether this chart makes the ConfigMap with the fleet file; empty: no. */}}
{{- define "foghorn.isFleetInline" -}}
{{- if or .Values.fleet .Values.fleetFile -}}yes{{- end -}}
{{- end -}}

{{/* The volume with the fleet file. A folder, for a subPath is never updated. */}}
{{- define "foghorn.fleetVolume" -}}
name: fleet
{{- with .Values.existingFleet }}
{{- if .secret }}
secret:
  secretName: {{ .secret }}
  defaultMode: 0440
{{- else }}
configMap:
  name: {{ .configMap | default (printf "%s-fleet" (include "foghorn.fullname" $)) }}
{{- end }}
  items:
    - key: {{ .key }}
      path: fleet.yaml
{{- end }}
{{- end -}}

{{/* Where the inline fleet keeps its reports, as its file says it. */}}
{{- define "foghorn.fleetStore" -}}
{{- $fleet := .Values.fleet -}}
{{- if .Values.fleetFile -}}
{{- $fleet = fromYaml .Values.fleetFile -}}
{{- end -}}
{{- $store := dig "spec" "store" "file:.foghorn" $fleet -}}
{{- if kindIs "map" $store -}}
{{- $store = dig "url" "file:.foghorn" $store -}}
{{- end -}}
{{- $store -}}
{{- end -}}
