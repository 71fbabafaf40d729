"""ENAS: its controller, its reward, and how it compares cells."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from nascope.datasets.images import Split
from nascope.errors import NascopeError
from nascope.search.one_shot.controller import Controller, Reward
from tests.one_shot import build, changed, few_digits


@pytest.fixture(scope="module")
def digits():
    return few_digits()


def test_the_second_layer_and_biases_start_as_in_pytorch():
    """The authors' controller draws five tensors within 0.1 (AutoDL-Projects, search_model_enas_utils)."""
    narrow = {"start", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "embedding.weight", "head.weight"}
    controllers = [Controller(6, random=torch.Generator().manual_seed(seed)) for seed in range(20)]
    names = [name for name, _ in controllers[0].named_parameters()]
    assert len(names) == 12
    for name in names:
        values = torch.cat([dict(controller.named_parameters())[name].detach().flatten() for controller in controllers])
        bound = 0.1 if name in narrow else 32**-0.5
        assert 0.95 * bound < float(values.abs().max()) <= bound
        assert float(values.std()) == pytest.approx(bound / 3**0.5, rel=0.12)


class Recorder:
    """Notes what a search's network is asked while a cell is derived, and the cells that it is asked about."""

    def __init__(self, search):
        self.cells, self.images, self.guesses, self.modes = [], [], [], set()
        sample = search.sample

        def noted(random):
            self.cells.append(sample(random))
            return self.cells[-1]

        def after(network, inputs, output):
            self.images.append(inputs[0])
            self.guesses.append(output.argmax(dim=1))
            self.modes.add(network.training)

        search.sample = noted
        search.network.register_forward_hook(after)


def test_candidates_are_compared_on_successive_batches_of_training_size(digits):
    """The script reads its validation loader on, batch by batch, and shuffles anew when all images have been seen."""
    search = build("ENAS", digits, changed(crop_padding=0), candidates=5)
    seen = Recorder(search)
    derived = search.derive(torch.Generator().manual_seed(1), "batch")
    assert [len(images) for images in seen.images] == [50, 10, 50, 10, 50]
    assert seen.modes == {False}
    valid = digits.normalise(digits.valid.images)
    numbers = [[int((valid == image).flatten(1).all(dim=1).nonzero()[0]) for image in images] for images in seen.images]
    assert sorted(numbers[0] + numbers[1]) == sorted(numbers[2] + numbers[3]) == list(range(60))
    assert numbers[0] != numbers[2] != numbers[4]
    hits = [
        float((guess == digits.valid.labels[chosen]).double().mean())
        for guess, chosen in zip(seen.guesses, numbers, strict=True)
    ]
    assert derived == seen.cells[hits.index(max(hits))]


def test_candidates_see_images_augmented_as_in_training(digits):
    search = build("ENAS", digits, changed(crop_padding=1), candidates=2)
    seen = Recorder(search)
    search.derive(torch.Generator().manual_seed(1), "batch")
    valid = digits.normalise(digits.valid.images)
    whole = [bool((valid == image).flatten(1).all(dim=1).any()) for images in seen.images for image in images]
    # A crop of padding 1 leaves an image where it is in one case of nine (and where its border is empty).
    assert sum(whole) < 30


def test_the_controller_learns_from_new_crops_in_every_pass(digits):
    search = build("ENAS", digits, changed(crop_padding=1), controller_steps=2, aggregated=3)
    seen = Recorder(search)
    search.finish_epoch()
    first, second, third = (torch.cat(seen.images[pair : pair + 2]) for pair in (0, 2, 4))
    for one, other in ((first, second), (second, third)):
        assert one.shape == (60, 1, 8, 8)
        same = [bool((other == image).flatten(1).all(dim=1).any()) for image in one]
        assert sum(same) < 30


def test_one_validation_image_is_too_few(digits):
    single = replace(digits, valid=Split(digits.valid.images[:1], digits.valid.labels[:1]))
    with pytest.raises(NascopeError, match="data set 'digits': one validation image makes no batch for ENAS"):
        build("ENAS", single)


def test_controller_samples_its_own_distribution():
    controller = Controller(2, random=torch.Generator().manual_seed(3))
    random, counts = torch.Generator().manual_seed(0), {}
    for _ in range(1500):
        codes, log_probability, _ = controller(random)
        count, probability = counts.get(tuple(codes), (0, 0.0))
        counts[tuple(codes)] = (count + 1, float(log_probability.detach().exp()))
    assert sum(probability for _, probability in counts.values()) == pytest.approx(1, abs=1e-5)
    for count, probability in counts.values():
        assert count / 1500 == pytest.approx(probability, abs=0.03)


def test_the_policy_gradient_climbs_the_expected_reward():
    """The mean of the sampled gradients is the gradient of the expected accuracy, which enumeration gives."""
    controller = Controller(1, random=torch.Generator().manual_seed(3))
    accuracies = torch.tensor([0.1, 0.5, 0.9, 0.3, 0.2])
    parameters = list(controller.parameters())
    outputs, _ = controller.lstm(controller.start)
    logits = 2.5 * torch.tanh(controller.head(outputs.view(-1)) / 5.0)
    expected = (logits.softmax(dim=0) * accuracies).sum()
    truth = torch.autograd.grad(-expected, parameters, allow_unused=True)
    random = torch.Generator().manual_seed(0)
    objective = torch.zeros(())
    for _ in range(1500):
        codes, log_probability, _ = controller(random)
        objective = objective - log_probability * (accuracies[codes[0]] - 0.4) / 1500  # any constant baseline
    found = torch.autograd.grad(objective, parameters, allow_unused=True)
    pairs = [(f.flatten(), t.flatten()) for f, t in zip(found, truth, strict=True) if t is not None]
    ours, theirs = (torch.cat(side) for side in zip(*pairs, strict=True))
    assert F.cosine_similarity(ours, theirs, dim=0) > 0.95
    assert float(ours.norm()) == pytest.approx(float(theirs.norm()), rel=0.15)


def test_baselines_as_coded_and_corrected():
    entropy = torch.tensor(2.0, requires_grad=True)
    coded = Reward(0.1, 0.9, as_coded=True)
    # The first epoch's baseline is the accuracy.
    assert float(coded.advantage(0.5, entropy).detach()) == pytest.approx(0.2)
    assert float(coded.advantage(0.7, entropy).detach()) == pytest.approx(0.2)
    coded.finish_epoch()
    # Later: one step of the moving average from the last epoch's baseline, whatever came before in this epoch.
    for _ in range(2):
        assert float(coded.advantage(0.6, entropy).detach()) == pytest.approx(0.9 * (0.8 - 0.7))
    assert coded.advantage(0.6, entropy).requires_grad
    corrected = Reward(0.1, 0.9, as_coded=False)
    assert float(corrected.advantage(0.5, entropy)) == 0
    assert float(corrected.advantage(0.7, entropy)) == pytest.approx(0.9 * 0.2)
    assert corrected.baseline == pytest.approx(0.7 + 0.1 * 0.2)
    assert not corrected.advantage(0.7, entropy).requires_grad
    other = Reward(0.1, 0.9, as_coded=False)
    other.load_state_dict(corrected.state_dict())
    assert other.baseline == corrected.baseline
