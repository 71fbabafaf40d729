"""The sources of images by name. A further one is a module of :mod:`nascope.datasets.readers` and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nascope.loading import Registry, load

if TYPE_CHECKING:
    from nascope.datasets.source import Source

#: Source: where its :class:`~nascope.datasets.source.Source` stands.
SOURCES: Registry = {
    "digits": "nascope.datasets.readers.digits:SOURCE",
    "cifar10": "nascope.datasets.readers.cifar:CIFAR10",
    "cifar100": "nascope.datasets.readers.cifar:CIFAR100",
    "svhn": "nascope.datasets.readers.svhn:SOURCE",
    "tiny_imagenet": "nascope.datasets.readers.tiny_imagenet:SOURCE",
    "imagenet16": "nascope.datasets.readers.imagenet16:SOURCE",
    "imagenet": "nascope.datasets.readers.imagenet:SOURCE",
    "parquet": "nascope.datasets.readers.parquet:SOURCE",
}


def source_named(name: str) -> Source:
    """What is known of a source.

    Args:
        name: a key of :data:`SOURCES`.
    """
    source: Source = load(SOURCES[name])
    return source
