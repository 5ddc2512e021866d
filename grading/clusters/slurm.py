"""Nodes of a cluster with Slurm. Set the values in capitals, here or in the environment.

    make grade CLUSTER=grading/clusters/slurm.py CHAPTER=... SUBMISSIONS=...

Run it on a login node. This repository with its .venv must lie where the nodes see it under the
same path, as a home folder usually does. Submissions, gradebook and grades stay where you are.
"""

import os
from pathlib import Path

from parsl import Config
from parsl.addresses import address_by_hostname
from parsl.executors import HighThroughputExecutor
from parsl.launchers import SrunLauncher
from parsl.providers import SlurmProvider

BOOK = Path(__file__).resolve().parents[2]
PARTITION = os.environ.get("PARTITION")  # None: the cluster's own choice
ACCOUNT = os.environ.get("ACCOUNT")
NODES = int(os.environ.get("NODES", "1"))
WORKERS = int(os.environ.get("WORKERS", "8"))  # submissions at a time on a node
WALLTIME = os.environ.get("WALLTIME", "01:00:00")
# This machine's address in the cluster's private network.
ADDRESS = os.environ.get("ADDRESS") or address_by_hostname()

config = Config(
    executors=[
        HighThroughputExecutor(
            label="grading",
            address=ADDRESS,
            encrypted=True,
            max_workers_per_node=WORKERS,
            provider=SlurmProvider(
                partition=PARTITION,
                account=ACCOUNT,
                nodes_per_block=NODES,
                cores_per_node=WORKERS,
                init_blocks=1,
                min_blocks=1,
                max_blocks=1,
                walltime=WALLTIME,
                worker_init=f'export PATH="{BOOK}/.venv/bin:$PATH" OMP_NUM_THREADS=1',
                launcher=SrunLauncher(),
            ),
        )
    ],
    # The nodes read the keys of the encryption here; nobody else may.
    run_dir=str(Path.home() / ".parsl-grading"),
    strategy="none",
    usage_tracking=0,
    initialize_logging=False,
)
