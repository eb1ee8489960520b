// Pins the modules whose CustomResourceDefinitions are installed before the manifests are tried.
module holdfast.local/stack/checks/crds

go 1.26.0

require (
	github.com/external-secrets/external-secrets v0.16.2
	github.com/kedacore/keda/v2 v2.21.0
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
