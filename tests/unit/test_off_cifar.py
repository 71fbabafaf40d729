"""Claims of Shu et al. on 199 random cells that others trained off CIFAR-10."""

from nascope.papers.understanding.claims import transfer
from nascope.shipped.darts import transferred_architectures
from nascope.spaces.genotype import Genotype
from tests.simulated import MOST_FALSE, share


def test_published_trainings_off_cifar_say_what_they_said(monkeypatch):
    monkeypatch.setattr("nascope.evidence.intervals._RESAMPLES", 200)
    table = transferred_architectures()
    size = transfer.large_are_accurate(table)
    assert "SVHN 0.70" in size.scope
    assert (size.n, size.verdict) == (199, "holds")
    assert transfer.width_tells_little(table).verdict == transfer.depth_tells_little(table).verdict == "holds"
    assert transfer.normal_cells_tell_more(table).verdict == "holds"

    sizes = {genotype: transfer.parameters(genotype) for genotype in map(Genotype.parse, table["genotype"].unique())}

    def permuted(rng):
        mixed = dict(zip(sizes, rng.permutation(list(sizes.values())), strict=True))
        monkeypatch.setattr(transfer, "parameters", mixed.__getitem__)
        return transfer.large_are_accurate(table)

    assert share(permuted) <= MOST_FALSE

    def shuffled(rng):
        order = rng.permutation(table["genotype"].unique())
        names = dict(zip(table["genotype"].unique(), order, strict=True))
        return transfer.normal_cells_tell_more(table.assign(genotype=table["genotype"].map(names)))

    assert share(shuffled, draws=20) <= 0.25
