"""The engine: collects claims and checks them in worker processes or on a cluster."""
