"""The demo: a workload that uses a cache, and the faults that both can be given."""
