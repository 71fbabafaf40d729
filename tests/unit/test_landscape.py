import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nascope.analysis.directions import filter_directions, moves, square
from nascope.analysis.geometry import GradientOptions, LandscapeOptions, options_of
from nascope.analysis.gradients import gradient_variances, gradients
from nascope.analysis.landscape import around, landscape, measure_grid
from nascope.analysis.sharpness import extreme_eigenvalues, hessian_trace
from nascope.analysis.survey import Network
from nascope.analysis.trajectories import trajectories, trajectory_plane
from nascope.analysis.weight_space import WeightSpace
from nascope.errors import NascopeError
from nascope.networks.initialise import initialise
from nascope.networks.layers import BuildOptions, ReplicaLinear
from nascope.networks.replicas import replica_state
from nascope.networks.skeletons import build_network
from nascope.spaces.genotype import Cell, Genotype
from nascope.spaces.nasbench201_space import enumerate_cells
from nascope.spaces.published import published_cell

CLASSES, SIDE = 3, 2
LIVE = next(cell for cell in enumerate_cells(3) if str(cell) == "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|")


class Linear(nn.Module):
    """Softmax regression on pixels: its loss, gradient and Hessian are known in closed form."""

    def __init__(self, points):
        super().__init__()
        self.layer = ReplicaLinear(SIDE * SIDE, CLASSES, BuildOptions(replicas=points))

    def forward(self, x):
        return self.layer(x.flatten(1)), None


@pytest.fixture
def linear():
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(12, 1, SIDE, SIDE, generator=generator)
    labels = torch.randint(CLASSES, (12,), generator=generator)
    one = Linear(1)
    with torch.no_grad():
        for parameter in one.parameters():
            parameter.normal_(generator=generator)
    return one.state_dict(), images, labels


def closed_form(vector, images, labels):
    """Loss, gradient and Hessian of softmax regression, in numpy."""
    x = images.flatten(1).double().numpy()
    weights, bias = vector[: CLASSES * 4].reshape(CLASSES, 4), vector[CLASSES * 4 :]
    logits = x @ weights.T + bias
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    share = odds / odds.sum(axis=1, keepdims=True)
    hot = np.eye(CLASSES)[labels.numpy()]
    loss = -np.log((share * hot).sum(axis=1)).mean()
    each = [np.concatenate([np.outer(p - h, row).ravel(), p - h]) for p, h, row in zip(share, hot, x, strict=True)]
    hessian = 0
    for p, row in zip(share, x, strict=True):
        curve = np.diag(p) - np.outer(p, p)
        jacobian = np.concatenate([np.kron(np.eye(CLASSES), row), np.eye(CLASSES)], axis=1)
        hessian = hessian + jacobian.T @ curve @ jacobian / len(x)
    return loss, np.array(each), hessian


@pytest.mark.parametrize("points", [1, 4, 7])
def test_the_loss_surface_is_the_closed_form(linear, points):
    state, images, labels = linear
    space = WeightSpace(Linear(points), state, points)
    directions = filter_directions(space, "key", 3, 0)
    places = square(3, 0.7)
    found = measure_grid(space, directions, places, images, labels)
    for row, (a, b) in zip(found.itertuples(), places, strict=True):
        vector = (space.centre + a * directions[0] + b * directions[1]).double().numpy()
        assert row.loss == pytest.approx(closed_form(vector, images, labels)[0], rel=1e-5)


def test_directions_are_as_long_as_the_networks_filters_and_leave_norms_and_biases(linear):
    state, _, _ = linear
    space = WeightSpace(Linear(1), state, 1)
    first, second = filter_directions(space, "key", 3, 0)
    weights = space.centre[:12].view(CLASSES, 4)
    for direction in (first, second):
        assert direction[:12].view(CLASSES, 4).norm(dim=1).tolist() == pytest.approx(weights.norm(dim=1).tolist())
        assert not direction[12:].any()
    assert not torch.allclose(first, second)
    assert torch.equal(first, filter_directions(space, "key", 3, 0)[0])
    for other in (("key", 4, 0), ("other", 3, 0), ("key", 3, 1)):
        assert not torch.allclose(first, filter_directions(space, *other)[0])


def network_space(points, genotype=None, **kwargs):
    genotype = genotype or published_cell("DARTS_V2").genotype
    shape = {"channels": 2, "cells": 2, "classes": 10, "in_channels": 1}
    one = build_network(genotype, **shape)
    initialise(one, [0])
    one.train()(torch.rand(20, 1, 8, 8))  # running estimates that are not the initial ones
    many = build_network(genotype, **shape, replicas=points)
    return WeightSpace(many, one.state_dict(), points, **kwargs), one.eval()


@pytest.mark.parametrize("genotype", [None, LIVE], ids=["darts", "nasbench201"])
def test_filters_of_a_convolutional_network(genotype):
    space, one = network_space(2, genotype)
    direction = dict(space.split(filter_directions(space, "key", 0, 0)[0]))
    for name, parameter in one.named_parameters():
        if parameter.ndim == 4:
            expected = parameter.flatten(1).norm(dim=1)
            assert torch.allclose(direction[name].flatten(1).norm(dim=1), expected, rtol=1e-4)
        elif not name.endswith("classifier.weight"):
            assert not direction[name].any(), name
    assert sum(not moves(name, p) for name, p in one.named_parameters()) > 5


@pytest.fixture
def images():
    generator = torch.Generator().manual_seed(1)
    return torch.rand(12, 1, 8, 8, generator=generator), torch.randint(10, (12,), generator=generator)


def test_points_side_by_side_are_the_network_moved_one_by_one(images):
    space, one = network_space(3)
    direction = filter_directions(space, "key", 0, 0)[:1]
    found = measure_grid(space, direction, np.array([[-0.5], [0.0], [0.25], [1.0]]), *images)
    assert found["b"].tolist() == [0, 0, 0, 0]
    for row in found.itertuples():
        with torch.no_grad():
            torch.nn.utils.vector_to_parameters(space.centre + row.a * direction[0], one.parameters())
            logits = one(images[0])[0][:, 0]
        assert row.loss == pytest.approx(float(F.cross_entropy(logits, images[1])), rel=1e-4)
        assert row.accuracy == pytest.approx(100 * float((logits.argmax(dim=1) == images[1]).double().mean()))


def test_batch_statistics_are_the_images_own(images):
    space, one = network_space(2, batch_statistics=True)
    space.place(space.centre)
    loss, _ = space.scores(*images)
    with torch.no_grad():
        expected = F.cross_entropy(one.train()(images[0])[0][:, 0], images[1])
        other = F.cross_entropy(one.eval()(images[0])[0][:, 0], images[1])
    assert loss.tolist() == pytest.approx([float(expected)] * 2, rel=1e-4)
    assert abs(float(expected - other)) > 1e-3


@pytest.mark.parametrize("batch_size", [1, 3, 12])
def test_gradient_variance_is_the_explicit_loops(linear, batch_size):
    state, images, labels = linear
    for points in (1, 5, 16):
        space = WeightSpace(Linear(points), state, points)
        places = space.centre + torch.tensor([[0.0], [0.3]]) * filter_directions(space, "key", 0, 0)[:1]
        variances, norms = gradient_variances(space, places, images, labels, batch_size)
        for place, variance, norm in zip(places, variances, norms, strict=True):
            each = closed_form(place.double().numpy(), images, labels)[1]
            means = each.reshape(-1, batch_size, each.shape[1]).mean(axis=1)
            expected = np.square(means - means.mean(axis=0)).sum(axis=1).mean()
            assert float(variance) == pytest.approx(expected, rel=1e-4, abs=1e-9)
            assert float(norm) == pytest.approx(np.linalg.norm(means.mean(axis=0)), rel=1e-4)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_gradient_variance_of_a_network_is_the_explicit_loops(images, batch_size):
    space, one = network_space(5)
    variances, _ = gradient_variances(space, space.centre[None], *images, batch_size)
    each = []
    for some, answers in zip(images[0].split(batch_size), images[1].split(batch_size), strict=True):
        one.zero_grad()
        F.cross_entropy(one(some)[0][:, 0], answers).backward()
        each.append(torch.cat([p.grad.flatten() for p in one.parameters()]).double())
    each = torch.stack(each)
    assert float(variances) == pytest.approx(float((each - each.mean(dim=0)).square().sum(dim=1).mean()), rel=1e-3)


def test_gradients_over_a_grid_use_whole_mini_batches_of_the_landscapes_plane(linear):
    state, images, labels = linear
    space = WeightSpace(Linear(3), state, 3)
    network = Network("key", 0, lambda points, mode: space, {}, images, labels)
    found = gradients(network, options_of(GradientOptions, {"plane": 3, "reach": 0.5, "batch_sizes": [1, 5]}))
    assert set(found["batch_norm"]) == {"batch", "running"}
    assert found.loc[found["batch_norm"] == "batch", "batch_size"].unique().tolist() == [5]
    found = found[found["batch_norm"] == "running"]
    assert found.groupby("batch_size")["images"].first().to_dict() == {1: 12, 5: 10}
    directions = filter_directions(space, "key", 0, 0)
    corner = found[(found["batch_size"] == 5) & (found["a"] == 0.5) & (found["b"] == -0.5)].iloc[0]
    place = space.centre + 0.5 * directions[0] - 0.5 * directions[1]
    variance, norm = gradient_variances(space, place[None], images[:10], labels[:10], 5)
    assert corner["variance"] == pytest.approx(float(variance))
    assert corner["gradient_norm"] == pytest.approx(float(norm))
    with pytest.raises(NascopeError, match="12 images cannot be cut into mini-batches of 5"):
        gradient_variances(space, space.centre[None], images, labels, 5)


def test_hessian_products_eigenvalue_and_trace_are_the_closed_forms(linear):
    state, images, labels = linear
    space = WeightSpace(Linear(1), state, 1)
    hessian = closed_form(space.centre.double().numpy(), images, labels)[2]
    values = np.linalg.eigvalsh(hessian)
    top, bottom = extreme_eigenvalues(space, images, labels, tolerance=1e-4)
    assert top == pytest.approx(values[-1], rel=1e-3)
    assert bottom == pytest.approx(values[0], abs=1e-3 * values[-1])
    many = WeightSpace(Linear(8), state, 8)
    trace, error = hessian_trace(many, images, labels, probes=400)
    assert abs(trace - np.trace(hessian)) < 4 * error
    assert error < 0.1 * trace
    # The signs' exact mean: averaging over all of them leaves the trace alone.
    vectors = torch.eye(15)
    wide = WeightSpace(Linear(15), state, 15)
    assert torch.allclose(wide.hessian_products(images, labels, vectors).double(), torch.from_numpy(hessian), atol=1e-5)


# Without the previous cell's output: its preprocessing has parameters without a gradient.
OLDER_ONLY = Cell(tuple(("sep_conv_3x3", 0) for _ in range(8)), (2, 3, 4, 5))
OLDER_ONLY = Genotype(OLDER_ONLY, OLDER_ONLY)


@pytest.mark.parametrize("genotype", [None, OLDER_ONLY], ids=["darts", "older input only"])
def test_hessian_of_a_network_is_symmetric(images, genotype):
    space, _ = network_space(2, genotype)
    generator = torch.Generator().manual_seed(2)
    vectors = torch.randn(2, len(space.centre), generator=generator)
    products = space.hessian_products(*images, vectors)
    assert float(products[0] @ vectors[1]) == pytest.approx(float(products[1] @ vectors[0]), rel=1e-2)


def test_a_trajectory_in_a_plane_is_found_whole(linear):
    state, _, _ = linear
    space = WeightSpace(Linear(1), state, 1)
    first, second = filter_directions(space, "key", 0, 0).double()
    second = second - (second @ first) / (first @ first) * first
    steps = [(2.0, 0.0), (1.0, 0.8), (0.3, 0.4), (0.0, 0.0)]
    states = []
    for a, b in steps:
        vector = (space.centre.double() + a * first + b * second).float()
        states.append({name: part.clone() for name, part in space.split(vector)})
    found = trajectory_plane(space, states)
    assert found.shares.sum() == pytest.approx(1)
    assert (found.directions @ found.directions.T).numpy() == pytest.approx(np.eye(2), abs=1e-5)
    for (a, b), place in zip(steps, found.places, strict=True):
        assert np.linalg.norm(place) == pytest.approx(float((a * first + b * second).norm()), rel=1e-4)
    grid = around(found.places, 5)
    assert (grid.min(axis=0) < found.places.min(axis=0)).all()
    assert (grid.max(axis=0) > found.places.max(axis=0)).all()


def test_a_landscape_has_the_grids_asked_for(linear):
    state, images, labels = linear
    space = WeightSpace(Linear(4), state, 4)
    generator = torch.Generator().manual_seed(0)
    moved = {name: value + 0.1 * torch.randn(value.shape, generator=generator) for name, value in state.items()}
    states = {0: moved, 1: {name: (value + moved[name]) / 2 for name, value in state.items()}, 2: state}

    def network(states):
        return Network("key", 0, lambda points, mode: space, states, images, labels)

    def asked(**own):
        return options_of(LandscapeOptions, own)

    grids = landscape(network(states), asked(plane=3, line=7, trajectory=4))
    assert grids["directions"].value_counts().to_dict() == {"trajectory": 16, "plane": 9, "line": 7}
    middle = [
        grids[(grids["directions"] == kind) & (grids["a"] == 0) & (grids["b"] == 0)]["loss"].item()
        for kind in ("line", "plane")
    ]
    assert middle[0] == pytest.approx(middle[1])
    path = trajectories(network(states), asked())
    assert path["epoch"].tolist() == [0, 1, 2]
    assert path.iloc[-1][["a", "b"]].tolist() == [0, 0]
    few = landscape(network({2: state}), asked(plane=0, line=3, trajectory=0))
    assert set(few["directions"]) == {"line"}
    with pytest.raises(NascopeError, match="there are 1"):
        trajectories(network({2: state}), asked())


def test_a_replicas_state_is_its_own():
    genotype = published_cell("DARTS_V2").genotype
    shape = {"channels": 2, "cells": 2, "classes": 10, "in_channels": 1}
    both = build_network(genotype, **shape, auxiliary=True, replicas=2)
    initialise(both, [5, 6])
    both.eval()
    alone = build_network(genotype, **shape)
    images = torch.rand(3, 1, 8, 8)
    expected = both(images.repeat(1, 2, 1, 1))[0]
    for replica in (0, 1):
        alone.load_state_dict(replica_state(both.state_dict(), replica, 2))
        assert torch.allclose(alone.eval()(images)[0][:, 0], expected[:, replica], atol=1e-5)
