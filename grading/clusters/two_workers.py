"""Two workers on this machine, through Parsl: to try `make grade CLUSTER=` without a cluster."""

from parsl import Config
from parsl.executors import HighThroughputExecutor
from parsl.providers import LocalProvider

config = Config(
    executors=[
        HighThroughputExecutor(
            label="grading",
            # Without an address it would listen everywhere, and without encryption anybody who
            # reaches it could run programs as you.
            address="127.0.0.1",
            encrypted=True,
            max_workers_per_node=2,
            heartbeat_period=1,  # seconds; a lost worker is noticed soon
            heartbeat_threshold=10,
            provider=LocalProvider(init_blocks=1, min_blocks=1, max_blocks=1),
        )
    ],
    strategy="none",  # no more and no fewer workers than these
    strategy_period=0.2,
    usage_tracking=0,
    initialize_logging=False,
)
