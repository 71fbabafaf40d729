"""Claims of Shu et al. on 199 random cells that others trained off CIFAR-10."""

from nascope.papers.understanding.claims import transfer
from nascope.shipped.darts import transferred_architectures
from tests.simulated import MOST_FALSE, share


def test_published_trainings_off_cifar_say_what_they_said(monkeypatch):
    monkeypatch.setattr("nascope.evidence.intervals._RESAMPLES", 200)
    table = transferred_architectures()
    size = transfer.large_are_accurate(table)
    assert "SVHN 0.70" in size.scope
    assert (size.n, size.verdict) == (199, "holds")
    shapes = transfer.shapes(table)
    monkeypatch.setattr(transfer, "shapes", lambda _: shapes)
    assert transfer.width_tells_little(table).verdict == transfer.depth_tells_little(table).verdict == "holds"
    assert transfer.normal_cells_tell_more(table).verdict == "holds"

    def permuted(rng):
        mixed = shapes.assign(parameters=rng.permutation(shapes["parameters"].to_numpy()))
        monkeypatch.setattr(transfer, "shapes", lambda _: mixed)
        return transfer.large_are_accurate(table)

    assert share(permuted) <= MOST_FALSE

    def shuffled(rng):
        order = rng.permutation(table["genotype"].unique())
        names = dict(zip(table["genotype"].unique(), order, strict=True))
        return transfer.normal_cells_tell_more(table.assign(genotype=table["genotype"].map(names)))

    assert share(shuffled, draws=20) <= 0.25
