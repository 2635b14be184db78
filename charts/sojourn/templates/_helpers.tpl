{{- define "sojourn.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "sojourn.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "sojourn.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "sojourn.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "sojourn.selector" -}}
app.kubernetes.io/name: {{ include "sojourn.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "sojourn.labels" -}}
{{ include "sojourn.selector" . }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: sojourn
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "sojourn.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sojourn.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "sojourn.hubSecret" -}}
{{- default (printf "%s-hub" (include "sojourn.fullname" .)) .Values.hub.token.existingSecret -}}
{{- end -}}

{{- define "sojourn.agentSecret" -}}
{{- default (printf "%s-agent" (include "sojourn.fullname" .)) .Values.agentToken.existingSecret -}}
{{- end -}}

{{/* What the operator does in a namespace with sessions. A unit test compares this with the calls it makes. */}}
{{- define "sojourn.rules" -}}
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [events]
  verbs: [create]
- apiGroups: [apps]
  resources: [replicasets]
  verbs: [get]
- apiGroups: [apps]
  resources: [statefulsets, deployments]
  verbs: [get, patch]
{{- if .Values.rbac.kubeflow }}
- apiGroups: [kubeflow.org]
  resources: [notebooks]
  verbs: [get, patch]
{{- end }}
- apiGroups: [sojourn.dev]
  resources: [sessions, migrations]
  verbs: [get, list, watch, create, delete]
- apiGroups: [sojourn.dev]
  resources: [migrationpolicies]
  verbs: [get, list, watch]
- apiGroups: [sojourn.dev]
  resources: [sessions/status, migrations/status, migrationpolicies/status]
  verbs: [patch]
{{- end -}}

{{- define "sojourn.nodeRules" -}}
- apiGroups: [""]
  resources: [nodes]
  verbs: [get, list, watch{{ if .Values.operator.avoidSourceNode }}, patch{{ end }}]
{{- end -}}
