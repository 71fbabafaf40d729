"""Which card a job leases; real cards are stood in for by a made-up nvidia-smi."""

import logging
import os
import stat
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from nascope.errors import NascopeError
from nascope.training import cards, devices
from nascope.training.cards import Card


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("CUDA_", "SLURM_", "NASCOPE_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(devices, "_POLL_SECONDS", 0.05)


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    """Write an nvidia-smi that shows ``count`` cards, some with processes, or does what a shell line says."""

    def write(count=0, processes="", line=None):
        listed = "".join(f"{number}, GPU-{number}{number}\n" for number in range(count))
        script = f'case "$1" in *compute-apps*) printf %s "{processes}";; *) printf %s "{listed}";; esac'
        program = tmp_path / "bin" / "nvidia-smi"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{line or script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    return write


@pytest.fixture
def leases(tmp_path):
    (tmp_path / "leases").mkdir()
    return tmp_path / "leases"


def lease(directory, environment=(), gpus=1):
    """Start a job of its own that leases a card, holds it, and says which; call ``.kill()`` to end it."""
    code = (
        "import os, sys, time; from pathlib import Path; from nascope.training import devices\n"
        f"with devices.leased_device({gpus}, Path(sys.argv[1])) as device:\n"
        "    print(device, os.environ.get('CUDA_VISIBLE_DEVICES'), flush=True)\n"
        "    time.sleep(60)"
    )
    line = [sys.executable, "-c", code, str(directory)]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env={**os.environ, **dict(environment)})
    return process, process.stdout.readline().split()


def test_no_gpu_asked_means_cpu(nvidia_smi, leases, monkeypatch):
    nvidia_smi(2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")  # a user's choice, not a card that is held
    with devices.leased_device(0, leases) as device:
        assert device == "cpu"


def test_asking_without_gpus_is_one_clear_message(nvidia_smi, leases, monkeypatch):
    nvidia_smi(0)
    with pytest.raises(NascopeError, match=r"this machine has none.*leave the option out"), devices.leased_device(1):
        pass
    nvidia_smi(2)
    for hidden in ("", "-1", "NoDevFiles"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
        with pytest.raises(NascopeError, match=f"CUDA_VISIBLE_DEVICES is '{hidden}'"), devices.leased_device(1, leases):
            pass


def test_more_than_one_gpu_for_a_job_is_refused():
    with pytest.raises(NascopeError, match="granted 2 GPUs, but a job computes on one"), devices.leased_device(2):
        pass


def test_two_jobs_lease_two_of_the_visible_cards(nvidia_smi, leases):
    nvidia_smi(4)
    visible = {"CUDA_VISIBLE_DEVICES": "2,3"}
    first, one = lease(leases, visible)
    second, other = lease(leases, visible)
    third, all_visible = lease(leases)
    for job in (first, second, third):
        job.kill()
    assert [one, other] == [["cuda", "2"], ["cuda", "3"]]
    assert all_visible == ["cuda", "0"]


def test_a_card_is_the_same_by_number_and_by_uuid(nvidia_smi, leases):
    nvidia_smi(2)
    first, _ = lease(leases, {"CUDA_VISIBLE_DEVICES": "1"})
    second, other = lease(leases, {"CUDA_VISIBLE_DEVICES": "GPU-1,GPU-00"})
    first.kill()
    second.kill()
    assert other == ["cuda", "GPU-00"]


def test_the_environment_is_as_before_and_numbers_are_those_of_nvidia_smi(nvidia_smi, leases, monkeypatch):
    nvidia_smi(2)
    for value in (None, "1,0"):
        if value:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
        with devices.leased_device(1, leases):
            assert os.environ["CUDA_VISIBLE_DEVICES"] == ("1" if value else "0")
            assert os.environ["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
        assert os.environ.get("CUDA_VISIBLE_DEVICES") == value
        assert os.environ.pop("NASCOPE_LEASED_GPU") == ("1" if value else "0")
        assert "CUDA_DEVICE_ORDER" not in os.environ


def test_leases_are_of_the_machine_and_any_user_can_take_them(nvidia_smi, leases):
    nvidia_smi(1)
    before = os.umask(0o077)
    try:
        with devices.leased_device(1, leases):
            pass
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in leases.iterdir()] == [0o666]
    assert stat.S_IMODE(os.stat(devices._SHARED).st_mode) == 0o1777, "open to all users"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs two users")
def test_two_users_lease_two_cards(nvidia_smi, tmp_path):
    """In a sticky directory open to all, as /tmp is."""
    nvidia_smi(2)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder != folder.parent and "pytest" in str(folder):
            folder.chmod(0o755)
    first, one = lease(shared)
    with devices.leased_device(1, shared):
        assert os.environ["CUDA_VISIBLE_DEVICES"] == "1"
    as_nobody = (
        "import os, sys; os.setgid(65534); os.setuid(65534)\n"
        "from filelock import FileLock, Timeout\n"
        "for name in sys.argv[1:]:\n"
        "    try: FileLock(name, mode=0o666).acquire(blocking=False); print('free')\n"
        "    except Timeout: print('taken')"
    )
    names = sorted(str(path) for path in shared.iterdir())
    line = [sys.executable, "-c", "import filelock._soft, filelock._identity\n" + as_nobody, *names]
    done = subprocess.run(line, capture_output=True, text=True)
    first.kill()
    assert one == ["cuda", "0"]
    assert done.stdout.split() == ["taken", "free"], done.stderr


def test_busy_cards_are_passed_over(nvidia_smi, leases, caplog):
    nvidia_smi(2, processes="GPU-00, 4711\n")
    with devices.leased_device(1, leases):
        assert os.environ["CUDA_VISIBLE_DEVICES"] == "1"
    devices.check_cards()
    assert "GPU 0 is passed over while other programs compute on it (process 4711)" in caplog.text


def test_a_job_waits_for_a_busy_card_and_says_for_whom(nvidia_smi, leases, monkeypatch, caplog):
    nvidia_smi(1, processes="GPU-00, 4711\n")
    monkeypatch.setattr(devices, "time", SimpleNamespace(sleep=lambda _: nvidia_smi(1)))
    with devices.leased_device(1, leases) as device:
        assert device == "cuda"
    assert "waiting for a GPU: 0 is used by process 4711" in caplog.text


def test_an_nvidia_smi_that_hangs_stops_nothing(nvidia_smi, leases, monkeypatch, caplog):
    nvidia_smi(line="sleep 60")
    monkeypatch.setattr(cards, "_TIMEOUT_SECONDS", 0.2)
    started = time.monotonic()
    with pytest.raises(NascopeError, match="this machine has none"), devices.leased_device(1, leases):
        pass
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    with devices.leased_device(1, leases) as device:
        assert device == "cuda"
    assert time.monotonic() - started < 5
    assert "nvidia-smi has not answered" in caplog.text


def test_a_card_that_slurm_gave_is_used_although_snakemake_knows_of_none(nvidia_smi, leases, monkeypatch):
    """``--gres=gpu:a100:1`` leaves Snakemake's resource gpu at 0."""
    nvidia_smi(1, processes="GPU-00, 4711\n")  # what SLURM gives is taken as it is
    monkeypatch.setenv("SLURM_JOB_ID", "5")
    with devices.leased_device(0, leases) as device:
        assert device == "cpu"
    monkeypatch.setenv("SLURM_JOB_GPUS", "0")
    with devices.leased_device(0, leases) as device:
        assert device == "cuda"
    monkeypatch.delenv("SLURM_JOB_GPUS")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with devices.leased_device(0, leases) as device:
        assert device == "cuda"


def test_jobs_of_slurm_whose_cards_are_all_called_0_do_not_wait_for_each_other(nvidia_smi, leases):
    nvidia_smi(line="exit 9")
    jobs = [lease(leases, {"SLURM_JOB_ID": name, "CUDA_VISIBLE_DEVICES": "0"}) for name in ("5", "6")]
    for job, _ in jobs:
        job.kill()
    assert [said for _, said in jobs] == [["cuda", "0"]] * 2


def test_processes_of_one_slurm_job_share_its_cards(nvidia_smi, leases):
    nvidia_smi(4)
    jobs = [lease(leases, {"SLURM_JOB_ID": "5", "CUDA_VISIBLE_DEVICES": "1,2"}) for _ in range(2)]
    for job, _ in jobs:
        job.kill()
    assert [said for _, said in jobs] == [["cuda", "1"], ["cuda", "2"]]


def test_a_place_for_leases_that_cannot_be_written_is_said(nvidia_smi, tmp_path):
    nvidia_smi(1)
    (tmp_path / "file").touch()
    with (
        pytest.raises(NascopeError, match=r"GPU 0 cannot be leased: .*set NASCOPE_LEASES"),
        devices.leased_device(1, tmp_path / "file"),
    ):
        pass


def test_names_that_nvidia_smi_does_not_list_are_taken_as_they_are():
    assert devices.visible_cards([], "MIG-7,0") == [Card("MIG-7"), Card("0")]
    assert devices.visible_cards([Card("0", "GPU-a")], " 0, -1,1") == [Card("0", "GPU-a")]


def test_a_killed_holder_frees_its_device(nvidia_smi, leases, monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    nvidia_smi(1)
    holder, said = lease(leases)
    assert said == ["cuda", "0"]

    def kill(_):  # reached only because the card is taken
        holder.kill()
        holder.wait()

    monkeypatch.setattr(devices, "time", SimpleNamespace(sleep=kill))
    with devices.leased_device(1, leases):
        assert holder.returncode is not None
    assert "waiting for a GPU: 0 is leased" in caplog.text
