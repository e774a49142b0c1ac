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

{{/* The inline fleet as JSON. Of what is no mapping it has an `Error`, and nothing else. */}}
{{- define "foghorn.fleetRead" -}}
{{- if .Values.fleetFile -}}
{{- fromYaml .Values.fleetFile | toJson -}}
{{- else -}}
{{- toJson .Values.fleet -}}
{{- end -}}
{{- end -}}

{{/* Where the inline fleet keeps its reports, as its file says it. */}}
{{- define "foghorn.fleetStore" -}}
{{- $spec := get (include "foghorn.fleetRead" . | fromJson) "spec" -}}
{{- $store := "file:.foghorn" -}}
{{- if kindIs "map" $spec -}}
{{- $store = get $spec "store" | default $store -}}
{{- end -}}
{{- if kindIs "map" $store -}}
{{- $store = dig "url" "file:.foghorn" $store -}}
{{- end -}}
{{- $store -}}
{{- end -}}
