"""Seconds, seconds of processor and peak memory of one process."""

import os
import subprocess
import time


def measured(command, folder):
    """What `command` took, run in `folder`; the end of what it said where it failed."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        said = process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if process.returncode:
        return f"failed: {said.strip()[-300:]}"
    processor = usage.ru_utime + usage.ru_stime
    return f"{seconds:7.2f} s  {processor:7.2f} s CPU  {usage.ru_maxrss / 1024:7,.0f} MiB"
