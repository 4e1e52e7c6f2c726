"""Identity by content: equal for what does the same, in this process and in others."""

from kerascnn.identity.content import digest
from kerascnn.identity.networks import NetworkIdentity, identify_network, own_code_in
from kerascnn.identity.node import Unidentifiable
from kerascnn.identity.reach import Reach, reach_of
from kerascnn.identity.settings import global_settings

__all__ = [
    "NetworkIdentity",
    "Reach",
    "Unidentifiable",
    "digest",
    "global_settings",
    "identify_network",
    "own_code_in",
    "reach_of",
]
