"""The simulated world: what providers and banks would send, for the demo, the tests and the benchmarks."""
