"""A process that ends waits for its work in the background, and stops what would take long."""

import subprocess
import sys

BEGINNING = """
import subprocess, sys, threading
import numpy, pandas, pyarrow.compute
from app.services import background

begun = threading.Event()

def work():
    try:
        {work}
    finally:
        print("came home", flush=True)

background.start(work)
begun.wait()
print("ends", flush=True)
"""
FIGURES = """
        while True:
            background.go_on()
            begun.set()
            pyarrow.compute.sort_indices(pyarrow.array(numpy.random.rand(200_000))).to_pandas()
"""
A_PROCESS = """
        with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
            with background.stopping_with(process.kill):
                begun.set()
                process.wait()
"""


def ended(work: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", BEGINNING.format(work=work.strip())],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_figures_that_are_being_worked_out_come_home_before_the_process_ends():
    assert ended(FIGURES) == (0, "ends\ncame home\n", "")


def test_a_process_of_ours_is_stopped_with_the_one_that_began_it():
    assert ended(A_PROCESS) == (0, "ends\ncame home\n", "")
