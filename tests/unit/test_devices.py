import os
import subprocess
import sys
import time

import pytest

from nascope.errors import NascopeError
from nascope.training import devices


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)


def test_no_gpu_asked_means_cpu():
    with devices.leased_device(0) as device:
        assert device == "cpu"


def test_asking_without_gpus_is_one_clear_message(monkeypatch):
    monkeypatch.setattr(devices, "list_gpus", list)
    with pytest.raises(NascopeError, match="leave the option out"), devices.leased_device(1):
        pass


def test_two_jobs_lease_two_devices(monkeypatch, tmp_path):
    monkeypatch.setattr(devices, "list_gpus", lambda: ["0", "1"])
    with devices.leased_device(1, tmp_path) as device:
        assert device == "cuda"
        assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"
        del os.environ["CUDA_VISIBLE_DEVICES"]  # a second job has an environment of its own
        with devices.leased_device(1, tmp_path):
            assert os.environ["CUDA_VISIBLE_DEVICES"] == "1"
        os.environ["CUDA_VISIBLE_DEVICES"] = "0"
    assert "CUDA_VISIBLE_DEVICES" not in os.environ


def test_a_choice_of_the_scheduler_is_respected(monkeypatch, tmp_path):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5")
    with devices.leased_device(1, tmp_path) as device:
        assert device == "cuda"
        assert os.environ["CUDA_VISIBLE_DEVICES"] == "5"
    assert list(tmp_path.iterdir()) == []


HOLDER = """
import sys, time
from pathlib import Path
from nascope.training import devices
devices.list_gpus = lambda: ["0"]
with devices.leased_device(1, Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_holder_frees_its_device(monkeypatch, tmp_path):
    monkeypatch.setattr(devices, "list_gpus", lambda: ["0"])
    monkeypatch.setattr(devices, "_POLL_SECONDS", 0.05)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    killed = []
    sleep = time.sleep

    def kill_then_sleep(seconds):  # reached only because the device is taken
        if not killed:
            holder.kill()
            holder.wait()
            killed.append(True)
        sleep(seconds)

    monkeypatch.setattr(devices.time, "sleep", kill_then_sleep)
    with devices.leased_device(1, tmp_path):
        assert killed
