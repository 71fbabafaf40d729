"""A SLURM of one node on this machine: munge, controller, node daemon, four GPUs that are character devices."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

CONFIG = Path("/etc/slurm")  # The executor's inner srun finds a configuration nowhere else.
MARK = "# written by nascope's tests"
GPUS = 4
SETTINGS = """{mark}
ClusterName=nascope
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1
ReturnToService=2
MinJobAge=300
KillWait=10
InactiveLimit=0
GresTypes=gpu
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=16000 Gres=gpu:{gpus} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def why_not() -> str | None:
    """What keeps a cluster from being started here; None if nothing does."""
    missing = [name for name in ("munged", "slurmctld", "slurmd", "sbatch") if shutil.which(name, path=_path()) is None]
    if missing:
        return (
            f"{', '.join(missing)} missing: apt-get install slurmctld slurmd slurm-client munge (make test-slurm does)"
        )
    if os.geteuid() != 0:
        return "a SLURM can only be started by root"
    settings = CONFIG / "slurm.conf"
    if settings.exists() and MARK not in settings.read_text():
        return f"{settings} belongs to another cluster"
    return None


def _path() -> str:
    return f"{os.environ['PATH']}:/usr/sbin:/sbin"


class Cluster:
    """A node and its controller, between :meth:`start` and :meth:`stop`.

    Args:
        folder: for state, logs and devices.
        cpus: that the node claims to have.
    """

    def __init__(self, folder: Path, cpus: int = 4) -> None:
        self.folder, self.host, self.cpus = folder, socket.gethostname().split(".")[0], cpus

    def start(self) -> None:
        """Start the daemons and wait for the node."""
        for name in ("state", "spool"):
            (self.folder / name).mkdir(parents=True)
        CONFIG.mkdir(exist_ok=True)
        values = {"mark": MARK, "host": self.host, "folder": self.folder, "cpus": self.cpus, "gpus": GPUS}
        (CONFIG / "slurm.conf").write_text(SETTINGS.format(**values))
        devices = [self.folder / f"gpu{number}" for number in range(GPUS)]
        for device in devices:
            os.mknod(device, 0o600 | 0o020000, os.makedev(1, 3))  # as /dev/null; plain files are refused
        (CONFIG / "gres.conf").write_text("".join(f"NodeName={self.host} Name=gpu File={d}\n" for d in devices))
        self._start_munge()
        self.call("slurmctld")
        time.sleep(1)
        self.call("slurmd")
        deadline = time.monotonic() + 30
        while "idle" not in self.call("sinfo", "-h", "-o", "%T", check=False):
            if time.monotonic() > deadline:
                raise RuntimeError((self.folder / "slurmctld.log").read_text()[-2000:])
            time.sleep(0.5)

    def stop(self) -> None:
        """Cancel what runs, stop the daemons and remove the configuration."""
        self.call("scancel", "--user=root", check=False)
        for daemon in ("slurmd", "slurmctld"):
            pid = self.folder / f"{daemon}.pid"
            if pid.exists():
                subprocess.run(["kill", pid.read_text().strip()], check=False)
        # With the file left and no controller, every start of snakemake waits for it.
        for name in ("slurm.conf", "gres.conf"):
            (CONFIG / name).unlink(missing_ok=True)

    def _start_munge(self) -> None:
        if subprocess.run(["pgrep", "-x", "munged"], capture_output=True).returncode == 0:
            return
        run = Path("/run/munge")
        run.mkdir(exist_ok=True)
        for folder in (run, Path("/var/log/munge"), Path("/var/lib/munge")):
            shutil.chown(folder, "munge", "munge")
        run.chmod(0o755)
        self.call("su", "-s", "/bin/sh", "munge", "-c", "/usr/sbin/munged")

    def call(self, *command: str, check: bool = True) -> str:
        """Run a command and return what it printed."""
        environment = {**os.environ, "PATH": _path()}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    def jobs(self) -> dict[str, tuple[str, str]]:
        """Waiting and running jobs: number to (rule and wildcards, state)."""
        lines = self.call("squeue", "-h", "-t", "PENDING,RUNNING", "-o", "%i %k %T").splitlines()
        return {number: (rule, state) for number, rule, state in (line.split(maxsplit=2) for line in lines)}
