"""Tables of published evidence by name, each with the function that reads it: what is shipped, or a user's file."""

from __future__ import annotations

from nascope.loading import Registry

#: Functions that take a path, or None for what comes with nascope.
READERS: Registry = {
    "transfer": "nascope.shipped.darts:transferred_architectures",
    "tasks": "nascope.shipped.tasks:task_scores",
    "supernets": "nascope.shipped.supernets:supernet_searches",
    "hessians": "nascope.shipped.supernets:supernet_hessians",
    "latencies": "nascope.shipped.latencies:cell_latencies",
}
