"""A real Kubernetes cluster for tests: given, by kind, or made of this machine. See README.md."""
