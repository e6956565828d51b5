"""Runs the benchmarks named on the command line, or all."""

import importlib
import os
import pkgutil
import sys

import bench


def main():
    """Run each `bench_NAME` module's `run()`."""
    names = sorted(module.name[6:] for module in pkgutil.iter_modules(bench.__path__) if module.name.startswith("bench_"))
    wanted = sys.argv[1:] or os.environ.get("ONLY", "").split() or names
    for name in wanted:
        if name not in names:
            raise SystemExit(f"There is no benchmark {name!r}; there are {', '.join(names)}.")
        print(f"== {name}", flush=True)
        importlib.import_module(f"bench.bench_{name}").run()


if __name__ == "__main__":
    main()
