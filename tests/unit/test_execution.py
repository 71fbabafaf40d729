"""How networks are computed: precision, compilation, and the way out when memory is short."""

import logging
from contextlib import contextmanager

import pandas as pd
import pytest
import torch
from msgspec.structs import replace
from pandas.testing import assert_frame_equal
from torch.autograd.graph import saved_tensors_hooks
from torch.nn.modules.module import register_module_forward_pre_hook

from nascope.datasets.sources import load_dataset
from nascope.datasets.spec import DatasetSpec
from nascope.errors import NascopeError
from nascope.search.algorithms import ONE_SHOT, chosen
from nascope.search.one_shot.run import run_one_shot
from nascope.spaces.canonical import canonical_key
from nascope.spaces.parse import parse_genotype
from nascope.spaces.published import published_cell
from nascope.training.checkpoint import load_checkpoint
from nascope.training.execution import Execution
from nascope.training.interrupt import Interrupted
from nascope.training.plan import plan_trainings
from nascope.training.protocol import Protocol
from nascope.training.shards import run_shard, train
from nascope.training.store import Store
from nascope.training.trainer import Trainer

CELL = parse_genotype("|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_1x1~1|skip_connect~2|")
DARTS = published_cell("DARTS_V2").genotype
NB201 = Protocol(channels=4, cells=1, epochs=2, batch_size=250, learning_rate=0.1)
TRICKS = Protocol(
    channels=2, cells=6, epochs=2, batch_size=250, learning_rate=0.1, drop_path=0.3, auxiliary_weight=0.4, cutout=2
)


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits", DatasetSpec(source="digits", sizes=(500, 100, 100)))


class Kept:
    """A tensor that counts its bytes for as long as it is kept."""

    def __init__(self, tensor, held):
        # Detached: an operation's own output would hold itself for ever.
        self.tensor, self.held, self.size = tensor.detach(), held, tensor.numel() * tensor.element_size()
        held[0] += self.size

    def __del__(self):
        self.held[0] -= self.size


@contextmanager
def memory_of(limit):
    """As a device of so many bytes for what forward passes keep: a layer that finds more raises torch's own error."""
    held = [0]

    def check(module, inputs):
        if held[0] > limit:
            raise torch.OutOfMemoryError(f"tried to keep {held[0]} bytes of {limit}")

    hook = register_module_forward_pre_hook(check)
    try:
        with saved_tensors_hooks(lambda tensor: Kept(tensor, held), lambda kept: kept.tensor):
            yield
    finally:
        hook.remove()


def kept_bytes(trainer, digits):
    """Bytes that one training step's forward pass keeps for its backward pass."""
    kept = []

    def keep(tensor):
        kept.append(tensor.numel() * tensor.element_size())
        return tensor

    images = digits.normalise(digits.train.images[:250]).repeat(1, len(trainer.seeds), 1, 1)
    trainer.network.train()
    with saved_tensors_hooks(keep, lambda tensor: tensor):
        trainer.execution(images)
    return sum(kept)


@pytest.mark.parametrize(("genotype", "protocol"), [(CELL, NB201), (DARTS, TRICKS)])
def test_a_frugal_training_keeps_less_and_gives_the_same_bits(digits, genotype, protocol):
    plain, frugal = (Trainer(genotype, digits, protocol, [0, 1], frugal=frugal) for frugal in (False, True))
    assert kept_bytes(Trainer(genotype, digits, protocol, [0], frugal=True), digits) < 0.5 * kept_bytes(
        Trainer(genotype, digits, protocol, [0]), digits
    )
    curves = [trainer.run() for trainer in (plain, frugal)]
    learnt = ["train_loss", "train_accuracy", "valid_accuracy", "test_accuracy"]
    assert curves[0][learnt].equals(curves[1][learnt])
    # Evaluated in other batches: the sums differ in the last bits.
    assert_frame_equal(*curves, rtol=1e-6)
    states = [trainer.network.state_dict() for trainer in (plain, frugal)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_out_of_memory_goes_on_frugally_says_so_and_gives_the_same_curves(digits, tmp_path, caplog):
    expected, _ = train(DARTS, digits, TRICKS, [0])
    limit = kept_bytes(Trainer(DARTS, digits, TRICKS, [0]), digits)
    with memory_of(limit * 0.6), caplog.at_level(logging.WARNING):
        found, _ = train(DARTS, digits, TRICKS, [0], checkpoint=tmp_path / "c")
    assert "out of memory (tried to keep" in caplog.text
    assert "going on with cells computed twice" in caplog.text
    assert_frame_equal(found, expected, rtol=1e-6)


def test_memory_that_runs_short_late_resumes_from_the_checkpoint(digits, tmp_path, caplog):
    expected, _ = train(CELL, digits, NB201, [0])

    class Stop:
        steps = 0

        def check(self):
            self.steps += 1
            if self.steps == 3:
                raise Interrupted(15)

    with pytest.raises(Interrupted):
        train(CELL, digits, NB201, [0], checkpoint=tmp_path / "c", guard=Stop())
    assert load_checkpoint(tmp_path / "c")["epoch"] == 1
    limit = kept_bytes(Trainer(CELL, digits, NB201, [0]), digits)
    with memory_of(limit * 0.6), caplog.at_level(logging.INFO):
        found, _ = train(CELL, digits, NB201, [0], checkpoint=tmp_path / "c")
    assert "resumed at epoch 2" in caplog.text
    assert_frame_equal(found, expected, rtol=1e-6)


def test_no_memory_at_all_is_one_message_with_a_remedy(digits, tmp_path):
    cells = pd.DataFrame({"key": [canonical_key(CELL)], "genotype": [str(CELL)], "seeds": [[0]], "weights": [False]})
    store = Store(tmp_path, {})
    with memory_of(1000), pytest.raises(NascopeError, match=r"not even with cells computed twice.*lower replicas"):
        run_shard(plan_trainings(cells, 1, 1), lambda: digits, NB201, store)
    assert not list(tmp_path.rglob("*.parquet"))


def test_mixed_precision_computes_in_bfloat16_and_keeps_weights_in_float32(digits):
    protocol = replace(NB201, precision="bfloat16", epochs=1)
    trainer = Trainer(CELL, digits, protocol, [0])
    seen = []
    convolution = next(module for module in trainer.network.modules() if isinstance(module, torch.nn.Conv2d))
    convolution.register_forward_hook(lambda module, inputs, output: seen.append(output.dtype))
    trainer.run()
    assert set(seen) == {torch.bfloat16}
    assert {value.dtype for value in trainer.network.parameters()} == {torch.float32}
    plain = Trainer(CELL, digits, replace(NB201, epochs=1), [0])
    plain.run()
    # Rounding to eight bits changes numbers, not what is learnt.
    ours, theirs = trainer.rows[-1]["train_loss"], plain.rows[-1]["train_loss"]
    assert ours != theirs
    assert ours == pytest.approx(theirs, rel=0.05)


@pytest.mark.parametrize(("name", "mode"), [("default", "default"), ("cuda_graphs", "reduce-overhead")])
@pytest.mark.parametrize(("genotype", "protocol"), [(CELL, NB201), (DARTS, replace(TRICKS, cells=3))])
def test_compiled_training_learns_the_same(digits, genotype, protocol, name, mode, monkeypatch):
    plain, _ = train(genotype, digits, protocol, [0])
    modes, compile_network = [], torch.compile

    def traced(network, *, mode, dynamic):
        """Traced as for the real compiler, which takes minutes here."""
        modes.append(mode)
        return compile_network(network, backend="eager", dynamic=dynamic)

    monkeypatch.setattr(torch, "compile", traced)
    compiled, _ = train(genotype, digits, replace(protocol, compile=name), [0])
    assert modes == [mode]
    assert_frame_equal(compiled, plain, rtol=1e-5)


def test_memory_order_is_the_protocols(digits):
    for last in (True, False):
        trainer = Trainer(CELL, digits, replace(NB201, channels_last=last, epochs=1), [0])
        weight = next(value for value in trainer.network.parameters() if value.shape[1:] == (4, 3, 3))
        assert weight.is_contiguous(memory_format=torch.channels_last) == last
        assert len(trainer.run()) == 1


@pytest.mark.parametrize(("precision", "kind"), [("float32", "ieee"), ("tf32", "tf32"), ("bfloat16", "ieee")])
def test_tf32_is_used_only_where_asked(digits, precision, kind):
    network = Trainer(CELL, digits, NB201, [0]).network
    Execution(network, replace(NB201, precision=precision), torch.device("cpu"))
    assert torch.backends.cudnn.conv.fp32_precision == torch.backends.cuda.matmul.fp32_precision == kind


@pytest.mark.parametrize("option", [{"precision": "bfloat16"}, {"compile": "default"}, {"channels_last": False}])
def test_supernets_refuse_what_is_for_trainings(digits, tmp_path, option):
    weights = Protocol(channels=4, cells=1, epochs=1, batch_size=100, learning_rate=0.1, **option)
    where = {"nodes": 3, "batch_norms": ["batch"], "seeds": [0], "store": tmp_path}
    with pytest.raises(NascopeError, match="GDAS: supernets are trained in float32 or tf32"):
        run_one_shot(digits, chosen(ONE_SHOT, "GDAS", {}), weights, **where)
