"""The benchmarks: figures as ratios within one run. `make bench` runs all, `make bench ONLY=inbox` one."""
