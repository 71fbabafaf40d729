"""Networks: operations, cells, macro skeletons and supernets."""

from nascope.networks.skeletons import DartsNetwork, NasBench201Network, build_network

__all__ = ["DartsNetwork", "NasBench201Network", "build_network"]
