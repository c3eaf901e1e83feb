"""H.hello: the yardstick alone."""

from bench.stage import Stage, spread


def measure(stage: Stage) -> None:
    """At one and at eight clients."""
    one, eight = stage.hello(clients=1), stage.hello(clients=8)
    stage.report.detail("H.hello", one, clients=1)
    stage.report.detail("H.hello", eight, clients=8)
    stage.report.add("H.hello", one.p50, "ms", ratio=1, to="H.hello", n=len(one.times), spread=spread(one))
    stage.report.add("H.hello.rate8", eight.rate, "1/s", n=len(eight.times))
