"""The throw-away cluster leaves nothing behind, however its user ends."""

import subprocess
import sys
import time
from pathlib import Path

import psycopg

USE_IT = """
import time
from tests.servers.postgres import throwaway_cluster
with throwaway_cluster() as url:
    print(url, flush=True)
    time.sleep(60)
"""


def test_a_database_of_the_process_is_empty_and_its_own(postgres_url):
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        name = connection.execute("SELECT current_database()").fetchone()[0]
        durable = connection.execute("SHOW fsync").fetchone()[0]

    assert name.startswith("endi_")
    assert durable == "off"


def test_a_cluster_goes_when_its_user_is_killed(postgres_url):
    root = Path(__file__).parents[2]
    user = subprocess.Popen(
        [sys.executable, "-c", USE_IT], stdout=subprocess.PIPE, text=True, cwd=root
    )
    url = user.stdout.readline().strip()
    folder = Path(url.partition("host=")[2])
    assert (folder / "data").is_dir()

    user.kill()
    user.communicate()

    end = time.monotonic() + 20
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not folder.exists()
