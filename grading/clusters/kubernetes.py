"""Pods of a Kubernetes cluster. Set the values in capitals, here or in the environment.

    .venv/bin/python -m pip install kubernetes
    make grade CLUSTER=grading/clusters/kubernetes.py CHAPTER=... SUBMISSIONS=...

Run it in a pod of the same cluster. IMAGE holds this repository, after `make setup`, under the same
path as here. The volume claim CLAIM is mounted at /parsl in this pod; the workers' pods get it too,
and read there the keys of the encryption. Submissions, gradebook and grades stay in this pod. As
root, which is usual in pods, the students' code runs as a user without rights.
"""

import os
from pathlib import Path

from parsl import Config
from parsl.addresses import address_by_hostname
from parsl.executors import HighThroughputExecutor
from parsl.providers import KubernetesProvider

BOOK = Path(__file__).resolve().parents[2]
IMAGE = os.environ.get("IMAGE", "why-cross-entropy")
NAMESPACE = os.environ.get("NAMESPACE", "default")
CLAIM = os.environ.get("CLAIM", "parsl")
PODS = int(os.environ.get("PODS", "2"))
WORKERS = int(os.environ.get("WORKERS", "2"))  # submissions at a time in a pod

config = Config(
    executors=[
        HighThroughputExecutor(
            label="grading",
            address=os.environ.get("ADDRESS") or address_by_hostname(),
            encrypted=True,
            max_workers_per_node=WORKERS,
            provider=KubernetesProvider(
                image=IMAGE,
                namespace=NAMESPACE,
                init_blocks=PODS,
                min_blocks=PODS,
                max_blocks=PODS,
                init_cpu=WORKERS,
                max_cpu=WORKERS,
                init_mem=f"{WORKERS}Gi",
                max_mem=f"{5 * WORKERS}Gi",
                persistent_volumes=[(CLAIM, "/parsl")],
                worker_init=f'export PATH="{BOOK}/.venv/bin:$PATH" OMP_NUM_THREADS=1',
            ),
        )
    ],
    run_dir="/parsl/grading",
    strategy="none",
    usage_tracking=0,
    initialize_logging=False,
)
